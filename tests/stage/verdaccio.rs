//! A real npm registry.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use serde_json::json;

use super::children::{Server, wait_for};
use super::http;
use super::peers::peer;
use super::program::scrubbed;

/// Verdaccio with a storage of its own, and an account.
pub(crate) struct Verdaccio {
    /// Ends in a slash.
    pub(crate) url: String,
    pub(crate) token: String,
    _server: Server,
}

impl Verdaccio {
    pub(crate) fn start(storage: &Path, home: &Path) -> Self {
        fs::create_dir_all(storage).unwrap();
        let template = include_str!("../peers/verdaccio/config.yaml");
        let config = storage.join("config.yaml");
        fs::write(&config, template.replace("@@STORAGE@@", storage.to_str().unwrap())).unwrap();
        let (url, server) = (0..5)
            .find_map(|_| serve(&config, home))
            .expect("Verdaccio starts on one of five free ports");
        let account = json!({ "name": "acme", "password": "a password of one test" });
        let reply = http::put(&format!("{url}-/user/org.couchdb.user:acme"), &account).unwrap();
        Self {
            url,
            token: reply["token"].as_str().unwrap().to_owned(),
            _server: server,
        }
    }
}

/// Verdaccio does not say which port it got, so it is given one that is free; somebody may be faster and take it.
fn serve(config: &Path, home: &Path) -> Option<(String, Server)> {
    let address = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .to_string();
    let mut command = scrubbed(peer("verdaccio"), home);
    let mut server = Server::start(command.arg("--config").arg(config).arg("--listen").arg(&address));
    let url = format!("http://{address}/");
    let up = wait_for("Verdaccio", || {
        let gone = server.has_ended().then_some(false);
        gone.or_else(|| http::get(&format!("{url}-/ping")).map(|_| true))
    });
    up.then_some((url, server))
}
