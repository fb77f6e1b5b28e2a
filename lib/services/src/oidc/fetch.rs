//! Asking an issuer for its keys over HTTP.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::{Client, redirect};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;
use url::Url;

/// Reads what is at an address.
#[async_trait]
pub(super) trait Fetch: Send + Sync {
    /// The body of a success, of at most so many bytes; or why there is none, in words that are not the other side's.
    async fn get(&self, address: &Url, largest: usize) -> Result<Vec<u8>, String>;
}

/// By TLS 1.3 with the platform's roots; no redirect, no proxy of the environment, ten seconds.
pub(super) struct Web(Client);

/// The client for an issuer's keys cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot make the client that asks for an issuer's keys: {0}")]
pub struct FetcherFailed(String);

impl Web {
    pub(super) fn new() -> Result<Self, FetcherFailed> {
        let failed = |cause: &dyn std::fmt::Display| FetcherFailed(cause.to_string());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .map_err(|cause| failed(&cause))?;
        let tls = match Verifier::new(provider) {
            Ok(verifier) => tls.dangerous().with_custom_certificate_verifier(Arc::new(verifier)),
            // A machine that trusts nobody can still ask itself.
            Err(_) => tls.with_root_certificates(RootCertStore::empty()),
        };
        let tls = tls.with_no_client_auth();
        let client = Client::builder()
            .tls_backend_preconfigured(tls)
            .connect_timeout(PATIENCE / 2)
            .timeout(PATIENCE)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .user_agent(concat!("certified-services/", env!("CARGO_PKG_VERSION")))
            .build();
        client.map(Self).map_err(|cause| failed(&cause))
    }
}

#[async_trait]
impl Fetch for Web {
    async fn get(&self, address: &Url, largest: usize) -> Result<Vec<u8>, String> {
        let lost = |_| "it does not answer".to_owned();
        let mut answer = self.0.get(address.clone()).send().await.map_err(lost)?;
        if !answer.status().is_success() {
            return Err(format!("it answers with status {}", answer.status().as_u16()));
        }
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(lost)? {
            if body.len().saturating_add(piece.len()) > largest {
                return Err(format!("it answers with more than {largest} bytes"));
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }
}

const PATIENCE: Duration = Duration::from_secs(10);
