//! An npm registry that loses answers, serves other bytes, or has the version already.

use std::fs;

use certified_client::Transport;
use certified_client::npm::{Npm, Publication};
use certified_evidence::wire::registry::PackageStatus;
use certified_evidence::{Digest, Integrity, Secret};
use certified_pack::{Options, pack};
use serde_json::Value;

use crate::meddling::{Act, Answer, Asked, Scene};
use crate::{PUT, writes};

fn is_put(asked: &Asked) -> bool {
    asked.is("PUT", "/@acme%2fwidgets")
}

fn is_tarball(asked: &Asked) -> bool {
    asked.is("GET", "/@acme/widgets/-/widgets-1.2.3.tgz")
}

#[tokio::test]
async fn a_publish_that_was_carried_out_and_answered_with_an_error_is_found_and_not_repeated() {
    let scene = Scene::meddled(|asked| match is_put(asked) {
        true => Act::CarryOutThenAnswer(Answer::error(500, "INTERNAL", "something went wrong")),
        false => Act::Forward,
    })
    .await;
    scene.run().await.succeeds();
    assert_eq!(scene.written(), writes(6));
    assert_eq!(scene.on_npm().await, ["1.2.3"]);
    assert_eq!(scene.registered().await, Some(PackageStatus::Certified));
}

#[tokio::test]
async fn a_publish_whose_answer_is_lost_is_found_and_not_repeated() {
    let scene = Scene::meddled(|asked| {
        if is_put(asked) {
            Act::CarryOutThenHangUp
        } else {
            Act::Forward
        }
    })
    .await;
    scene.run().await.succeeds();
    assert_eq!(scene.written(), writes(6));
    assert_eq!(scene.on_npm().await, ["1.2.3"]);
    assert_eq!(scene.registered().await, Some(PackageStatus::Certified));
}

#[tokio::test]
async fn a_publish_that_npm_answers_with_an_error_and_did_not_carry_out_can_be_run_again() {
    let scene = Scene::meddled(|asked| match is_put(asked) {
        true => Act::Answer(Answer::error(503, "UNAVAILABLE", "npm is being looked after")),
        false => Act::Forward,
    })
    .await;
    scene
        .run()
        .await
        .stops(10, "publish/unavailable")
        .shows("npm-unavailable");
    assert_npm_was_asked_again(&scene);
    assert_eq!(scene.registered().await, Some(PackageStatus::Pending));
}

#[tokio::test]
async fn a_conflict_at_npm_where_nothing_is_to_be_seen_can_be_run_again() {
    let scene = Scene::meddled(|asked| match is_put(asked) {
        true => Act::Answer(Answer::error(409, "E409", "Failed to save packument")),
        false => Act::Forward,
    })
    .await;
    scene.run().await.stops(10, "publish/busy").shows("npm-409");
    assert_npm_was_asked_again(&scene);
    assert_eq!(
        (scene.registered().await, scene.on_npm().await.len()),
        (Some(PackageStatus::Pending), 0)
    );
}

#[tokio::test]
async fn a_tarball_that_comes_back_with_one_byte_changed_is_not_called_certified() {
    let scene = Scene::meddled(|asked| match is_tarball(asked) {
        true => Act::Change(Box::new(|mut tarball| {
            let middle = tarball.len() / 2;
            tarball[middle] ^= 1;
            tarball
        })),
        false => Act::Forward,
    })
    .await;
    scene
        .run()
        .await
        .stops(40, "publish/other-bytes")
        .shows("npm-one-byte-changed");
    assert_eq!(scene.written(), writes(4));
    assert_eq!(scene.registered().await, Some(PackageStatus::Pending));
}

#[tokio::test]
async fn a_digest_at_npm_that_is_not_ours_is_not_called_certified() {
    let scene = Scene::meddled(|asked| match asked.is("GET", "/@acme%2fwidgets") {
        true => Act::Change(Box::new(|packument| {
            let integrity = Integrity::of(b"another tarball").to_string();
            let mut packument: Value = serde_json::from_slice(&packument).unwrap();
            if let Some(dist) = packument.pointer_mut("/versions/1.2.3/dist") {
                dist["integrity"] = integrity.into();
            }
            serde_json::to_vec(&packument).unwrap()
        })),
        false => Act::Forward,
    })
    .await;
    scene
        .run()
        .await
        .stops(40, "publish/other-bytes")
        .shows("npm-other-digest");
    assert_eq!(scene.written(), writes(4));
    assert_eq!(scene.registered().await, Some(PackageStatus::Pending));
}

#[tokio::test]
async fn a_version_that_npm_has_with_other_bytes_and_no_certificate_is_refused_with_both_digests() {
    let scene = Scene::quiet().await;
    let theirs = publish_uncertified(&scene).await;
    let ours = Digest::of(pack(&scene.package, &Options::default()).unwrap().1.bytes());
    let said = scene.run().await;
    said.stops(20, "publish/conflict").shows("npm-has-it-uncertified");
    assert!(
        said.stderr.contains(&theirs.to_string()) && said.stderr.contains(&ours.to_string()),
        "{}",
        said.stderr
    );
    scene.nothing_written();
    assert_eq!(scene.on_npm().await, ["1.2.3"]);
}

#[tokio::test]
async fn a_version_that_was_certified_from_other_files_is_refused_with_both_digests() {
    let scene = Scene::quiet().await;
    scene.run().await.succeeds();
    fs::write(scene.package.join("lib/index.js"), "module.exports = 'another'\n").unwrap();
    let said = scene.run().await;
    said.stops(20, "publish/conflict").shows("npm-has-it-from-other-files");
    assert_eq!(scene.written(), writes(6));
}

/// Publishes the package with another README as any npm client would, past the proxies. The tarball's digest.
async fn publish_uncertified(scene: &Scene) -> Digest {
    let (readme, address, token) = (scene.package.join("README.md"), scene.npm().0, scene.npm().1);
    let before = fs::read(&readme).unwrap();
    fs::write(&readme, "# Another README\n").unwrap();
    let tarball = pack(&scene.package, &Options::default()).unwrap().1.bytes().to_vec();
    fs::write(&readme, before).unwrap();
    let manifest: Value = serde_json::from_slice(&fs::read(scene.package.join("package.json")).unwrap()).unwrap();
    let digest = Digest::of(&tarball);
    let npm = Npm::new(
        Transport::new().unwrap(),
        address.parse().unwrap(),
        Some(Secret::new(token)),
    );
    npm.publish(&Publication::new(&manifest, tarball, "latest").unwrap())
        .await
        .unwrap();
    digest
}

/// npm may be busy, so it was asked a few times, and nothing else was written meanwhile.
fn assert_npm_was_asked_again(scene: &Scene) {
    let (written, expected) = (scene.written(), writes(4));
    assert!(written.len() > expected.len(), "{written:?}");
    assert_eq!(written[..expected.len()], expected);
    assert!(
        written[expected.len()..].iter().all(|write| *write == PUT),
        "{written:?}"
    );
}
