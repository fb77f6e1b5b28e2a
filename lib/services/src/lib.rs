//! The ChittyOS services, embedded: ChittyID, ChittyAuth, ChittyConnect, the gateway with the Chronicle and ChittyRegistry, npm's registry, and the
//! archive. They are real: what they issue, record and serve is decided by the same rules wherever they run.
//!
//! ```no_run
//! # async fn example() -> Result<(), certified_services::StartError> {
//! let running = certified_services::start(certified_services::Options::in_folder("services-data")).await?;
//! assert_eq!(running.addresses().chitty_id.path(), "/id/");
//! running.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! Embedded means: they listen on loopback only, their certificate authority is made at the start, says "local only" in its names and is
//! gone when they stop, and the credentials that they accept are thrown away.
//!
//! Each service is a folder: `rules` decides and knows no HTTP, `routes` speaks HTTP and decides nothing. What they have in common is at
//! the `door`, in `auth` and in `storage`.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")
)]

mod addresses;
mod archive;
mod auth;
mod chitty_id;
mod cloudflare;
mod connect;
mod door;
mod durable;
mod gateway;
mod npm;
mod oidc;
mod randomness;
mod refusal;
mod running;
#[cfg(test)]
mod staged;
mod start;
mod storage;
mod timestamps;
mod tokens;

use std::sync::Arc;

use certified_evidence::Timestamp;

pub use self::addresses::Addresses;
pub use self::chitty_id::AuthorityFailed;
pub use self::gateway::{LogHeadFailed, LogKeyFailed};
pub use self::npm::{PublisherError, TrustedPublisher};
pub use self::oidc::{FetcherFailed, IdentityTokens, IssuerError, KeySet, KeySetError, TokenIssuer};
pub use self::running::Running;
pub use self::start::{Options, StartError, start};
pub use self::storage::StorageError;
pub use self::tokens::Tokens;

/// What time it is. Every service asks this and no other clock.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
