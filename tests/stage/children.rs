//! Processes that end with the test that started them.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A server in another process. It is killed when this is dropped.
pub(crate) struct Server {
    child: Child,
    said: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = Arc::default();
        listen(child.stdout.take().unwrap(), Arc::clone(&said));
        listen(child.stderr.take().unwrap(), Arc::clone(&said));
        Self { child, said }
    }

    /// Every line so far, of both streams.
    pub(crate) fn said(&self) -> Vec<String> {
        self.said.lock().unwrap().clone()
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks again and again until there is an answer; a test that waits longer than a slow machine needs has failed.
pub(crate) fn wait_for<T>(what: &str, mut answer: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = answer() {
            return found;
        }
        assert!(
            start.elapsed() < PATIENCE,
            "{what}: nothing within {} s",
            PATIENCE.as_secs()
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Waits for a process that ends by itself, and is asked `meanwhile` while it runs.
pub(crate) fn finish(command: &mut Command, meanwhile: impl FnMut(u32)) -> Output {
    finish_hearing(command, meanwhile, |_| ())
}

/// The same; every line on stdout is told to `heard` as soon as it is there.
pub(crate) fn finish_hearing(
    command: &mut Command,
    mut meanwhile: impl FnMut(u32),
    heard: impl FnMut(&[u8]) + Send + 'static,
) -> Output {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let stdout = collect(child.stdout.take().unwrap(), heard);
    let stderr = collect(child.stderr.take().unwrap(), |_| ());
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        meanwhile(child.id());
        if start.elapsed() > PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            let said = String::from_utf8_lossy(&stderr.join().unwrap()).into_owned();
            panic!("{command:?} did not end within {} s:\n{said}", PATIENCE.as_secs());
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    Output {
        status,
        stdout: stdout.join().unwrap(),
        stderr: stderr.join().unwrap(),
    }
}

fn listen(stream: impl Read + Send + 'static, said: Arc<Mutex<Vec<String>>>) {
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            said.lock().unwrap().push(line);
        }
    });
}

fn collect(stream: impl Read + Send + 'static, mut heard: impl FnMut(&[u8]) + Send + 'static) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let (mut stream, mut bytes) = (BufReader::new(stream), Vec::new());
        loop {
            let before = bytes.len();
            if stream.read_until(b'\n', &mut bytes).unwrap() == 0 {
                return bytes;
            }
            heard(&bytes[before..]);
        }
    })
}

const PATIENCE: Duration = Duration::from_secs(120);
