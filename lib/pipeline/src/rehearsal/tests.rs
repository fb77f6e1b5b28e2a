//! With npm itself, against a registry that knows one release and counts what else it is asked for.

use std::fs;
use std::sync::{Arc, Mutex};

use certified_evidence::{Block, Integrity};
use certified_pack::{Options, pack};
use certified_verify::CertifiedTarball;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// Packs and seals a package with these members in package.json and these files beside it.
fn published(manifest: &Value, files: &[(&str, &str)]) -> PublishedTarball {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files
        .iter()
        .copied()
        .chain([("package.json", manifest.to_string().as_str())])
    {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let (_, tarball) = pack(folder.path(), &Options::default()).unwrap();
    CertifiedTarball::new(tarball).unwrap().seal(&block()).unwrap()
}

fn block() -> Block {
    let digest = Digest::of(b"").to_string();
    let time = "2026-01-01T12:00:00Z";
    serde_json::from_value(json!({
        "certificate": {
            "cert_id": "CERT-PKG-20260101-7K2QXM4A", "chitty_id": "CHITTY-AUTH-000001-A1B2C3D4", "fingerprint": digest,
            "issued_at": time, "expires_at": time, "verify_url": "https://id.example/verify",
        },
        "provenance": {
            "chronicle_event": "evt-1", "tarball_hash": digest, "r2_url": "r2://bucket/key",
            "chronicle_url": "https://log.example/1", "registry_url": "https://registry.example/1",
        },
        "governance": { "approved_by": ["ada"], "approval_date": "2026-01-01", "approval_url": "local", "policy_version": "1" },
        "build": { "commit": "unknown", "workflow_run": "local", "timestamp": time },
    }))
    .unwrap()
}

/// A registry on loopback that serves one release, and what it was asked for.
struct Registry {
    url: Url,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Registry {
    async fn serve(release: &PublishedTarball) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url: Url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        let tarball = release.bytes().to_vec();
        let (name, version) = (release.name().to_string(), release.version().to_string());
        let mut manifest: Value = serde_json::from_slice(release.manifest().bytes()).unwrap();
        manifest["dist"] =
            json!({ "tarball": url.join("t.tgz").unwrap(), "integrity": Integrity::of(&tarball).to_string() });
        let packument = json!({ "name": name, "dist-tags": { "latest": version }, "versions": { version: manifest } });
        let asked = Arc::<Mutex<Vec<String>>>::default();
        let heard = asked.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                answer(stream, &name, packument.to_string().as_bytes(), &tarball, &heard).await;
            }
        });
        Self { url, asked }
    }
}

async fn answer(mut stream: TcpStream, name: &str, packument: &[u8], tarball: &[u8], asked: &Mutex<Vec<String>>) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { return };
        request.push(byte);
    }
    let path = String::from_utf8(request)
        .unwrap()
        .split(' ')
        .nth(1)
        .unwrap()
        .to_owned();
    let (status, body) = match path.as_str() {
        "/t.tgz" => (200, tarball),
        path if path.replace("%2f", "/") == format!("/{name}") => (200, packument),
        _ => (404, &b"{}"[..]),
    };
    asked.lock().unwrap().push(path);
    let head = format!(
        "HTTP/1.1 {status} x\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    // npm may have gone away; then it says what it misses.
    let _ = stream.write_all(&[head.as_bytes(), body].concat()).await;
}

fn has_npm() -> bool {
    std::process::Command::new("npm").arg("--version").output().is_ok()
}

#[tokio::test]
async fn a_release_is_installed_whole_and_none_of_its_dependencies_is_asked_for() {
    if !has_npm() {
        return;
    }
    let manifest = json!({
        "name": "@acme/widgets", "version": "1.2.0", "bin": { "widgets": "cli.js" }, "os": ["an-os-of-the-future"],
        "dependencies": {
            "inner": "^1.0.0", "range": ">=2 <3 || 5.x", "tag": "next", "git": "github:acme/git",
            "address": "https://example.invalid/x.tgz",
            "folder": "file:../folder", "alias": "npm:@acme/other@^1", "@acme/scoped": "*",
        },
        "peerDependencies": { "peer": ">=18", "range": "^1" }, "peerDependenciesMeta": { "peer": { "optional": true } },
        "optionalDependencies": { "optional": "^2" }, "devDependencies": { "development": "^1" },
        "bundleDependencies": ["inner"], "engines": { "node": ">=999" }, "scripts": { "postinstall": "exit 1" },
    });
    let files = [
        ("cli.js", "#!/usr/bin/env node\r\nrun()\r\n"),
        ("lib/a.js", "1\r\n"),
        (
            "node_modules/inner/package.json",
            r#"{"name":"inner","version":"1.0.0","bin":"i.js","dependencies":{"deep":"1","absent":"1"}}"#,
        ),
        ("node_modules/inner/i.js", "#!/usr/bin/env node\n"),
        ("node_modules/inner/.gitignore", "x\n"),
        (
            "node_modules/deep/package.json",
            r#"{"name":"deep","version":"1.0.0","peerDependencies":{"host":"1"}}"#,
        ),
    ];
    let release = published(&manifest, &files);
    let registry = Registry::serve(&release).await;
    let installed = install(&release, &registry.url).await.unwrap();
    assert_eq!(installed.files, 7);
    assert!(
        installed.npm_version.starts_with(|c: char| c.is_ascii_digit()),
        "{}",
        installed.npm_version
    );
    assert_eq!(*registry.asked.lock().unwrap(), ["/@acme%2fwidgets", "/t.tgz"]);
}

#[tokio::test]
async fn a_registry_that_serves_another_file_is_found_out() {
    if !has_npm() {
        return;
    }
    let manifest = json!({ "name": "widgets", "version": "1.2.0" });
    let (ours, theirs) = (
        published(&manifest, &[("a.js", "1\n")]),
        published(&manifest, &[("a.js", "2\n")]),
    );
    let registry = Registry::serve(&theirs).await;
    let error = install(&ours, &registry.url).await.unwrap_err();
    let RehearsalError::Differs {
        path,
        published,
        installed,
    } = error
    else {
        panic!("{error:?}")
    };
    assert_eq!(
        (path.as_str(), published, installed),
        ("a.js", Digest::of(b"1\n"), Digest::of(b"2\n"))
    );
}

#[tokio::test]
async fn a_release_that_npm_cannot_fetch_is_refused_in_npms_words() {
    if !has_npm() {
        return;
    }
    let release = |version: &str| published(&json!({ "name": "widgets", "version": version }), &[]);
    let registry = Registry::serve(&release("1.2.0")).await;
    let error = install(&release("1.3.0"), &registry.url).await.unwrap_err();
    assert!(
        error.to_string().starts_with("`npm install widgets@1.3.0` ended with "),
        "{error}"
    );
    let RehearsalError::Failed { last_lines, .. } = error else {
        panic!("{error:?}")
    };
    assert!(
        last_lines.iter().any(|line| line.contains("ETARGET")),
        "{last_lines:#?}"
    );
    assert!(
        !last_lines.iter().any(|line| line.contains("complete log")),
        "{last_lines:#?}"
    );
}

mod compared {
    use super::*;

    fn laid_down(release: &PublishedTarball) -> (tempfile::TempDir, Archive) {
        let folder = tempfile::tempdir().unwrap();
        let archive = Archive::open(release.bytes(), &Limits::default()).unwrap();
        for entry in archive.entries() {
            let path = folder.path().join(&entry.path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, archive.file(&entry.path).unwrap()).unwrap();
        }
        (folder, archive)
    }

    fn release() -> PublishedTarball {
        published(
            &json!({ "name": "widgets", "version": "1.2.0" }),
            &[("lib/a.js", "1\n")],
        )
    }

    #[test]
    fn a_file_too_few_is_found() {
        let (folder, archive) = laid_down(&release());
        assert_eq!(compare::compare(&archive, folder.path()).unwrap(), 2);
        fs::remove_file(folder.path().join("lib/a.js")).unwrap();
        let error = compare::compare(&archive, folder.path()).unwrap_err();
        assert!(matches!(error, RehearsalError::Missing { path, .. } if path == "lib/a.js"));
    }

    #[test]
    fn a_file_too_many_is_found() {
        let (folder, archive) = laid_down(&release());
        fs::write(folder.path().join("lib/b.js"), "").unwrap();
        let error = compare::compare(&archive, folder.path()).unwrap_err();
        assert!(matches!(error, RehearsalError::Unexpected { path } if path == "lib/b.js"));
    }

    #[test]
    fn a_manifest_without_the_block_is_found() {
        let (folder, _) = laid_down(&release());
        assert!(check_block(folder.path()).is_ok());
        fs::write(
            folder.path().join("package.json"),
            r#"{"name":"widgets","version":"1.2.0"}"#,
        )
        .unwrap();
        assert!(matches!(check_block(folder.path()), Err(RehearsalError::NoBlock)));
    }
}
