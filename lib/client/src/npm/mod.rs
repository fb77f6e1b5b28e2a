//! npm: the packument, the tarball, and the one `PUT` that publishes.

mod account;
mod bin;
mod dependencies;
mod hosted;
mod manifest;
mod packument;
mod people;
mod publication;
mod stage;
mod trusted;

use std::time::Duration;

use certified_evidence::{PackageName, Secret, Version};
use reqwest::header::{ACCEPT, HeaderName};
use reqwest::{Method, Url};
use serde_json::Value;

use crate::answer::Answer;
use crate::base_url::BaseUrl;
use crate::call::{Call, Repeat};
use crate::error::{ClientError, Failure, Service, silence};
use crate::github_oidc::GithubOidc;
use crate::patience::{MIB, Patience};
use crate::transport::Transport;

pub use packument::{Dist, Packument};
pub use publication::{Access, Publication};
pub use trusted::EXCHANGE;

/// The packument of a package with thousands of versions has tens of megabytes.
pub const PACKUMENT: Patience = Patience {
    timeout: Duration::from_secs(60),
    largest_answer: 96 * MIB,
    ..Patience::SMALL
};

/// What stands in the packument about one version.
pub const VERSION: Patience = Patience {
    largest_answer: 8 * MIB,
    ..Patience::SMALL
};

/// A tarball, as large as npm takes one.
pub const TARBALL: Patience = Patience {
    timeout: Duration::from_secs(300),
    largest_answer: 256 * MIB,
    ..Patience::SMALL
};

/// A publish sends the whole tarball and is answered in a few bytes. It is sent again only when nothing was sent:
/// what became of it otherwise is read back from the packument.
pub const PUBLISH: Patience = Patience {
    timeout: Duration::from_secs(300),
    largest_answer: MIB,
    ..Patience::SMALL
};

/// The public npm registry, for example as the default of an input; read it with [`BaseUrl`]'s `FromStr`.
pub fn npm_registry_url() -> String {
    // The one place of this product that knows the host, composed from npm's domain.
    let domain = ["npmjs", "org"].join(".");
    format!("https://registry.{domain}")
}

/// Asks an npm registry, and publishes to it.
#[derive(Debug)]
pub struct Npm {
    transport: Transport,
    base: BaseUrl,
    token: Option<Secret<String>>,
    /// Whose identity npm may take instead of a token.
    run: Option<GithubOidc>,
    /// Whether the token is one that npm gave for an identity.
    short_lived: bool,
    packument: Patience,
    version: Patience,
    tarball: Patience,
    publish: Patience,
    exchange: Patience,
}

impl Npm {
    /// A client of one registry. Without a token it can read what everyone can; with one, every call carries it,
    /// because packages may be private.
    pub const fn new(transport: Transport, base: BaseUrl, token: Option<Secret<String>>) -> Self {
        Self {
            transport,
            base,
            token,
            run: None,
            short_lived: false,
            packument: PACKUMENT,
            version: VERSION,
            tarball: TARBALL,
            publish: PUBLISH,
            exchange: EXCHANGE,
        }
    }

    /// The same limits for all conversations, instead of [`PACKUMENT`], [`VERSION`], [`TARBALL`], [`PUBLISH`] and [`EXCHANGE`].
    #[must_use]
    pub const fn with_patience(mut self, patience: Patience) -> Self {
        (self.packument, self.version) = (patience, patience);
        (self.tarball, self.publish) = (patience, patience);
        self.exchange = patience;
        self
    }

    /// Another token from now on, or none.
    pub fn set_token(&mut self, token: Option<Secret<String>>) {
        self.token = token;
    }

    /// Whether it has a token.
    pub const fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// The registry's address.
    pub const fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// What the registry says about a package, if it knows it.
    ///
    /// # Errors
    /// See [`ClientError::class`]; an answer about another package cannot be read.
    pub async fn packument(&self, name: &PackageName) -> Result<Option<Packument>, ClientError> {
        let url = self.base.at(&format!("/{}", name.escaped()));
        let answer = self
            .read(self.packument, url)?
            .header(ACCEPT, "application/json")
            .accept(&[404])
            .send()
            .await?;
        if answer.status == 404 {
            return Ok(None);
        }
        let packument: Packument = answer.json(Service::Npm)?;
        if packument.name != *name {
            return Err(ClientError::new(
                Service::Npm,
                Failure::Unreadable("it is about another package".into()),
            ));
        }
        Ok(Some(packument))
    }

    /// What the registry says about one version of a package, as a packument with that version alone: a few kilobytes where the whole may
    /// have tens of megabytes. A registry that does not know the question is asked for the whole.
    ///
    /// # Errors
    /// As [`Npm::packument`]; an answer about another version cannot be read.
    pub async fn version(&self, name: &PackageName, version: &Version) -> Result<Option<Packument>, ClientError> {
        let url = self.base.at(&format!("/{}/{version}", name.escaped()));
        let answer = self
            .read(self.version, url)?
            .header(ACCEPT, "application/json")
            .accept(&[400, 404, 405, 501])
            .send()
            .await?;
        if answer.status != 200 {
            let whole = self.packument(name).await?;
            return Ok(whole.filter(|packument| packument.manifest(version).is_some()));
        }
        let manifest: Value = answer.json(Service::Npm)?;
        Packument::of_version(name, version, manifest)
            .map(Some)
            .ok_or_else(|| answer.refused(Service::Npm, Failure::Unreadable("it is about another version".into())))
    }

    /// The bytes of a version's tarball. Whether they are the right bytes is for the caller to judge.
    ///
    /// Taken from where the packument says when that is at the registry's own address; otherwise from the place
    /// where the registry keeps tarballs by convention, so that neither the token nor the question goes to an
    /// address that nobody configured.
    ///
    /// # Errors
    /// See [`ClientError::class`]; a version that the packument does not have is not found.
    pub async fn tarball(
        &self,
        name: &PackageName,
        version: &Version,
        packument: &Packument,
    ) -> Result<Vec<u8>, ClientError> {
        let dist = packument
            .dist(version)
            .ok_or_else(|| ClientError::new(Service::Npm, Failure::NotFound(silence())))?;
        let url = self.tarball_url(name, version, &dist);
        let answer: Answer = self.read(self.tarball, url)?.send().await?;
        Ok(answer.body)
    }

    /// Publishes, by one `PUT`.
    ///
    /// # Errors
    /// See [`ClientError::class`]. A conflict, a refusal and a lost answer may all mean that the version is there:
    /// read the packument before judging. Registries answer 404 when the token may not publish; that is given back
    /// as forbidden.
    pub async fn publish(&self, publication: &Publication) -> Result<(), ClientError> {
        let url = self.base.at(&format!("/{}", publication.name().escaped()));
        self.send(publication, (Method::PUT, url), "publish").await.map(drop)
    }

    /// Sends a publication to where it is published or waits. Registries answer 404 also when the token may not do this.
    async fn send(
        &self,
        publication: &Publication,
        (method, url): (Method, Url),
        command: &'static str,
    ) -> Result<Answer, ClientError> {
        let body = publication
            .body(&self.base)
            .map_err(|what| ClientError::new(Service::Npm, what))?;
        let call = Call::new(&self.transport, Service::Npm, self.publish, method, url).token(self.token.as_ref())?;
        let call = call
            .header(AUTH_TYPE, "web")
            .header(COMMAND, command)
            .json_bytes(body)
            .repeat(Repeat::IfUnsent);
        call.send().await.map_err(|mut error| {
            if let Failure::NotFound(reply) = error.what {
                error.what = Failure::Forbidden(reply);
            }
            error
        })
    }

    fn read(&self, patience: Patience, url: Url) -> Result<Call<'_>, ClientError> {
        let call = Call::new(&self.transport, Service::Npm, patience, Method::GET, url);
        if self.token.is_some() {
            call.token(self.token.as_ref())
        } else {
            Ok(call)
        }
    }

    fn tarball_url(&self, name: &PackageName, version: &Version, dist: &Dist) -> Url {
        let given = Url::parse(&dist.tarball).ok();
        if let Some(url) = &given
            && self.base.is_origin_of(url)
            && url.username().is_empty()
            && url.password().is_none()
        {
            return url.clone();
        }
        let file = given
            .as_ref()
            .and_then(|url| url.path_segments()?.next_back())
            .filter(|file| is_plain(file));
        let file = file.map_or_else(|| format!("{}-{version}.tgz", name.bare()), str::to_owned);
        self.base.at(&format!("/{name}/-/{file}"))
    }
}

/// A file name that stays where it is put.
fn is_plain(file: &str) -> bool {
    !file.is_empty() && !file.starts_with('.') && file.chars().all(|c| c.is_ascii_alphanumeric() || "-._~+".contains(c))
}

// What npm's own client sends, and what registries look at to decide how to ask for a second factor.
const AUTH_TYPE: HeaderName = HeaderName::from_static("npm-auth-type");
const COMMAND: HeaderName = HeaderName::from_static("npm-command");
