//! A job that holds every secret there can be, or is lent it, in a town where a gate before each server writes down what passes; and the
//! search for what should not be there.

mod given;
mod judge;
mod kind;
mod search;
mod strace;

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use certified_services::{Options, Running, TokenIssuer, Tokens, start};
use tokio::runtime::Handle;

use self::kind::places;
use self::search::Canary;
use self::strace::traced;
use crate::gate::{Behind, Book, Keeper, Passed, Rule, gate, renaming};
use crate::meddling::Answer;
use crate::releases::at;
use crate::runner::{Runner, Step};
use crate::stage::children::finish;
use crate::stage::folders::copy_of;
use crate::stage::issuer::{COMMIT, Platform, RUN_TOKEN};
use crate::stage::s3::{BUCKET, S3};
use crate::stage::town::Town;

pub(crate) use self::kind::Kind;
pub(crate) use self::search::PKCS8;

/// Servers for many jobs.
pub(crate) struct World {
    pub(crate) town: Town,
    platform: Platform,
    jobs: AtomicU32,
}

/// One job of its own release.
pub(crate) struct Job {
    pub(crate) runner: Runner,
    pub(crate) release: String,
    book: Book,
    canaries: Vec<Canary>,
    _services: Running,
    _archive: Option<S3>,
}

impl World {
    pub(crate) fn start() -> Self {
        Self {
            town: Town::start(),
            platform: Platform::start(),
            jobs: AtomicU32::new(0),
        }
    }

    /// A job with the package checked out, and with gates that are kept by this rule.
    pub(crate) fn job(
        &self,
        handle: &Handle,
        kind: Kind,
        rule: impl Fn(&Passed) -> Keeper + Send + Sync + 'static,
    ) -> Job {
        let (book, rule): (Book, Rule) = (Book::default(), Arc::new(rule));
        let runner = match kind {
            Kind::Stored => at(&self.town, Runner::new()),
            _ => Runner::new(),
        };
        let services = handle.block_on(self.services(&runner));
        let archive = (kind != Kind::Stored).then(|| archive(&services, &runner));
        let places = places(&services, &runner, archive.as_ref().map(|archive| archive.url.as_str()));
        let rule = kind.lends(services.tokens().cloudflare_token.expose(), rule);
        let mut runner = kind.given(&services, runner);
        let mut named = None;
        for (behind, input, target) in places {
            let address = handle.block_on(gate(behind, &target, &book, &rule));
            if behind == Behind::ChittyId {
                // Identity tokens are made for ChittyID by its own name.
                named = Some((after_host(&address), after_host(&target)));
            }
            runner = runner.input(input, &address);
        }
        if kind.says_who_it_is() {
            let platform = handle.block_on(renaming(Behind::Platform, &self.platform.address, &book, &rule, named));
            runner = of_a_known_run(runner, &platform);
        }
        let github = handle.block_on(gate(Behind::GitHub, "", &book, &github(rule)));
        let runner = on_the_platform(runner, &github);
        let version = format!("1.2.{}", 100 + self.jobs.fetch_add(1, Ordering::SeqCst));
        check_out(&version, &runner);
        Job {
            canaries: kind.canaries(&runner),
            runner: runner.input("package_path", "widgets"),
            release: format!("@acme/widgets@{version}"),
            book,
            _services: services,
            _archive: archive,
        }
    }

    /// Services of the job's own, because they keep an owner to a hundred requests a minute.
    async fn services(&self, runner: &Runner) -> Running {
        let data = runner.place().join("services");
        fs::create_dir(&data).unwrap();
        let mut options = Options::in_folder(data);
        options.identity_tokens.issuers = vec![TokenIssuer::new(&self.platform.address).unwrap()];
        options.trusted_publishers = vec!["@acme/widgets=acme/widgets/release.yml".parse().unwrap()];
        start(options).await.unwrap()
    }
}

/// An S3 server that knows the key of these services' token of Cloudflare's.
fn archive(services: &Running, runner: &Runner) -> S3 {
    let (at, token) = (services.addresses(), services.tokens().cloudflare_token.expose());
    let verify = format!("{}accounts/{}/tokens/verify", at.cloudflare, Tokens::CLOUDFLARE_ACCOUNT);
    S3::of_a_token(&runner.place().join("s3"), BUCKET, runner.place(), (&verify, token))
}

fn check_out(version: &str, runner: &Runner) {
    let package = copy_of("widgets", &runner.workspace());
    let manifest = fs::read_to_string(package.join("package.json")).unwrap();
    let manifest = manifest.replace("\"1.2.3\"", &format!("\"{version}\""));
    fs::write(package.join("package.json"), manifest).unwrap();
}

impl Job {
    /// The names of the secrets that were looked for by now, and in how many forms at least.
    pub(crate) fn size(&self) -> (BTreeSet<&'static str>, usize) {
        let all = self.all(&self.book.answered());
        let encodings = all.iter().map(|canary| canary.encoded.len()).min().unwrap();
        (all.iter().map(|canary| canary.name).collect(), encodings)
    }

    pub(crate) fn with(mut self, variables: &[(&str, &str)]) -> Self {
        self.runner = variables
            .iter()
            .fold(self.runner, |runner, (name, value)| runner.with(name, value));
        self
    }

    /// The step under strace, and then the search.
    pub(crate) fn step(&self, inputs: &[(&str, &str)]) -> Step {
        let log = self.runner.place().join("strace");
        let command = self.runner.command("dist/main.js", inputs);
        let since = self.now();
        let output = finish(&mut traced(&command, &log), |_| ());
        let step = self.runner.read(&output);
        let hands_on = step.code == 0 && inputs.contains(&("mode", "credentials"));
        self.judge(&step, &fs::read(&log).unwrap(), since, hands_on);
        self.forget_programs();
        step
    }

    /// The launcher's copies are long, and go only at the end of the job.
    fn forget_programs(&self) {
        for entry in fs::read_dir(self.runner.temp()).unwrap().flatten() {
            if entry
                .file_name()
                .to_string_lossy()
                .starts_with("certified-publish-program-")
            {
                fs::remove_dir_all(entry.path()).unwrap();
            }
        }
    }
}

/// The port and the path of an address on loopback, as they stand in a query.
fn after_host(address: &str) -> String {
    let (_, rest) = address.trim_end_matches('/').rsplit_once(':').unwrap();
    rest.replace('/', "%2F")
}

/// GitHub has nothing to say, unless the keeper of the gate has.
fn github(rule: Rule) -> Rule {
    Arc::new(move |asked| match rule(asked) {
        Keeper::LetsPass => Keeper::Answers(Answer::json(404, r#"{"message":"Not Found"}"#)),
        other => other,
    })
}

/// A run that may ask who it is.
fn of_a_known_run(runner: Runner, platform: &str) -> Runner {
    let url = format!("{platform}/token?api-version=2.0");
    runner
        .with("ACTIONS_ID_TOKEN_REQUEST_URL", &url)
        .with("ACTIONS_ID_TOKEN_REQUEST_TOKEN", RUN_TOKEN)
}

fn on_the_platform(runner: Runner, github: &str) -> Runner {
    runner
        .with("GITHUB_ACTOR", "octo")
        .with("GITHUB_SHA", COMMIT)
        .with("GITHUB_RUN_ID", "31")
        .with("GITHUB_API_URL", github)
        .with("DEPLOY_PASSWORD", "canary-of-somebody-else+Rk3/w=")
        .with("AWS_SESSION_TOKEN", "canary-of-a-session-9Vb2Lq7X")
        .input("github-token", "ghs_canaryOfTheWorkflow8Xk2Pq5")
        .input("single-job", "i-accept-the-risk")
}
