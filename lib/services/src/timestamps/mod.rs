//! ChittyID's timestamp authority: says that it was shown a digest, and when (RFC 3161).
//!
//! Anybody may ask; what is asked about is a digest of bytes that stay where they are.

mod authority;
mod routes;

pub(crate) use self::authority::LocalTimestamps;
pub(crate) use self::routes::{Timestamps, routes};

#[cfg(test)]
mod tests;
