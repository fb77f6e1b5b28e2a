//! ChittyConnect: credentials that live for an hour.
//!
//! | route | shows | body | answer |
//! |---|---|---|---|
//! | `POST /api/github-actions/credentials` | an identity token of the workflow run | [`NamedRequest`] | 200 [`NamedReply`] |
//! | `GET /api/github-actions/available` | – | – | 200 [`OfferReply`] |
//! | `POST /credentials/deploy` | an API key | [`DeployRequest`] | 200 [`DeployReply`] |
//! | `POST /api/credentials/provision` | an API key | [`ProvisionRequest`] | 200 [`ProvisionReply`] |
//!
//! Answers are the one place where a secret is written out: they are what brings it.

use std::collections::BTreeMap;

use serde::ser::SerializeMap as _;
use serde::{Deserialize, Serialize, Serializer};

use crate::{Secret, Timestamp};

/// Whom an identity token for ChittyConnect has to name as its audience.
pub const AUDIENCE: &str = "https://connect.chitty.cc";

/// The longest life of a credential that a run takes, in seconds.
pub const LONGEST_LIFE: u64 = 60 * 60;

/// Asks for credentials by their names, for the workflow run that the identity token is about.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct NamedRequest {
    /// The names, for example `NPM_TOKEN`; all of them are given, or none.
    pub credentials: Vec<String>,
    /// Cloudflare zones that they are for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<String>,
}

/// The credentials that were asked for by name.
#[derive(Debug, Deserialize, Serialize)]
pub struct NamedReply {
    /// Always true.
    pub success: bool,
    /// Each under its name.
    #[serde(serialize_with = "exposed_each")]
    pub credentials: BTreeMap<String, Secret<String>>,
    /// Until when; absent when they are stored ones, whose life nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// For whom.
    pub metadata: RunMetadata,
}

/// What a workflow run may ask for.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct OfferReply {
    /// Always true.
    pub success: bool,
    /// Each with its name.
    pub credentials: Vec<Offer>,
}

/// A credential that there is.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Offer {
    /// Its name, for example `NPM_TOKEN`.
    pub name: String,
    /// What it is good for, for people.
    #[serde(default)]
    pub description: String,
}

/// The workflow run that credentials were given to, as its identity token has it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct RunMetadata {
    /// `owner/repository`.
    pub repository: String,
    /// The workflow's name.
    pub workflow: String,
    /// The account that started it.
    pub actor: String,
    /// The branch or tag.
    #[serde(rename = "ref")]
    pub git_ref: String,
    /// The commit.
    pub sha: String,
    /// The run's number.
    pub run_id: String,
    /// When the credentials were given, RFC 3339.
    pub issued_at: String,
}

/// Asks for everything that a purpose needs.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DeployRequest {
    /// For what, for example `package-publish`.
    pub purpose: String,
    /// For which service or package.
    pub service: String,
    /// `owner/repository`; empty outside of a workflow.
    #[serde(default)]
    pub repo: String,
    /// The workflow run; empty outside of one.
    #[serde(default)]
    pub run_id: String,
}

/// What a purpose needs. A token that it does not need is absent.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct DeployReply {
    /// A Cloudflare API token.
    #[serde(serialize_with = "exposed", skip_serializing_if = "Option::is_none")]
    pub cloudflare_token: Option<Secret<String>>,
    /// An npm token.
    #[serde(serialize_with = "exposed", skip_serializing_if = "Option::is_none")]
    pub npm_token: Option<Secret<String>>,
    /// A token for GitHub.
    #[serde(serialize_with = "exposed", skip_serializing_if = "Option::is_none")]
    pub github_token: Option<Secret<String>>,
    /// A database's address, with its password.
    #[serde(serialize_with = "exposed", skip_serializing_if = "Option::is_none")]
    pub neon_token: Option<Secret<String>>,
    /// A token for the registration of services.
    #[serde(serialize_with = "exposed", skip_serializing_if = "Option::is_none")]
    pub register_token: Option<Secret<String>>,
    /// The Cloudflare account that the token is for: 32 hex digits, no secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// Until when they are good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// Asks for one credential of a kind.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ProvisionRequest {
    /// The kind, for example `npm_publish`.
    #[serde(rename = "type")]
    pub kind: String,
    /// For what.
    pub context: ProvisionContext,
}

/// For what a credential is. What a kind does not need is left out.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct ProvisionContext {
    /// For which service or package.
    pub service: String,
    /// For what, for example `package-publish`.
    pub purpose: String,
    /// Where it is used, for example `production`.
    pub environment: String,
    /// `owner/repository`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub repo: String,
    /// The workflow run.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub run_id: String,
    /// The package that it is to publish.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub package: String,
    /// The bucket that it is to write to.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub bucket: String,
    /// The service that it is to be shown to.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub target_service: String,
    /// What it is to be good for there, `{service}:{action}` each.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// Cloudflare zones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<String>,
}

/// One credential.
#[derive(Debug, Deserialize, Serialize)]
pub struct ProvisionReply {
    /// Always true.
    pub success: bool,
    /// It.
    pub credential: Provisioned,
    /// How it came about.
    #[serde(default)]
    pub metadata: ProvisionMetadata,
}

/// A credential and what is known about it.
#[derive(Debug, Deserialize, Serialize)]
pub struct Provisioned {
    /// What it is, for example `npm_token`.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// The credential itself.
    #[serde(serialize_with = "exposed_one")]
    pub value: Secret<String>,
    /// Until when; absent when nobody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// What it is good for.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// The Cloudflare account that it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// What to call it when it is to be withdrawn; never the credential.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_id: Option<String>,
    /// Where it is used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
}

/// How a credential came about.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct ProvisionMetadata {
    /// From 0, nothing odd, to 100.
    pub risk_score: u8,
    /// The request that brought it.
    pub request_id: String,
}

/// What stands in the Chronicle's log about a credential: who was given what, or was refused it, and when. Never a value.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CredentialEvent {
    /// What happened.
    pub event_type: CredentialEventType,
    /// What the grant is called.
    pub token_id: String,
    /// When.
    pub timestamp: Timestamp,
    /// Who asked: the authenticated identity.
    pub actor: String,
    /// What was asked for.
    pub credentials: Vec<String>,
    /// For what, in the caller's words.
    pub purpose: String,
    /// For which service, in the caller's words.
    pub service: String,
    /// Until when it is good; absent when it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What can happen to a request for a credential.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[non_exhaustive]
pub enum CredentialEventType {
    /// It was given.
    #[serde(rename = "credential.provisioned")]
    Provisioned,
    /// It was refused.
    #[serde(rename = "credential.denied")]
    Denied,
}

fn exposed<S: Serializer>(secret: &Option<Secret<String>>, serializer: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(Secret::expose).serialize(serializer)
}

fn exposed_one<S: Serializer>(secret: &Secret<String>, serializer: S) -> Result<S::Ok, S::Error> {
    secret.expose().serialize(serializer)
}

fn exposed_each<S: Serializer>(secrets: &BTreeMap<String, Secret<String>>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(secrets.len()))?;
    for (name, secret) in secrets {
        map.serialize_entry(name, secret.expose())?;
    }
    map.end()
}
