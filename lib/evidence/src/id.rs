//! Names that the services give to things. Each is opaque: it is compared and passed on, never taken apart.

use std::fmt;
use std::str::FromStr;

use crate::text::serde_as_text;

/// Why a text is no identifier.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{what} has 1 to 128 characters of {allowed}, found `{found}`")]
pub struct IdError {
    /// Which identifier was being read.
    pub what: &'static str,
    /// The characters it may have.
    pub allowed: &'static str,
    /// The beginning of what was found.
    pub found: String,
}

macro_rules! identifier {
    ($(#[$doc:meta])* $type:ident, $what:literal, $extra:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $type(String);

        impl $type {
            /// The identifier as written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $type {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let allowed = |c: char| c.is_ascii_alphanumeric() || $extra.contains(c);
                // A name of dots alone would climb a URL's path.
                if text.is_empty() || text.len() > LONGEST || !text.chars().all(allowed) || text.chars().all(|c| c == '.') {
                    return Err(IdError {
                        what: $what,
                        allowed: concat!("a-z A-Z 0-9 ", $extra),
                        found: text.chars().take(40).flat_map(char::escape_debug).collect(),
                    });
                }
                Ok(Self(text.to_owned()))
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        serde_as_text!($type);
    };
}

identifier!(
    /// Who or what something belongs to, as ChittyID minted it, for example `03-1-USA-0001-P-2601-3-82`, `CHITTY-AUTH-000001-A1B2C3D4` or
    /// `chittyos.widgets.1b4e28ba-2fa1-11d2-883f-0016d3cca427`. Never minted by a client.
    ChittyId, "a ChittyID", "-._:/@"
);
identifier!(
    /// A certificate's name at ChittyID, for example `CERT-PKG-20260101-7K2QXM4A`.
    CertId, "a certificate's name", "-._"
);
identifier!(
    /// An event's name in the Chronicle: a UUID, or the older `evt_20260101120000_ab12cd`.
    EventId, "an event's name", "-_"
);
identifier!(
    /// A registration's name in ChittyRegistry, for example `reg_1767268800000_7k2qxm`.
    RegId, "a registration's name", "-_"
);
identifier!(
    /// What npm calls a version that waits on its stage: a UUID.
    StageId, "a staged version's name", "-"
);
identifier!(
    /// One request through all services: a UUID, sent as `X-Request-ID` and echoed by each service into its answers and records.
    RequestId, "a request's name", "-_."
);

const LONGEST: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_form_of_a_chitty_id_is_taken() {
        let forms = [
            "CHITTY-AUTH-000001-A1B2C3D4",
            "chittyos.widgets.1b4e28ba-2fa1-11d2-883f-0016d3cca427",
            "CID-123",
            "03-1-USA-0001-P-251-3-82",
            "02-C-DOC-1234-I-2B-7-A",
            "CP-A-001-1234-P-2509-I-82",
            "chitty://cert/pkg/widgets/2026/1",
        ];
        for text in forms {
            assert!(text.parse::<ChittyId>().is_ok(), "{text}");
        }
    }

    #[test]
    fn an_identifier_that_could_leave_its_place_in_a_url_or_a_log_is_refused() {
        for text in ["", "a/b", "..", "a b", "a\nb", "a?b", "a%2fb", "ü"] {
            assert!(text.parse::<CertId>().is_err(), "{text}");
            assert!(text.parse::<EventId>().is_err(), "{text}");
            assert!(text.parse::<RegId>().is_err(), "{text}");
        }
        assert!("a".repeat(129).parse::<ChittyId>().is_err());
    }
}
