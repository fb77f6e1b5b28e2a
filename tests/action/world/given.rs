//! What somebody gave during the job, read off the answers: it is a secret whatever the program makes of it.

use certified_evidence::Digest;
use serde_json::Value;

use super::search::Canary;
use crate::gate::{Answered, Behind};

/// A secret that came in an answer.
pub(super) struct Given {
    pub(super) canary: Canary,
    pub(super) value: String,
    /// Whether the program knows it from then on, and has to hide it.
    pub(super) heard: bool,
}

/// Every secret of an answer.
pub(super) fn given(answered: &Answered) -> Vec<Given> {
    let said: Value = serde_json::from_slice(&answered.body).unwrap_or_default();
    let mut all = match (answered.to.behind, answered.to.path.as_str()) {
        (Behind::Platform, path) => identity(&said["value"], path),
        (Behind::Connect, path) => lent(&said, path, &answered.to.body),
        (Behind::Npm, path) if path.contains("/oidc/token/exchange/") => one(EXCHANGED, &said["token"]),
        (Behind::Cloudflare, _) => s3_key(&said["result"]["id"], answered.to.authorization()),
        _ => Vec::new(),
    };
    let heard = answered.heard && (200..300).contains(&answered.status);
    all.iter_mut().for_each(|given| given.heard &= heard);
    all
}

/// Its signature, because with the signature every form of the whole contains the same form of it.
fn identity(value: &Value, path: &str) -> Vec<Given> {
    let Some(token) = value.as_str() else {
        return Vec::new();
    };
    let owners: &[Behind] = match path.rsplit_once("audience=").unwrap().1 {
        "https%3A%2F%2Fconnect.chitty.cc" => &[Behind::Connect],
        audience if audience.starts_with("npm%3A") => &[Behind::Npm],
        _ => &[Behind::ChittyId],
    };
    let canary = Canary {
        // ChittyID reads it where Sigstore's authority does.
        in_bodies: owners == [Behind::ChittyId],
        ..Canary::of("an identity token", token.rsplit('.').next().unwrap(), owners)
    };
    vec![Given::of(canary, token)]
}

/// By their names where they have some; one that was asked for alone is what it was asked for as.
fn lent(said: &Value, path: &str, asked: &[u8]) -> Vec<Given> {
    let places = [said, &said["credentials"], &said["credential"]];
    let members = places.into_iter().filter_map(Value::as_object).flatten();
    let mut all: Vec<_> = members.flat_map(|(name, value)| one(name, value)).collect();
    if path == "/api/credentials/provision" {
        all.extend(one(asked_for(asked), &said["credential"]["value"]));
    }
    all
}

fn asked_for(asked: &[u8]) -> &'static str {
    let asked: Value = serde_json::from_slice(asked).unwrap();
    match (
        asked["type"].as_str().unwrap(),
        asked["context"]["target_service"].as_str(),
    ) {
        ("npm_publish", _) => "NPM_TOKEN",
        ("chittyos_service_token", Some("chittyid")) => "CHITTY_ID_TOKEN",
        ("chittyos_service_token", Some("chronicle")) => "CHITTY_API_KEY",
        ("chittyos_service_token", Some("chittyregistry")) => "CHITTY_REGISTRY_TOKEN",
        (kind, _) if kind.starts_with("cloudflare_") => "CLOUDFLARE_API_TOKEN",
        other => panic!("who owns {other:?}?"),
    }
}

fn one(name: &str, value: &Value) -> Vec<Given> {
    let (name, owners): (_, &[Behind]) = match name {
        "CHITTY_ID_TOKEN" => ("a lent token for ChittyID", &[Behind::ChittyId]),
        // ChittyID is shown that both are of one owner.
        "CHITTY_API_KEY" => ("a lent key for the gateway", &[Behind::Gateway, Behind::ChittyId]),
        "CHITTY_REGISTRY_TOKEN" => ("a lent token for ChittyRegistry", &[Behind::Gateway]),
        "NPM_TOKEN" | "npm_token" => ("a lent token for npm", &[Behind::Npm]),
        EXCHANGED => (EXCHANGED, &[Behind::Npm]),
        "CLOUDFLARE_API_TOKEN" | "cloudflare_token" => ("a lent token for Cloudflare", &[Behind::Cloudflare]),
        "GITHUB_TOKEN" | "github_token" => ("a lent token for GitHub", &[]),
        "SURPLUS_TOKEN" | "surplus_token" => (SURPLUS, &[]),
        _ => return Vec::new(),
    };
    let Some(value) = value.as_str() else {
        return Vec::new();
    };
    let canary = Canary {
        to_hand_on: ![EXCHANGED, SURPLUS].contains(&name),
        ..Canary::of(name, value, owners)
    };
    let mut all = vec![Given::of(canary, value)];
    if owners == [Behind::Cloudflare] {
        // It can be made from now on, also by a program that does not make it.
        all.push(Given {
            heard: false,
            ..key_of(value)
        });
    }
    all
}

/// The key that belongs to a token of Cloudflare's, and its name.
fn s3_key(name: &Value, shown: &str) -> Vec<Given> {
    let (Some(name), Some(token)) = (name.as_str(), shown.strip_prefix("Bearer ")) else {
        return Vec::new();
    };
    let canary = Canary::of("the name of an S3 key", name, &[Behind::Archive]);
    vec![Given::of(canary, name), key_of(token)]
}

fn key_of(token: &str) -> Given {
    let key = Digest::of(token.as_bytes()).hex();
    Given::of(Canary::of("an S3 key", &key, &[]), &key)
}

impl Given {
    fn of(canary: Canary, value: &str) -> Self {
        Self {
            canary,
            value: value.to_owned(),
            heard: true,
        }
    }
}

const EXCHANGED: &str = "a token that npm gave";
const SURPLUS: &str = "what nobody asked for";
