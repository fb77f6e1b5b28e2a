use std::fs;

use reqwest::Method;

use crate::up::{As, Up};

#[tokio::test]
async fn objects_are_read_and_never_written() {
    let up = Up::at_noon().await;
    let folder = up
        .running
        .store_folder()
        .join("chittyos-packages/packages/@acme/widgets");
    fs::create_dir_all(&folder).unwrap();
    let bytes = vec![7; 200_000];
    fs::write(folder.join("1.2.3.tgz"), &bytes).unwrap();
    let path = "archive/chittyos-packages/packages/@acme/widgets/1.2.3.tgz";
    let response = up.ask(Method::GET, path, As::Nobody, None).await;
    assert_eq!(response.headers()["content-type"], "application/gzip");
    assert_eq!(response.headers()["content-length"], "200000");
    assert_eq!(response.bytes().await.unwrap(), bytes);
    let head = up.ask(Method::HEAD, path, As::Nobody, None).await;
    assert_eq!(
        (
            head.status().as_u16(),
            head.headers()["content-length"].to_str().unwrap()
        ),
        (200, "200000")
    );
    assert_eq!(
        up.ask(Method::PUT, path, As::ApiKey, Some("{}".into())).await.status(),
        405
    );
}

#[tokio::test]
async fn nothing_outside_the_buckets_is_read() {
    let up = Up::at_noon().await;
    fs::create_dir_all(up.running.store_folder().join("bucket")).unwrap();
    for path in [
        "..%2fservices.sqlite",
        "bucket/..%2f..%2fservices.sqlite",
        "bucket/%2e%2e/%2e%2e/services.sqlite",
        "bucket",
        "bucket/none",
    ] {
        let response = up.ask(Method::GET, &format!("archive/{path}"), As::Nobody, None).await;
        assert_eq!(response.status(), 404, "{path}");
    }
}
