//! Asks each ChittyOS service, the object store and the npm registry over HTTP.
//!
//! One file or folder per service; each is a thin client over one [`Transport`]:
//!
//! | service | client | address | token |
//! |---|---|---|---|
//! | ChittyID | [`ChittyId`] | `CHITTY_ID_SERVICE` | `CHITTY_ID_TOKEN`, `CHITTY_API_KEY` |
//! | ChittyID's timestamp authority | [`Timestamps`] | `CHITTY_ID_SERVICE` | none |
//! | ChittyAuth | [`ChittyAuth`] | `CHITTY_AUTH_SERVICE` | the one that is asked about |
//! | ChittyConnect | [`ChittyConnect`] | `CHITTY_CONNECT_SERVICE` | an identity token, or `CHITTYCONNECT_API_KEY` |
//! | Chronicle | [`Chronicle`] | `CHITTY_API_GATEWAY` | `CHITTY_API_KEY` |
//! | ChittyRegistry | [`Registry`] | `CHITTY_REGISTRY` | `CHITTY_REGISTRY_TOKEN` |
//! | GitHub's identity tokens | [`GithubOidc`] | `ACTIONS_ID_TOKEN_REQUEST_URL` | `ACTIONS_ID_TOKEN_REQUEST_TOKEN` |
//! | npm | [`npm::Npm`] | `npm-registry` | `NPM_TOKEN`, or an identity token of the run |
//! | Cloudflare | [`Cloudflare`] | `cloudflare-api-url` | `CLOUDFLARE_API_TOKEN` |
//! | GitHub | [`github::GitHub`] | `GITHUB_API_URL` | `GITHUB_TOKEN` |
//! | object store | [`store::Store`] | an S3 endpoint or a folder | an S3 access key |
//!
//! What holds for every call:
//!
//! - TLS 1.3 only, the platform's roots; plain HTTP only to this machine. No redirect is followed, no proxy is read from
//!   the environment.
//! - One `X-Request-ID` per call, the same for each attempt.
//! - Answers are read up to a size and until a deadline ([`Patience`]), and end as a value or as one [`ClientError`] that
//!   says whether the request was sent, answered or lost.
//! - Only what is safe is sent again: see [`Patience`].
//! - Text that a service sends reaches an error shortened, without control characters and without our tokens.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")
)]

mod advice;
mod answer;
mod base_url;
mod call;
mod chitty_auth;
mod chitty_id;
mod chronicle;
mod clock;
mod cloudflare;
mod connect;
mod credentials;
mod error;
pub mod github;
mod github_oidc;
pub mod npm;
mod patience;
mod redact;
mod registry;
pub mod store;
mod timestamps;
mod token;
mod transport;

pub use base_url::{BaseUrl, BaseUrlError};
pub use chitty_auth::{AUTH, ChittyAuth, Standing};
pub use chitty_id::{CERTIFICATE, ChittyId};
pub use chronicle::{CHRONICLE, Chronicle};
pub use clock::server_time;
pub use cloudflare::{AccountId, AccountIdError, CLOUDFLARE, Cloudflare, S3Key};
pub use connect::{CONNECT, ChittyConnect, Given, Hide};
pub use error::{Class, ClientError, Failure, Service};
pub use github_oidc::{GITHUB_OIDC, GithubOidc};
pub use patience::Patience;
pub use registry::{REGISTRY, Registry};
pub use timestamps::{Stamp, TIMESTAMP, Timestamps};
pub use transport::{Transport, TransportBuilder, TransportError};
