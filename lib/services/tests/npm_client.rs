//! Publishing to the embedded registry and installing from it with npm itself.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

use std::fs;
use std::path::Path;

use certified_services::{Options, Running, start};
use tokio::process::Command;

#[tokio::test]
async fn npm_publishes_to_the_registry_and_installs_from_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| {
        let path = folder.path().join(name);
        fs::create_dir(&path).unwrap();
        path
    };
    let running = start(Options::in_folder(at("data"))).await.unwrap();
    let (home, package, project) = (at("home"), at("package"), at("project"));
    let registry = running.addresses().npm.as_str();
    let token = running.tokens().npm_token.expose();
    let key = registry.trim_start_matches("http:");
    fs::write(home.join("npmrc"), format!("{key}:_authToken={token}\n")).unwrap();
    fs::write(
        package.join("package.json"),
        r#"{ "name": "@acme/widgets", "version": "1.2.3", "main": "index.js" }"#,
    )
    .unwrap();
    fs::write(package.join("index.js"), "module.exports = 'widgets'\n").unwrap();
    npm(&running, &home, &package, &["publish", "--access", "public"])
        .await
        .unwrap();
    let again = npm(&running, &home, &package, &["publish", "--access", "public"])
        .await
        .unwrap_err();
    assert!(again.contains("previously published"), "{again}");
    fs::write(
        project.join("package.json"),
        r#"{ "name": "project", "version": "0.0.0", "private": true }"#,
    )
    .unwrap();
    npm(&running, &home, &project, &["install", "@acme/widgets@latest"])
        .await
        .unwrap();
    let installed = fs::read(project.join("node_modules/@acme/widgets/index.js")).unwrap();
    assert_eq!(installed, b"module.exports = 'widgets'\n");
    let lock = fs::read_to_string(project.join("package-lock.json")).unwrap();
    assert!(
        lock.contains("sha512-") && lock.contains(&format!("{registry}@acme/widgets/-/widgets-1.2.3.tgz")),
        "{lock}"
    );
    fs::remove_dir_all(project.join("node_modules")).unwrap();
    npm(&running, &home, &project, &["ci"]).await.unwrap();
    running.stop().await;
}

/// Runs npm against the embedded registry, and nothing of the machine's configuration.
async fn npm(running: &Running, home: &Path, folder: &Path, arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("npm")
        .args(arguments)
        .args([
            "--registry",
            running.addresses().npm.as_str(),
            "--no-audit",
            "--no-fund",
            "--no-update-notifier",
        ])
        .args(["--fetch-retries", "0", "--ignore-scripts"])
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home)
        .env("npm_config_userconfig", home.join("npmrc"))
        .env("npm_config_globalconfig", home.join("none"))
        .env("npm_config_cache", home.join("cache"))
        .output()
        .await
        .map_err(|cause| format!("npm has to be installed for this test: {cause}"))?;
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    if output.status.success() { Ok(()) } else { Err(said) }
}
