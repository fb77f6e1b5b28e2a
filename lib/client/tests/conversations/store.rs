//! Objects that are written once, in a folder and over S3.

use std::path::Path;

use certified_client::store::{Created, S3Options, Store};
use certified_client::{Class, Failure};
use certified_evidence::Digest;

use crate::samples::transport;
use crate::stub::{After, HASTY, Reply, Stub, nobody};

const KEY: &str = "packages/@acme/widgets/1.2.3.tgz";

fn folder(root: &Path) -> Store {
    Store::folder(root, "packages", None).unwrap()
}

fn s3(base: &certified_client::BaseUrl) -> Store {
    let options = S3Options::new(base.clone(), "packages", "AKIAEXAMPLE", "sssssssssssssecret");
    Store::s3_with_patience(&transport(), options, HASTY).unwrap()
}

fn error(status: u16, code: &str) -> Reply {
    Reply::json(
        status,
        &format!("<Error><Code>{code}</Code><AWSAccessKeyId>AKIAEXAMPLE</AWSAccessKeyId></Error>"),
    )
}

#[tokio::test]
async fn a_folder_takes_an_object_once_and_the_same_bytes_again() {
    let root = tempfile::tempdir().unwrap();
    let store = folder(root.path());
    assert_eq!(store.get(KEY).await.unwrap(), None);
    assert_eq!(
        store.create(KEY, "bytes", "application/gzip").await.unwrap(),
        Created::New
    );
    assert_eq!(
        store.create(KEY, "bytes", "application/gzip").await.unwrap(),
        Created::Identical
    );
    assert_eq!(store.get(KEY).await.unwrap().unwrap(), "bytes");
    assert_eq!(std::fs::read(root.path().join("packages").join(KEY)).unwrap(), b"bytes");
}

#[tokio::test]
async fn other_bytes_are_refused_with_both_digests_and_what_is_there_stays() {
    let root = tempfile::tempdir().unwrap();
    let store = folder(root.path());
    store.create(KEY, "first", "application/gzip").await.unwrap();
    let error = store.create(KEY, "second", "application/gzip").await.unwrap_err();
    let what = Failure::OtherBytes {
        key: KEY.into(),
        ours: Digest::of(b"second"),
        theirs: Digest::of(b"first"),
    };
    assert_eq!((&error.what, error.class()), (&what, Class::Conflict));
    assert_eq!(store.get(KEY).await.unwrap().unwrap(), "first");
}

#[tokio::test]
async fn of_many_writers_at_once_one_is_new() {
    let root = tempfile::tempdir().unwrap();
    let store = folder(root.path());
    let outcomes =
        futures_util::future::join_all((0..16).map(|_| store.create(KEY, "bytes", "application/gzip"))).await;
    let new = outcomes
        .into_iter()
        .filter(|outcome| *outcome.as_ref().unwrap() == Created::New)
        .count();
    assert_eq!(new, 1);
}

#[tokio::test]
async fn keys_and_buckets_that_leave_their_place_are_refused() {
    let root = tempfile::tempdir().unwrap();
    let store = folder(root.path());
    for key in ["../x", "/x", "a/../../x", ""] {
        assert_eq!(
            store.create(key, "x", "text/plain").await.unwrap_err().class(),
            Class::Usage,
            "{key}"
        );
        assert_eq!(store.get(key).await.unwrap_err().class(), Class::Usage, "{key}");
    }
    assert!(Store::folder(root.path(), "../up", None).is_err());
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_a_local_failure() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("packages"), "a file").unwrap();
    let error = Store::folder(root.path(), "packages", None).unwrap_err();
    assert_eq!(error.class(), Class::Local);
}

#[tokio::test]
async fn an_object_says_where_it_is() {
    let root = tempfile::tempdir().unwrap();
    let store = folder(root.path());
    assert_eq!(store.location(KEY), format!("packages/{KEY}"));
    assert!(store.url(KEY).starts_with("file:///") && store.url(KEY).ends_with(&format!("/packages/{KEY}")));
    let public = Store::folder(root.path(), "packages", Some("https://files.example/".parse().unwrap())).unwrap();
    assert_eq!(public.url(KEY), format!("https://files.example/{KEY}"));
    let stub = Stub::new([Reply::status(200)]).await;
    assert_eq!(s3(&stub.base).url(KEY), format!("{}/packages/{KEY}", stub.base));
}

#[tokio::test]
async fn s3_is_asked_to_create_with_a_checksum_and_a_signature() {
    let stub = Stub::new([Reply::status(200).header("etag", "\"1\"")]).await;
    assert_eq!(
        s3(&stub.base).create(KEY, "bytes", "application/gzip").await.unwrap(),
        Created::New
    );
    let seen = stub.only();
    assert_eq!(seen.method, "PUT");
    assert_eq!(seen.uri.replace("%40", "@"), format!("/base/packages/{KEY}"));
    assert_eq!(seen.body, "bytes");
    assert_eq!(seen.header("if-none-match"), Some("*"));
    assert_eq!(seen.header("content-type"), Some("application/gzip"));
    assert_eq!(seen.header("content-length"), Some("5"));
    assert_eq!(
        seen.header("x-amz-checksum-sha256"),
        Some("J3CJ2RwL308uaGK6fkoHYFEZQx9dE/cm3TUrBvGyBqk=")
    );
    assert_eq!(
        seen.header("x-amz-content-sha256"),
        Some(Digest::of(b"bytes").hex().as_str())
    );
    let authorization = seen.header("authorization").unwrap();
    assert!(
        authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/")
            && authorization.contains("/auto/s3/aws4_request")
    );
    assert!(seen.header("x-request-id").is_some());
}

#[tokio::test]
async fn an_object_that_is_there_is_read_back_and_compared() {
    let there = || error(412, "PreconditionFailed");
    let found = |bytes: &str| {
        Reply::json(200, bytes)
            .header("last-modified", "Thu, 01 Jan 2026 12:00:00 GMT")
            .header("etag", "\"1\"")
    };
    let same = Stub::new([there(), found("bytes")]).await;
    assert_eq!(
        s3(&same.base).create(KEY, "bytes", "application/gzip").await.unwrap(),
        Created::Identical
    );
    let other = Stub::new([there(), found("other")]).await;
    let error = s3(&other.base)
        .create(KEY, "bytes", "application/gzip")
        .await
        .unwrap_err();
    assert_eq!(
        error.what,
        Failure::OtherBytes {
            key: KEY.into(),
            ours: Digest::of(b"bytes"),
            theirs: Digest::of(b"other")
        }
    );
    assert_eq!(other.seen().len(), 2);
}

#[tokio::test]
async fn a_write_that_was_carried_out_before_it_failed_is_found() {
    let found = Reply::json(200, "bytes")
        .header("last-modified", "Thu, 01 Jan 2026 12:00:00 GMT")
        .header("etag", "\"1\"");
    let stub = Stub::new([error(503, "SlowDown"), error(412, "PreconditionFailed"), found]).await;
    assert_eq!(
        s3(&stub.base).create(KEY, "bytes", "application/gzip").await.unwrap(),
        Created::Identical
    );
    let methods: Vec<_> = stub.seen().into_iter().map(|seen| seen.method).collect();
    assert_eq!(methods, ["PUT", "PUT", "GET"]);
}

#[tokio::test]
async fn each_refusal_of_s3_has_its_meaning_and_shows_no_key() {
    let meanings = [
        (error(403, "SignatureDoesNotMatch"), Class::Authentication, 1),
        (error(401, "Unauthorized"), Class::Authentication, 1),
        (error(404, "NoSuchBucket"), Class::Usage, 1),
        (error(400, "InvalidArgument"), Class::Usage, 1),
        (error(503, "SlowDown"), Class::Unavailable, 3),
        (
            Reply::status(307).header("location", "https://elsewhere.example/"),
            Class::Usage,
            1,
        ),
        (error(403, "x").then(After::MoreForever), Class::Authentication, 1),
    ];
    for (reply, class, times) in meanings {
        let stub = Stub::new([reply]).await;
        let error = s3(&stub.base)
            .create(KEY, "bytes", "application/gzip")
            .await
            .unwrap_err();
        assert_eq!((error.class(), stub.seen().len()), (class, times), "{error}");
        for text in [error.to_string(), format!("{error:?}")] {
            assert!(!text.contains("AKIAEXAMPLE") && !text.contains("secret"), "{text}");
        }
    }
}

#[tokio::test]
async fn a_missing_object_is_no_failure_and_a_missing_bucket_is_one() {
    let stub = Stub::new([error(404, "NoSuchKey"), error(404, "NoSuchBucket")]).await;
    let store = s3(&stub.base);
    assert_eq!(store.get(KEY).await.unwrap(), None);
    assert_eq!(store.get(KEY).await.unwrap_err().class(), Class::Usage);
}

#[tokio::test]
async fn an_object_beyond_the_limit_is_not_read() {
    let big = Reply::json(200, &" ".repeat(65 * 1024))
        .header("last-modified", "Thu, 01 Jan 2026 12:00:00 GMT")
        .header("etag", "\"1\"");
    let stub = Stub::new([big]).await;
    assert!(matches!(
        s3(&stub.base).get(KEY).await.unwrap_err().what,
        Failure::TooLarge { limit: 65_536 }
    ));
}

#[tokio::test]
async fn a_store_that_nobody_serves_was_sent_nothing() {
    let error = s3(&nobody().await)
        .create(KEY, "bytes", "application/gzip")
        .await
        .unwrap_err();
    assert!(error.nothing_was_sent(), "{error}");
    assert_eq!(error.class(), Class::Unavailable);
}

#[tokio::test]
async fn what_everyone_may_read_is_read_without_a_key_below_the_buckets_own_address() {
    let stub = Stub::new([Reply::json(200, "bytes"), Reply::json(404, r#"{"error":"NOT_FOUND"}"#)]).await;
    let store = Store::public(&transport(), "packages", stub.base.clone()).unwrap();
    assert_eq!(store.get(KEY).await.unwrap().as_deref(), Some(b"bytes".as_slice()));
    assert_eq!(store.get(KEY).await.unwrap(), None);
    let seen = stub.seen();
    assert_eq!(seen[0].uri.replace("%40", "@"), format!("/base/{KEY}"));
    assert_eq!(seen[0].header("authorization"), None);
}
