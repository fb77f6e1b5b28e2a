//! The two tarballs of a release are one package: sealing adds the block and nothing else, and taking it away gives back
//! every byte.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

#[path = "release/block.rs"]
mod block;
#[path = "tarballs/entries.rs"]
mod entries;
#[path = "tarballs/folder.rs"]
mod folder;

use certified_evidence::block::MEMBER;
use certified_evidence::{Block, Digest};
use certified_pack::{Archive, Limits, Tarball};
use certified_verify::{CertifiedTarball, PublishedTarball, TarballError};
use serde_json::{Value, json};

use crate::folder::{FIXTURES, MANIFESTS, fixture, packed};

fn block_about(certified: &CertifiedTarball) -> Block {
    let expires_at = block::BEGIN.plus_seconds(365 * 24 * 60 * 60);
    block::block(certified.facts().sha256, Digest::of(b"certificate"), expires_at)
}

fn sealed(certified: &CertifiedTarball) -> PublishedTarball {
    certified.seal(&block_about(certified)).unwrap()
}

/// All situations by name: the fixtures, and manifests that are spelled in other ways.
fn every() -> Vec<(&'static str, CertifiedTarball)> {
    let fixtures = FIXTURES.iter().map(|name| (*name, fixture(name)));
    let manifests = MANIFESTS.iter().map(|(name, text)| (*name, packed(text)));
    fixtures.chain(manifests).collect()
}

#[test]
fn taking_the_block_away_gives_back_the_certified_tarball_byte_for_byte() {
    for (name, certified) in every() {
        let again = sealed(&certified).certified().unwrap();
        assert_eq!(again.facts(), certified.facts(), "{name}");
        assert!(again.bytes() == certified.bytes(), "{name}");
        assert_eq!(again.manifest().bytes(), certified.manifest().bytes(), "{name}");
    }
}

#[test]
fn the_two_tars_differ_in_package_json_alone() {
    for (name, certified) in every() {
        let (before, after) = (
            entries::read(certified.bytes()),
            entries::read(sealed(&certified).bytes()),
        );
        assert_eq!(before.len(), after.len(), "{name}");
        for (before, after) in before.iter().zip(&after) {
            if before.path != "package/package.json" {
                assert!(before == after, "{name}: {}", before.path);
                continue;
            }
            assert_ne!(before.body, after.body, "{name}");
            assert_eq!(before.header_without_size(), after.header_without_size(), "{name}");
        }
    }
}

#[test]
fn the_sealed_manifest_is_the_bare_one_with_bytes_put_in_at_one_place() {
    for (name, certified) in every() {
        let (bare, sealed) = (certified.manifest().bytes().to_vec(), sealed(&certified));
        let with_block = sealed.manifest().bytes();
        let same = bare.iter().zip(with_block).take_while(|(a, b)| a == b).count();
        let rest = &bare[same..];
        assert!(with_block.ends_with(rest), "{name}");
    }
}

#[test]
fn the_block_is_the_last_member_and_has_four_groups_in_order() {
    for (name, certified) in every() {
        let sealed = sealed(&certified);
        let (last, value) = sealed.manifest().root().iter().next_back().unwrap();
        assert_eq!(last, MEMBER, "{name}");
        let groups: Vec<&String> = value.as_object().unwrap().keys().collect();
        assert_eq!(groups, ["certificate", "provenance", "governance", "build"], "{name}");
        assert_eq!(*sealed.block(), block_about(&certified), "{name}");
    }
}

#[test]
fn sealing_twice_gives_the_same_bytes() {
    let certified = fixture("widgets");
    assert!(sealed(&certified).bytes() == sealed(&certified).bytes());
}

#[test]
fn both_tarballs_are_read_back_from_their_bytes() {
    for (name, certified) in every() {
        let sealed = sealed(&certified);
        assert_eq!(
            CertifiedTarball::open(certified.bytes().to_vec()).unwrap().facts(),
            certified.facts(),
            "{name}"
        );
        assert_eq!(
            PublishedTarball::open(sealed.bytes().to_vec()).unwrap().facts(),
            sealed.facts(),
            "{name}"
        );
    }
}

#[test]
fn the_block_of_an_earlier_release_is_gone_and_its_neighbours_are_not() {
    let certified = fixture("old-block");
    let text = str::from_utf8(certified.manifest().bytes()).unwrap();
    assert!(!text.contains(MEMBER) && !text.contains("CERT-PKG-20250102-7K2QXM4A"));
    assert!(text.ends_with("between other members\",\n  \"license\": \"MIT\",\n  \"main\": \"index.js\"\n}\n"));
    let sealed = sealed(&certified);
    assert_eq!(
        str::from_utf8(sealed.manifest().bytes())
            .unwrap()
            .matches("\"chittyos\"")
            .count(),
        1
    );
}

#[test]
fn only_the_member_of_the_root_is_the_block() {
    let certified = fixture("nested-block");
    let root = certified.manifest().root();
    assert_eq!(
        root["config"]["chittyos"],
        json!({ "level": 1, "chittyos": { "level": 2 } })
    );
    assert_eq!(root["\"chittyos\""], "a key with quotation marks in it");
    assert_eq!(root["größe"], "café 📦");
    assert!(!root.contains_key(MEMBER));
    assert_eq!(sealed(&certified).manifest().root()["config"], root["config"]);
}

#[test]
fn a_certified_tarball_with_a_block_is_refused() {
    let bytes = sealed(&fixture("widgets")).bytes().to_vec();
    assert!(matches!(
        CertifiedTarball::open(bytes.clone()),
        Err(TarballError::HasBlock)
    ));
    let (tarball, _) = Tarball::read(bytes, &Limits::default()).unwrap();
    assert!(matches!(CertifiedTarball::new(tarball), Err(TarballError::HasBlock)));
}

#[test]
fn a_published_tarball_without_a_block_is_told_apart_from_one_with_a_bad_one() {
    let bytes = fixture("widgets").bytes().to_vec();
    assert!(matches!(PublishedTarball::open(bytes), Err(TarballError::NoBlock)));
}

/// The same archive as a packer writes it that leaves out the second zero block at the end.
fn with_one_zero_block(tgz: &[u8]) -> Vec<u8> {
    let mut tar = Archive::open(tgz, &Limits::default()).unwrap().into_tar();
    tar.truncate(tar.len() - 512);
    Tarball::compress(tar).unwrap().bytes().to_vec()
}

#[test]
fn a_tarball_of_another_packer_is_uncertified_unless_it_has_a_block() {
    let plain = with_one_zero_block(fixture("widgets").bytes());
    assert!(matches!(PublishedTarball::open(plain), Err(TarballError::NoBlock)));
    let certified = with_one_zero_block(sealed(&fixture("widgets")).bytes());
    assert!(matches!(
        PublishedTarball::open(certified),
        Err(TarballError::Archive(_))
    ));
    let plain = with_one_zero_block(fixture("widgets").bytes());
    assert!(matches!(CertifiedTarball::open(plain), Err(TarballError::Archive(_))));
}

/// The published tarball of `plain` with another value in place of its block.
fn open_with(member: &Value) -> Result<PublishedTarball, TarballError> {
    let certified = fixture("plain");
    let manifest = certified.manifest().with(MEMBER, member).unwrap();
    let archive = Archive::open(certified.bytes(), &Limits::default()).unwrap();
    let tar = archive.replaced("package.json", manifest.bytes()).unwrap();
    PublishedTarball::open(Tarball::compress(tar).unwrap().bytes().to_vec())
}

#[test]
fn a_block_with_an_unknown_field_is_refused_so_that_nothing_in_it_goes_unread() {
    let good = serde_json::to_value(block_about(&fixture("plain"))).unwrap();
    assert!(open_with(&good).is_ok());
    let mut bad = good.clone();
    bad["note"] = json!("more");
    assert!(matches!(open_with(&bad), Err(TarballError::Block(_))));
    for group in ["certificate", "provenance", "governance", "build"] {
        let mut bad = good.clone();
        bad[group]["note"] = json!("more");
        assert!(
            matches!(open_with(&bad), Err(TarballError::Block(why)) if why.contains("note")),
            "{group}"
        );
    }
}

#[test]
fn a_block_with_a_missing_group_or_of_another_shape_is_refused() {
    let good = serde_json::to_value(block_about(&fixture("plain"))).unwrap();
    for group in ["certificate", "provenance", "governance", "build"] {
        let mut bad = good.clone();
        bad.as_object_mut().unwrap().shift_remove(group);
        assert!(
            matches!(open_with(&bad), Err(TarballError::Block(why)) if why.contains(group)),
            "{group}"
        );
    }
    for bad in [Value::Null, json!(true), json!({}), json!([good]), json!("chittyos")] {
        assert!(matches!(open_with(&bad), Err(TarballError::Block(_))), "{bad}");
    }
}

#[test]
fn names_and_versions_that_npm_does_not_take_are_refused() {
    let tarball = |manifest: &str| {
        let archive = Archive::open(fixture("plain").bytes(), &Limits::default()).unwrap();
        Tarball::compress(archive.replaced("package.json", manifest.as_bytes()).unwrap()).unwrap()
    };
    let named = CertifiedTarball::new(tarball(r#"{"name":"../evil","version":"1.0.0"}"#));
    assert!(matches!(named, Err(TarballError::Name(_))));
    let versioned = CertifiedTarball::new(tarball(r#"{"name":"acme","version":"v1.0.0"}"#));
    assert!(matches!(versioned, Err(TarballError::Version(_))));
    let unreadable = CertifiedTarball::new(tarball("{}"));
    assert!(matches!(unreadable, Err(TarballError::Manifest(_))));
    assert!(matches!(
        CertifiedTarball::open(b"no gzip".to_vec()),
        Err(TarballError::Archive(_))
    ));
}

#[test]
fn the_facts_are_those_of_the_bytes() {
    let certified = fixture("widgets");
    let facts = certified.facts();
    assert_eq!(
        (certified.name().as_str(), certified.version().to_string().as_str()),
        ("@acme/widgets", "1.2.3")
    );
    assert_eq!(
        (facts.filename.as_str(), facts.size),
        ("acme-widgets-1.2.3.tgz", certified.bytes().len() as u64)
    );
    assert_eq!(facts.sha256, Digest::of(certified.bytes()));
    let tar = Archive::open(certified.bytes(), &Limits::default()).unwrap().into_tar();
    assert_eq!(facts.tar_sha256, Digest::of(&tar));
    let sealed = sealed(&certified);
    assert_eq!(sealed.facts().filename, facts.filename);
    assert_ne!(sealed.facts().tar_sha256, facts.tar_sha256);
    assert_eq!(sealed.readme().map(|(name, _)| name), Some("README.md"));
}
