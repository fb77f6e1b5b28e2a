//! Every mode and every failure, in a job that holds a dozen secrets: each of them reaches its owner and nobody else, in whatever form.

mod faults;
mod rows;

use std::collections::{BTreeSet, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use certified_evidence::{KeyAlgorithm, SigningKey};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use tokio::runtime::Handle;

use self::faults::{DEPLOY, EXCHANGE, Fault, Question, meddle};
use self::rows::{Inputs, KIND_OF_NPM, NAMES, Row, Story, rows};
use crate::gate::{Behind, Keeper, Passed};
use crate::stage::program::STEPS;
use crate::world::{Job, Kind, PKCS8, World};

#[test]
fn no_secret_leaks_in_any_mode_nor_with_any_failure_nor_while_debugging() {
    let world = World::start();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let (work, tallies) = (Mutex::new(rows()), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(row) = next(&work) {
                    let tally = row.run(&world, runtime.handle());
                    tallies.lock().unwrap().push(tally);
                }
            });
        }
    });
    let tallies = tallies.into_inner().unwrap();
    assert!(tallies.iter().all(|tally| tally.encodings >= 10));
    for (kind, runs, secrets) in [
        (Kind::Stored, 86, 13),
        (Kind::Lent, 82, 17),
        (Kind::Trusted, 53, 17),
        (Kind::Keyed, 76, 16),
    ] {
        let of_kind = || tallies.iter().filter(|tally| tally.kind == kind);
        let ran: usize = of_kind().map(|tally| tally.runs).sum();
        let seen: BTreeSet<_> = of_kind().flat_map(|tally| &tally.secrets).collect();
        assert!(ran >= runs && seen.len() >= secrets, "{kind:?}: {ran} runs, {seen:?}");
    }
}

#[test]
fn a_key_that_is_written_down_begins_as_the_search_expects() {
    let key = SigningKey::generate(KeyAlgorithm::EcdsaP256, &mut UnwrapErr(SysRng)).unwrap();
    assert!(key.to_pkcs8_der().unwrap().expose().starts_with(PKCS8));
}

fn next(work: &Mutex<VecDeque<Row>>) -> Option<Row> {
    work.lock().unwrap().pop_front()
}

/// What came of one row: how many runs there were, the secrets that were looked for, and in how many forms at least.
struct Tally {
    kind: Kind,
    runs: usize,
    secrets: BTreeSet<&'static str>,
    encodings: usize,
}

impl Row {
    fn run(self, world: &World, handle: &Handle) -> Tally {
        let (job, runs) = match self.story {
            Story::Modes => {
                let job = self.job(world.job(handle, self.kind, |_| Keeper::LetsPass));
                let runs = every_mode(&job, self.kind);
                (job, runs)
            }
            Story::Failure {
                inputs,
                question,
                fault,
            } => {
                let job = self.job(world.job(handle, self.kind, goes_wrong(question, fault)));
                let step = job.step(inputs);
                let what = || format!("{:?} {question:?} {fault:?}: {}", self.kind, step.raw);
                let survives = survives(question, fault);
                assert_eq!(step.code == 0, survives, "{}", what());
                assert_eq!(step.said("error").len(), usize::from(!survives), "{}", what());
                (job, 1)
            }
        };
        let (secrets, encodings) = job.size();
        Tally {
            kind: self.kind,
            runs,
            secrets,
            encodings,
        }
    }

    fn job(&self, job: Job) -> Job {
        if self.debugging { job.with(DEBUGGING) } else { job }
    }
}

/// A keeper of gates who lets everything pass but this question.
fn goes_wrong(question: Question, fault: Fault) -> impl Fn(&Passed) -> Keeper {
    let faults = AtomicUsize::new(0);
    move |asked| {
        let meant = question.0 == asked.behind && question.1 == asked.method && asked.path.contains(question.2);
        // What was carried out is found the second time.
        let over = fault == Fault::HangsUpAfterwards && meant && faults.fetch_add(1, Ordering::SeqCst) > 0;
        if meant && !over {
            meddle(fault, asked)
        } else {
            Keeper::LetsPass
        }
    }
}

/// Whether the release comes about all the same.
fn survives(question: Question, fault: Fault) -> bool {
    match (question, fault) {
        // An identity is shown to npm once.
        (EXCHANGE, Fault::HangsUpAfterwards) => false,
        // A ChittyConnect that does not know the question is asked another one.
        (DEPLOY, Fault::Refuses(404) | Fault::Redirects(_)) => true,
        (_, Fault::HangsUpAfterwards | Fault::Surplus) => true,
        (question, _) => question.0 == Behind::GitHub,
    }
}

fn every_mode(job: &Job, kind: Kind) -> usize {
    let runs = AtomicUsize::new(0);
    let step = |inputs: &[(&str, &str)]| {
        // ChittyConnect gives the same service no more than ten credentials an hour.
        let service = format!("widgets-{}", runs.fetch_add(1, Ordering::SeqCst));
        job.step(&[inputs, &[("service", &service)]].concat())
    };
    step(&[("mode", "doctor")]);
    step(&[("mode", "status")]).exits(0);
    for mode in STEPS {
        step(&[("mode", mode)]).exits(0);
    }
    step(&[]).exits(0);
    step(&[("mode", "status")]).exits(0);
    step(&[("mode", "verify"), ("targets", &job.release)]).exits(0);
    step(&[("dry-run", "true")]).exits(0);
    step(&[("mode", "publsh")]).exits(2);
    step(&[("package_path", "..")]).exits(2);
    step(&[("anchors", "nowhere.json")]).exits(50);
    step(&[("tag", "1.0.0")]);
    let credentials: &[Inputs] = match kind {
        Kind::Stored => &[],
        Kind::Lent | Kind::Trusted => &[&[("mode", "credentials")], NAMES],
        Kind::Keyed => &[&[("mode", "credentials")], KIND_OF_NPM],
    };
    for inputs in credentials {
        assert!(!step(inputs).exits(0).outputs.is_empty());
    }
    runs.into_inner()
}

/// Waiting for answers takes no processor, so there are more of them than of those.
const WORKERS: usize = 6;

/// Whatever people set when they want to know more.
const DEBUGGING: &[(&str, &str)] = &[
    ("RUNNER_DEBUG", "1"),
    ("ACTIONS_STEP_DEBUG", "true"),
    ("ACTIONS_RUNNER_DEBUG", "true"),
    ("RUST_LOG", "trace"),
    ("RUST_BACKTRACE", "full"),
    ("DEBUG", "*"),
];
