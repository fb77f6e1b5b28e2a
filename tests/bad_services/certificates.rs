//! Certificates with one thing wrong: none of them signs anything, and nothing after step 2 is sent.

use certified_evidence::certificate::LeafProfile;
use certified_evidence::wire::certificates::IssueReply;
use certified_evidence::{Digest, Timestamp};

use crate::meddling::{LocalCa, Said, Scene, day, now, other_key, plain};
use crate::{RECORD, TIMESTAMP, writes, writes_without};

/// ChittyID answers with a certificate of a trusted authority, in which one thing is amended, or the answer around it is.
async fn scene(
    amend: impl Fn(&mut LeafProfile) + Clone + Send + Sync + 'static,
    retell: impl Fn(&mut IssueReply) + Clone + Send + Sync + 'static,
) -> Scene {
    let ca = LocalCa::new();
    let anchors = ca.anchors();
    let scene = Scene::meddled(move |asked| ca.reissue(asked, amend.clone(), retell.clone())).await;
    scene.trust(&anchors);
    scene
}

/// It ends with 40 at the certificate, and the certificate was all that was asked for.
async fn refused(scene: Scene, name: &str) -> Said {
    let said = scene.run().await;
    said.stops(40, name);
    assert_eq!(scene.written(), writes(1));
    assert!(scene.archived().is_empty());
    assert!(scene.on_npm().await.is_empty());
    said
}

#[tokio::test]
async fn a_certificate_with_nothing_wrong_is_accepted_so_that_the_others_are_refused_for_their_one_fault() {
    let scene = scene(plain, plain).await;
    scene.run().await.succeeds();
    // Its anchors name neither a log nor an authority of time.
    assert_eq!(scene.written(), writes_without(&[TIMESTAMP, RECORD], 6));
}

#[tokio::test]
async fn a_certificate_for_another_key_is_refused() {
    let scene = scene(|leaf| leaf.public_key = other_key(), plain).await;
    refused(scene, "certificate/other-key")
        .await
        .shows("certificate-other-key");
}

#[tokio::test]
async fn a_certificate_for_another_package_is_refused() {
    let scene = scene(
        |leaf| leaf.san_uri = Some("pkg:npm/%40acme/gadgets@1.2.3".into()),
        plain,
    )
    .await;
    refused(scene, "certificate/other-name")
        .await
        .shows("certificate-other-package");
}

#[tokio::test]
async fn a_certificate_that_names_no_package_is_refused() {
    let scene = scene(|leaf| leaf.san_uri = None, plain).await;
    refused(scene, "certificate/other-name")
        .await
        .shows("certificate-no-package");
}

#[tokio::test]
async fn a_certificate_of_an_unknown_authority_is_refused() {
    let scene = scene(plain, plain).await;
    scene.trust(&LocalCa::new().anchors());
    refused(scene, "certificate/unknown-authority")
        .await
        .shows("certificate-unknown-authority");
}

#[tokio::test]
async fn a_certificate_that_is_over_is_refused() {
    let over = |leaf: &mut LeafProfile| {
        (leaf.not_before, leaf.not_after) = (ago(2), ago(1));
    };
    refused(scene(over, plain).await, "certificate/not-in-force")
        .await
        .shows("certificate-over");
}

#[tokio::test]
async fn a_certificate_that_has_not_begun_is_refused() {
    let later = |leaf: &mut LeafProfile| {
        (leaf.not_before, leaf.not_after) = (now().plus_seconds(day(1)), now().plus_seconds(day(2)));
    };
    refused(scene(later, plain).await, "certificate/not-in-force")
        .await
        .shows("certificate-not-begun");
}

#[tokio::test]
async fn a_certificate_that_lives_too_long_is_refused() {
    let long = |leaf: &mut LeafProfile| leaf.not_after = leaf.not_before.plus_seconds(day(367));
    refused(scene(long, plain).await, "certificate/too-long")
        .await
        .shows("certificate-too-long");
}

#[tokio::test]
async fn an_answer_with_the_fingerprint_of_another_certificate_is_refused() {
    let scene = scene(plain, |reply| reply.fingerprint = Digest::of(b"another certificate")).await;
    refused(scene, "certificate/other-fingerprint")
        .await
        .shows("certificate-other-fingerprint");
}

#[tokio::test]
async fn an_answer_that_gives_the_certificate_to_another_identity_is_refused() {
    let other = "chittyos.acme-widgets.00000000-0000-4000-8000-000000000000";
    let scene = scene(plain, move |reply| reply.chitty_id = other.parse().unwrap()).await;
    refused(scene, "certificate/other-name")
        .await
        .shows("certificate-other-identity");
}

#[tokio::test]
async fn an_answer_without_a_certificate_is_refused() {
    let scene = scene(plain, |reply| reply.pem = "no certificate".into()).await;
    refused(scene, "certificate/unreadable")
        .await
        .shows("certificate-unreadable");
}

fn ago(days: u64) -> Timestamp {
    now().minus_seconds(day(days))
}
