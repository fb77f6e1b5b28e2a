//! Versions that wait until somebody lets them go out.

use certified_evidence::StageId;
use serde_json::json;

use super::{Npm, name, npm, publication};
use crate::auth::Caller;
use crate::npm::stage::Page;
use crate::refusal::Refusal;
use crate::staged::{Later, NOW, caller, request_id};

/// A token of a trusted publisher.
fn workflow() -> Caller {
    caller("acme/widgets/release.yml", &["package:stage:@acme/widgets"])
}

fn maintainer() -> Caller {
    caller("publisher", &["package:publish"])
}

async fn staged(npm: &Npm, version: &str, tarball: &[u8]) -> Result<StageId, Refusal> {
    let body = publication(version, "latest", tarball);
    let reply = npm.stage(&workflow(), &request_id(), name(), body).await?;
    Ok(reply.stage_id.unwrap())
}

fn page(text: serde_json::Value) -> Page {
    serde_json::from_value(text).unwrap()
}

#[tokio::test]
async fn a_staged_version_is_served_to_nobody_until_a_maintainer_approves_it() {
    let later = Later::default();
    let (_folder, npm) = npm(&later).await;
    let id = staged(&npm, "1.2.3", b"bytes").await.unwrap();
    assert!(matches!(
        npm.packument(&name(), false).await,
        Err(Refusal::NotFound { .. })
    ));
    let item = npm.staged_item(&maintainer(), &id).await.unwrap();
    assert_eq!(
        (item.actor_type.as_deref(), item.created_at),
        (Some("trusted automation"), Some(NOW))
    );
    assert!(npm.staged_tarball(&maintainer(), &id).await.is_ok());

    later.pass(60);
    npm.approve(&maintainer(), &request_id(), &id).await.unwrap();
    let packument = npm.packument(&name(), false).await.unwrap();
    assert_eq!(packument["dist-tags"], json!({ "latest": "1.2.3" }));
    assert_eq!(packument["time"]["1.2.3"], json!(NOW.plus_seconds(60)));
    let again = npm.approve(&maintainer(), &request_id(), &id).await;
    assert!(matches!(again, Err(Refusal::NotFound { .. })));
}

#[tokio::test]
async fn a_version_is_on_the_stage_or_published_and_never_twice() {
    let (_folder, npm) = npm(&Later::default()).await;
    let id = staged(&npm, "1.2.3", b"bytes").await.unwrap();
    let words = "Cannot stage previously published version \"1.2.3\"";
    for tarball in [b"bytes", b"other"] {
        let refused = staged(&npm, "1.2.3", tarball).await.unwrap_err();
        assert_eq!(refused.to_string(), words);
        let body = publication("1.2.3", "latest", tarball);
        let refused = npm.publish(&maintainer(), &request_id(), name(), body).await;
        assert!(matches!(refused, Err(Refusal::Conflict { .. })), "{refused:?}");
    }
    npm.approve(&maintainer(), &request_id(), &id).await.unwrap();
    let refused = staged(&npm, "1.2.3", b"bytes").await.unwrap_err();
    assert_eq!(refused.to_string(), words);
}

#[tokio::test]
async fn a_rejected_version_can_be_staged_again() {
    let (_folder, npm) = npm(&Later::default()).await;
    let id = staged(&npm, "1.2.3", b"bytes").await.unwrap();
    npm.reject(&maintainer(), &request_id(), &id).await.unwrap();
    let again = npm.reject(&maintainer(), &request_id(), &id).await;
    assert!(matches!(again, Err(Refusal::NotFound { .. })));
    assert_ne!(staged(&npm, "1.2.3", b"other").await.unwrap(), id);
}

#[tokio::test]
async fn the_list_comes_in_pages_and_for_one_package() {
    let (_folder, npm) = npm(&Later::default()).await;
    for version in ["1.0.0", "1.0.1", "1.0.2"] {
        staged(&npm, version, version.as_bytes()).await.unwrap();
    }
    let all = npm
        .staged_list(&maintainer(), page(json!({ "page": 1, "perPage": 2 })))
        .await
        .unwrap();
    assert_eq!((all.total, all.items.len()), (3, 1));
    assert_eq!(all.items[0].version.to_string(), "1.0.2");
    let other = page(json!({ "package": "@acme/gadgets" }));
    assert_eq!(npm.staged_list(&maintainer(), other).await.unwrap().total, 0);
    let far = page(json!({ "page": usize::MAX, "perPage": 100 }));
    assert!(npm.staged_list(&maintainer(), far).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn a_trusted_publisher_puts_versions_there_and_sees_and_decides_nothing() {
    let (_folder, npm) = npm(&Later::default()).await;
    let id = staged(&npm, "1.2.3", b"bytes").await.unwrap();
    let (workflow, request) = (workflow(), request_id());
    assert!(npm.staged_list(&workflow, page(json!({}))).await.is_err());
    assert!(npm.staged_item(&workflow, &id).await.is_err());
    assert!(npm.staged_tarball(&workflow, &id).await.is_err());
    assert!(npm.approve(&workflow, &request, &id).await.is_err());
    assert!(npm.reject(&workflow, &request, &id).await.is_err());
    assert!(npm.staged_item(&maintainer(), &id).await.is_ok());
    let other = Npm::may_stage(&workflow, &"@acme/gadgets".parse().unwrap());
    assert!(matches!(other, Err(Refusal::Scope { .. })));
}
