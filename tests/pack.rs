//! `pack` beside `npm pack --ignore-scripts`: what it prints, what it writes, and what it leaves alone.
#![allow(clippy::unwrap_used, reason = "a stage that cannot be set up is a failed test")]

mod stage;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use stage::folders::{copy_of, files_below, snapshot};
use stage::program::{Program, Ran, scrubbed};

/// Those that npm packs as they stand; one with the block of an earlier release is another package here.
const PACKAGES: [&str; 5] = ["widgets", "plain", "crlf", "bom", "workspace/packages/gadget"];

/// A package, a home, and nothing else.
struct Place {
    folder: tempfile::TempDir,
    package: PathBuf,
}

impl Place {
    fn of(fixture: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["home", "out", "npm-out"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        let package = copy_of(fixture, folder.path());
        Self { folder, package }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn pack(&self, arguments: &[&str], locale: &str) -> Ran {
        let program = Program::new(&self.path("home")).with("LANG", locale);
        program.run(&self.package, &[&["pack"], arguments].concat())
    }

    fn npm(&self, arguments: &[&str], locale: &str) -> Ran {
        let mut npm = scrubbed("npm", &self.path("home"));
        npm.args(["pack", "--ignore-scripts"])
            .args(arguments)
            .env("LANG", locale)
            .env("npm_config_update_notifier", "false")
            .env("npm_config_registry", "http://127.0.0.1:9/")
            .current_dir(&self.package);
        ran(&mut npm)
    }
}

fn ran(command: &mut Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
    .exits(0)
}

/// npm's lines for people, without the words in front of them.
fn without_prefix(stderr: &str) -> String {
    let lines = stderr.lines().map(|line| line.strip_prefix("npm notice").unwrap());
    lines
        .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
        .collect()
}

#[test]
fn json_is_byte_for_byte_that_of_npm_and_alone_on_stdout() {
    for fixture in PACKAGES {
        let place = Place::of(fixture);
        let ours = place.pack(&["--dry-run", "--json"], "C").exits(0);
        assert_eq!(
            ours.stdout,
            place.npm(&["--dry-run", "--json"], "C").stdout,
            "{fixture}"
        );
        assert_eq!(ours.stderr, "", "{fixture}");
    }
}

#[test]
fn people_read_what_npm_tells_them_and_programs_the_file_name() {
    for fixture in PACKAGES {
        let place = Place::of(fixture);
        for locale in ["C", "C.UTF-8", "de_DE.utf8"] {
            let (ours, npm) = (
                place.pack(&["--dry-run"], locale).exits(0),
                place.npm(&["--dry-run"], locale),
            );
            assert_eq!(ours.stdout, npm.stdout, "{fixture}");
            assert_eq!(ours.stderr, without_prefix(&npm.stderr), "{fixture} in {locale}");
        }
    }
}

#[test]
fn bundled_packages_and_large_files_are_told_as_npm_tells_them() {
    let place = Place::of("plain");
    let manifest = r#"{"name":"plain","version":"1.0.0-a.1","bundleDependencies":["@acme/b","c"],"dependencies":{"@acme/b":"1","c":"1"}}"#;
    fs::write(place.package.join("package.json"), manifest).unwrap();
    for (path, size) in [
        ("node_modules/@acme/b/package.json", 0),
        ("node_modules/c/package.json", 0),
        ("Zebra.js", 1_250),
        ("a10.js", 1_450),
        ("a9.js", 999_949),
        ("B.js", 999_950),
        ("häßlich ☃.js", 2_250_000),
    ] {
        let file = place.package.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        let name = path
            .strip_prefix("node_modules/")
            .and_then(|path| path.strip_suffix("/package.json"));
        let manifest = name.map(|name| format!(r#"{{"name":"{name}","version":"1.0.0"}}"#));
        fs::write(file, manifest.unwrap_or_else(|| "x".repeat(size))).unwrap();
    }
    let (ours, npm) = (
        place.pack(&["--dry-run"], "C.UTF-8").exits(0),
        place.npm(&["--dry-run"], "C.UTF-8"),
    );
    assert_eq!(ours.stderr, without_prefix(&npm.stderr));
    assert!(ours.stderr.contains("bundled deps: 2\n"), "{}", ours.stderr);
    let ours = place.pack(&["--dry-run", "--json"], "C").exits(0);
    assert_eq!(ours.stdout, place.npm(&["--dry-run", "--json"], "C").stdout);
}

#[test]
fn the_locale_and_the_clock_of_the_machine_do_not_count() {
    let place = Place::of("plain");
    for name in ["I.js", "ı.js", "i.js", "ä.js", "z.js", "ch.js", "d.js", "10.js", "9.js"] {
        fs::write(place.package.join(name), name).unwrap();
    }
    let said = place.pack(&["--dry-run", "--json"], "C").exits(0).stdout;
    for locale in ["tr_TR.UTF-8", "cs_CZ.UTF-8", "sv_SE.UTF-8", "ja_JP.UTF-8"] {
        let program = Program::new(&place.path("home"))
            .with("LC_ALL", locale)
            .with("TZ", "Asia/Tokyo");
        let ran = program.run(&place.package, &["pack", "--dry-run", "--json"]).exits(0);
        assert_eq!(ran.stdout, said, "{locale}");
    }
}

#[test]
fn what_is_packed_fast_is_the_same_package_in_other_bytes() {
    let place = Place::of("widgets");
    place.pack(&["--out", "../out", "--gzip", "fast"], "C").exits(0);
    place.npm(&["--pack-destination", "../npm-out"], "C");
    let tar = |folder: &str| {
        let mut gzip = Command::new("gzip");
        gzip.arg("-dc").arg(place.path(folder).join("acme-widgets-1.2.3.tgz"));
        gzip.output().unwrap().stdout
    };
    assert!(!tar("out").is_empty() && tar("out") == tar("npm-out"));
}

#[test]
fn the_tarball_is_the_one_that_npm_writes_and_the_package_stays_as_it_is() {
    let place = Place::of("widgets");
    let before = snapshot(&place.package);
    place.pack(&["--out", "../out"], "C").exits(0);
    place.npm(&["--pack-destination", "../npm-out"], "C");
    let file = "acme-widgets-1.2.3.tgz";
    assert_eq!(files_below(&place.path("out")), [file]);
    let (ours, npm) = (place.path("out").join(file), place.path("npm-out").join(file));
    assert!(fs::read(&ours).unwrap() == fs::read(&npm).unwrap());
    assert_eq!(mode(&ours), mode(&npm));
    assert!(snapshot(&place.package) == before);
}

#[test]
fn a_dry_run_writes_nothing() {
    let place = Place::of("widgets");
    let before = snapshot(place.folder.path());
    place.pack(&["--dry-run"], "C").exits(0);
    assert!(snapshot(place.folder.path()) == before);
}

#[test]
fn what_cannot_be_written_leaves_nothing_behind_and_is_named() {
    let place = Place::of("widgets");
    let said = place.pack(&["--out", "../nowhere"], "C").exits(50);
    assert!(said.stderr.starts_with("error[local/file]: "), "{}", said.stderr);
    assert!(
        said.stderr.contains("nowhere/acme-widgets-1.2.3.tgz"),
        "{}",
        said.stderr
    );
    assert_eq!(said.stdout, "");
}

#[test]
fn a_block_of_an_earlier_release_is_left_out() {
    let place = Place::of("old-block");
    let ours = place.pack(&["--dry-run", "--json"], "C").exits(0).json();
    let npm: serde_json::Value = serde_json::from_str(&place.npm(&["--dry-run", "--json"], "C").stdout).unwrap();
    assert_eq!(ours[0]["entryCount"], npm[0]["entryCount"]);
    assert!(ours[0]["unpackedSize"].as_u64() < npm[0]["unpackedSize"].as_u64());
}

/// Packing has to be done in the time in which other programs start.
#[cfg(target_os = "linux")]
#[test]
fn no_socket_is_opened_and_no_thread_started_for_a_small_package() {
    let place = Place::of("plain");
    let log = place.path("calls");
    let mut strace = scrubbed("strace", &place.path("home"));
    strace.args([
        "-f",
        "-qq",
        "-e",
        "trace=network,clone,clone3,fork,vfork,epoll_create1,keyctl",
        "-o",
    ]);
    strace.arg(&log).arg(env!("CARGO_BIN_EXE_certified-publish"));
    strace.args(["pack", "--dry-run", "--json"]).arg(&place.package);
    let Ok(output) = strace.output() else {
        // Not every machine has it, and not every container lets it look.
        return;
    };
    if output.status.success() {
        assert_eq!(fs::read_to_string(log).unwrap(), "");
    }
}

#[cfg(unix)]
fn mode(file: &Path) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&fs::metadata(file).unwrap().permissions())
}

#[cfg(not(unix))]
fn mode(_: &Path) -> u32 {
    0
}
