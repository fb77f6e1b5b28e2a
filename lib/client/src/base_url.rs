//! Addresses of services.

use std::fmt;
use std::str::FromStr;

use url::{Host, Origin, Url};

/// Where a service answers, for example `https://id.chitty.cc` or `http://127.0.0.1:4873/npm`.
///
/// `https` to any host; `http` only to this machine (127.0.0.0/8, `::1`, `localhost`), where nobody else listens on
/// the wire. A path is kept and stands before the path of each call. User names, queries and fragments are refused:
/// the first leak into logs, the others would be lost without a word.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct BaseUrl(Url);

/// Why a text is no address of a service.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum BaseUrlError {
    /// Not an absolute URL with a host.
    #[error("an address is an absolute URL such as `https://id.example`, found one that cannot be read: {reason}")]
    Shape {
        /// What the reader of URLs says.
        reason: String,
    },
    /// Another scheme than `https`.
    #[error("an address starts with `https://`, this one starts with `{scheme}:`; write `https://`")]
    Scheme {
        /// The scheme found.
        scheme: String,
    },
    /// `http` to another machine.
    #[error("`http://` is for this machine only, this address is at `{host}`; write `https://{host}`")]
    Plain {
        /// The host found.
        host: String,
    },
    /// A host with nothing before, after or between two dots, as when a variable that stands for a part of it is empty.
    #[error("an address names a whole host, a part of this one is empty: `{host}`")]
    Host {
        /// The host found.
        host: String,
    },
    /// A user name or a password.
    #[error(
        "an address has no user name and no password before its host; leave them out, tokens have their own inputs"
    )]
    UserInfo,
    /// A query or a fragment.
    #[error("an address has no `?` and no `#`; leave out everything from there on")]
    Tail,
}

impl BaseUrl {
    /// The longest address that is read, in bytes.
    pub const LONGEST: usize = 2048;

    /// The URL of one call. `path` starts with a slash and is already escaped.
    pub(crate) fn at(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        url.set_path(&format!("{}{path}", self.0.path().trim_end_matches('/')));
        url
    }

    /// The URL itself.
    pub(crate) const fn url(&self) -> &Url {
        &self.0
    }

    /// Whether it is on this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// Whether a URL has the same scheme, host and port, so that what may be sent to one may be sent to the other.
    pub(crate) fn is_origin_of(&self, url: &Url) -> bool {
        matches!(self.0.origin(), Origin::Tuple(..)) && self.0.origin() == url.origin()
    }
}

impl FromStr for BaseUrl {
    type Err = BaseUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > Self::LONGEST {
            return Err(BaseUrlError::Shape {
                reason: format!("longer than {} bytes", Self::LONGEST),
            });
        }
        let url = Url::parse(text.trim()).map_err(|error| BaseUrlError::Shape {
            reason: error.to_string(),
        })?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => {
                return Err(BaseUrlError::Plain {
                    host: url.host_str().unwrap_or_default().to_owned(),
                });
            }
            scheme => {
                return Err(BaseUrlError::Scheme {
                    scheme: scheme.chars().take(40).collect(),
                });
            }
        }
        if let Some(Host::Domain(host)) = url.host()
            && host.trim_end_matches('.').split('.').any(str::is_empty)
        {
            return Err(BaseUrlError::Host { host: host.to_owned() });
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseUrlError::UserInfo);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError::Tail);
        }
        Ok(Self(url))
    }
}

// Without the slash that the URL standard puts after a bare host, so that text can be joined to it.
impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({self})")
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_of_which_a_part_is_empty_is_refused() {
        for text in ["https://.r2.example", "https://id..example/", "https://."] {
            let refused = text.parse::<BaseUrl>();
            assert!(matches!(refused, Err(BaseUrlError::Host { .. })), "{text}: {refused:?}");
        }
        assert!("https://id.example./".parse::<BaseUrl>().is_ok());
    }

    #[test]
    fn https_goes_anywhere_and_http_only_to_this_machine() {
        for text in [
            "https://id.example",
            "https://192.0.2.7:8443/base/",
            "http://127.0.0.1:4873",
            "http://127.9.9.9",
            "http://[::1]:80/x",
            "http://localhost:1",
            "HTTPS://ID.EXAMPLE",
        ] {
            assert!(text.parse::<BaseUrl>().is_ok(), "{text}");
        }
        for text in [
            "http://id.example",
            "http://192.0.2.7",
            "http://localhost.example",
            "http://127.0.0.1.example",
            "http://0.0.0.0",
            "http://[2001:db8::1]",
        ] {
            assert!(
                matches!(text.parse::<BaseUrl>(), Err(BaseUrlError::Plain { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn an_address_that_hides_or_loses_something_is_refused() {
        assert_eq!(
            "https://user@id.example".parse::<BaseUrl>(),
            Err(BaseUrlError::UserInfo)
        );
        assert_eq!(
            "https://:secret@id.example".parse::<BaseUrl>(),
            Err(BaseUrlError::UserInfo)
        );
        assert_eq!("https://id.example?x=1".parse::<BaseUrl>(), Err(BaseUrlError::Tail));
        assert_eq!("https://id.example#x".parse::<BaseUrl>(), Err(BaseUrlError::Tail));
        assert_eq!(
            "ftp://id.example".parse::<BaseUrl>(),
            Err(BaseUrlError::Scheme { scheme: "ftp".into() })
        );
        for text in ["", "id.example", "/path", "https://", "https://a b"] {
            assert!(
                matches!(text.parse::<BaseUrl>(), Err(BaseUrlError::Shape { .. })),
                "{text}"
            );
        }
    }

    #[test]
    fn the_path_of_an_address_stands_before_the_path_of_a_call() {
        let plain: BaseUrl = "https://id.example".parse().unwrap();
        let below: BaseUrl = "https://id.example/base/".parse().unwrap();
        assert_eq!(plain.at("/v1/x").as_str(), "https://id.example/v1/x");
        assert_eq!(
            below.at("/@acme%2fwidgets").as_str(),
            "https://id.example/base/@acme%2fwidgets"
        );
        assert_eq!(
            (plain.to_string(), below.to_string()),
            ("https://id.example".into(), "https://id.example/base".into())
        );
    }

    #[test]
    fn another_port_scheme_or_host_is_another_origin() {
        let base: BaseUrl = "https://id.example".parse().unwrap();
        assert!(base.is_origin_of(&"https://id.example:443/x".parse().unwrap()));
        for other in [
            "https://id.example:444/",
            "http://id.example/",
            "https://id.example.evil/",
            "data:text/plain,x",
        ] {
            assert!(!base.is_origin_of(&other.parse().unwrap()), "{other}");
        }
    }
}
