//! Whom a package trusts instead of a token: a workflow of a repository, perhaps in an environment.
//!
//! ```json
//! [{ "id": "…", "type": "github", "claims": { "repository": "acme/widgets", "workflow_ref": { "file": "release.yml" }, "environment": "npm" },
//!    "permissions": ["createPackage", "createStagedPackage"] }]
//! ```
//!
//! Spec: npm's registry API, *Trust*; `npm trust github` sends and shows it.

use std::str::FromStr;

use certified_evidence::{PackageName, RequestId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Npm;
use super::rules::{absent, audit};
use crate::auth::Caller;
use crate::oidc::Run;
use crate::refusal::Refusal;

/// A trusted publisher of one package.
///
/// As text `@acme/widgets=acme/widgets/release.yml`, with `@` and the environment at its end where the job has to be in one; such a
/// publisher may publish and stage.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TrustedPublisher {
    pub(crate) name: PackageName,
    pub(crate) id: String,
    /// `owner/repository`.
    pub(crate) repository: String,
    /// The file below `.github/workflows/`.
    pub(crate) workflow: String,
    pub(crate) environment: Option<String>,
    pub(crate) permissions: Vec<Permission>,
}

/// What a trusted publisher may do.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Permission {
    /// `npm publish`
    CreatePackage,
    /// `npm stage publish`
    CreateStagedPackage,
}

/// A text that names no trusted publisher.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "a trusted publisher reads like `@acme/widgets=acme/widgets/release.yml` or `@acme/widgets=acme/widgets/release.yml@npm`, found `{found}`"
)]
pub struct PublisherError {
    /// The beginning of what was found.
    pub found: String,
}

/// As npm writes it.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct TrustConfig {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(rename = "type")]
    kind: String,
    claims: TrustClaims,
    permissions: Vec<Permission>,
}

#[derive(Debug, Deserialize, Serialize)]
struct TrustClaims {
    repository: String,
    workflow_ref: WorkflowRef,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    environment: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
struct WorkflowRef {
    file: String,
}

impl TrustedPublisher {
    /// Who is trusted where nothing is published in earnest.
    pub(super) fn of_rehearsal(name: PackageName, holder: &str) -> Self {
        Self {
            name,
            id: Uuid::new_v4().to_string(),
            repository: holder.to_owned(),
            workflow: "rehearsal".to_owned(),
            environment: None,
            permissions: vec![Permission::CreatePackage],
        }
    }

    /// Whether this run is the one that is trusted. As npm compares: letter for letter, and any environment where none was named.
    pub(super) fn is(&self, run: &Run) -> bool {
        self.repository == run.repository()
            && run.workflow_file() == Some(&self.workflow)
            && (self.environment.is_none() || self.environment.as_deref() == run.environment())
    }
}

impl FromStr for TrustedPublisher {
    type Err = PublisherError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts = || {
            let (name, rest) = text.split_once('=')?;
            let (rest, environment) = match rest.split_once('@') {
                Some((rest, environment)) => (rest, Some(environment.to_owned())),
                None => (rest, None),
            };
            let (repository, file) = rest.rsplit_once('/')?;
            checked(name.parse().ok()?, repository, file, environment)
        };
        parts().ok_or_else(|| PublisherError {
            found: text.chars().take(200).flat_map(char::escape_debug).collect(),
        })
    }
}

impl Npm {
    /// Whom a package trusts, as its maintainers see it.
    pub(super) async fn trusted(&self, caller: &Caller, name: &PackageName) -> Result<Vec<TrustConfig>, Refusal> {
        Self::maintains(caller)?;
        let known = self.publisher(name).await?;
        Ok(known.map(TrustConfig::from).into_iter().collect())
    }

    /// Trusts one publisher from now on. As at npm, the package has to exist, and trusts one at a time.
    pub(super) async fn trust(
        &self,
        caller: &Caller,
        id: &RequestId,
        name: PackageName,
        asked: Vec<TrustConfig>,
    ) -> Result<Vec<TrustConfig>, Refusal> {
        Self::maintains(caller)?;
        if self.packages.versions(&name).await?.is_empty() {
            return Err(absent(name.to_string()));
        }
        let found = asked.len();
        let (Some(asked), 1) = (asked.into_iter().next(), found) else {
            return Err(Refusal::invalid(format!(
                "expected one trusted publisher, found {found}"
            )));
        };
        let publisher = asked.into_publisher(name)?;
        let resource = format!("{} {}/{}", publisher.name, publisher.repository, publisher.workflow);
        let entry = audit(caller, id, "package:trust", resource, (self.clock)());
        if self.publisher(&publisher.name).await?.is_some() || !self.publishers.trust(&publisher, &entry).await? {
            let reason = format!("{} has a trusted publisher already", publisher.name);
            let code = "CONFLICT";
            return Err(Refusal::Conflict { code, reason });
        }
        Ok(vec![publisher.into()])
    }

    /// Those that were named at the start go first.
    pub(super) async fn publisher(&self, name: &PackageName) -> Result<Option<TrustedPublisher>, Refusal> {
        let named = self.named_publishers.iter().find(|publisher| publisher.name == *name);
        match named {
            Some(publisher) => Ok(Some(publisher.clone())),
            None => Ok(self.publishers.publisher(name).await?),
        }
    }
}

impl TrustConfig {
    fn into_publisher(self, name: PackageName) -> Result<TrustedPublisher, Refusal> {
        if self.kind != "github" || self.permissions.is_empty() {
            return Err(Refusal::invalid("expected the type github and at least one permission"));
        }
        let TrustClaims {
            repository,
            workflow_ref,
            environment,
        } = self.claims;
        let publisher = checked(name, &repository, &workflow_ref.file, environment)
            .ok_or_else(|| Refusal::invalid("expected owner/repository and a workflow's file, .yml or .yaml"))?;
        Ok(TrustedPublisher {
            permissions: self.permissions,
            ..publisher
        })
    }
}

impl From<TrustedPublisher> for TrustConfig {
    fn from(publisher: TrustedPublisher) -> Self {
        Self {
            id: Some(publisher.id),
            kind: "github".to_owned(),
            claims: TrustClaims {
                repository: publisher.repository,
                workflow_ref: WorkflowRef {
                    file: publisher.workflow,
                },
                environment: publisher.environment,
            },
            permissions: publisher.permissions,
        }
    }
}

fn checked(name: PackageName, repository: &str, file: &str, environment: Option<String>) -> Option<TrustedPublisher> {
    let plain = |text: &str| !text.is_empty() && !text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '/');
    let (owner, rest) = repository.split_once('/')?;
    let fits = plain(owner)
        && plain(rest)
        && plain(file)
        && (file.ends_with(".yml") || file.ends_with(".yaml"))
        && environment.as_deref().is_none_or(|text| !text.is_empty());
    fits.then(|| TrustedPublisher {
        name,
        id: Uuid::new_v4().to_string(),
        repository: repository.to_owned(),
        workflow: file.to_owned(),
        environment,
        permissions: vec![Permission::CreatePackage, Permission::CreateStagedPackage],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_publisher_is_named_by_package_repository_file_and_perhaps_environment() {
        let publisher: TrustedPublisher = "@acme/widgets=acme/widgets/release.yml@npm".parse().unwrap();
        assert_eq!(publisher.name.as_str(), "@acme/widgets");
        assert_eq!(
            (publisher.repository.as_str(), publisher.workflow.as_str()),
            ("acme/widgets", "release.yml")
        );
        assert_eq!(publisher.environment.as_deref(), Some("npm"));
        for text in [
            "",
            "@acme/widgets",
            "=acme/widgets/release.yml",
            "@acme/widgets=acme/release.yml",
            "@acme/widgets=acme/widgets/release.txt",
            "@acme/widgets=acme/widgets/.github/workflows/release.yml",
            "@acme/widgets=acme/widgets/release.yml@",
            "a b=acme/widgets/release.yml",
        ] {
            assert!(text.parse::<TrustedPublisher>().is_err(), "{text}");
        }
    }
}
