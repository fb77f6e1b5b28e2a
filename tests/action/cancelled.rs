//! Cancelled as the runner cancels: SIGINT, after 7.5 s SIGTERM, after 2.5 s more SIGKILL, each to the entry process alone.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

use crate::leaks::of_scene;
use crate::meddling::{Act, Scene};
use crate::runner::{Runner, Step};

/// The signal goes out at the moment at which the request with this number arrives, which is then never answered.
struct Blow {
    at: usize,
    signal: Signal,
    seen: AtomicUsize,
    process: AtomicU32,
    struck: Mutex<Option<Instant>>,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancel_at_any_request_ends_the_step_at_once_and_says_what_exists() {
    let mut ends = 0;
    for at in 0.. {
        let signal = [Signal::INT, Signal::TERM, Signal::HUP][at % 3];
        let (step, blow) = struck(at, signal).await;
        let Some(since) = *blow.struck.lock().unwrap() else {
            assert_eq!(step.code, 0, "{}", step.raw);
            break;
        };
        ends += 1;
        assert_eq!(step.code, 130, "request {at}: {}", step.raw);
        assert!(since.elapsed() < MOST, "request {at}: {:?}", since.elapsed());
        let error = step.error();
        assert_eq!(error.properties["title"], "certified-publish: cancelled");
        let place = error.data.lines().nth(1).unwrap_or_default();
        let done = place.split(" · ").nth(1).unwrap_or_default();
        assert!(
            place.starts_with("step ") && done.starts_with("already done: "),
            "request {at}: {}",
            error.data
        );
        // Whatever the log says was done, the error repeats.
        for (line, what) in [
            ("2 of 9 ", "certificate CERT-"),
            ("4 of 9 ", "event "),
            ("5 of 9 ", "object "),
            ("7 of 9 ", "registration reg_"),
        ] {
            assert_eq!(
                step.log.lines().any(|said| said.starts_with(line)),
                done.contains(what),
                "request {at}: {}",
                step.raw
            );
        }
        assert!(step.summary.starts_with("### Interrupted\n"), "{}", step.summary);
    }
    assert!(ends >= 10, "only {ends} moments");
}

async fn struck(at: usize, signal: Signal) -> (Step, Arc<Blow>) {
    let blow = Arc::new(Blow {
        at,
        signal,
        seen: AtomicUsize::new(0),
        process: AtomicU32::new(0),
        struck: Mutex::new(None),
    });
    let hook = Arc::clone(&blow);
    let scene = Scene::meddled(move |_| hook.arrives()).await;
    let runner = of_scene(&scene);
    let step = tokio::task::block_in_place(|| {
        let inputs = [("package_path", "widgets"), ("ignore-scripts", "true")];
        runner.watched("dist/main.js", &inputs, |process| {
            blow.process.store(process, Ordering::SeqCst)
        })
    });
    assert_eq!(survivors(runner.place()), Vec::<String>::new());
    (step, blow)
}

impl Blow {
    fn arrives(&self) -> Act {
        if self.seen.fetch_add(1, Ordering::SeqCst) != self.at {
            return Act::Forward;
        }
        strike(self.process.load(Ordering::SeqCst), self.signal);
        *self.struck.lock().unwrap() = Some(Instant::now());
        Act::Never
    }
}

#[test]
fn a_cancel_while_a_script_runs_leaves_no_process_behind() {
    let runner = Runner::new().input("dry-run", "true").with("GITHUB_EVENT_NAME", "push");
    // Each starts another one that waits for ever, and neither listens to anybody.
    let deaf = "process.on('SIGINT',()=>{});process.on('SIGTERM',()=>{});setInterval(()=>{},1000);";
    let script = format!(
        "{deaf}require('child_process').spawn(process.execPath,['-e',\"{deaf}require('fs').writeFileSync('up','')\"],{{stdio:'inherit'}})"
    );
    fs::write(runner.workspace().join("wait.js"), script).unwrap();
    let manifest = json!({ "name": "waiting", "version": "1.2.3", "scripts": { "test": "node wait.js" } });
    fs::write(runner.workspace().join("package.json"), manifest.to_string()).unwrap();
    let mut since = None;
    let home = runner.place().join("home");
    let runner = runner.with("TMPDIR", home.to_str().unwrap());
    let step = runner.watched("dist/main.js", &[], |process| {
        if since.is_none() && find(&home, "up") {
            strike(process, Signal::INT);
            since = Some(Instant::now());
        }
    });
    assert_eq!(step.code, 130, "{}", step.raw);
    assert!(since.unwrap().elapsed() < MOST, "{:?}", since.unwrap().elapsed());
    assert!(
        step.error().data.contains("step 1 of 9 · already done: nothing"),
        "{}",
        step.error().data
    );
    assert_eq!(survivors(runner.place()), Vec::<String>::new());
}

pub(crate) fn strike(process: u32, signal: Signal) {
    let process = Pid::from_raw(i32::try_from(process).unwrap()).unwrap();
    kill_process(process, signal).unwrap();
}

fn find(folder: &Path, name: &str) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| {
        entry.file_name() == name || (entry.file_type().is_ok_and(|kind| kind.is_dir()) && find(&entry.path(), name))
    })
}

/// The processes whose folder is below this one.
fn survivors(place: &Path) -> Vec<String> {
    let place = place.canonicalize().unwrap();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let in_place = fs::read_link(entry.path().join("cwd")).is_ok_and(|folder| folder.starts_with(&place));
        if in_place {
            found.push(fs::read_to_string(entry.path().join("cmdline")).unwrap_or_default());
        }
    }
    found
}

/// Between the signal and the end of the process.
const MOST: Duration = Duration::from_secs(2);
