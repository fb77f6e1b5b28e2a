//! The one way out: TLS 1.3, no redirects, no proxies.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::redirect;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

/// Connections to the services, shared by the clients that are made from it. A clone is the same connections.
///
/// TLS 1.3 (RFC 8446) alone, with ring; certificates are judged by the roots that the platform trusts (on Linux the
/// distribution's bundle, or the one that `SSL_CERT_FILE` names) and by [`TransportBuilder::extra_root`]. Redirects
/// are not followed, proxies named in the environment are not used, compressed answers are not asked for.
#[derive(Clone)]
pub struct Transport(Arc<Shared>);

struct Shared {
    tls: ClientConfig,
    // One per time to connect, which the HTTP client knows only as a whole.
    clients: Mutex<BTreeMap<Duration, reqwest::Client>>,
}

/// Settings of a [`Transport`].
#[derive(Debug, Default)]
pub struct TransportBuilder {
    extra_roots: Vec<String>,
}

/// Why no [`Transport`] came about.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// A root that was to be trusted besides the platform's cannot be read.
    #[error("an extra root is one or more certificates in PEM (RFC 7468), found {reason}")]
    Root {
        /// What the reader says.
        reason: String,
    },
    /// TLS cannot be set up.
    #[error("TLS 1.3 cannot be set up: {reason}")]
    Tls {
        /// What the library says.
        reason: String,
    },
}

impl Transport {
    /// The platform's roots alone.
    ///
    /// # Errors
    /// When TLS cannot be set up. A machine without any root is no error: it can still speak to itself.
    pub fn new() -> Result<Self, TransportError> {
        Self::builder().build()
    }

    /// With settings.
    pub fn builder() -> TransportBuilder {
        TransportBuilder::default()
    }

    /// A client that gives up connecting after so long.
    pub(crate) fn client(&self, connect: Duration) -> Result<reqwest::Client, reqwest::Error> {
        // A panic elsewhere cannot leave the map half-changed.
        let mut clients = self.0.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&connect) {
            return Ok(client.clone());
        }
        let client = client(self.0.tls.clone(), connect)?;
        clients.insert(connect, client.clone());
        Ok(client)
    }
}

impl TransportBuilder {
    /// Trusts the certificates of this PEM text besides the platform's roots.
    #[must_use]
    pub fn extra_root(mut self, pem: impl Into<String>) -> Self {
        self.extra_roots.push(pem.into());
        self
    }

    /// Reads the roots and sets TLS up.
    ///
    /// # Errors
    /// When an extra root is no PEM certificate or TLS cannot be set up.
    pub fn build(self) -> Result<Transport, TransportError> {
        let mut extra = Vec::new();
        for pem in &self.extra_roots {
            extra.extend(certificates(pem)?);
        }
        Ok(Transport(Arc::new(Shared {
            tls: tls(extra)?,
            clients: Mutex::default(),
        })))
    }
}

// What a transport trusts and whom it knows is no secret, and no help either.
impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Transport")
    }
}

fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, TransportError> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    match read {
        Ok(certificates) if certificates.is_empty() => Err(TransportError::Root {
            reason: "no certificate".into(),
        }),
        Ok(certificates) => Ok(certificates),
        Err(error) => Err(TransportError::Root {
            reason: error.to_string(),
        }),
    }
}

fn tls(extra: Vec<CertificateDer<'static>>) -> Result<ClientConfig, TransportError> {
    let failed = |error: rustls::Error| TransportError::Tls {
        reason: error.to_string(),
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(failed)?;
    let mut config = match verifier(extra, provider)? {
        Some(verifier) => config
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(verifier))
            .with_no_client_auth(),
        None => config
            .with_root_certificates(RootCertStore::empty())
            .with_no_client_auth(),
    };
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// The platform's judgement, or nothing on a machine that trusts nobody.
fn verifier(
    extra: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Option<Verifier>, TransportError> {
    if extra.is_empty() {
        return Ok(Verifier::new(provider).ok());
    }
    Verifier::new_with_extra_roots(extra, provider)
        .map(Some)
        .map_err(|error| TransportError::Root {
            reason: error.to_string(),
        })
}

fn client(tls: ClientConfig, connect: Duration) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .connect_timeout(connect)
        .user_agent(USER_AGENT)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .no_gzip()
        .no_deflate()
        .no_brotli()
        .no_zstd()
        .referer(false)
        .build()
}

/// Some services refuse the names of other programs.
pub(crate) const USER_AGENT: &str = concat!("certified-publish/", env!("CARGO_PKG_VERSION"));
