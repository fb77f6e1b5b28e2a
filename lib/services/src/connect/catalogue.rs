//! What there is to give, by the names that callers use for it.

use certified_evidence::PackageName;
use certified_evidence::wire::connect::ProvisionContext;

use super::refusal::ConnectRefusal;

/// A credential that can be given.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Item {
    /// Asks ChittyID for certificates.
    ChittyId,
    /// Writes to the Chronicle, and to ChittyRegistry through the gateway, as far as these scopes go.
    Gateway(Vec<String>),
    /// Writes to ChittyRegistry.
    Registry,
    /// Publishes to the npm registry: this package, or any.
    Npm(Option<PackageName>),
    /// Writes to the archive: to this bucket, or to any.
    Archive(Option<String>),
    /// Puts a Worker where the world can reach it.
    Workers,
    /// Writes to a repository's releases.
    GitHub,
}

/// What credentials are wanted for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Purpose {
    /// Publishing a package.
    Publish,
    /// Deploying a Worker.
    Deploy,
}

impl Item {
    /// Everything that the gateway lets in.
    pub(super) fn gateway() -> Self {
        Self::Gateway(vec![CHRONICLE.into(), REGISTRY.into()])
    }

    /// How its text begins.
    pub(super) const fn prefix(&self) -> &'static str {
        match self {
            Self::ChittyId => "chitty_",
            Self::Gateway(_) => "chitty_api_",
            Self::Registry => "reg_",
            Self::Npm(_) => "npm_",
            Self::Archive(_) | Self::Workers => "cf_ephemeral_",
            Self::GitHub => "ghs_",
        }
    }

    /// What it is called in an answer.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::ChittyId | Self::Gateway(_) | Self::Registry => "chittyos_service_token",
            Self::Npm(_) => "npm_token",
            Self::Archive(_) | Self::Workers => "cloudflare_api_token",
            Self::GitHub => "github_token",
        }
    }

    /// What it is good for.
    pub(super) fn scopes(&self) -> Vec<String> {
        let one = |scope: String| vec![scope];
        let narrowed =
            |scope: &str, to: Option<&str>| to.map_or_else(|| scope.to_owned(), |to| format!("{scope}:{to}"));
        match self {
            Self::ChittyId => one("certificate:request".into()),
            Self::Gateway(scopes) => scopes.clone(),
            Self::Registry => one("registry:write".into()),
            Self::Npm(package) => one(narrowed("package:publish", package.as_ref().map(PackageName::as_str))),
            Self::Archive(bucket) => one(narrowed("r2:write", bucket.as_deref())),
            Self::Workers => one("workers:deploy".into()),
            Self::GitHub => one("contents:write".into()),
        }
    }

    /// The kind that `provision` is asked for.
    pub(super) fn of_kind(kind: &str, context: &ProvisionContext) -> Result<Self, ConnectRefusal> {
        match kind {
            "chittyos_service_token" => Self::of_service(context),
            "npm_publish" => Ok(Self::Npm(package(&context.package)?)),
            "cloudflare_r2_access" if context.bucket.is_empty() => Err(ConnectRefusal::failed(
                "cloudflare_r2_access needs the context's bucket",
            )),
            "cloudflare_r2_access" => Ok(Self::Archive(Some(context.bucket.clone()))),
            "cloudflare_workers_deploy" => Ok(Self::Workers),
            "github_deploy_token" => Ok(Self::GitHub),
            other if KEPT_ELSEWHERE.contains(&other) => Err(ConnectRefusal::not_kept(other)),
            _ => Err(ConnectRefusal::failed(format!(
                "there is no such type; there are {}",
                KINDS.join(", ")
            ))),
        }
    }

    fn of_service(context: &ProvisionContext) -> Result<Self, ConnectRefusal> {
        let item = match context.target_service.as_str() {
            "chittyid" => Self::ChittyId,
            "chronicle" => Self::Gateway(vec![CHRONICLE.into()]),
            "api-gateway" => Self::gateway(),
            "chittyregistry" => Self::Registry,
            _ => {
                return Err(ConnectRefusal::failed(
                    "the context's target_service is none of chittyid, chronicle, api-gateway, chittyregistry",
                ));
            }
        };
        let offered = item.scopes();
        match context.scopes.iter().find(|scope| !offered.contains(scope)) {
            Some(_) => Err(ConnectRefusal::forbidden(format!(
                "a token for {} is good for {} and nothing else",
                context.target_service,
                offered.join(", ")
            ))),
            None => Ok(item),
        }
    }
}

impl Purpose {
    /// The purpose that these words mean.
    pub(super) fn of(words: &str) -> Result<Self, ConnectRefusal> {
        match words {
            "package-publish" | "npm-publish" => Ok(Self::Publish),
            _ if words.starts_with("npm-publish-") => Ok(Self::Publish),
            "ci-deploy" => Ok(Self::Deploy),
            _ => Err(ConnectRefusal::invalid(
                "the purpose is none of package-publish, npm-publish, npm-publish-…, ci-deploy",
            )),
        }
    }

    /// Everything that it needs and that others than ChittyOS take.
    pub(super) fn needs(self) -> Vec<Item> {
        match self {
            Self::Publish => vec![Item::Archive(None), Item::Npm(None), Item::GitHub],
            Self::Deploy => vec![Item::Workers, Item::GitHub],
        }
    }

    /// Lets pass what the purpose needs.
    pub(super) fn permit(self, item: &Item) -> Result<(), ConnectRefusal> {
        let needed = match self {
            Self::Publish => !matches!(item, Item::Workers),
            Self::Deploy => matches!(item, Item::Workers | Item::GitHub),
        };
        if needed {
            return Ok(());
        }
        Err(ConnectRefusal::forbidden(format!(
            "the purpose does not need a {}",
            item.kind()
        )))
    }
}

fn package(name: &str) -> Result<Option<PackageName>, ConnectRefusal> {
    if name.is_empty() {
        return Ok(None);
    }
    name.parse()
        .map(Some)
        .map_err(|cause| ConnectRefusal::failed(format!("the context's package is none: {cause}")))
}

/// What `provision` gives.
pub(super) const KINDS: [&str; 5] = [
    "chittyos_service_token",
    "npm_publish",
    "cloudflare_r2_access",
    "cloudflare_workers_deploy",
    "github_deploy_token",
];

/// What a ChittyConnect may give, and this one has none of.
const KEPT_ELSEWHERE: [&str; 9] = [
    "cloudflare_workers_read",
    "cloudflare_d1_access",
    "neon_database_connection",
    "neon_api_key",
    "openai_api_key",
    "anthropic_api_key",
    "notion_api_key",
    "github_api_key",
    "stripe_api_key",
];

const CHRONICLE: &str = "chronicle:write";
const REGISTRY: &str = "registry:write";
