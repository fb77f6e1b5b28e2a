//! A job that holds every secret there can be, in a town where a gate before each server writes down what passes; and the search for what
//! should not be there.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use aho_corasick::AhoCorasick;
use certified_services::{Options, Running, TokenIssuer, start};
use flate2::read::GzDecoder;
use tokio::runtime::Handle;

use crate::canary::{encodings, encodings_of_bytes};
use crate::gate::{Behind, Book, Keeper, Rule, gate, renaming};
use crate::meddling::Answer;
use crate::releases::at;
use crate::runner::{Runner, Step};
use crate::stage::children::finish;
use crate::stage::folders::{copy_of, files_below};
use crate::stage::issuer::{COMMIT, Platform, RUN_TOKEN};
use crate::stage::s3;
use crate::stage::town::Town;

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

/// A secret, and who may see it.
#[derive(Clone)]
struct Canary {
    name: &'static str,
    encoded: Vec<(&'static str, Vec<u8>)>,
    owners: &'static [Behind],
    /// Whether its owners are told it in the body, too.
    in_bodies: bool,
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

    fn judge(&self, step: &Step, trace: &[u8]) {
        let search = Search::of(&self.all());
        let is_mask = |line: &&str| line.starts_with("::add-mask::");
        let (first, rest): (Vec<_>, Vec<_>) = {
            let masks = step.raw.lines().take_while(is_mask).count();
            let lines: Vec<_> = step.raw.lines().collect();
            (lines[..masks].to_vec(), lines[masks..].to_vec())
        };
        assert!(!first.is_empty(), "masks come first: {}", step.raw);
        // What somebody gives during the run is hidden when it comes, in a line of its own; what was there before is hidden before that.
        let (late, printed): (Vec<_>, Vec<_>) = rest.into_iter().partition(is_mask);
        let there_before = Search::of(&self.canaries);
        there_before.finds_nothing("a mask that comes late", late.join("\n").as_bytes());
        search.finds_nothing("what is printed", printed.join("\n").as_bytes());
        for name in ["temp", "workspace", "home", "cache"] {
            self.below(&search, &self.runner.place().join(name));
        }
        started(&search, trace);
        self.sent();
    }

    /// Those that were there before, and the identity tokens of this job.
    fn all(&self) -> Vec<Canary> {
        let mut all = self.canaries.clone();
        for answer in self.book.answered(Behind::Platform) {
            let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap_or_default();
            let Some(token) = answer["value"].as_str() else {
                continue;
            };
            let owners: &[Behind] = &[Behind::ChittyId, Behind::Npm];
            for (name, part) in [
                ("the identity token", token),
                ("its signature", token.rsplit('.').next().unwrap()),
            ] {
                let canary = Canary::of(name, part, owners);
                all.push(Canary {
                    in_bodies: true,
                    ..canary
                });
            }
        }
        all
    }

    fn below(&self, search: &Search, folder: &Path) {
        for file in files_below(folder) {
            // The program itself is long, and the same for everybody.
            if file.contains("certified-publish-program-") {
                continue;
            }
            let bytes = fs::read(folder.join(&file)).unwrap();
            let mut unpacked = Vec::new();
            let _ = GzDecoder::new(bytes.as_slice()).read_to_end(&mut unpacked);
            search.finds_nothing(&file, &bytes);
            search.finds_nothing(&file, &unpacked);
        }
    }

    /// A secret is sent to its owner, in the header that is made for it; the identity token is sent in the body as well.
    fn sent(&self) {
        let all = self.all();
        let mut searches = BTreeMap::new();
        for asked in self.book.asked() {
            let place = format!("{:?} {} {}", asked.behind, asked.method, asked.path);
            let (own, of_others) = searches.entry(asked.behind).or_insert_with(|| {
                let (theirs, others): (Vec<_>, Vec<_>) =
                    all.iter().partition(|canary| canary.owners.contains(&asked.behind));
                let in_headers: Vec<_> = theirs.into_iter().filter(|canary| !canary.in_bodies).collect();
                (Search::of(&in_headers), Search::of(&others))
            });
            let mut head = asked.path.clone().into_bytes();
            for (name, value) in &asked.headers {
                head.extend([name.as_str().as_bytes(), b": ", value.as_bytes(), b"\n"].concat());
            }
            of_others.finds_nothing(&place, &head);
            of_others.finds_nothing(&place, &asked.body);
            own.finds_nothing(&place, asked.path.as_bytes());
            own.finds_nothing(&place, &asked.body);
        }
    }
}

/// All forms of all secrets, looked for at once.
struct Search {
    machine: AhoCorasick,
    names: Vec<String>,
}

impl Search {
    fn of<C: std::borrow::Borrow<Canary>>(canaries: &[C]) -> Self {
        let forms = || {
            canaries
                .iter()
                .map(std::borrow::Borrow::borrow)
                .flat_map(|canary: &Canary| canary.encoded.iter().map(move |form| (canary, form)))
        };
        Self {
            machine: AhoCorasick::new(forms().map(|(_, (_, bytes))| bytes)).unwrap(),
            names: forms()
                .map(|(canary, (form, _))| format!("{} as {form}", canary.name))
                .collect(),
        }
    }

    fn finds_nothing(&self, place: &str, bytes: &[u8]) {
        if let Some(found) = self.machine.find(bytes) {
            let around = &bytes[found.start().saturating_sub(200)..bytes.len().min(found.end() + 50)];
            panic!(
                "{place}: {}: {}",
                self.names[found.pattern().as_usize()],
                String::from_utf8_lossy(around)
            );
        }
    }
}

impl Canary {
    fn of(name: &'static str, secret: &str, owners: &'static [Behind]) -> Self {
        Self {
            name,
            encoded: encodings(secret),
            owners,
            in_bodies: false,
        }
    }
}

/// What a process was started with: secrets in no command line ever, and in no environment from the moment on at which the program has
/// taken them out of its own.
fn started(search: &Search, trace: &[u8]) {
    let text = String::from_utf8_lossy(trace);
    let (mut handed_over, mut seen) = (false, 0);
    for line in text.lines().filter(|line| line.contains("execve(")) {
        let (arguments, _) = line.split_once("], [").unwrap_or((line, ""));
        handed_over |= arguments.contains("\"--handed-over\"");
        search.finds_nothing("a command line", arguments.as_bytes());
        if handed_over {
            search.finds_nothing("an environment", line.as_bytes());
            seen += 1;
        }
    }
    assert!(seen >= 1, "nothing was seen:\n{text}");
}

fn traced(command: &Command, log: &Path) -> Command {
    let mut traced = Command::new("strace");
    traced
        .args([
            "-f",
            "--seccomp-bpf",
            "-qq",
            "-v",
            "-e",
            "trace=execve",
            "-s",
            "65535",
            "-o",
        ])
        .arg(log);
    traced.arg(command.get_program()).args(command.get_args()).env_clear();
    traced.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    traced.current_dir(command.get_current_dir().unwrap());
    traced
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
    let key = |name, bytes: &[u8]| Canary {
        name,
        encoded: encodings_of_bytes(bytes),
        owners: &[],
        in_bodies: false,
    };
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
        key("the key, as PKCS #8", PKCS8),
        key("the key, as SEC 1", SEC1),
    ]
}

/// RFC 5958 and 5480: up to the first byte of a P-256 key.
pub(crate) const PKCS8: &[u8] = b"\x30\x81\x87\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x04\x6d\x30\x6b\x02\x01\x01\x04\x20";
/// RFC 5915: the same.
const SEC1: &[u8] = b"\x30\x77\x02\x01\x01\x04\x20";
