//! Tokens, from the environment alone: what stands on a command line can be read by every process of the machine.

use std::env;

use certified_evidence::Secret;
use certified_pack::{LeakGuard, OwnSecret};

use crate::args::Allowed;

/// Knows every secret that this process was given, for whatever purpose, so that none of them ends up in a package.
pub(crate) fn guard(allowed: &Allowed) -> LeakGuard {
    // What is no Unicode is no secret of a kind that anybody hands out.
    let variables =
        env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let secrets = variables.filter(|(name, value)| is_secret(name, value));
    LeakGuard::new(secrets.map(|(name, value)| OwnSecret::new(name, value)).collect())
        .allowing(allowed.allow_leak.iter().cloned())
}

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
/// GitHub, when the workflow hands it over.
pub(crate) const GITHUB: &[&str] = &["GITHUB_TOKEN"];
/// The archive's access key.
pub(crate) const STORE_KEY: &[&str] = &["R2_ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID"];
/// Its secret.
pub(crate) const STORE_SECRET: &[&str] = &["R2_SECRET_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY"];

/// Our own tokens whatever they look like; of other variables those with a telling name, unless the value is plainly a place or a word.
fn is_secret(name: &str, value: &str) -> bool {
    let ours = [CHITTY_ID, API_KEY, REGISTRY, NPM, STORE_KEY, STORE_SECRET];
    if ours.iter().any(|names| names.contains(&name)) {
        return true;
    }
    let name = name.to_ascii_uppercase();
    let tells = TELLING.iter().any(|end| name.ends_with(end));
    let place = value.contains("://") || value.starts_with(['/', '.', '~']) || value.as_bytes().get(1) == Some(&b':');
    tells && !place && value.len() >= 16
}

/// How the names of variables with secrets end.
const TELLING: [&str; 9] = [
    "TOKEN",
    "SECRET",
    "PASSWORD",
    "PASSPHRASE",
    "PRIVATE_KEY",
    "SECRET_KEY",
    "ACCESS_KEY",
    "API_KEY",
    "SIGNING_KEY",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_their_variables() {
        for name in [
            "GITHUB_TOKEN",
            "ACTIONS_RUNTIME_TOKEN",
            "AWS_SECRET_ACCESS_KEY",
            "npm_config__authtoken",
            "DB_PASSWORD",
        ] {
            assert!(is_secret(name, "k3VbQ9zTf0LmXw7RaYc2Ns8E"), "{name}");
        }
        assert!(is_secret("NPM_TOKEN", "short and odd"));
    }

    #[test]
    fn places_and_words_are_no_secrets_because_they_stand_in_every_package() {
        for (name, value) in [
            ("TOKEN", "true"),
            ("GPG_PRIVATE_KEY", "/home/me/.gnupg/private.key"),
            ("SSH_PRIVATE_KEY", "~/.ssh/id_ed25519.private"),
            ("ID_TOKEN", "https://id.example/token-of-the-run"),
            ("TOKEN_PATH", "k3VbQ9zTf0LmXw7RaYc2Ns8E"),
            ("HOME", "k3VbQ9zTf0LmXw7RaYc2Ns8E"),
        ] {
            assert!(!is_secret(name, value), "{name}");
        }
    }
}
