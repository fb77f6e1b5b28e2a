//! S3 over our own transport: the store's library signs, we send.

use std::error::Error;
use std::time::Duration;

use async_trait::async_trait;
use backon::Retryable;
use certified_evidence::wire::ErrorReply;
use futures_util::TryStreamExt;
use object_store::RetryConfig;
use object_store::aws::{AmazonS3, AmazonS3Builder, Checksum, S3ConditionalPut};
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpService,
};
use reqwest::header::HeaderValue;
use uuid::Uuid;

use super::S3Options;
use crate::answer::{LARGEST_ERROR, failure_of};
use crate::base_url::BaseUrl;
use crate::call::{REQUEST_ID, describe, unanswered};
use crate::error::Failure;
use crate::patience::{Patience, share};
use crate::transport::Transport;

/// Signs for one bucket. Every write carries its SHA-256, every repetition is ours.
pub(super) fn connect(transport: &Transport, options: &S3Options, patience: Patience) -> Result<AmazonS3, Failure> {
    builder(transport, &options.endpoint, &options.bucket, patience)?
        .with_region(&options.region)
        .with_access_key_id(options.access_key_id.expose())
        .with_secret_access_key(options.secret_access_key.expose())
        .with_checksum_algorithm(Checksum::SHA256)
        .with_conditional_put(S3ConditionalPut::ETagMatch)
        .build()
        .map_err(|error| setup(&error))
}

/// Reads what everyone may read, below an address that stands for one bucket.
pub(super) fn connect_public(
    transport: &Transport,
    base: &BaseUrl,
    bucket: &str,
    patience: Patience,
) -> Result<AmazonS3, Failure> {
    builder(transport, base, bucket, patience)?
        // The address is the bucket's own, so its name does not become part of the path.
        .with_virtual_hosted_style_request(true)
        .with_skip_signature(true)
        .build()
        .map_err(|error| setup(&error))
}

fn builder(
    transport: &Transport,
    endpoint: &BaseUrl,
    bucket: &str,
    patience: Patience,
) -> Result<AmazonS3Builder, Failure> {
    let client = transport.client(patience.connect).map_err(|error| setup(&error))?;
    Ok(AmazonS3Builder::new()
        .with_endpoint(endpoint.to_string())
        .with_allow_http(endpoint.is_loopback())
        .with_bucket_name(bucket)
        .with_retry(RetryConfig {
            max_retries: 0,
            ..RetryConfig::default()
        })
        .with_http_connector(Connector(client)))
}

fn setup(error: &(dyn Error + 'static)) -> Failure {
    Failure::Request(describe(error))
}

/// Asks again while that is safe: when nothing was sent, and when the answer says to come back. A create-only write
/// that was carried out nevertheless is refused the second time, and then compared.
pub(super) async fn patiently<T, F: Future<Output = Result<T, Failure>>>(
    patience: Patience,
    ask: impl FnMut() -> F,
) -> Result<T, Failure> {
    let again = |what: &Failure| {
        matches!(
            what,
            Failure::NotSent(_) | Failure::RateLimited { .. } | Failure::Unavailable { .. }
        )
    };
    let pause = |what: &Failure, longest: Option<Duration>| match what {
        Failure::RateLimited {
            retry_after: Some(seconds),
            ..
        } => Some(Duration::from_secs(*seconds)).filter(|asked| longest.is_some() && *asked <= Patience::LONGEST_PAUSE),
        _ => longest.map(share),
    };
    ask.retry(patience.pauses())
        .sleep(tokio::time::sleep)
        .when(again)
        .adjust(pause)
        .await
}

/// What an error of the store's library was before the library wrapped it.
pub(super) fn failure(error: &object_store::Error) -> Failure {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        if let Some(answered) = error.downcast_ref::<Failure>() {
            return answered.clone();
        }
        if let Some(error) = error.downcast_ref::<reqwest::Error>() {
            return unanswered(error);
        }
        next = error.source();
    }
    // The library itself could not read the answer: it arrived, and says nothing reliable.
    Failure::Unknown(describe(error))
}

#[derive(Debug)]
struct Connector(reqwest::Client);

impl HttpConnector for Connector {
    fn connect(&self, _: &object_store::ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(Sender(self.0.clone())))
    }
}

#[derive(Debug)]
struct Sender(reqwest::Client);

#[async_trait]
impl HttpService for Sender {
    /// Every answer that is no success leaves here as our own failure: the library would show the whole body, and
    /// the body repeats the key's name.
    async fn call(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        // Not part of what is signed, so it may be added after the signature.
        if let Ok(id) = HeaderValue::from_str(&Uuid::new_v4().to_string()) {
            request.headers_mut().insert(REQUEST_ID, id);
        }
        let response = self.0.call(request).await?;
        if response.status().is_success() {
            return Ok(response);
        }
        let (head, body) = response.into_parts();
        let code = code(&beginning(body.bytes_stream()).await);
        let reply = ErrorReply {
            code: code.clone(),
            message: String::new(),
        };
        let status = head.status.as_u16();
        let what = match (status, code.as_str()) {
            (404, "NoSuchBucket") => Failure::Refused { status, reply },
            _ => failure_of(status, &head.headers, reply),
        };
        Err(HttpError::new(HttpErrorKind::Decode, what))
    }
}

async fn beginning(mut body: impl TryStreamExt<Ok = bytes::Bytes, Error = HttpError> + Unpin) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Ok(Some(chunk)) = body.try_next().await {
        let room = LARGEST_ERROR - bytes.len();
        bytes.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        if bytes.len() >= LARGEST_ERROR {
            break;
        }
    }
    bytes
}

/// The code of an S3 error, for example `SlowDown`; everything else in its XML may repeat what was sent.
fn code(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let code = text
        .split_once("<Code>")
        .and_then(|(_, rest)| rest.split_once("</Code>"))
        .map_or("", |(code, _)| code);
    if code.len() <= 80 && code.chars().all(|c| c.is_ascii_alphanumeric()) {
        code.to_owned()
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_code_of_an_error_is_kept() {
        let body = b"<?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>AKIA</AWSAccessKeyId></Error>";
        assert_eq!(code(body), "SignatureDoesNotMatch");
        for body in ["", "<Code>", "<Code>a b</Code>", "no XML"] {
            assert_eq!(code(body.as_bytes()), "", "{body}");
        }
    }
}
