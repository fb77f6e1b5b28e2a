//! Names out of addresses. What is no name at all is refused as something that does not exist: nothing of that name ever could.

use std::str::FromStr;

use certified_evidence::{CertId, EventId, PackageName, Version};

use crate::refusal::Refusal;

/// A certificate's name.
pub(crate) fn cert_id(text: &str) -> Result<CertId, Refusal> {
    name(text, "CERTIFICATE_NOT_FOUND")
}

/// An event's name.
pub(crate) fn event_id(text: &str) -> Result<EventId, Refusal> {
    name(text, "EVENT_NOT_FOUND")
}

/// A package's name, already without its percent signs.
pub(crate) fn package(text: &str) -> Result<PackageName, Refusal> {
    name(text, "PACKAGE_NOT_FOUND")
}

/// A version.
pub(crate) fn version(text: &str) -> Result<Version, Refusal> {
    name(text, "PACKAGE_NOT_FOUND")
}

fn name<T>(text: &str, code: &'static str) -> Result<T, Refusal>
where
    T: FromStr,
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|cause: T::Err| Refusal::NotFound {
        code,
        reason: cause.to_string(),
    })
}
