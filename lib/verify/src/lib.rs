//! Evidence in, proof or refusal out.
//!
//! Everything here is a plain function of its arguments: no clock, no socket, no file. Whoever calls brings the bytes, and the answers of
//! the services if they were asked.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")
)]

pub mod bundle;
mod case;
mod chain;
mod check;
mod judge;
pub mod lockfile;
pub mod policy;
mod refusal;
mod tarballs;
pub mod trust_state;

pub use chain::{check_certificate, check_key, needed_chain};
pub use check::{Check, CheckName, Finding};
pub use judge::{Asked, Judgement, Verdict, Verified, judge};
pub use refusal::Refusal;
pub use tarballs::{CertifiedTarball, PublishedTarball, TarballError};
