//! The arguments of `trust-root`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `trust-root`.
#[derive(Args, Debug)]
#[command(after_help = OTHERS)]
pub(crate) struct TrustRoot {
    /// The certificate authorities, logs and authorities of time to trust, as a JSON file
    #[arg(long, value_name = "FILE", env = "CERTIFIED_PUBLISH_ANCHORS")]
    pub(crate) anchors: Option<PathBuf>,
    /// The evidence of a release, evidence.json or the folder with it: verifiers of others have to be given the certificates
    /// between a root and a release, and those are in it
    #[arg(long, value_name = "PATH")]
    pub(crate) evidence: Option<PathBuf>,
    /// The form
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: TrustFormat,
}

/// Who is going to read it.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum TrustFormat {
    /// trusted_root.json, for Sigstore's libraries and most command lines
    #[default]
    Sigstore,
    /// The same inside a client trust config, for `sigstore --trust-config` of PyPI
    SigstoreClient,
    /// The roots of certificates for releases, for `openssl verify -CAfile`
    Pem,
    /// The roots of authorities of time, for `openssl ts -verify -CAfile`
    TimestampPem,
}

/// Below the help of `trust-root`.
const OTHERS: &str = "Every key stands there with the time in which it is believed. openssl looks at no such time: in the two PEM forms it is \
                      a comment before each certificate.";
