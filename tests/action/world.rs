//! A job that holds every secret there can be, in a town where a gate before each server writes down what passes; and the search for what
//! should not be there.

mod judge;
mod search;
mod strace;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use certified_services::{Options, Running, TokenIssuer, start};
use tokio::runtime::Handle;

use self::search::{Canary, SEC1};
use self::strace::traced;
use crate::gate::{Behind, Book, Keeper, Rule, gate, renaming};
use crate::meddling::Answer;
use crate::releases::at;
use crate::runner::{Runner, Step};
use crate::stage::children::finish;
use crate::stage::folders::copy_of;
use crate::stage::issuer::{COMMIT, Platform, RUN_TOKEN};
use crate::stage::s3;
use crate::stage::town::Town;

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
        rule: impl Fn(&crate::gate::Passed) -> Keeper + Send + Sync + 'static,
    ) -> Job {
        let (book, rule): (Book, Rule) = (Book::default(), Arc::new(rule));
        let runner = at(&self.town, Runner::new());
        let services = handle.block_on(self.services(&runner));
        let runner = of_services(&services, runner);
        let places = [
            (Behind::ChittyId, "chitty-id-url", runner.value("INPUT_CHITTY-ID-URL")),
            (
                Behind::Gateway,
                "api-gateway-url",
                runner.value("INPUT_API-GATEWAY-URL"),
            ),
            (Behind::Npm, "npm-registry", runner.value("INPUT_NPM-REGISTRY")),
            (Behind::Archive, "store", runner.value("INPUT_STORE")),
        ];
        let mut runner = runner;
        let mut named = None;
        for (behind, input, target) in places {
            let address = handle.block_on(gate(behind, &target, &book, &rule));
            if behind == Behind::ChittyId {
                // Identity tokens are made for ChittyID by its own name.
                named = Some((after_host(&address), after_host(&target)));
            }
            runner = runner.input(input, &address);
        }
        let platform = handle.block_on(renaming(Behind::Platform, &self.platform.address, &book, &rule, named));
        let github = handle.block_on(gate(Behind::GitHub, "", &book, &github(rule)));
        let runner = on_the_platform(runner, &platform, &github);
        let version = format!("1.2.{}", 100 + self.jobs.fetch_add(1, Ordering::SeqCst));
        let package = copy_of("widgets", &runner.workspace());
        let manifest = fs::read_to_string(package.join("package.json")).unwrap();
        fs::write(
            package.join("package.json"),
            manifest.replace("\"1.2.3\"", &format!("\"{version}\"")),
        )
        .unwrap();
        let canaries = canaries(&runner);
        Job {
            runner: runner.input("package_path", "widgets"),
            release: format!("@acme/widgets@{version}"),
            book,
            canaries,
            _services: services,
        }
    }

    /// Services of the job's own, because they keep an owner to a hundred requests a minute.
    async fn services(&self, runner: &Runner) -> Running {
        let data = runner.place().join("services");
        fs::create_dir(&data).unwrap();
        let mut options = Options::in_folder(data);
        options.identity_tokens.issuers = vec![TokenIssuer::new(&self.platform.address).unwrap()];
        start(options).await.unwrap()
    }
}

/// The runner with these services' addresses and tokens in the place of those that it had.
fn of_services(services: &Running, runner: Runner) -> Runner {
    let (at, tokens) = (services.addresses(), services.tokens());
    let anchors = runner.place().join("anchors.json");
    fs::write(&anchors, services.anchors().to_json().unwrap()).unwrap();
    runner
        .input("chitty-id-url", at.chitty_id.as_str())
        .input("api-gateway-url", at.gateway.as_str())
        .input("anchors", anchors.to_str().unwrap())
        .input("chitty-id-token", tokens.chitty_id_token.expose())
        .input("chitty-api-key", tokens.chitty_api_key.expose())
        .input("chitty-registry-token", tokens.registry_token.expose())
}

impl Job {
    /// How many secrets there are, and in how many forms they are looked for.
    pub(crate) fn size(&self) -> (usize, usize) {
        let encodings = self.canaries.iter().map(|canary| canary.encoded.len()).min().unwrap();
        (self.canaries.len(), encodings)
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
        let output = finish(&mut traced(&command, &log), |_| ());
        let step = self.runner.read(&output);
        self.judge(&step, &fs::read(&log).unwrap());
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

fn on_the_platform(runner: Runner, platform: &str, github: &str) -> Runner {
    runner
        .with("GITHUB_ACTOR", "octo")
        .with("GITHUB_SHA", COMMIT)
        .with("GITHUB_RUN_ID", "31")
        .with("GITHUB_API_URL", github)
        .with(
            "ACTIONS_ID_TOKEN_REQUEST_URL",
            &format!("{platform}/token?api-version=2.0"),
        )
        .with("ACTIONS_ID_TOKEN_REQUEST_TOKEN", RUN_TOKEN)
        .with("DEPLOY_PASSWORD", "canary-of-somebody-else+Rk3/w=")
        .with("AWS_SESSION_TOKEN", "canary-of-a-session-9Vb2Lq7X")
        .input("github-token", "ghs_canaryOfTheWorkflow8Xk2Pq5")
        .input("single-job", "i-accept-the-risk")
}

fn canaries(runner: &Runner) -> Vec<Canary> {
    use Behind::{ChittyId, Gateway, GitHub, Npm, Platform};
    let of = |name, variable: &str, owners| Canary::of(name, &runner.value(variable), owners);
    vec![
        of("chitty-id-token", "INPUT_CHITTY-ID-TOKEN", &[ChittyId]),
        // ChittyID is shown that both are of one owner.
        of("chitty-api-key", "INPUT_CHITTY-API-KEY", &[Gateway, ChittyId]),
        of("chitty-registry-token", "INPUT_CHITTY-REGISTRY-TOKEN", &[Gateway]),
        of("npm-token", "INPUT_NPM-TOKEN", &[Npm]),
        of("github-token", "INPUT_GITHUB-TOKEN", &[GitHub]),
        of("the token of the run", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", &[Platform]),
        of("the runtime's token", "ACTIONS_RUNTIME_TOKEN", &[]),
        of("a session token", "AWS_SESSION_TOKEN", &[]),
        of("somebody else's password", "DEPLOY_PASSWORD", &[]),
        Canary::of("r2-secret-access-key", s3::SECRET, &[]),
        // The signing key is made in the run, so nobody knows it; but these begin every form in which such a key is written.
        Canary::beginning("the key, as PKCS #8", PKCS8),
        Canary::beginning("the key, as SEC 1", SEC1),
    ]
}
