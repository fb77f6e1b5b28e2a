//! Lockfiles of the real tools about the same small workspace, and what nobody should have to read.

use proptest::prelude::*;

use super::*;

const FIXTURES: [(&str, &str, LockfileFormat); 8] = [
    (
        "npm 1",
        include_str!("../../../../fixtures/lockfiles/npm-1.json"),
        LockfileFormat::Npm,
    ),
    (
        "npm 2",
        include_str!("../../../../fixtures/lockfiles/npm-2.json"),
        LockfileFormat::Npm,
    ),
    (
        "npm 3",
        include_str!("../../../../fixtures/lockfiles/npm-3.json"),
        LockfileFormat::Npm,
    ),
    (
        "pnpm 5",
        include_str!("../../../../fixtures/lockfiles/pnpm-5.yaml"),
        LockfileFormat::Pnpm,
    ),
    (
        "pnpm 6",
        include_str!("../../../../fixtures/lockfiles/pnpm-6.yaml"),
        LockfileFormat::Pnpm,
    ),
    (
        "pnpm 9",
        include_str!("../../../../fixtures/lockfiles/pnpm-9.yaml"),
        LockfileFormat::Pnpm,
    ),
    (
        "yarn 1",
        include_str!("../../../../fixtures/lockfiles/yarn-1.lock"),
        LockfileFormat::YarnClassic,
    ),
    (
        "yarn 4",
        include_str!("../../../../fixtures/lockfiles/yarn-berry.lock"),
        LockfileFormat::YarnBerry,
    ),
];

/// What all of them resolved.
const RELEASES: [&str; 12] = [
    "@types/ms@0.7.34",
    "debug@2.6.9",
    "debug@4.3.4",
    "fsevents@2.3.3",
    "left-pad@1.2.0",
    "left-pad@1.3.0",
    "lru-cache@6.0.0",
    "ms@2.0.0",
    "ms@2.1.2",
    "semver@7.5.4",
    "yallist@4.0.0",
    "",
];

#[test]
fn every_package_manager_wrote_down_the_same_releases_and_aliases_come_out_under_their_real_name() {
    for (which, text, format) in FIXTURES {
        let lockfile = Lockfile::read(text.as_bytes()).unwrap();
        assert_eq!(lockfile.format, format, "{which}");
        let mut found: Vec<_> = lockfile
            .locked
            .iter()
            .map(|l| format!("{}@{}", l.name, l.version))
            .collect();
        found.sort();
        // The builtin patch of Yarn 2 and later asks for node-gyp beside fsevents, and so for a hundred others.
        if format == LockfileFormat::YarnBerry {
            found.retain(|release| RELEASES.contains(&release.as_str()));
        }
        assert_eq!(found, RELEASES[..11], "{which}");
    }
}

#[test]
fn the_digests_are_those_of_the_tarballs_except_with_yarn_2_and_later() {
    let all: Vec<_> = FIXTURES
        .iter()
        .map(|(which, text, format)| (which, Lockfile::read(text.as_bytes()).unwrap(), format))
        .collect();
    let expected = |name: &str, version: &str| {
        let locked = all[2]
            .1
            .locked
            .iter()
            .find(|l| l.name.as_str() == name && l.version.to_string() == version);
        locked.unwrap().digests.clone()
    };
    for (which, lockfile, format) in &all {
        for locked in &lockfile.locked {
            let digests = if **format == LockfileFormat::YarnBerry {
                Vec::new()
            } else {
                expected(locked.name.as_str(), &locked.version.to_string())
            };
            assert_eq!(locked.digests, digests, "{which}: {}", locked.name);
        }
    }
}

#[test]
fn the_line_is_that_of_the_package() {
    for (which, text, _) in FIXTURES {
        let lockfile = Lockfile::read(text.as_bytes()).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for locked in &lockfile.locked {
            let line = lines[locked.line - 1];
            // An alias stands under its own name.
            let named = line.contains(locked.name.bare()) || line.contains("padded");
            assert!(named, "{which}, line {}: {line}", locked.line);
        }
    }
}

#[test]
fn what_is_not_from_a_registry_is_listed_with_its_reason() {
    let reasons = |which: usize| {
        let lockfile = Lockfile::read(FIXTURES[which].1.as_bytes()).unwrap();
        let mut found: Vec<_> = lockfile.elsewhere.iter().map(|e| (e.name.clone(), e.reason)).collect();
        found.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.as_str().cmp(b.1.as_str())));
        found
    };
    let named = |list: &[(&str, Reason)]| list.iter().map(|(n, r)| ((*n).to_owned(), *r)).collect::<Vec<_>>();
    assert_eq!(
        reasons(0),
        named(&[("gadget", Reason::File), ("vendored", Reason::File)])
    );
    let modern = [
        ("gadget", Reason::Link),
        ("gadget", Reason::Workspace),
        ("vendored", Reason::Link),
        ("vendored", Reason::Workspace),
    ];
    assert_eq!(reasons(1), named(&modern));
    assert_eq!(reasons(2), named(&modern));
    for pnpm in 3..6 {
        assert!(
            reasons(pnpm).iter().any(|(name, _)| name.contains("vendored")),
            "{:?}",
            reasons(pnpm)
        );
    }
    assert_eq!(reasons(6), named(&[("vendored", Reason::File)]));
    assert!(
        reasons(7).contains(&("gadget".to_owned(), Reason::Workspace)),
        "{:?}",
        reasons(7)
    );
}

#[test]
fn git_url_bundled_and_odd_dependencies_are_listed_too() {
    let npm = r#"{"lockfileVersion": 3, "packages": {
        "": {"name": "consumer"},
        "node_modules/a": {"version": "1.0.0", "resolved": "git+ssh://git@github.com/acme/a.git#0123"},
        "node_modules/b": {"version": "1.0.0", "resolved": "https://example.com/b.tgz", "integrity": "sha512-x"},
        "node_modules/b/node_modules/c": {"version": "1.0.0", "inBundle": true},
        "node_modules/_d": {"version": "1.0.0", "resolved": "https://npm.example/_d/-/_d-1.0.0.tgz"},
        "node_modules/e": {"version": "1.0.0+build"}}}"#;
    let pnpm = "lockfileVersion: '9.0'\npackages:\n  a@git+ssh://git@github.com/acme/a.git#0123:\n    resolution: {commit: '0123', repo: git@github.com:acme/a.git, type: git}\n  b@https://example.com/b.tgz:\n    resolution: {tarball: https://example.com/b.tgz}\n";
    let yarn = "# yarn lockfile v1\n\n\n\"a@git+ssh://git@github.com/acme/a.git\":\n  version \"1.0.0\"\n  resolved \"git+ssh://git@github.com/acme/a.git#0123\"\n\n\"b@https://example.com/b.tgz\":\n  version \"1.0.0\"\n  resolved \"https://example.com/b.tgz#da39a3ee5e6b4b0d3255bfef95601890afd80709\"\n";
    let berry = "__metadata:\n  version: 8\n\n\"a@https://github.com/acme/a.git\":\n  version: 1.0.0\n  resolution: \"a@https://github.com/acme/a.git#commit=0123\"\n\n\"b@https://example.com/b.tgz\":\n  version: 1.0.0\n  resolution: \"b@https://example.com/b.tgz\"\n\n\"c@patch:c@npm%3A1.0.0#./c.patch\":\n  version: 1.0.0\n  resolution: \"c@patch:c@npm%3A1.0.0#./c.patch\"\n";
    let reasons = |text: &str| {
        let lockfile = Lockfile::read(text.as_bytes()).unwrap();
        assert_eq!(lockfile.locked, []);
        lockfile
            .elsewhere
            .iter()
            .map(|found| found.reason.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(reasons(npm), ["git", "url", "bundled", "unreadable", "unreadable"]);
    assert_eq!(reasons(pnpm), ["git", "url"]);
    assert_eq!(reasons(yarn), ["git", "url"]);
    assert_eq!(reasons(berry), ["git", "url", "patched"]);
}

#[test]
fn a_release_that_is_mentioned_twice_is_one_release_that_has_to_hash_to_both_digests() {
    let text = r#"{"lockfileVersion": 3, "packages": {
        "node_modules/a": {"version": "1.0.0", "integrity": "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="},
        "node_modules/b/node_modules/a": {"version": "1.0.0", "integrity": "sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk="}}}"#;
    let lockfile = Lockfile::read(text.as_bytes()).unwrap();
    assert_eq!(lockfile.locked.len(), 1);
    assert_eq!((lockfile.locked[0].digests.len(), lockfile.locked[0].line), (2, 2));
}

#[test]
fn what_is_no_lockfile_is_refused_by_name() {
    let refused = |text: &[u8]| Lockfile::read(text).unwrap_err().code();
    assert_eq!(refused(b""), "lockfile/unknown-format");
    assert_eq!(refused(b"hello"), "lockfile/unknown-format");
    assert_eq!(refused(b"\xff"), "lockfile/not-text");
    assert_eq!(refused(b"{"), "lockfile/syntax");
    assert_eq!(refused(b"{}"), "lockfile/version");
    assert_eq!(refused(br#"{"lockfileVersion": 4}"#), "lockfile/version");
    assert_eq!(refused(br#"{"lockfileVersion": 3}"#), "lockfile/shape");
    assert_eq!(refused(b"lockfileVersion: '7.0'\n"), "lockfile/version");
    assert_eq!(refused(b"__metadata:\n  version: 99\n"), "lockfile/version");
    assert_eq!(refused(b"# yarn lockfile v1\nleft-pad@1:\n"), "lockfile/shape");
    assert_eq!(refused(b"# yarn lockfile v1\n  version \"1\"\n"), "lockfile/syntax");
    assert_eq!(
        refused(b"lockfileVersion: '9.0'\npackages:\n  a@1.0.0: &x {}\n"),
        "lockfile/anchor"
    );
    assert_eq!(refused(&vec![b' '; Lockfile::LARGEST + 1]), "lockfile/too-large");
}

#[test]
fn more_dependencies_than_the_limit_are_refused() {
    let mut text = String::from("# yarn lockfile v1\n");
    for number in 0..=Lockfile::MOST {
        text += &format!("a{number}@1:\n  version \"1.0.0\"\n  resolved \"https://npm.example/a/-/a.tgz\"\n");
    }
    assert_eq!(Lockfile::read(text.as_bytes()).unwrap_err().code(), "lockfile/too-many");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Lockfile::read(&bytes);
    }

    #[test]
    fn no_lockfile_with_bytes_cut_out_changed_or_repeated_makes_the_reader_panic(
        which in 0..FIXTURES.len(), from in any::<prop::sample::Index>(), length in 0usize..200, patch in "[ -~\n]{0,6}"
    ) {
        let mut bytes = FIXTURES[which].1.as_bytes().to_vec();
        let from = from.index(bytes.len());
        let to = (from + length).min(bytes.len());
        bytes.splice(from..to, patch.into_bytes());
        let _ = Lockfile::read(&bytes);
    }

    #[test]
    fn no_truncated_lockfile_makes_the_reader_panic(which in 0..FIXTURES.len(), end in any::<prop::sample::Index>()) {
        let bytes = FIXTURES[which].1.as_bytes();
        let _ = Lockfile::read(&bytes[..end.index(bytes.len())]);
    }

    #[test]
    fn no_yaml_of_odd_signs_makes_the_reader_panic(text in "(__metadata|lockfileVersion):[ \\[\\]{}:,&*!|>'\"%@`?a\n-]{0,80}") {
        let _ = Lockfile::read(text.as_bytes());
    }
}
