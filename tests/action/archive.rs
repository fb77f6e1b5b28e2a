//! A job that stores no key to the archive: ChittyConnect gives a token of Cloudflare's, from which the key follows. A real S3 server judges
//! the signatures.

use std::fs;

use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::credentials::{hidden, identified, keeps};
use crate::gate::{Behind, Book, Keeper, Passed, gate};
use crate::meddling::Answer;
use crate::releases::runner;
use crate::runner::Runner;
use crate::stage::folders::files_below;
use crate::stage::issuer::Platform;
use crate::stage::program::STEPS;
use crate::stage::town::Town;

/// A town whose ChittyConnect gives the one token that the archive's key belongs to, as one that keeps stored tokens does.
pub(crate) struct Scene {
    pub(crate) town: Town,
    pub(crate) platform: Platform,
    book: Book,
    pub(crate) connect: String,
    _runtime: Runtime,
}

impl Scene {
    pub(crate) fn start() -> Self {
        Self::on(Platform::start())
    }

    /// On a platform that says this about its runs.
    pub(crate) fn on(platform: Platform) -> Self {
        let town = Town::with_a_cloudflare_token(&["--oidc-issuer", &platform.address]);
        let (runtime, book) = (Runtime::new().unwrap(), Book::default());
        let token = town.services()["CLOUDFLARE_API_TOKEN"].clone();
        let target = &town.services()["CHITTY_CONNECT_SERVICE"];
        let rule: crate::gate::Rule = std::sync::Arc::new(move |asked: &Passed| stored(asked, &token));
        let connect = runtime.block_on(gate(Behind::Connect, target, &book, &rule));
        Self {
            town,
            platform,
            book,
            connect,
            _runtime: runtime,
        }
    }

    /// A job that holds everything but a key to the archive.
    fn job(&self) -> Runner {
        let services = self.town.services();
        runner(&self.town)
            .input("r2-access-key-id", "")
            .input("r2-secret-access-key", "")
            .input("account-id", &services["CLOUDFLARE_ACCOUNT_ID"])
            .input("cloudflare-api-url", &services["CERTIFIED_PUBLISH_CLOUDFLARE_API"])
            .input("connect-url", &self.connect)
            .input("ignore-scripts", "true")
    }

    /// One that says who it is.
    fn run(&self) -> Runner {
        identified(self.job(), &self.platform)
    }

    /// One that has a key for ChittyConnect.
    fn keyed(&self) -> Runner {
        self.job()
            .input("api_key", &self.town.services()["CHITTYCONNECT_API_KEY"])
    }

    /// What ChittyConnect was asked to give.
    fn wanted(&self) -> Vec<Value> {
        let asked = self.book.asked().into_iter().filter(|asked| asked.method == "POST");
        asked
            .map(|asked| serde_json::from_slice(&asked.body).unwrap())
            .collect()
    }

    fn archived(&self) -> bool {
        files_below(&self.town.bucket()).contains(&"packages/@acme/widgets/1.2.3.tgz".to_owned())
    }
}

fn stored(asked: &Passed, token: &str) -> Keeper {
    let for_cloudflare = String::from_utf8_lossy(&asked.body).contains("CLOUDFLARE_API_TOKEN");
    Keeper::Answers(match asked.path.as_str() {
        "/api/github-actions/credentials" if for_cloudflare => Answer::json(
            200,
            &json!({"success": true, "credentials": {"CLOUDFLARE_API_TOKEN": token}, "metadata": {}}).to_string(),
        ),
        "/credentials/deploy" => Answer::json(200, &json!({ "cloudflare_token": token }).to_string()),
        _ => return Keeper::LetsPass,
    })
}

#[test]
fn a_run_that_says_who_it_is_archives_without_a_stored_key() {
    let scene = Scene::start();
    let runner = scene.run();
    let step = runner.step(&[]).exits(0);
    assert_eq!(step.outputs["result"], "published");
    assert!(scene.archived());
    // Nothing else was missing, so nothing else was asked for; and once is enough for both steps that need it.
    assert_eq!(scene.wanted(), [json!({"credentials": ["CLOUDFLARE_API_TOKEN"]})]);
    let (id, key) = scene.town.s3_key();
    for secret in [&scene.town.services()["CLOUDFLARE_API_TOKEN"], id, key] {
        assert!(hidden(&step).contains(secret));
    }
    keeps(&runner, &step, true);
    assert!(
        step.log
            .contains("ChittyConnect does not say how long its credentials live"),
        "{}",
        step.log
    );
}

#[test]
fn each_of_nine_steps_asks_for_the_key_that_it_needs_itself() {
    let scene = Scene::start();
    let runner = scene.run();
    for mode in STEPS {
        let before = scene.wanted().len();
        let step = runner.step(&[("mode", mode)]).exits(0);
        keeps(&runner, &step, true);
        let asked = scene.wanted().len() - before;
        assert_eq!(asked, usize::from(["upload", "publish"].contains(&mode)), "{mode}");
    }
    assert!(scene.archived());
}

#[test]
fn a_run_with_a_key_for_chittyconnect_archives_without_a_stored_key() {
    let scene = Scene::start();
    let runner = scene.keyed();
    let step = runner.step(&[]).exits(0);
    assert_eq!(step.outputs["result"], "published");
    assert!(scene.archived());
    assert_eq!(scene.wanted().len(), 1);
    keeps(&runner, &step, true);
}

#[test]
fn doctor_says_who_gives_the_key() {
    let scene = Scene::start();
    let step = scene.run().step(&[("mode", "doctor")]);
    let row = step.summary.lines().find(|line| line.contains("archive key")).unwrap();
    assert!(row.contains("ChittyConnect gives it when it is needed"), "{row}");
    assert!(scene.wanted().is_empty());
}

/// Nobody stands between here: the services give a token of an hour, and name its key; only the S3 server, which knows one key, does not.
#[test]
fn a_token_of_an_hour_has_a_key_too_and_is_made_for_one_bucket() {
    let scene = Scene::start();
    let runner = scene
        .keyed()
        .input("connect-url", &scene.town.services()["CHITTY_CONNECT_SERVICE"]);
    let step = runner.step(&[]).exits(30);
    let error = step.error();
    assert_eq!(
        error.properties["title"], "certified-publish: upload/not-permitted",
        "{}",
        error.data
    );
    keeps(&runner, &step, true);
    assert!(!scene.archived());
}

#[test]
fn a_token_is_of_no_use_where_nobody_says_of_which_account() {
    let scene = Scene::start();
    let step = scene.run().input("account-id", "").step(&[]).exits(30);
    let error = step.error();
    assert_eq!(
        error.properties["title"],
        "certified-publish: certificate/not-permitted"
    );
    assert!(error.data.contains("already done: nothing"), "{}", error.data);
    assert!(scene.wanted().is_empty() && scene.town.events().is_empty());
    assert!(fs::read_dir(scene.town.bucket()).unwrap().next().is_none());
}
