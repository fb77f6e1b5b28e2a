//! Tokens, from the environment alone: what stands on a command line can be read by every process of the machine.

use std::env;

use certified_evidence::Secret;

/// The first of these variables that is set and not empty.
pub(crate) fn secret(names: &[&str]) -> Option<Secret<String>> {
    names
        .iter()
        .find_map(|name| env::var(name).ok())
        .map(|value| value.trim().to_owned())
        .filter(|v| !v.is_empty())
        .map(Secret::new)
}

/// ChittyID.
pub(crate) const CHITTY_ID: &[&str] = &["CHITTY_ID_TOKEN"];
/// The gateway.
pub(crate) const API_KEY: &[&str] = &["CHITTY_API_KEY"];
/// ChittyRegistry.
pub(crate) const REGISTRY: &[&str] = &["CHITTY_REGISTRY_TOKEN"];
/// npm; the second is what setup-node's .npmrc refers to.
pub(crate) const NPM: &[&str] = &["NPM_TOKEN", "NODE_AUTH_TOKEN"];
/// The archive's access key.
pub(crate) const STORE_KEY: &[&str] = &["R2_ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID"];
/// Its secret.
pub(crate) const STORE_SECRET: &[&str] = &["R2_SECRET_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY"];
