//! Tokens on their way into a header.

use certified_evidence::Secret;
use reqwest::header::HeaderValue;

use crate::error::Failure;

/// `Bearer …`, marked so that no log shows it.
pub(crate) fn bearer(token: &Secret<String>) -> Result<HeaderValue, Failure> {
    header(&format!("Bearer {}", token.expose()))
}

/// A secret as a header's value, marked so that no log shows it.
pub(crate) fn header(text: &str) -> Result<HeaderValue, Failure> {
    let mut value = HeaderValue::from_str(text).map_err(|_| Failure::BadToken)?;
    value.set_sensitive(true);
    Ok(value)
}
