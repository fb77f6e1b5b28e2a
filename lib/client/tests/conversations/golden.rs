//! The golden requests of every service: what the clients send is what stands there.

use std::path::Path;

use base64ct::{Base64, Encoding};
use certified_client::npm::{Access, Npm, Publication};
use certified_client::{ChittyId, Chronicle, Registry};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::samples::{token, transport};
use crate::stub::{HASTY, Reply, Stub};

fn golden(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/wire")
        .join(file);
    serde_json::from_slice(&std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))).unwrap()
}

fn typed<T: DeserializeOwned>(golden: &Value) -> T {
    serde_json::from_value(golden.clone()).unwrap()
}

fn sent(stub: &Stub) -> Value {
    serde_json::from_slice(&stub.seen().last().unwrap().body).unwrap()
}

/// A server that refuses everything: what it was asked is all that counts here.
async fn refusing() -> Stub {
    Stub::new([Reply::status(400)]).await
}

#[tokio::test]
async fn chitty_id_is_sent_its_golden_requests() {
    let stub = refusing().await;
    let client = ChittyId::new(transport(), stub.base.clone(), token(), None).with_patience(HASTY);
    let issue = golden("chittyid/issue.request.json");
    client.issue(&typed(&issue)).await.unwrap_err();
    assert_eq!(sent(&stub), issue);
    let revoke = golden("chittyid/revoke.request.json");
    let id = "CERT-PKG-20260101-7K2QXM4A".parse().unwrap();
    client.revoke(&id, &typed(&revoke)).await.unwrap_err();
    assert_eq!(sent(&stub), revoke);
}

#[tokio::test]
async fn the_chronicle_is_sent_its_golden_request() {
    let stub = refusing().await;
    let event = golden("chronicle/append.request.json");
    let client = Chronicle::new(transport(), stub.base.clone(), token()).with_patience(HASTY);
    client.record(&typed(&event)).await.unwrap_err();
    assert_eq!(sent(&stub), event);
}

#[tokio::test]
async fn the_registry_is_sent_its_golden_requests() {
    let stub = refusing().await;
    let client = Registry::new(transport(), stub.base.clone(), token()).with_patience(HASTY);
    let register = golden("registry/register.request.json");
    client.register(&typed(&register)).await.unwrap_err();
    assert_eq!(sent(&stub), register);
    let status = golden("registry/status.request.json");
    let (name, version) = ("@acme/widgets".parse().unwrap(), "1.2.3".parse().unwrap());
    client.set_status(&name, &version, &typed(&status)).await.unwrap_err();
    assert_eq!(sent(&stub), status);
}

#[tokio::test]
async fn npm_is_sent_its_golden_publish() {
    let stub = refusing().await;
    let mut publish = golden("npm/publish.request.json");
    let mut manifest = publish["versions"]["1.2.3"].clone();
    let object = manifest.as_object_mut().unwrap();
    let readme = object.remove("readme").unwrap();
    for added in ["_id", "dist", "readmeFilename"] {
        object.remove(added);
    }
    let data = publish["_attachments"]["@acme/widgets-1.2.3.tgz"]["data"]
        .as_str()
        .unwrap();
    let publication = Publication::new(&manifest, Base64::decode_vec(data).unwrap(), "latest").unwrap();
    let publication = publication
        .readme("README.md", readme.as_str().unwrap())
        .access(Access::Public)
        .unwrap();
    let client = Npm::new(transport(), stub.base.clone(), Some(token())).with_patience(HASTY);
    client.publish(&publication).await.unwrap_err();
    // The registry's own address is in the request.
    let tarball = format!("{}/@acme/widgets/-/@acme/widgets-1.2.3.tgz", stub.base);
    publish["versions"]["1.2.3"]["dist"]["tarball"] = tarball.into();
    assert_eq!(sent(&stub), publish);
}
