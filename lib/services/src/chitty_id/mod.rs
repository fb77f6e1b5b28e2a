//! ChittyID: certificates for releases.
//!
//! A certificate is issued to a fresh identity, `chittyos.{package}.{uuid}`, for one version of one package. What it vouches for is that
//! the holder of its key was allowed to ask for certificates at that time. Its subject alternative name says for what: the package URL
//! `pkg:npm/%40acme/widgets@1.2.3`.
//!
//! When a workflow asks and hands in an identity token of its platform, the certificate vouches for more: that this workflow asked, in
//! this run, from this commit. The alternative name is the workflow then, the facts stand in the extensions that Sigstore's verifiers
//! know, and the release stands in an extension of its own
//! ([`Certificate::RELEASE`](certified_evidence::Certificate::RELEASE)). Nothing that the token does not say is certified of a workflow,
//! and nothing of the token is kept but the digest of its name. The life of the certificate is the same, one year unless a shorter one
//! is asked for: when it signed is told by the log and by timestamps, not by its end.

mod agreement;
mod authority;
mod profile;
mod request;
mod routes;
mod rules;
mod standing;

pub use self::authority::AuthorityFailed;
pub(crate) use self::authority::LocalAuthority;
pub(crate) use self::routes::routes;
pub(crate) use self::rules::ChittyId;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod workflows;
