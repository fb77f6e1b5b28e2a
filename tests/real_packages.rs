//! Packages that people really use, unpacked and dry-run: all nine steps, installed by npm, verified.
#![allow(clippy::unwrap_used, reason = "a stage that cannot be set up is a failed test")]

mod stage;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use certified_pack::Dialect;
use stage::folders::snapshot;
use stage::peers::peer;
use stage::program::Program;
use stage::tools::npm;

#[test]
fn left_pad_is_small_and_old() {
    certifies("left-pad-1.3.0");
}

#[test]
fn chalk_is_an_es_module_with_files_and_exports() {
    certifies("chalk-5.3.0");
}

#[test]
fn express_has_many_dependencies() {
    certifies("express-4.19.2");
}

#[test]
fn types_node_is_scoped_and_its_archives_root_is_not_package() {
    certifies("types-node-20.14.0");
}

#[test]
fn typescript_is_large() {
    certifies("typescript-5.4.5");
}

#[test]
fn npm_bundles_its_dependencies() {
    certifies("npm-10.8.0");
}

#[test]
fn every_package_that_is_fetched_has_a_story() {
    let stories = include_str!("real_packages.rs");
    for line in include_str!("peers/packages.txt").lines() {
        let name = line
            .split(' ')
            .next()
            .unwrap()
            .trim_start_matches('@')
            .replace(['/', '@'], "-");
        assert!(stories.contains(&format!("certifies(\"{name}\")")), "{name} has none");
    }
}

/// A dry run of the unpacked package ends well, leaves it alone, and its certified tarball is the one that npm packs.
fn certifies(file: &str) {
    let place = tempfile::tempdir().unwrap();
    let package = unpacked(&peer(&format!("../packages/{file}.tgz")), place.path());
    let before = snapshot(&package);
    let home = place.path().join("home");
    fs::create_dir(&home).unwrap();

    let arguments = ["run", "--dry-run", "--json", "--ignore-scripts"];
    let ran = Program::new(&home).run(&package, &arguments).exits(0);

    let report = ran.json();
    assert_eq!(report["result"], "published", "{}", ran.stderr);
    assert_eq!(report["steps"].as_array().unwrap().len(), 9);
    assert!(snapshot(&package) == before, "the work tree of {file} has changed");
    let by_npm = npm(
        &package,
        "http://127.0.0.1:9/",
        &["pack", "--dry-run", "--json", "--ignore-scripts"],
    );
    let by_npm: serde_json::Value = serde_json::from_str(&by_npm).unwrap();
    assert_eq!(report["certified"]["integrity"], by_npm[0]["integrity"]);
    assert_eq!(report["certified"]["size"], by_npm[0]["size"]);
    let evidence = Path::new(report["evidence"].as_str().unwrap()).join("evidence.json");
    let evidence: serde_json::Value = serde_json::from_slice(&fs::read(evidence).unwrap()).unwrap();
    let installed = Dialect::installed(&env::var_os("PATH").unwrap()).unwrap();
    assert_eq!(evidence["packed_by"], installed.to_string());
}

fn unpacked(tarball: &Path, place: &Path) -> PathBuf {
    let package = place.join("package");
    fs::create_dir(&package).unwrap();
    let mut tar = Command::new("tar");
    tar.arg("xzf")
        .arg(tarball)
        .arg("-C")
        .arg(&package)
        .args(["--strip-components=1", "--no-same-owner"]);
    assert!(tar.status().unwrap().success());
    package
}
