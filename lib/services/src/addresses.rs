//! Where the services answer.

use std::net::SocketAddr;

use certified_evidence::{CertId, EventId, PackageName, Version};
use url::{ParseError, Url};

/// The services' base addresses. Each ends in a slash, so that `Url::join` adds to it.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Addresses {
    /// ChittyID, with its timestamp authority: `http://127.0.0.1:7070/id/`.
    pub chitty_id: Url,
    /// ChittyAuth: `http://127.0.0.1:7070/auth/`.
    pub auth: Url,
    /// ChittyConnect: `http://127.0.0.1:7070/connect/`.
    pub connect: Url,
    /// The gateway, with the Chronicle and ChittyRegistry behind it: `http://127.0.0.1:7070/gateway/`.
    pub gateway: Url,
    /// The npm registry: `http://127.0.0.1:7070/npm/`.
    pub npm: Url,
    /// The archive, read-only: `http://127.0.0.1:7070/archive/`.
    pub archive: Url,
    /// What stands for Cloudflare's interface: `http://127.0.0.1:7070/cloudflare/`.
    pub cloudflare: Url,
}

impl Addresses {
    /// All services behind one listener.
    pub(crate) fn at(listener: SocketAddr) -> Result<Self, ParseError> {
        let root = Url::parse(&format!("http://{listener}/"))?;
        Ok(Self {
            chitty_id: root.join("id/")?,
            auth: root.join("auth/")?,
            connect: root.join("connect/")?,
            gateway: root.join("gateway/")?,
            npm: root.join("npm/")?,
            archive: root.join("archive/")?,
            cloudflare: root.join("cloudflare/")?,
        })
    }

    /// Where a certificate's state is asked for.
    pub(crate) fn verify_url(&self, cert_id: &CertId) -> String {
        format!("{}v1/certificates/verify/{cert_id}", self.chitty_id)
    }

    /// An event's page.
    pub(crate) fn chronicle_url(&self, event_id: &EventId) -> String {
        format!("{}chronicle/events/{event_id}", self.gateway)
    }

    /// A release's page.
    pub(crate) fn registry_url(&self, name: &PackageName, version: &Version) -> String {
        format!("{}registry/packages/{}/{version}", self.gateway, name.escaped())
    }

    /// A tarball's address, spelled as npm's registry spells it: the scope's slash stays a slash.
    pub(crate) fn tarball_url(&self, name: &PackageName, version: &Version) -> String {
        format!("{}{name}/-/{}-{version}.tgz", self.npm, name.bare())
    }
}
