//! While the action holds secrets no other process of the same user looks into it.
//!
//! Whoever is root may look everywhere, so as root the step runs as somebody else, and so does whoever looks.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use crate::leaks::of_scene;
use crate::meddling::{Act, Scene};
use crate::runner::Runner;
use crate::stage::children::finish;

#[tokio::test(flavor = "multi_thread")]
async fn neither_environment_nor_memory_can_be_read_by_the_same_user() {
    let (process, seen) = (Arc::new(AtomicU32::new(0)), Arc::new(Mutex::new(None)));
    let (of, found) = (Arc::clone(&process), Arc::clone(&seen));
    let scene = Scene::meddled(move |asked| {
        // By now every secret has been handed over.
        if asked.is("POST", "/v1/certificates/issue") {
            let mut found = found.lock().unwrap();
            let process = of.load(Ordering::SeqCst);
            found.get_or_insert_with(|| [look_into(process), look_into_somebody_else()]);
        }
        Act::Forward
    })
    .await;
    let runner = of_scene(&scene);
    let step = tokio::task::block_in_place(|| {
        becomes_somebodys(scene.folder());
        let mut command = as_somebody(
            &runner,
            &runner.command(
                "dist/main.js",
                &[("package_path", "widgets"), ("ignore-scripts", "true")],
            ),
        );
        let output = finish(&mut command, |started| process.store(started, Ordering::SeqCst));
        runner.read(&output)
    });
    assert_eq!(step.code, 0, "{}", step.raw);
    let [ours, theirs] = seen.lock().unwrap().take().unwrap();
    for (file, text) in &ours {
        assert!(
            text.contains("ermission denied") && !text.contains("read\n"),
            "{file} of the action: {text}"
        );
    }
    // The same look at a process that hides nothing shows that it would have seen something.
    for (file, text) in &theirs {
        assert!(text.contains("read\n"), "{file} of another process: {text}");
    }
}

/// What somebody of the same user sees of these files.
fn look_into(process: u32) -> Vec<(&'static str, String)> {
    let files = ["environ", "mem", "maps", "fd"];
    files.into_iter().map(|file| (file, look_at(process, file))).collect()
}

fn look_into_somebody_else() -> Vec<(&'static str, String)> {
    let mut other = plainly("sleep").arg("60").spawn().unwrap();
    // Until it has become `sleep` it is still root's.
    let name = format!("/proc/{}/comm", other.id());
    while !fs::read_to_string(&name).unwrap().starts_with("sleep") {
        std::thread::yield_now();
    }
    let found = look_into(other.id());
    other.kill().unwrap();
    other.wait().unwrap();
    found
}

/// Opens it, and reads where there is something to read: of the memory, at the first address that is mapped.
fn look_at(process: u32, file: &str) -> String {
    let script = r#"
file=/proc/$1/$2
case $2 in
  fd) ls "$file" >/dev/null && echo read ;;
  mem) at=$(head -n 1 "/proc/$1/maps" 2>/dev/null | cut -d - -f 1)
    dd if="$file" of=/dev/null bs=16 count=1 iflag=skip_bytes skip=$((0x${at:-0})) status=none && echo read ;;
  *) head -c 16 "$file" >/dev/null && echo read ;;
esac
"#;
    let output = finish(
        plainly("sh").args(["-c", script, "sh", &process.to_string(), file]),
        |_| (),
    );
    [output.stdout, output.stderr]
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .concat()
}

/// A program without any right but its own user's.
fn plainly(program: &str) -> Command {
    if !rustix::process::geteuid().is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args([
        "--reuid=65534",
        "--regid=65534",
        "--clear-groups",
        "--inh-caps=-all",
        "--bounding-set=-all",
        program,
    ]);
    command
}

/// The step as that user, with everything that it needs in folders which are his.
fn as_somebody(runner: &Runner, command: &Command) -> Command {
    if !rustix::process::geteuid().is_root() {
        return same(Command::new(command.get_program()), command, &[]);
    }
    let tools = runner.place().join("tools");
    fs::create_dir_all(tools.join("dist")).unwrap();
    let copy = |from: &Path, to: &str| -> PathBuf {
        fs::copy(from, tools.join(to)).unwrap();
        tools.join(to)
    };
    let node = copy(Path::new(command.get_program()), "node");
    let program = copy(Path::new(env!("CARGO_BIN_EXE_certified-publish")), "certified-publish");
    for file in ["dist/main.js", "dist/launch.js", "dist/checksums.json"] {
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join(file), file);
    }
    becomes_somebodys(runner.place());
    let mut somebody = plainly(node.to_str().unwrap());
    somebody.arg(tools.join("dist/main.js"));
    same(
        somebody,
        command,
        &[("CERTIFIED_PUBLISH_PROGRAM", program.to_str().unwrap())],
    )
}

fn becomes_somebodys(folder: &Path) {
    if rustix::process::geteuid().is_root() {
        let owned = Command::new("chown")
            .args(["--recursive", "65534:65534"])
            .arg(folder)
            .status();
        assert!(owned.unwrap().success());
    }
}

fn same(mut new: Command, command: &Command, more: &[(&str, &str)]) -> Command {
    if !rustix::process::geteuid().is_root() {
        new.args(command.get_args());
    }
    new.env_clear()
        .envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    new.envs(more.iter().copied())
        .current_dir(command.get_current_dir().unwrap());
    new
}
