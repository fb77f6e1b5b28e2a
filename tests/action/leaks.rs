//! No secret stands anywhere but where it was given: neither in what is printed nor in what is left, started or sent.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use flate2::read::GzDecoder;

use crate::canary;
use crate::meddling::{Act, Answer, Scene};
use crate::releases::runner;
use crate::runner::{Runner, Step};
use crate::stage::folders::{copy_of, files_below};
use crate::stage::program::STEPS;
use crate::stage::town::Town;

/// Every token of a town, and the S3 key.
pub(crate) fn secrets_of(town: &Town) -> Vec<String> {
    town.tokens().into_iter().map(str::to_owned).collect()
}

#[test]
fn a_release_leaves_no_secret_anywhere() {
    let town = Town::start();
    let secrets = secrets_of(&town);
    let runner = runner(&town);
    let mut seen = BTreeSet::new();
    let step = runner.watched("dist/main.js", &[], |pid| look(pid, pid, &mut seen));
    assert_eq!(step.code, 0, "{}", step.raw);
    assert!(seen.iter().any(|(file, _)| file == "environ"), "nobody was seen");
    for (file, bytes) in &seen {
        let hits = canary::find(&secrets, bytes);
        // Until the program has started anew its environment is what the runner made it.
        let first = file == "environ of the step";
        assert!(
            first || hits.is_empty(),
            "{file}: {hits:?} in {}",
            String::from_utf8_lossy(bytes)
        );
    }
    keeps(&secrets, &runner, &step);
    for mode in STEPS {
        keeps(&secrets, &runner, &runner.step(&[("mode", mode)]).exits(0));
    }
    keeps(
        &secrets,
        &runner,
        &runner
            .step(&[("mode", "verify"), ("targets", "@acme/widgets@1.2.3")])
            .exits(0),
    );
    below(&secrets, &town.bucket());
}

#[test]
fn a_failure_leaves_no_secret_anywhere() {
    let town = Town::start();
    let wrong = [
        "chitty-id-token",
        "chitty-api-key",
        "chitty-registry-token",
        "npm-token",
        "r2-secret-access-key",
    ];
    for (number, input) in wrong.into_iter().enumerate() {
        let canary = format!("canary-{number}-refused-Yw7Kp2Xz");
        let secrets = [secrets_of(&town), vec![canary.clone()]].concat();
        let runner = runner(&town).input(input, &canary).with("RUNNER_DEBUG", "1");
        let step = runner.step(&[("ignore-scripts", "true")]);
        assert_ne!(step.code, 0, "{input}: {}", step.raw);
        keeps(&secrets, &runner, &step);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_repeats_what_it_was_told_does_not_make_us_repeat_it() {
    let scene = Scene::meddled(|asked| {
        if asked.path.starts_with("/chronicle/events") && asked.method == "POST" {
            let echo = asked.authorization.clone().unwrap_or_default();
            return Act::Answer(Answer::error(403, &echo, &format!("::error::you said {echo}")));
        }
        Act::Forward
    })
    .await;
    let secrets: Vec<_> = [
        "CHITTY_ID_TOKEN",
        "CHITTY_API_KEY",
        "CHITTY_REGISTRY_TOKEN",
        "NPM_TOKEN",
    ]
    .map(|name| scene.variable(name))
    .into();
    let runner = of_scene(&scene);
    let step = tokio::task::block_in_place(|| runner.step(&[("package_path", "widgets"), ("ignore-scripts", "true")]));
    assert_eq!(step.code, 30, "{}", step.raw);
    keeps(&secrets, &runner, &step);
    for asked in scene.asked() {
        let sent = [asked.path.as_bytes(), &asked.body].concat();
        assert_eq!(
            canary::find(&secrets, &sent),
            Vec::<String>::new(),
            "{} {}",
            asked.method,
            asked.path
        );
    }
}

/// A runner whose steps ask the services of that scene.
pub(crate) fn of_scene(scene: &Scene) -> Runner {
    let places = [
        "CHITTY_ID_SERVICE",
        "CHITTY_API_GATEWAY",
        "CERTIFIED_PUBLISH_NPM_REGISTRY",
        "CERTIFIED_PUBLISH_STORE",
        "CERTIFIED_PUBLISH_ANCHORS",
        "CHITTY_ID_TOKEN",
        "CHITTY_API_KEY",
        "CHITTY_REGISTRY_TOKEN",
        "NPM_TOKEN",
    ];
    let runner = places
        .iter()
        .fold(Runner::new(), |runner, name| runner.with(name, &scene.variable(name)));
    copy_of("widgets", &runner.workspace());
    runner
}

/// What the step printed, the runner's files, and everything on the runner's disk.
fn keeps(secrets: &[String], runner: &Runner, step: &Step) {
    let masks = |line: &&str| !line.starts_with("::add-mask::");
    let printed: Vec<_> = step.raw.lines().filter(masks).collect();
    assert_eq!(
        canary::find(secrets, printed.join("\n").as_bytes()),
        Vec::<String>::new(),
        "{}",
        printed.join("\n")
    );
    let masked = step
        .raw
        .lines()
        .take_while(|line| line.starts_with("::add-mask::"))
        .count();
    assert!(
        masked >= 4 && step.said("add-mask").len() == masked,
        "masks come first: {}",
        step.raw
    );
    for folder in [
        runner.temp(),
        runner.workspace(),
        runner.place().join("home"),
        runner.place().join("cache"),
    ] {
        below(secrets, &folder);
    }
}

pub(crate) fn below(secrets: &[String], folder: &Path) {
    for file in files_below(folder) {
        let bytes = fs::read(folder.join(&file)).unwrap();
        // The program itself is long, and the same for everybody.
        if file.contains("certified-publish-program-") {
            continue;
        }
        let mut unpacked = Vec::new();
        let _ = GzDecoder::new(bytes.as_slice()).read_to_end(&mut unpacked);
        assert_eq!(
            canary::find(secrets, &[bytes, unpacked].concat()),
            Vec::<String>::new(),
            "{file}"
        );
    }
}

/// Command line and environment of a process and of everything that it started.
fn look(step: u32, process: u32, seen: &mut BTreeSet<(String, Vec<u8>)>) {
    for file in ["cmdline", "environ"] {
        if let Ok(bytes) = fs::read(format!("/proc/{process}/{file}")) {
            let of = if process == step && file == "environ" {
                " of the step"
            } else {
                ""
            };
            seen.insert((format!("{file}{of}"), bytes));
        }
    }
    let tasks = fs::read_dir(format!("/proc/{process}/task"))
        .into_iter()
        .flatten()
        .flatten();
    for task in tasks {
        let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        for child in children.split_whitespace().filter_map(|child| child.parse().ok()) {
            look(step, child, seen);
        }
    }
}
