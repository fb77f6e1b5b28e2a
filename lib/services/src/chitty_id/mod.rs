//! ChittyID: certificates for releases.
//!
//! A certificate is issued to a fresh identity, `chittyos.{package}.{uuid}`, for one version of one package. What it vouches for is that
//! the holder of its key was allowed to ask for certificates at that time. Its subject alternative name says for what: the package URL
//! `pkg:npm/%40acme/widgets@1.2.3`.

mod authority;
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
