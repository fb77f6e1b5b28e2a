//! One JSON Web Key (RFC 7517).

use base64ct::{Base64UrlUnpadded, Encoding as _};
use certified_evidence::PublicKey;
use serde::Deserialize;

/// A key with which an issuer signs, and the one algorithm that it is for.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    name: String,
    public_key: PublicKey,
    algorithm: &'static str,
}

impl Key {
    /// Reads a key. Nothing for those that sign no tokens here: of another kind, for another use, without a name, or too weak.
    pub(super) fn read(key: Jwk) -> Option<Self> {
        let (public_key, algorithm) = match key.kty.as_str() {
            "RSA" => (
                PublicKey::from_rsa_numbers(&octets(key.n)?, &octets(key.e)?).ok()?,
                "RS256",
            ),
            "EC" if key.crv.as_deref() == Some("P-256") => {
                let half = |part: Option<String>| <[u8; 32]>::try_from(octets(part)?).ok();
                (
                    PublicKey::from_p256_numbers(&half(key.x)?, &half(key.y)?).ok()?,
                    "ES256",
                )
            }
            _ => return None,
        };
        let for_tokens = key.purpose.is_none_or(|purpose| purpose == "sig")
            && key
                .key_ops
                .is_none_or(|uses| uses.iter().any(|purpose| purpose == "verify"))
            && key.alg.is_none_or(|said| said == algorithm);
        for_tokens.then_some(Self {
            name: key.kid?,
            public_key,
            algorithm,
        })
    }

    /// A key of our own, for P-256.
    pub(super) fn es256(name: &str, public_key: &PublicKey) -> Self {
        Self {
            name: name.to_owned(),
            public_key: public_key.clone(),
            algorithm: "ES256",
        }
    }

    /// What tokens call it (`kid`).
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The key.
    pub(super) const fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    /// The one algorithm that it is for (`alg`).
    pub(super) const fn algorithm(&self) -> &'static str {
        self.algorithm
    }
}

/// The members that are read of a key; of the others nothing follows.
#[derive(Deserialize)]
pub(super) struct Jwk {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    key_ops: Option<Vec<String>>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

fn octets(text: Option<String>) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(&text?).ok()
}
