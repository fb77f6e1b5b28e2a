//! What a run needs from outside: clients, trust, time, and what is known about who runs it.

use std::ffi::OsString;

use certified_client::npm::{Access, Npm};
use certified_client::store::{R2, Store};
use certified_client::{ChittyId, Chronicle, GithubOidc, Registry, Timestamps};
use certified_evidence::block::GovernanceGroup;
use certified_evidence::wire::certificates::Requester;
use certified_evidence::wire::chronicle::BuildMetadata;
use certified_evidence::wire::registry::RegisterMetadata;
use certified_evidence::{Anchors, KeyAlgorithm, PackageName, Timestamp, Version};
use certified_pack::LeakGuard;

use crate::credentials::{Broker, Need};
use crate::scripts::Install;

/// Everything outside, in one place.
pub struct Desk {
    /// Issues the certificate.
    pub chitty_id: ChittyId,
    /// Says which workflow run this is, where its platform offers to.
    pub run: Option<GithubOidc>,
    /// Says when a signature was there. Asked where the anchors name an authority of time.
    pub timestamps: Timestamps,
    /// Records events, and signatures.
    pub chronicle: Chronicle,
    /// Lists releases.
    pub registry: Registry,
    /// The npm registry.
    pub npm: Npm,
    /// The archive.
    pub store: Store,
    /// The same, where a token of Cloudflare's would be the key to it.
    pub r2: Option<R2>,
    /// The authorities that may vouch for a release.
    pub anchors: Anchors,
    /// The time.
    pub clock: fn() -> Timestamp,
    /// Who runs this, on what.
    pub context: Context,
    /// What the user chose.
    pub settings: Settings,
    /// Who gives the tokens that the clients above were made without; nobody for `None`.
    pub broker: Option<Broker>,
    /// What it gave and what is still held: nothing at first.
    pub lent: Lent,
}

/// What was obtained and not dropped yet.
#[derive(Debug, Default)]
pub struct Lent(pub(crate) Vec<Need>);

/// What the user chose.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The key to make.
    pub key_algorithm: KeyAlgorithm,
    /// Whether package scripts run; never for `None`.
    pub scripts: Option<Install>,
    /// The distribution tag on npm.
    pub tag: Option<String>,
    /// Who may install the package; npm's own default for `None`.
    pub access: Option<Access>,
    /// Put the release on npm's stage, where it waits until a person approves it, instead of publishing it.
    pub stage: bool,
    /// Write the manifest with the block into the package's folder.
    pub update_package_json: bool,
    /// The npm registry's address.
    pub npm_registry: String,
    /// The gateway's address, of which the registry's pages are part.
    pub registry_base: String,
    /// Where programs are looked for, the value of `PATH`: the npm found there says by whose rules to pack, unless the package does.
    pub search_path: Option<OsString>,
    /// What must not be published.
    pub guard: LeakGuard,
    /// Nothing leaves the machine.
    pub dry_run: bool,
}

/// Who runs this, on what.
#[derive(Clone, Debug)]
pub struct Context {
    /// The account that started the run.
    pub actor: String,
    /// The commit, 40 hex digits, or `unknown`.
    pub commit: String,
    /// The workflow run, or `local`.
    pub workflow_run: String,
    /// `owner/repository`, or empty.
    pub repository: String,
    /// The machinery, `github-actions` or `local`.
    pub builder: String,
    /// Who let it go out.
    pub governance: Governance,
}

/// Who let a release go out.
#[derive(Clone, Debug)]
pub struct Governance {
    /// The people who approved.
    pub approved_by: Vec<String>,
    /// When.
    pub approved_at: Timestamp,
    /// The page of the approval, or the kind of trigger.
    pub approval_url: String,
    /// The policy in force.
    pub policy_version: String,
}

impl Context {
    pub(crate) fn requester(&self) -> Requester {
        Requester {
            github_user: self.actor.clone(),
            workflow_run: self.workflow_run.clone(),
            commit: self.commit.clone(),
        }
    }

    pub(crate) fn build_metadata(&self) -> BuildMetadata {
        BuildMetadata {
            builder: self.builder.clone(),
            commit: self.commit.clone(),
            workflow_run: self.workflow_run.clone(),
            actor: self.actor.clone(),
        }
    }

    pub(crate) fn register_metadata(&self) -> RegisterMetadata {
        RegisterMetadata {
            github_repo: self.repository.clone(),
            commit: self.commit.clone(),
            workflow_run: self.workflow_run.clone(),
        }
    }

    pub(crate) fn governance_group(&self) -> GovernanceGroup {
        GovernanceGroup {
            approved_by: self.governance.approved_by.clone(),
            approval_date: self.governance.approved_at.date(),
            approval_url: self.governance.approval_url.clone(),
            policy_version: self.governance.policy_version.clone(),
        }
    }
}

impl Desk {
    /// The time.
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// A release's page at ChittyRegistry.
    pub(crate) fn registry_page(&self, name: &PackageName, version: &Version) -> String {
        let base = self.settings.registry_base.trim_end_matches('/');
        format!("{base}/registry/packages/{}/{version}", name.escaped())
    }

    /// A release's page at the npm registry.
    pub(crate) fn npm_page(&self, name: &PackageName, version: &Version) -> String {
        format!(
            "{}/{}/{version}",
            self.settings.npm_registry.trim_end_matches('/'),
            name.escaped()
        )
    }
}
