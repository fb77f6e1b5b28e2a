//! Whose identity tokens are accepted, as it is said at the start.

use url::{Host, Url};

pub use super::keys::{KeySet, KeySetError};

/// Whose identity tokens are accepted, and for whom they have to be.
#[derive(Clone, Debug, Default)]
pub struct IdentityTokens {
    /// The issuers; without one no token is accepted.
    pub issuers: Vec<TokenIssuer>,
    /// The audience that a token has to name. ChittyID's own address without the slash at its end when not given.
    pub audience: Option<String>,
    /// Whether ChittyID gives identity tokens to the holders of its own tokens, and accepts those: for rehearsals, whose certificates then
    /// say that an issuer vouched which is local only.
    pub local: bool,
    /// The accounts whose repositories ChittyConnect gives credentials to, in any case; everybody's when nobody is named.
    pub owners: Vec<String>,
}

impl IdentityTokens {
    /// The audience that was named, or the service's own address as people write it.
    pub(crate) fn audience_of(&self, service: &Url) -> String {
        let address = || service.as_str().trim_end_matches('/').to_owned();
        self.audience.clone().unwrap_or_else(address)
    }
}

/// Who signs identity tokens: for GitHub `https://token.actions.githubusercontent.com`.
#[derive(Clone, Debug)]
pub struct TokenIssuer {
    name: String,
    url: Url,
    server: Url,
    keys: Option<KeySet>,
}

impl TokenIssuer {
    /// An issuer whose keys are asked for where it says: `{issuer}/.well-known/openid-configuration` (OpenID Connect Discovery 1.0).
    ///
    /// # Errors
    /// [`IssuerError`], with the fact that was wrong.
    pub fn new(text: &str) -> Result<Self, IssuerError> {
        let unfit = || IssuerError {
            found: text.chars().take(200).collect(),
        };
        let url = Url::parse(text).map_err(|_| unfit())?;
        let fits = is_protected(&url)
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if !fits || text.ends_with('/') {
            return Err(unfit());
        }
        Ok(Self {
            name: text.to_owned(),
            server: server(&url).ok_or_else(unfit)?,
            url,
            keys: None,
        })
    }

    /// With these keys and no others; nobody is asked for them.
    #[must_use]
    pub fn with_keys(mut self, keys: KeySet) -> Self {
        self.keys = Some(keys);
        self
    }

    /// What tokens call it (`iss`).
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Where its repositories are: `https://github.com/`.
    pub(super) const fn server(&self) -> &Url {
        &self.server
    }

    /// Where it says what its keys are.
    pub(super) const fn url(&self) -> &Url {
        &self.url
    }

    /// The keys that were given for it.
    pub(super) const fn keys(&self) -> Option<&KeySet> {
        self.keys.as_ref()
    }
}

/// An address that is not an issuer's.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "expected an issuer's address, `https://` (or `http://` on this machine) without a slash, `?` or `#` at its end, found `{found}`"
)]
pub struct IssuerError {
    /// The beginning of what was found.
    pub found: String,
}

/// Whether nobody else can read what is sent there, or answer in its place.
pub(super) fn is_protected(url: &Url) -> bool {
    let on_this_machine = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" && url.host().is_some() || url.scheme() == "http" && on_this_machine
}

/// Where the repositories are that an issuer speaks of. For github.com and for enterprises on ghe.com the issuer has a host of its own;
/// on a GitHub Enterprise Server it is part of the server.
fn server(issuer: &Url) -> Option<Url> {
    let server = match issuer.host_str()?.strip_prefix("token.actions.") {
        Some("githubusercontent.com") => "https://github.com/".to_owned(),
        Some(enterprise) if enterprise.ends_with(".ghe.com") => format!("https://{enterprise}/"),
        _ => format!("{}/", issuer.origin().ascii_serialization()),
    };
    Url::parse(&server).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_of_the_repositories_follows_from_the_issuer() {
        for (issuer, server) in [
            ("https://token.actions.githubusercontent.com", "https://github.com/"),
            (
                "https://token.actions.githubusercontent.com/acme",
                "https://github.com/",
            ),
            ("https://token.actions.acme.ghe.com", "https://acme.ghe.com/"),
            (
                "https://github.acme.example/_services/token",
                "https://github.acme.example/",
            ),
            ("http://127.0.0.1:7071", "http://127.0.0.1:7071/"),
        ] {
            assert_eq!(TokenIssuer::new(issuer).unwrap().server().as_str(), server);
        }
    }

    #[test]
    fn an_issuer_that_others_could_speak_for_is_refused() {
        for issuer in [
            "http://token.example",
            "https://token.example/",
            "https://user@token.example",
            "https://token.example?x",
            "https://token.example#x",
            "ftp://token.example",
            "token.example",
            "",
        ] {
            assert!(TokenIssuer::new(issuer).is_err(), "{issuer}");
        }
    }
}
