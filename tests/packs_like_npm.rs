//! The same tarballs as npm, byte for byte: published packages of many shapes, packed again by
//! the npm of this machine and by npm 12.
#![allow(clippy::unwrap_used, reason = "a stage that cannot be set up is a failed test")]

mod stage;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use certified_pack::{Dialect, Options, pack};
use serde_json::Value;

use stage::peers::peer;
use stage::tools::this_npm;

#[test]
fn the_npm_of_this_machine_packs_the_same_bytes() {
    let installed = env::var_os("PATH").and_then(|path| Dialect::installed(&path));
    packs_like(Path::new("npm"), installed.unwrap());
}

#[test]
fn npm_12_packs_the_same_bytes() {
    packs_like(&peer("npm12"), Dialect::Npm12);
}

#[test]
fn at_least_sixty_published_packages_are_compared() {
    assert!(SHAPES.lines().count() >= 60);
}

/// Packs everything by npm, in one process, and by ours, and compares tarballs and what is said about them.
fn packs_like(npm: &Path, dialect: Dialect) {
    let place = tempfile::tempdir().unwrap();
    let packages = packages(place.path());
    let (said, out) = by_npm(npm, &packages, place.path());
    assert_eq!(said.len(), packages.len());
    let mut differ = Vec::new();
    for (package, said) in packages.iter().zip(said) {
        let (packed, tarball) = pack(package, &Options::default().with_dialect(dialect)).unwrap();
        let theirs = fs::read(out.join(&packed.filename)).unwrap();
        if packed.to_npm_json() != said {
            differ.push(format!("{}: {said} and {}", package.display(), packed.to_npm_json()));
        }
        if tarball.bytes() != theirs {
            differ.push(format!("{}: {} has other bytes", package.display(), packed.filename));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}

/// What `npm pack --json` says about each package, and the folder with the tarballs.
fn by_npm(npm: &Path, packages: &[PathBuf], place: &Path) -> (Vec<Value>, PathBuf) {
    let out = place.join("out");
    fs::create_dir(&out).unwrap();
    let mut arguments = vec!["pack", "--json", "--ignore-scripts", "--pack-destination", "out"];
    arguments.extend(packages.iter().map(|package| package.to_str().unwrap()));
    let said = this_npm(npm, place, "http://127.0.0.1:9/", &arguments);
    let said: Value = serde_json::from_str(&said).unwrap();
    // npm 12 names each package, npm 11 puts them in order.
    let said = match said {
        Value::Array(packages) => packages,
        Value::Object(packages) => packages.into_iter().map(|(_, package)| package).collect(),
        other => panic!("npm says {other}"),
    };
    (said, out)
}

/// Every published package of the list, unpacked.
fn packages(place: &Path) -> Vec<PathBuf> {
    let mut packages = Vec::new();
    for name in SHAPES.lines().filter_map(|line| line.split(' ').next()) {
        let name = name.trim_start_matches('@').replace(['/', '@'], "-");
        let package = place.join(&name);
        fs::create_dir(&package).unwrap();
        let mut tar = Command::new("tar");
        tar.arg("xzf")
            .arg(peer(&format!("../shapes/{name}.tgz")))
            .arg("-C")
            .arg(&package);
        tar.args(["--strip-components=1", "--no-same-owner"]);
        assert!(tar.status().unwrap().success());
        packages.push(package);
    }
    packages
}

const SHAPES: &str = include_str!("peers/shapes.txt");
