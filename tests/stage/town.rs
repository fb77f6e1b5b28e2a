//! Everything that a real release talks to, in processes of their own: the services, an npm registry, an S3 server.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use super::folders::copy_of;
use super::http;
use super::program::Program;
use super::s3::{self, BUCKET, S3};
use super::services::Services;
use super::tools::npm;
use super::verdaccio::Verdaccio;

/// All of it, and the folders of one test. Nothing of it outlives the test.
pub(crate) struct Town {
    services: Services,
    verdaccio: Verdaccio,
    s3: S3,
    place: TempDir,
}

impl Town {
    pub(crate) fn start() -> Self {
        Self::with_services(&[])
    }

    /// With services that are started with more than nothing.
    pub(crate) fn with_services(arguments: &[&str]) -> Self {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        fs::create_dir(at("home")).unwrap();
        let home = at("home");
        Self {
            services: Services::start(&at("services"), &home, arguments),
            verdaccio: Verdaccio::start(&at("verdaccio"), &home),
            s3: S3::start(&at("s3"), BUCKET, &home),
            place,
        }
    }

    /// With an S3 server whose key is the one that belongs to the services' token of Cloudflare's.
    pub(crate) fn with_a_cloudflare_token(arguments: &[&str]) -> Self {
        let town = Self::with_services(arguments);
        let of = |name: &str| town.services.assignments[name].as_str();
        let (api, account) = (of("CERTIFIED_PUBLISH_CLOUDFLARE_API"), of("CLOUDFLARE_ACCOUNT_ID"));
        let verify = format!("{api}accounts/{account}/tokens/verify");
        let token = (verify.as_str(), of("CLOUDFLARE_API_TOKEN"));
        let s3 = S3::of_a_token(&town.folder("s3"), BUCKET, &town.folder("home"), token);
        Self { s3, ..town }
    }

    /// What the services printed.
    pub(crate) fn services(&self) -> &BTreeMap<String, String> {
        &self.services.assignments
    }

    /// The S3 server's key.
    pub(crate) fn s3_key(&self) -> (&String, &String) {
        (&self.s3.key.0, &self.s3.key.1)
    }

    /// A folder of this test; it is made.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        let folder = self.place.path().join(name);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// A package to publish.
    pub(crate) fn package(&self, fixture: &str) -> PathBuf {
        copy_of(fixture, &self.folder("work"))
    }

    /// The program with the addresses and tokens of this town, and a state folder of that name.
    pub(crate) fn program(&self, state: &str) -> Program {
        let addresses = &self.services.assignments;
        let places = ["CHITTY_ID_SERVICE", "CHITTY_API_GATEWAY", "CERTIFIED_PUBLISH_ANCHORS"];
        let program = Program::new(&self.folder("home"))
            .with("CERTIFIED_PUBLISH_NPM_REGISTRY", &self.verdaccio.url)
            .with("NPM_TOKEN", &self.verdaccio.token)
            .with("CERTIFIED_PUBLISH_STORE", &self.s3.url)
            .with("R2_ACCESS_KEY_ID", s3::KEY)
            .with("R2_SECRET_ACCESS_KEY", s3::SECRET)
            .with("CERTIFIED_PUBLISH_STATE", self.folder(state).to_str().unwrap());
        places
            .iter()
            .chain(&TOKENS)
            .fold(program, |program, name| program.with(name, &addresses[*name]))
    }

    /// The program as a stranger has it: no token, and a mirror of the archive that can be read without a key.
    pub(crate) fn stranger(&self) -> Program {
        let mirror = self.folder("s3");
        self.program("nowhere")
            .without_secrets()
            .with("CERTIFIED_PUBLISH_STORE", mirror.to_str().unwrap())
    }

    /// Everything that must stay in memory.
    pub(crate) fn tokens(&self) -> Vec<&str> {
        let of_services = TOKENS.iter().map(|name| self.services.assignments[*name].as_str());
        of_services.chain([self.verdaccio.token.as_str(), s3::SECRET]).collect()
    }

    /// The files of the S3 server's bucket.
    pub(crate) fn bucket(&self) -> PathBuf {
        self.folder("s3").join(BUCKET)
    }

    /// Runs npm in that folder with this town's registry.
    pub(crate) fn npm(&self, folder: &Path, arguments: &[&str]) -> String {
        npm(folder, &self.verdaccio.url, arguments)
    }

    /// What the npm registry tells everybody about a package.
    pub(crate) fn packument(&self, name: &str) -> Value {
        http::get(&format!("{}{}", self.verdaccio.url, name.replace('/', "%2f"))).unwrap()
    }

    /// What ChittyRegistry tells everybody about a release.
    pub(crate) fn record(&self, name: &str, version: &str) -> Value {
        let name = name.replace('/', "%2f");
        http::get(&format!(
            "{}registry/packages/{name}/{version}",
            self.services.gateway()
        ))
        .unwrap()
    }

    /// Everything in the Chronicle.
    pub(crate) fn events(&self) -> Vec<Value> {
        let page = http::get(&format!("{}chronicle/events?limit=1000", self.services.gateway())).unwrap();
        page["events"].as_array().unwrap().clone()
    }
}

const TOKENS: [&str; 3] = ["CHITTY_ID_TOKEN", "CHITTY_API_KEY", "CHITTY_REGISTRY_TOKEN"];
