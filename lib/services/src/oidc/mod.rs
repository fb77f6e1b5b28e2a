//! Identity tokens of workflows: who asks, from which repository, commit and run, as the platform that runs the workflow signed it.
//!
//! A token is a JSON Web Token (RFC 7519) in compact form, signed with RS256 or ES256 (RFC 7518) by a key of one of the issuers that were
//! named at the start. What is checked, in this order, each by a file of its own:
//!
//! | file | what |
//! |---|---|
//! | `token` | three parts of base64url, a header and claims in which no member stands twice |
//! | `issuer`, `keys`, `jwk` | the issuer is one of those named; the key is one of the issuer's, found by its name alone |
//! | `token` | the algorithm is the one that the key is for, whatever the token says; the signature |
//! | `rules` | audience, moments, the event that set the run off, and that the claims agree with each other |
//! | `desk` | the token was not used before |
//!
//! In a rehearsal there is one issuer more, `local`, which knows the holders of these services' own credentials and nothing of workflows.
//!
//! The signatures are checked by the same [`certified_evidence::PublicKey`] as those of releases. A library for tokens would bring a
//! second implementation of RSA and ECDSA with it (`jsonwebtoken` takes `aws-lc-rs`, which needs a C compiler, or `rsa` 0.9 with
//! RUSTSEC-2023-0071), chooses the algorithm by a list that each caller has to keep short, and takes the last of two members of one name.
//! What is left to do by hand is taking three parts apart.

mod claims;
mod desk;
mod fetch;
mod fulcio;
mod issuer;
mod jwk;
mod keys;
mod local;
mod options;
mod refused;
mod rules;
mod strict;
mod token;

pub(crate) use self::claims::Run;
pub(crate) use self::desk::{Identities, Proven, Unspent};
pub use self::fetch::FetcherFailed;
pub(crate) use self::local::{Holder, LocalIssuer};
pub use self::options::{IdentityTokens, IssuerError, KeySet, KeySetError, TokenIssuer};
pub(crate) use self::refused::{Class, Refused};

#[cfg(test)]
pub(crate) mod tests;
