//! npm's registry: trusted publishing and the stage, which are JSON on both sides. The packument is not here: its client reads little of it.
//!
//! | route | shows | answer |
//! |---|---|---|
//! | `POST /-/npm/v1/oidc/token/exchange/package/{name}` | an identity token of the workflow run, for `npm:{host}` | 201 [`ExchangeReply`] |
//! | `POST /-/stage/package/{name}` | a token that may publish or stage | 201 [`StageReply`] |
//! | `GET /-/stage?package={name}` | a stored token | 200 [`StageList`] |
//! | `GET`, `DELETE /-/stage/{id}`, `POST …/approve`, `GET …/tarball` | a stored token | [`StageItem`], nothing, [`StageReply`], bytes |
//!
//! Spec: npm's registry API (<https://api-docs.npmjs.com>, *OIDC* and *Stage*), and what its client sends (npm 11.19, `lib/utils/oidc.js`,
//! `libnpmpublish`).

use serde::{Deserialize, Serialize, Serializer};

use crate::{PackageName, Secret, Shasum, StageId, Timestamp, Version};

/// What a trusted publisher gets for its identity token.
#[derive(Debug, Deserialize, Serialize)]
pub struct ExchangeReply {
    /// `oidc`.
    #[serde(default)]
    pub token_type: String,
    /// A token for this package alone.
    #[serde(serialize_with = "exposed")]
    pub token: Secret<String>,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<Timestamp>,
    /// Until when it is good, about an hour.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Timestamp>,
}

/// What came of putting a version on the stage, or of letting it go out.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct StageReply {
    /// A sentence for people.
    #[serde(default)]
    pub message: String,
    /// What the version is called while it waits.
    #[serde(default, rename = "stageId", skip_serializing_if = "Option::is_none")]
    pub stage_id: Option<StageId>,
}

/// One page of what waits.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct StageList {
    /// The versions of this page.
    pub items: Vec<StageItem>,
    /// The page's number, from 0.
    #[serde(default)]
    pub page: u64,
    /// How many versions a page has.
    #[serde(default, rename = "perPage")]
    pub per_page: u64,
    /// How many wait in all.
    #[serde(default)]
    pub total: u64,
}

/// A version that waits for somebody to let it go out.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StageItem {
    /// What it is called while it waits.
    pub id: StageId,
    /// The package.
    pub package_name: PackageName,
    /// The version.
    pub version: Version,
    /// The tag that will point at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Since when it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// Who put it there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
    /// What kind of account that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor_type: Option<String>,
    /// Who will be able to read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access: Option<String>,
    /// SHA-1 of the tarball.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shasum: Option<Shasum>,
}

fn exposed<S: Serializer>(secret: &Secret<String>, serializer: S) -> Result<S::Ok, S::Error> {
    secret.expose().serialize(serializer)
}
