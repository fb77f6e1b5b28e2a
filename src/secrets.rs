//! Tokens, from the environment alone: what stands on a command line can be read by every process of the machine.

use std::borrow::Cow;
use std::env;
use std::sync::{Mutex, OnceLock, PoisonError};

use certified_evidence::Secret;
use certified_pack::{LeakGuard, OwnSecret};

use crate::action::commands::SHORTEST_SECRET;
use crate::args::Allowed;
use crate::print;

/// Knows every secret that this process was given, for whatever purpose, so that none of them ends up in a package.
pub(crate) fn guard(allowed: &Allowed) -> LeakGuard {
    let secrets = variables().filter(|(name, value)| is_secret(name, value));
    let remembered = remembered()
        .iter()
        .map(|(name, value)| (name.clone(), value.expose().clone()));
    LeakGuard::new(
        secrets
            .chain(remembered)
            .map(|(name, value)| OwnSecret::new(name, value))
            .collect(),
    )
    .allowing(allowed.allow_leak.iter().cloned())
}

/// The first of these variables that is set and not empty.
pub(crate) fn secret(names: &[&str]) -> Option<Secret<String>> {
    let kept = |name: &str| {
        let found = remembered().iter().find(|(kept, _)| kept == name)?;
        Some(found.1.expose().clone())
    };
    names
        .iter()
        .filter_map(|name| kept(name).or_else(|| env::var(name).ok()))
        .map(|value| value.trim().to_owned())
        .find(|value| !value.is_empty())
        .map(Secret::new)
}

/// Variables by name, with what is in them.
pub(crate) type Known = Vec<(String, Secret<String>)>;

/// Every secret of the environment.
pub(crate) fn of_environment() -> Known {
    let secrets = variables().filter(|(name, value)| !value.trim().is_empty() && is_secret(name, value));
    secrets.map(|(name, value)| (name, Secret::new(value))).collect()
}

/// What was in the environment once, and is not any more.
pub(crate) fn remember(known: Known) {
    let _ = REMEMBERED.set(known);
}

/// Hides a secret that somebody gave during the run, before anybody has used it. It stays known until the program ends, so that what others
/// say later is shown without it; what was made with it is dropped with the step.
pub(crate) fn hide(secret: &Secret<String>) {
    print::masks(secret);
    let mut obtained = OBTAINED.lock().unwrap_or_else(PoisonError::into_inner);
    obtained.push(Secret::new(secret.expose().trim().to_owned()));
}

/// The text without any secret that was handed over or obtained.
pub(crate) fn redacted(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    let obtained = OBTAINED.lock().unwrap_or_else(PoisonError::into_inner);
    let handed_over = remembered().iter().map(|(_, secret)| secret);
    for secret in handed_over.chain(obtained.iter()) {
        let secret = secret.expose().trim();
        if secret.len() >= SHORTEST_SECRET && text.contains(secret) {
            text = Cow::Owned(text.replace(secret, "***"));
        }
    }
    text
}

/// The stored tokens among what was handed over, by the variables that people set. The workflow's own token ends with its job.
pub(crate) fn stored() -> Vec<&'static str> {
    let of_release = [CHITTY_ID, API_KEY, REGISTRY, NPM, STORE_SECRET, CLOUDFLARE];
    let given = of_release.iter().filter(|names| secret(names).is_some());
    given
        .filter_map(|names| names.iter().find(|name| !name.starts_with("INPUT_")).copied())
        .collect()
}

static OBTAINED: Mutex<Vec<Secret<String>>> = Mutex::new(Vec::new());

static REMEMBERED: OnceLock<Known> = OnceLock::new();

fn remembered() -> &'static [(String, Secret<String>)] {
    REMEMBERED.get().map(Vec::as_slice).unwrap_or_default()
}

/// What is no Unicode is no secret of a kind that anybody hands out.
fn variables() -> impl Iterator<Item = (String, String)> {
    env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
}

/// ChittyID.
pub(crate) const CHITTY_ID: &[&str] = &["INPUT_CHITTY-ID-TOKEN", "CHITTY_ID_TOKEN"];
/// The gateway.
pub(crate) const API_KEY: &[&str] = &["INPUT_CHITTY-API-KEY", "CHITTY_API_KEY"];
/// ChittyRegistry.
pub(crate) const REGISTRY: &[&str] = &["INPUT_CHITTY-REGISTRY-TOKEN", "CHITTY_REGISTRY_TOKEN"];
/// npm; the second is what setup-node's .npmrc refers to.
pub(crate) const NPM: &[&str] = &["INPUT_NPM-TOKEN", "NPM_TOKEN", "NODE_AUTH_TOKEN"];
/// ChittyConnect; the second is the input of the action that went before this one.
pub(crate) const CONNECT: &[&str] = &["INPUT_CHITTYCONNECT-API-KEY", "INPUT_API_KEY", "CHITTYCONNECT_API_KEY"];
/// GitHub, when the workflow hands it over.
pub(crate) const GITHUB: &[&str] = &["INPUT_GITHUB-TOKEN", "GITHUB_TOKEN"];
/// The archive's access key.
pub(crate) const STORE_KEY: &[&str] = &["INPUT_R2-ACCESS-KEY-ID", "R2_ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID"];
/// Its secret.
pub(crate) const STORE_SECRET: &[&str] = &[
    "INPUT_R2-SECRET-ACCESS-KEY",
    "R2_SECRET_ACCESS_KEY",
    "AWS_SECRET_ACCESS_KEY",
];
/// Cloudflare, where the archive's key is to be made from its token.
pub(crate) const CLOUDFLARE: &[&str] = &["INPUT_CLOUDFLARE-TOKEN", "CLOUDFLARE_API_TOKEN"];
/// All of these. The first name of each is the action's input, which goes before what a workflow sets for all of its steps.
pub(crate) const ALL: [&[&str]; 9] = [
    CHITTY_ID,
    API_KEY,
    REGISTRY,
    NPM,
    CONNECT,
    GITHUB,
    STORE_KEY,
    STORE_SECRET,
    CLOUDFLARE,
];

/// Our own tokens whatever they look like; of other variables those with a telling name, unless the value is plainly a place or a word.
fn is_secret(name: &str, value: &str) -> bool {
    if ALL.iter().any(|names| names.contains(&name)) {
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
