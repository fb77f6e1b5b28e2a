//! Runs of one release at the same time: one publishes, the others find it published.
#![allow(clippy::unwrap_used, reason = "a stage that cannot be set up is a failed test")]

mod stage;

use std::collections::BTreeSet;
use std::thread;

use stage::once::assert_published_once;
use stage::town::Town;

#[test]
fn many_runs_of_the_same_bytes_at_once_all_succeed_and_publish_once() {
    let town = Town::start();
    let package = town.package("plain");
    let reports: Vec<_> = thread::scope(|scope| {
        let runs: Vec<_> = (0..6)
            .map(|machine| {
                let program = town.program(&format!("machine-{machine}"));
                let package = &package;
                scope.spawn(move || program.run(package, &["run", "--json"]).exits(0).json())
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });

    let served: BTreeSet<_> = reports
        .iter()
        .map(|report| report["published"]["integrity"].as_str().unwrap())
        .collect();
    assert_eq!(served.len(), 1, "{served:?}");
    assert_published_once(
        &town,
        "acme-plain",
        "0.1.0",
        reports[0]["certified"]["sha256"].as_str().unwrap(),
    );
    town.stranger().run(&package, &["verify", "acme-plain@0.1.0"]).exits(0);
}

#[test]
fn of_runs_with_different_bytes_at_once_one_publishes_and_the_others_are_refused() {
    let town = Town::start();
    let package = town.package("plain");
    let packages: Vec<_> = (0..3)
        .map(|machine| {
            let copy = town.folder(&format!("work-{machine}"));
            for file in std::fs::read_dir(&package).unwrap() {
                let file = file.unwrap();
                std::fs::copy(file.path(), copy.join(file.file_name())).unwrap();
            }
            std::fs::write(copy.join("README.md"), format!("machine {machine}\n")).unwrap();
            copy
        })
        .collect();
    // A folder as archive: the S3 server of these tests lets two writers at once both win, which a real one does not.
    let archive = town.folder("archive");
    let mut codes: Vec<_> = thread::scope(|scope| {
        let runs: Vec<_> = packages
            .iter()
            .enumerate()
            .map(|(machine, package)| {
                let program = town.program(&format!("machine-{machine}"));
                let program = program.with("CERTIFIED_PUBLISH_STORE", archive.to_str().unwrap());
                scope.spawn(move || program.run(package, &["run"]).code)
            })
            .collect();
        runs.into_iter().map(|run| run.join().unwrap()).collect()
    });
    codes.sort_unstable();
    assert_eq!(codes, [0, 20, 20]);
    let stranger = town
        .stranger()
        .with("CERTIFIED_PUBLISH_STORE", archive.to_str().unwrap());
    stranger.run(&package, &["verify", "acme-plain@0.1.0"]).exits(0);
}
