//! Timestamps (RFC 3161): the word of a timestamp authority that it was shown a digest at a certain time.
//!
//! A [`TimestampRequest`] goes out, a response comes back, and the whole response is what a bundle carries. In a bundle the digest is
//! that of the signature's bytes. [`TimestampAuthority`] answers, [`verify`] judges.
//!
//! What is read here is DER and nothing else, with SHA-256 throughout: enough for the authorities that one has to name beforehand
//! anyway, and without the choices in which signatures get lost.

mod asn1;
mod authority;
mod request;
mod signer;
mod token;
mod verify;

pub use self::authority::{TimestampAuthority, TimestampAuthorityError};
pub use self::request::{RequestError, TimestampRequest};
pub use self::verify::{TimestampError, Timestamped, verify};

/// The largest request or response that is read, in bytes.
pub const LARGEST: usize = 64 * 1024;

#[cfg(test)]
mod tests;
