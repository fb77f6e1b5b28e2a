//! A JSON Web Token in compact form (RFC 7515, section 7.1): taken apart, and held against its key.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use certified_evidence::{KeyAlgorithm, Signature};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::claims::Claims;
use super::jwk::Key;
use super::{Refused, strict};

/// A token whose signature nobody has checked.
pub(super) struct Unchecked<'a, C = Claims> {
    header: Header,
    /// The claims, to find out whose token it says it is.
    claims: C,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a, C: DeserializeOwned> Unchecked<'a, C> {
    /// Takes a token apart.
    pub(super) fn parse(token: &'a str) -> Result<Self, Refused> {
        let malformed = |what| Refused::Malformed { what };
        if token.len() > LONGEST_TOKEN {
            return Err(Refused::TooLong { found: token.len() });
        }
        let parts: Vec<&str> = token.split('.').collect();
        let [header, claims, signature] = parts[..] else {
            return Err(malformed("something other than three parts"));
        };
        let signed = &token[..header.len() + 1 + claims.len()];
        let header: Header = strict::read(&decoded(header)?, "a header that is not the JSON of one")?;
        header.check()?;
        Ok(Self {
            header,
            claims: strict::read(
                &decoded(claims)?,
                "claims of which one is missing or stands there twice",
            )?,
            signed,
            signature: decoded(signature)?,
        })
    }

    /// What it says, to find out whose token it says it is.
    pub(super) const fn claims(&self) -> &C {
        &self.claims
    }

    /// The name of the key with which it says it is signed.
    pub(super) fn key_name(&self) -> &str {
        &self.header.kid
    }

    /// The claims, once the key of that name is found to have signed them. The key decides how, not the token.
    pub(super) fn check(self, key: &Key) -> Result<C, Refused> {
        let expected = key.algorithm();
        if self.header.alg != expected {
            return Err(Refused::Algorithm {
                expected,
                found: self.header.alg.chars().take(20).collect(),
            });
        }
        let signature = match key.public_key().algorithm() {
            KeyAlgorithm::EcdsaP256 => Signature::from_p256_numbers(&self.signature),
            _ => Signature::from_bytes(self.signature),
        };
        let genuine = signature.and_then(|signature| key.public_key().verify(self.signed.as_bytes(), &signature));
        genuine.map_err(|_| Refused::Signature)?;
        Ok(self.claims)
    }
}

/// What the token says about its signature. Keys and addresses of keys that stand here as well are nobody's business.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
    #[serde(default)]
    typ: Option<String>,
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

impl Header {
    fn check(&self) -> Result<(), Refused> {
        let malformed = |what| Err(Refused::Malformed { what });
        if self.crit.is_some() {
            return malformed("a header with extensions that have to be understood");
        }
        match &self.typ {
            Some(typ) if !typ.eq_ignore_ascii_case("JWT") => malformed("a token of another type"),
            _ => Ok(()),
        }
    }
}

fn decoded(part: &str) -> Result<Vec<u8>, Refused> {
    Base64UrlUnpadded::decode_vec(part).map_err(|_| Refused::Malformed {
        what: "a part that is not base64url",
    })
}

/// GitHub's tokens have about 2 kB.
pub(super) const LONGEST_TOKEN: usize = 16 * 1024;
