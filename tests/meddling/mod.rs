//! Services that are real, with somebody in between: the embedded services run in the test, a proxy stands before each, and the program
//! runs as a child process that knows nothing but the proxies.
//!
//! Every proxy writes down what it was asked, so that "nothing was sent" is seen and not assumed, and a hook may change an answer or give
//! one of its own.

mod authority;
mod front;
mod said;

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use certified_evidence::Anchors;
use certified_evidence::wire::registry::{PackageRecord, PackageStatus};
use certified_services::{Options, Running, start};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

pub(crate) use self::authority::{LocalCa, day, now, other_key, plain};
pub(crate) use self::front::{Act, Answer, Asked, Front, Service, client};
pub(crate) use self::said::{Said, shows};

/// The services, the proxies before them, a package, and the environment of the child process.
pub(crate) struct Scene {
    running: Running,
    fronts: Front,
    folder: TempDir,
    environment: BTreeMap<String, String>,
    /// The folder of the package that is going to be published.
    pub(crate) package: PathBuf,
}

impl Scene {
    /// Nobody meddles.
    pub(crate) async fn quiet() -> Self {
        Self::meddled(|_| Act::Forward).await
    }

    /// Every request goes past this hook.
    pub(crate) async fn meddled(hook: impl Fn(&Asked) -> Act + Send + Sync + 'static) -> Self {
        Self::of_services(|_| (), hook).await
    }

    /// The same with services that are started in another way.
    pub(crate) async fn of_services(
        choose: impl FnOnce(&mut Options),
        hook: impl Fn(&Asked) -> Act + Send + Sync + 'static,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["data", "home", "tmp"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let mut options = Options::in_folder(folder.path().join("data"));
        choose(&mut options);
        let running = start(options).await.unwrap();
        let fronts = Front::before(running.addresses(), Arc::new(hook)).await;
        let package = folder.path().join("package");
        copy(&fixture("widgets"), &package);
        let environment = environment(&running, &fronts, folder.path());
        let scene = Self {
            running,
            fronts,
            folder,
            environment,
            package,
        };
        scene.trust(scene.running.anchors());
        scene
    }

    /// Another package than `widgets`: one below fixtures/packages.
    pub(crate) fn of(mut self, fixture_name: &str) -> Self {
        self.package = self.folder.path().join("other-package");
        copy(&fixture(fixture_name), &self.package);
        self
    }

    /// Sets a variable of the child process.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Takes a variable of the child process away.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.environment.remove(name).unwrap();
        self
    }

    /// A variable of the child process, for example a token.
    pub(crate) fn variable(&self, name: &str) -> String {
        self.environment.get(name).unwrap().clone()
    }

    /// The folder of everything.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the gateway answers, without anybody in between.
    pub(crate) fn gateway(&self) -> String {
        self.running.addresses().gateway.to_string()
    }

    /// Where ChittyID answers, without anybody in between: it is for this address that identity tokens have to be.
    pub(crate) fn chitty_id(&self) -> String {
        self.running.addresses().chitty_id.to_string()
    }

    /// Where ChittyAuth answers, without anybody in between.
    pub(crate) fn auth(&self) -> String {
        self.running.addresses().auth.to_string()
    }

    /// Writes the anchors file.
    pub(crate) fn trust(&self, anchors: &Anchors) {
        fs::write(self.folder.path().join("anchors.json"), anchors.to_json().unwrap()).unwrap();
    }

    /// Writes the anchors file without the Chronicle's log.
    pub(crate) fn trust_no_log(&self) {
        let mut anchors = self.running.anchors().clone();
        anchors.logs.clear();
        self.trust(&anchors);
    }

    /// Writes the anchors file with nothing in it but the authority of certificates.
    pub(crate) fn trust_no_witness(&self) {
        let mut anchors = self.running.anchors().clone();
        anchors.logs.clear();
        anchors.certificate_logs.clear();
        anchors.timestamp_authorities.clear();
        self.trust(&anchors);
    }

    /// A file that a run has left in its evidence folder.
    pub(crate) fn evidence(&self, file: &str) -> Option<Vec<u8>> {
        let mut left = Vec::new();
        files_below(&self.folder.path().join("state"), &mut left);
        let found = left
            .iter()
            .find(|path| path.ends_with(Path::new("evidence").join(file)));
        found.map(|path| fs::read(path).unwrap())
    }

    /// `certified-publish run --ignore-scripts` to its end.
    pub(crate) async fn run(&self) -> Said {
        self.run_with(&[]).await
    }

    /// The same with further arguments.
    pub(crate) async fn run_with(&self, arguments: &[&str]) -> Said {
        self.perform(&[&["run", "--ignore-scripts"], arguments].concat()).await
    }

    /// Any command about the package.
    pub(crate) async fn perform(&self, arguments: &[&str]) -> Said {
        let output = Command::new(env!("CARGO_BIN_EXE_certified-publish"))
            .args(arguments)
            .arg(&self.package)
            .env_clear()
            .envs(&self.environment)
            .current_dir(self.folder.path())
            .kill_on_drop(true)
            .output()
            .await
            .unwrap();
        let said = Said::new(&output, self.folder.path());
        self.keeps_its_tokens(&said);
        said
    }

    /// What was asked, in order.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.fronts.asked()
    }

    /// What was asked to be written, in order, for example `POST /chronicle/events`.
    pub(crate) fn written(&self) -> Vec<String> {
        let asked = self.asked().into_iter().filter(|asked| asked.method != "GET");
        asked.map(|asked| format!("{} {}", asked.method, asked.path)).collect()
    }

    /// The archived objects, in order, by their keys.
    pub(crate) fn archived(&self) -> Vec<String> {
        let bucket = self.running.store_folder().join("chittyos-packages");
        let mut files = Vec::new();
        files_below(&bucket, &mut files);
        let key = |file: &PathBuf| file.strip_prefix(&bucket).unwrap().to_str().unwrap().to_owned();
        let mut keys: Vec<_> = files.iter().map(key).collect();
        keys.sort_unstable();
        keys
    }

    /// Puts an object into the archive, past the program.
    pub(crate) fn archive(&self, key: &str, bytes: &[u8]) {
        let file = self.running.store_folder().join("chittyos-packages").join(key);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, bytes).unwrap();
    }

    /// No request but readings reached any service, and the archive is empty.
    pub(crate) fn nothing_written(&self) {
        assert_eq!((self.written(), self.archived()), (vec![], vec![]));
    }

    /// How far the registry says that `@acme/widgets@1.2.3` has come; asked of the service itself.
    pub(crate) async fn registered(&self) -> Option<PackageStatus> {
        let url = format!(
            "{}registry/packages/@acme%2Fwidgets/1.2.3",
            self.running.addresses().gateway
        );
        let response = client().get(url).send().await.unwrap();
        if response.status() == 404 {
            return None;
        }
        Some(response.json::<PackageRecord>().await.unwrap().release.status)
    }

    /// The versions of `@acme/widgets` that npm has; asked of the service itself.
    pub(crate) async fn on_npm(&self) -> Vec<String> {
        let url = format!("{}@acme%2fwidgets", self.running.addresses().npm);
        let packument: Value = client().get(url).send().await.unwrap().json().await.unwrap();
        let versions = packument.get("versions").and_then(Value::as_object);
        versions
            .map(|versions| versions.keys().cloned().collect())
            .unwrap_or_default()
    }

    /// The npm service itself, without anybody in between, with a token that may publish.
    pub(crate) fn npm(&self) -> (String, String) {
        (self.running.addresses().npm.to_string(), self.variable("NPM_TOKEN"))
    }

    /// What a person does with a token and a click; answers with the status.
    pub(crate) async fn post(&self, url: &str, token: &str) -> u16 {
        let request = client().post(url).bearer_auth(token);
        request.send().await.unwrap().status().as_u16()
    }

    /// No token stands in what was printed, nor in any file that the program left.
    fn keeps_its_tokens(&self, said: &Said) {
        let mut left = Vec::new();
        for name in ["home", "tmp", "state"] {
            files_below(&self.folder.path().join(name), &mut left);
        }
        let left: Vec<_> = left.iter().map(|file| (file, fs::read(file).unwrap())).collect();
        for name in TOKENS {
            let Some(token) = self.environment.get(name) else {
                continue;
            };
            assert!(!said.stdout.contains(token.as_str()), "{name} on stdout");
            assert!(!said.stderr.contains(token.as_str()), "{name} on stderr");
            for (file, bytes) in &left {
                assert!(
                    !String::from_utf8_lossy(bytes).contains(token.as_str()),
                    "{name} in {}",
                    file.display()
                );
            }
        }
    }
}

/// An address where nobody listens.
pub(crate) fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// A folder below fixtures/packages.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/packages")
        .join(name)
}

fn environment(running: &Running, fronts: &Front, folder: &Path) -> BTreeMap<String, String> {
    let tokens = running.tokens();
    let path = |name: &str| folder.join(name).display().to_string();
    let variables = [
        ("PATH", std::env::var("PATH").unwrap_or_default()),
        ("HOME", path("home")),
        ("TMPDIR", path("tmp")),
        ("CHITTY_ID_SERVICE", fronts.address(Service::ChittyId)),
        ("CHITTY_API_GATEWAY", fronts.address(Service::Gateway)),
        ("CERTIFIED_PUBLISH_NPM_REGISTRY", fronts.address(Service::Npm)),
        ("CERTIFIED_PUBLISH_STORE", running.store_folder().display().to_string()),
        ("CERTIFIED_PUBLISH_STATE", path("state")),
        ("CERTIFIED_PUBLISH_ANCHORS", path("anchors.json")),
        ("CHITTY_ID_TOKEN", tokens.chitty_id_token.expose().clone()),
        ("CHITTY_API_KEY", tokens.chitty_api_key.expose().clone()),
        ("CHITTY_REGISTRY_TOKEN", tokens.registry_token.expose().clone()),
        ("NPM_TOKEN", tokens.npm_token.expose().clone()),
    ];
    variables.map(|(name, value)| (name.to_owned(), value)).into()
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, found)
        } else {
            found.push(path)
        }
    }
}

const TOKENS: [&str; 4] = [
    "CHITTY_ID_TOKEN",
    "CHITTY_API_KEY",
    "CHITTY_REGISTRY_TOKEN",
    "NPM_TOKEN",
];
