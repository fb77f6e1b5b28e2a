//! Every mode and every failure, in a job that holds a dozen secrets: each of them reaches its owner and nobody else, in whatever form.

mod faults;

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use certified_evidence::{KeyAlgorithm, SigningKey};
use getrandom::SysRng;
use rand_core::UnwrapErr;

use self::faults::{
    APPROVALS, CERTIFICATE, EVENT, Fault, GITHUB, IDENTITY, OBJECT, PACKUMENT, PUBLISH, Question, RECORD, REGISTER,
    meddle,
};
use crate::gate::{Behind, Keeper};
use crate::stage::program::STEPS;
use crate::world::{Job, PKCS8, World};

#[test]
fn no_secret_leaks_in_any_mode_nor_with_any_failure_nor_while_debugging() {
    let world = World::start();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let (runs, size) = (AtomicUsize::new(0), Mutex::new((0, 0)));
    let work = Mutex::new(rows());
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(row) = next(&work) {
                    let (done, of) = row.run(&world, runtime.handle());
                    runs.fetch_add(done, Ordering::SeqCst);
                    *size.lock().unwrap() = of;
                }
            });
        }
    });
    let (runs, (canaries, encodings)) = (runs.into_inner(), size.into_inner().unwrap());
    assert!(
        runs >= 75 && canaries >= 12 && encodings >= 10,
        "{runs} runs, {canaries} secrets, {encodings} encodings"
    );
}

#[test]
fn a_key_that_is_written_down_begins_as_the_search_expects() {
    let key = SigningKey::generate(KeyAlgorithm::EcdsaP256, &mut UnwrapErr(SysRng)).unwrap();
    assert!(key.to_pkcs8_der().unwrap().expose().starts_with(PKCS8));
}

/// What one job goes through.
enum Row {
    /// Every mode, one after the other.
    Modes { debugging: bool },
    /// A release, while one server answers one question in this way.
    Failure {
        question: Question,
        fault: Fault,
        debugging: bool,
    },
}

fn next(work: &Mutex<VecDeque<Row>>) -> Option<Row> {
    work.lock().unwrap().pop_front()
}

fn rows() -> VecDeque<Row> {
    use Fault::{HangsUp, HangsUpAfterwards, NoJson, Redirects, Refuses, Silent, TooLarge};
    let everywhere = [
        Refuses(401),
        Refuses(403),
        Refuses(500),
        NoJson,
        Redirects(307),
        HangsUp,
    ];
    let mut faults: Vec<(Question, Fault)> = vec![(APPROVALS, Silent)];
    for question in [CERTIFICATE, EVENT, REGISTER, PUBLISH, OBJECT, IDENTITY] {
        // An npm that says yes is asked for minutes whether it has the release by now; that takes too long here.
        let faults_of = everywhere
            .into_iter()
            .filter(|fault| (question, *fault) != (PUBLISH, NoJson));
        faults.extend(faults_of.map(|fault| (question, fault)));
    }
    faults.extend([EVENT, REGISTER, PUBLISH].map(|question| (question, HangsUpAfterwards)));
    faults.extend([CERTIFICATE, IDENTITY].map(|question| (question, TooLarge)));
    faults.extend([
        (PACKUMENT, Refuses(401)),
        (PACKUMENT, NoJson),
        (RECORD, Redirects(302)),
        (EVENT, Refuses(409)),
        (PUBLISH, Refuses(429)),
    ]);
    faults.extend([(GITHUB, Refuses(401)), (GITHUB, NoJson)]);
    let failures = faults
        .into_iter()
        .enumerate()
        .map(|(number, (question, fault))| Row::Failure {
            question,
            fault,
            debugging: number % 2 == 0,
        });
    // What takes longest begins first.
    let mut rows: VecDeque<_> = failures.collect();
    rows.insert(1, Row::Modes { debugging: false });
    rows.insert(2, Row::Modes { debugging: true });
    rows
}

impl Row {
    /// How many runs there were, and how much was looked for in each.
    fn run(self, world: &World, handle: &tokio::runtime::Handle) -> (usize, (usize, usize)) {
        match self {
            Self::Modes { debugging } => {
                let job = world.job(handle, |_| Keeper::LetsPass);
                let job = if debugging { job.with(DEBUGGING) } else { job };
                (every_mode(&job), job.size())
            }
            Self::Failure {
                question,
                fault,
                debugging,
            } => {
                let faults = AtomicUsize::new(0);
                let job = world.job(handle, move |asked| {
                    let meant =
                        question.0 == asked.behind && question.1 == asked.method && asked.path.contains(question.2);
                    // What was carried out is found the second time.
                    let over = fault == Fault::HangsUpAfterwards && meant && faults.fetch_add(1, Ordering::SeqCst) > 0;
                    if meant && !over {
                        meddle(fault, asked)
                    } else {
                        Keeper::LetsPass
                    }
                });
                let job = if debugging { job.with(DEBUGGING) } else { job };
                let step = job.step(&[("ignore-scripts", "true")]);
                let survives = fault == Fault::HangsUpAfterwards || question.0 == Behind::GitHub;
                assert_eq!(step.code == 0, survives, "{question:?} {fault:?}: {}", step.raw);
                assert_eq!(
                    step.said("error").len(),
                    usize::from(!survives),
                    "{question:?} {fault:?}: {}",
                    step.raw
                );
                (1, job.size())
            }
        }
    }
}

fn every_mode(job: &Job) -> usize {
    job.step(&[("mode", "doctor")]);
    job.step(&[("mode", "status")]).exits(0);
    for mode in STEPS {
        job.step(&[("mode", mode)]).exits(0);
    }
    job.step(&[]).exits(0);
    job.step(&[("mode", "status")]).exits(0);
    job.step(&[("mode", "verify"), ("targets", &job.release)]).exits(0);
    job.step(&[("dry-run", "true")]).exits(0);
    job.step(&[("mode", "publsh")]).exits(2);
    job.step(&[("package_path", "..")]).exits(2);
    job.step(&[("anchors", "nowhere.json")]).exits(50);
    job.step(&[("tag", "1.0.0")]);
    STEPS.len() + 10
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
