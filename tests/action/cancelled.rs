//! Cancelled as the runner cancels: SIGINT, after 7.5 s SIGTERM, after 2.5 s more SIGKILL, each to the entry process alone.
//!
//! A moment is something that was seen, never a time: a request that arrived, a request that was carried out, a line that was printed.

mod blow;
mod processes;

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};

pub(crate) use self::blow::strike;
use self::blow::{Blow, Moment};
use self::processes::survivors;
use crate::leaks::of_scene;
use crate::meddling::Scene;
use crate::runner::{Runner, Step};
use crate::stage::http;

/// Services for many releases, and the blow that the next run gets.
struct Stage {
    scene: Scene,
    blow: Arc<Mutex<Arc<Blow>>>,
}

#[test]
fn a_cancel_at_any_of_many_moments_ends_the_step_says_what_exists_and_the_next_run_publishes_once() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let first = Stage::start(&runtime);
    let (undisturbed, whole) = first.run("1.0.0", Moment::Never);
    assert_eq!(undisturbed.code, 0, "{}", undisturbed.raw);
    let (requests, lines) = (
        whole.requests.load(Ordering::SeqCst),
        whole.lines.load(Ordering::SeqCst),
    );
    let work = Mutex::new(moments(requests, lines));
    let (ends, steps) = (AtomicUsize::new(0), Mutex::new(BTreeSet::new()));
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let mut some = (0..OF_A_STAGE).map_while(|_| next(&work)).peekable();
                    if some.peek().is_none() {
                        break;
                    }
                    let stage = Stage::start(&runtime);
                    for (number, moment) in some {
                        let step = stage.cancelled(&format!("1.2.{number}"), moment);
                        steps.lock().unwrap().extend(place_of(&step));
                        ends.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
    });
    let (ends, steps) = (ends.into_inner(), steps.into_inner().unwrap());
    assert!(
        ends >= 50,
        "only {ends} moments: a run has {requests} requests and {lines} lines"
    );
    assert_eq!(
        steps,
        (1..=8).map(|number| format!("step {number} of 9")).collect(),
        "some step was never cancelled; the last one waits for nobody and is over at once"
    );
}

/// Every request before and after it was carried out, and every line.
fn moments(requests: usize, lines: usize) -> VecDeque<(usize, Moment)> {
    let of_requests = (0..requests).flat_map(|at| [Moment::Arrives(at), Moment::CarriedOut(at)]);
    let all = of_requests.chain((0..lines).map(Moment::Printed)).chain([Moment::Born]);
    all.enumerate().collect()
}

fn next(work: &Mutex<VecDeque<(usize, Moment)>>) -> Option<(usize, Moment)> {
    work.lock().unwrap().pop_front()
}

/// `step N of 9`, of a step that was cancelled there.
fn place_of(step: &Step) -> Option<String> {
    let errors = step.said("error");
    let place = errors.first()?.data.lines().nth(1)?.split(" · ").next()?.to_owned();
    place.starts_with("step ").then_some(place)
}

impl Stage {
    fn start(runtime: &tokio::runtime::Runtime) -> Self {
        let blow = Arc::new(Mutex::new(Blow::at(Moment::Never)));
        let hook = Arc::clone(&blow);
        let scene = runtime.block_on(Scene::meddled(move |asked| {
            let blow = Arc::clone(&hook.lock().unwrap());
            blow.arrives(asked)
        }));
        Self { scene, blow }
    }

    /// One job, and what became of the blow.
    fn run(&self, version: &str, moment: Moment) -> (Step, Arc<Blow>) {
        let runner = of_scene(&self.scene);
        let manifest = runner.workspace().join("widgets/package.json");
        let text = fs::read_to_string(&manifest)
            .unwrap()
            .replace("\"1.2.3\"", &format!("\"{version}\""));
        fs::write(&manifest, text).unwrap();
        let blow = Blow::at(moment);
        *self.blow.lock().unwrap() = Arc::clone(&blow);
        let (watching, hearing) = (Arc::clone(&blow), Arc::clone(&blow));
        let step = runner.heard(
            "dist/main.js",
            &[("package_path", "widgets")],
            move |process| watching.goes_on(process),
            move |_| hearing.hears(),
        );
        *blow.ended.lock().unwrap() = blow.struck.lock().unwrap().map(|since| since.elapsed());
        assert_eq!(survivors(runner.place()), Vec::<String>::new(), "{moment:?}");
        (step, blow)
    }

    /// Cancelled at that moment; then the job runs again on another machine.
    fn cancelled(&self, version: &str, moment: Moment) -> Step {
        let (step, blow) = self.run(version, moment);
        let took = blow
            .ended
            .lock()
            .unwrap()
            .unwrap_or_else(|| panic!("{moment:?} never came: {}", step.raw));
        assert!(took < MOST, "{moment:?}: {took:?}");
        // What is over when the signal comes has ended as it would have.
        let over = step.code == 0 && step.outputs.contains_key("result");
        assert!(step.code == 130 || over, "{moment:?}: {}", step.raw);
        let exists = self.exists(version);
        if step.code == 130 && !step.said("error").is_empty() {
            tells(&step, &exists, moment);
        } else if !over {
            // Before the program could listen to anybody, nothing had been asked.
            assert_eq!(
                (exists, step.said("notice").len()),
                (BTreeSet::new(), 0),
                "{moment:?}: {}",
                step.raw
            );
        }
        let (again, _) = self.run(version, Moment::Never);
        assert_eq!(again.code, 0, "after {moment:?}: {}", again.raw);
        self.published_once(version, moment);
        step
    }

    /// What there is outside of that release, by the words of the report. Asked of the services themselves.
    fn exists(&self, version: &str) -> BTreeSet<&'static str> {
        let events = self.events("package.build.complete", version);
        let archived = self
            .scene
            .archived()
            .iter()
            .any(|key| key.contains(&format!("/{version}.tgz")));
        let record = http::get(&format!(
            "{}registry/packages/@acme%2Fwidgets/{version}",
            self.scene.gateway()
        ));
        let found = [
            ("event", events > 0),
            ("object", archived),
            ("registration", record.is_some()),
            ("npm release", self.on_npm(version)),
        ];
        found
            .into_iter()
            .filter(|(_, there)| *there)
            .map(|(what, _)| what)
            .collect()
    }

    fn published_once(&self, version: &str, moment: Moment) {
        let counts = ["package.build.complete", "package.published"].map(|kind| self.events(kind, version));
        assert_eq!((counts, self.on_npm(version)), ([1, 1], true), "after {moment:?}");
        // Each certificate has its own signature beside the one tarball.
        let tarball = format!("/{version}.tgz");
        let archived = self.scene.archived();
        assert_eq!(
            archived.iter().filter(|key| key.ends_with(&tarball)).count(),
            1,
            "after {moment:?}"
        );
    }

    fn events(&self, kind: &str, version: &str) -> usize {
        let page = http::get(&format!("{}chronicle/events?limit=1000", self.scene.gateway())).unwrap();
        let of = |event: &&Value| event["type"] == kind && event.to_string().contains(&format!("\"{version}\""));
        page["events"].as_array().unwrap().iter().filter(of).count()
    }

    fn on_npm(&self, version: &str) -> bool {
        let (npm, _) = self.scene.npm();
        let packument = http::get(&format!("{npm}@acme%2fwidgets")).unwrap_or_default();
        packument["versions"].get(version).is_some()
    }
}

/// Whatever exists outside is named, as done or as not known; what is called done exists.
fn tells(step: &Step, exists: &BTreeSet<&str>, moment: Moment) {
    let error = step.error();
    assert_eq!(error.properties["title"], "certified-publish: cancelled");
    assert!(step.summary.starts_with("### Interrupted\n"), "{}", step.summary);
    let place = error.data.lines().nth(1).unwrap_or_default();
    if !place.starts_with("step ") {
        assert!(exists.is_empty(), "{moment:?}: {exists:?}: {}", error.data);
        return;
    }
    let done = place
        .split(" · ")
        .find(|part| part.starts_with("already done: "))
        .unwrap();
    let open = place
        .split(" · ")
        .find(|part| part.starts_with("not known: "))
        .unwrap_or_default();
    for what in ["event", "object", "registration", "npm release"] {
        let told_done = done.contains(&format!("{what} "));
        assert!(
            !told_done || exists.contains(what),
            "{moment:?}: {what} does not exist: {}",
            error.data
        );
        let told = told_done || open.contains(what);
        assert!(
            told || !exists.contains(what),
            "{moment:?}: {what} exists: {}",
            error.data
        );
    }
    // Whatever the log says was done, the error repeats.
    for (line, what) in [
        ("2 of 9 ", "certificate CERT-"),
        ("4 of 9 ", "event "),
        ("5 of 9 ", "object "),
        ("7 of 9 ", "registration reg_"),
    ] {
        let logged = step.log.lines().any(|said| said.starts_with(line));
        assert_eq!(logged, done.contains(what), "{moment:?}: {}", step.raw);
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

fn find(folder: &Path, name: &str) -> bool {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| {
        entry.file_name() == name || (entry.file_type().is_ok_and(|kind| kind.is_dir()) && find(&entry.path(), name))
    })
}

/// Between the signal and the end of the process.
const MOST: Duration = Duration::from_secs(2);
/// As many jobs at a time.
const WORKERS: usize = 3;
/// As many moments at the same services: each takes two runs, and services let nobody ask more than a hundred times a minute.
const OF_A_STAGE: usize = 2;
