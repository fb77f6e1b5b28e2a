//! What the npm registry takes, without a port.

mod exchanged;
mod staged;

use std::sync::Arc;

use base64ct::{Base64, Encoding as _};
use bytes::Bytes;
use certified_evidence::{Integrity, PackageName, Shasum};
use serde_json::json;

use super::{Npm, Tarballs};
use crate::oidc::tests::issued::{ISSUER, jwks};
use crate::oidc::{Identities, KeySet, TokenIssuer};
use crate::refusal::Refusal;
use crate::staged::{Later, NOW, addresses, caller, request_id, store};

async fn npm(later: &Later) -> (tempfile::TempDir, Npm) {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(store().await);
    let keys = KeySet::parse(jwks().to_string().as_bytes()).unwrap();
    let issuer = TokenIssuer::new(ISSUER).unwrap().with_keys(keys);
    let npm = Npm {
        packages: Arc::clone(&store) as _,
        stage: Arc::clone(&store) as _,
        publishers: Arc::clone(&store) as _,
        named_publishers: vec!["@acme/widgets=acme/widgets/release.yml".parse().unwrap()],
        identities: Arc::new(Identities::new(vec![issuer], Arc::clone(&store) as _, later.clock()).unwrap()),
        credentials: store,
        tarballs: Tarballs::in_folder(folder.path().into()),
        addresses: addresses(),
        clock: later.clock(),
        largest_publish: 1024,
    };
    (folder, npm)
}

fn name() -> PackageName {
    "@acme/widgets".parse().unwrap()
}

fn publication(version: &str, tag: &str, tarball: &[u8]) -> Bytes {
    let dist = json!({ "integrity": Integrity::of(tarball), "shasum": Shasum::of(tarball) });
    let manifest = json!({ "name": "@acme/widgets", "version": version, "readme": "long", "scripts": { "install": "x" }, "dist": dist });
    json!({
        "name": "@acme/widgets",
        "dist-tags": { (tag): version },
        "versions": { (version): manifest },
        "_attachments": { (format!("@acme/widgets-{version}.tgz")): { "data": Base64::encode_string(tarball) } },
    })
    .to_string()
    .into()
}

#[tokio::test]
async fn a_published_version_is_served_and_never_replaced() {
    let (_folder, npm) = npm(&Later::default()).await;
    let publisher = caller("publisher", &["package:publish"]);
    npm.publish(
        &publisher,
        &request_id(),
        name(),
        publication("1.2.3", "latest", b"bytes"),
    )
    .await
    .unwrap();
    for tarball in [b"bytes", b"other"] {
        let refused = npm
            .publish(
                &publisher,
                &request_id(),
                name(),
                publication("1.2.3", "latest", tarball),
            )
            .await;
        let message = refused.unwrap_err().to_string();
        assert_eq!(
            message,
            "You cannot publish over the previously published versions: 1.2.3."
        );
    }
    let manifest = npm.manifest(&name(), "latest").await.unwrap();
    assert_eq!(manifest["dist"]["integrity"], json!(Integrity::of(b"bytes")));
    assert_eq!(
        manifest["dist"]["tarball"],
        "http://127.0.0.1:7070/npm/@acme/widgets/-/widgets-1.2.3.tgz"
    );
    assert!(manifest.get("readme").is_none());
    assert!(npm.tarball(&name(), "widgets-1.2.3.tgz").await.is_ok());
    assert!(matches!(
        npm.tarball(&name(), "widgets-1.2.4.tgz").await,
        Err(Refusal::NotFound { .. })
    ));
}

#[tokio::test]
async fn two_publishes_of_one_version_at_once_leave_one() {
    let (_folder, npm) = npm(&Later::default()).await;
    let publisher = caller("publisher", &["package:publish"]);
    let id = request_id();
    let (one, two) = tokio::join!(
        npm.publish(&publisher, &id, name(), publication("1.2.3", "latest", b"one")),
        npm.publish(&publisher, &id, name(), publication("1.2.3", "latest", b"two")),
    );
    assert_eq!([one.is_ok(), two.is_ok()].iter().filter(|&&done| done).count(), 1);
    let winner: &[u8] = if one.is_ok() { b"one" } else { b"two" };
    let manifest = npm.manifest(&name(), "1.2.3").await.unwrap();
    assert_eq!(manifest["dist"]["integrity"], json!(Integrity::of(winner)));
}

#[tokio::test]
async fn the_first_version_is_latest_whatever_its_tag_and_tags_move() {
    let later = Later::default();
    let (_folder, npm) = npm(&later).await;
    let publisher = caller("publisher", &["package:publish"]);
    let id = request_id();
    npm.publish(&publisher, &id, name(), publication("1.0.0-rc.1", "next", b"one"))
        .await
        .unwrap();
    assert_eq!(
        npm.tags(&name()).await.unwrap(),
        json!({ "latest": "1.0.0-rc.1", "next": "1.0.0-rc.1" })
    );
    later.pass(60);
    npm.publish(&publisher, &id, name(), publication("1.0.0", "latest", b"two"))
        .await
        .unwrap();
    npm.set_tag(&publisher, &id, &name(), "next", None).await.unwrap();
    npm.set_tag(&publisher, &id, &name(), "old", Some("1.0.0-rc.1".parse().unwrap()))
        .await
        .unwrap();
    assert_eq!(
        npm.tags(&name()).await.unwrap(),
        json!({ "latest": "1.0.0", "old": "1.0.0-rc.1" })
    );
    assert!(npm.set_tag(&publisher, &id, &name(), "latest", None).await.is_err());
    assert!(
        npm.set_tag(&publisher, &id, &name(), "new", Some("2.0.0".parse().unwrap()))
            .await
            .is_err()
    );
    let full = npm.packument(&name(), false).await.unwrap();
    let times =
        json!({ "created": NOW, "modified": NOW.plus_seconds(60), "1.0.0-rc.1": NOW, "1.0.0": NOW.plus_seconds(60) });
    assert_eq!((&full["time"], &full["readme"]), (&times, &json!("long")));
    let short = npm.packument(&name(), true).await.unwrap();
    assert_eq!(short["versions"]["1.0.0"]["hasInstallScript"], json!(true));
    assert!(short.get("time").is_none() && short["versions"]["1.0.0"].get("scripts").is_none());
}

#[tokio::test]
async fn a_caller_without_the_scope_publishes_and_tags_nothing() {
    let (folder, npm) = npm(&Later::default()).await;
    let stranger = caller("stranger", &["registry:write"]);
    let refused = npm
        .publish(
            &stranger,
            &request_id(),
            name(),
            publication("1.2.3", "latest", b"bytes"),
        )
        .await;
    assert!(matches!(refused, Err(Refusal::Scope { .. })));
    let refused = npm.set_tag(&stranger, &request_id(), &name(), "next", None).await;
    assert!(matches!(refused, Err(Refusal::Scope { .. })));
    assert!(matches!(
        npm.packument(&name(), false).await,
        Err(Refusal::NotFound { .. })
    ));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}
