//! What a maintainer reads on the job's page, as snapshots. `tests/look` makes pictures of them, as GitHub shows them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rustix::process::Signal;

use crate::cancelled::strike;
use crate::leaks::of_scene;
use crate::meddling::{Act, Answer, Scene, shows};
use crate::runner::{Runner, Step};

#[tokio::test(flavor = "multi_thread")]
async fn a_release_the_same_once_more_and_what_a_stranger_finds() {
    let scene = Scene::quiet().await;
    let runner = of_scene(&scene);
    shown("summary-published", &scene, &runner, &step(&runner, &RELEASE).exits(0));
    shown(
        "summary-already-published",
        &scene,
        &runner,
        &step(&runner, &RELEASE).exits(0),
    );
    let verify = [("mode", "verify"), ("targets", "@acme/widgets@1.2.3")];
    shown("summary-verified", &scene, &runner, &step(&runner, &verify).exits(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_missing_and_bytes_that_are_others() {
    let scene = Scene::quiet().await;
    let runner = of_scene(&scene).without("NPM_TOKEN");
    shown("summary-no-token", &scene, &runner, &step(&runner, &RELEASE).exits(30));
    scene.archive("packages/@acme/widgets/1.2.3.tgz", b"other bytes");
    let runner = of_scene(&scene);
    shown("summary-refused", &scene, &runner, &step(&runner, &RELEASE).exits(20));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_waits_for_somebody_to_let_it_go_out() {
    let scene = Scene::quiet().await;
    let runner = of_scene(&scene).input("stage", "true");
    shown("summary-staged", &scene, &runner, &step(&runner, &RELEASE).exits(75));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_that_is_not_there_for_now() {
    let scene = Scene::meddled(|asked| match asked.is("POST", "/chronicle/events") {
        true => Act::Answer(Answer::error(503, "UNAVAILABLE", "back in a minute")),
        false => Act::Forward,
    })
    .await;
    let runner = of_scene(&scene);
    shown(
        "summary-unavailable",
        &scene,
        &runner,
        &step(&runner, &RELEASE).exits(10),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_somebody_breaks_off() {
    let process = Arc::new(AtomicU32::new(0));
    let of_hook = Arc::clone(&process);
    let scene = Scene::meddled(move |asked| {
        if !asked.is("POST", "/registry/api/packages/register") {
            return Act::Forward;
        }
        strike(of_hook.load(Ordering::SeqCst), Signal::INT);
        Act::Never
    })
    .await;
    let runner = of_scene(&scene);
    let step = tokio::task::block_in_place(|| {
        runner.watched("dist/main.js", &RELEASE, |id| process.store(id, Ordering::SeqCst))
    });
    shown("summary-interrupted", &scene, &runner, &step.exits(130));
}

fn step(runner: &Runner, inputs: &[(&str, &str)]) -> Step {
    tokio::task::block_in_place(|| runner.step(inputs))
}

/// Without what differs from run to run.
fn shown(name: &str, scene: &Scene, runner: &Runner, step: &Step) {
    let summary = step.summary.replace(scene.folder().to_str().unwrap(), "/services");
    let lines = summary.replace(runner.place().to_str().unwrap(), "/runner");
    let lines = lines.lines().map(|line| {
        // One time or two, as the seconds fall.
        if let Some((before, times)) = line.split_once("signatures, ") {
            return format!("{before}signatures, {}\n", times.rsplit(" to ").next().unwrap());
        }
        match line.trim_end_matches(" |").rsplit_once(" | ") {
            Some((before, millis)) if millis.parse::<u64>().is_ok() => format!("{before} | [ms] |\n"),
            _ => format!("{line}\n"),
        }
    });
    shows(name, &lines.collect::<String>());
}

const RELEASE: [(&str, &str); 2] = [("package_path", "widgets"), ("ignore-scripts", "true")];
