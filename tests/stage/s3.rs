//! A real S3 server that keeps its objects as files.

use std::fs;
use std::path::Path;

use super::children::{Server, wait_for};
use super::http;
use super::peers::peer;
use super::program::scrubbed;
use super::tools::sha256;

/// s3s-fs with one bucket.
pub(crate) struct S3 {
    pub(crate) url: String,
    /// The name of the one key that it knows, and the key.
    pub(crate) key: (String, String),
    _server: Server,
}

impl S3 {
    pub(crate) fn start(root: &Path, bucket: &str, home: &Path) -> Self {
        Self::with_key(root, bucket, home, (KEY.to_owned(), SECRET.to_owned()))
    }

    /// With the key that belongs to a token of Cloudflare's, as anybody can make it: the name is asked for, the key is what sha256sum says.
    pub(crate) fn of_a_token(root: &Path, bucket: &str, home: &Path, (verify, token): (&str, &str)) -> Self {
        let told = http::get_with(verify, token).unwrap();
        let file = home.join("token");
        fs::write(&file, token).unwrap();
        let digest = sha256(&file).trim_start_matches("sha256:").to_owned();
        fs::remove_file(&file).unwrap();
        let name = told["result"]["id"].as_str().unwrap().to_owned();
        Self::with_key(root, bucket, home, (name, digest))
    }

    fn with_key(root: &Path, bucket: &str, home: &Path, key: (String, String)) -> Self {
        fs::create_dir_all(root.join(bucket)).unwrap();
        let mut command = scrubbed(peer("s3s-fs"), home);
        command
            .args([
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--access-key",
                &key.0,
                "--secret-key",
                &key.1,
            ])
            .arg(root);
        let server = Server::start(command.env("RUST_LOG", "s3s_fs=info").env("NO_COLOR", "1"));
        let url = wait_for("s3s-fs", || {
            let said = server.said();
            said.iter()
                .find_map(|line| Some(line.split_once("server is running at ")?.1.trim().to_owned()))
        });
        Self {
            url,
            key,
            _server: server,
        }
    }
}

/// Where the program puts what it archives.
pub(crate) const BUCKET: &str = "chittyos-packages";
pub(crate) const KEY: &str = "test-key";
pub(crate) const SECRET: &str = "test-secret";
