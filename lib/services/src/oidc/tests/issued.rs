//! An issuer for tests: its keys, its tokens, and forgeries of them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use async_trait::async_trait;
use base64ct::{Base64UrlUnpadded, Encoding as _};
use certified_evidence::{Digest, KeyAlgorithm, SigningKey};
use serde_json::{Value, json};
use url::Url;

use super::super::fetch::Fetch;
use super::super::{Identities, TokenIssuer};
use crate::randomness;
use crate::staged::{Later, NOW, store};

pub(crate) const ISSUER: &str = "https://token.actions.githubusercontent.com";
pub(crate) const AUDIENCE: &str = "https://id.example";

/// A key of the issuer's, by its name.
pub(crate) struct Named {
    name: &'static str,
    key: SigningKey,
}

pub(crate) static RSA_KEY: LazyLock<Named> = LazyLock::new(|| Named::new("rsa", KeyAlgorithm::Rsa2048));
pub(crate) static P256_KEY: LazyLock<Named> = LazyLock::new(|| Named::new("curve", KeyAlgorithm::EcdsaP256));
static STRANGER: LazyLock<Named> = LazyLock::new(|| Named::new("rsa", KeyAlgorithm::Rsa2048));

impl Named {
    fn new(name: &'static str, algorithm: KeyAlgorithm) -> Self {
        let key = SigningKey::generate(algorithm, &mut randomness::system()).unwrap();
        Self { name, key }
    }

    /// The public half (RFC 7517). Where its numbers stand in the DER follows from its length.
    pub(crate) fn jwk(&self) -> Value {
        let der = self.key.public_key().spki_der();
        let text = |part: &[u8]| Base64UrlUnpadded::encode_string(part);
        match self.key.algorithm() {
            KeyAlgorithm::Rsa2048 => {
                json!({"kty": "RSA", "kid": self.name, "use": "sig", "alg": "RS256", "n": text(&der[33..289]), "e": text(&der[291..])})
            }
            _ => json!({"kty": "EC", "crv": "P-256", "kid": self.name, "x": text(&der[27..59]), "y": text(&der[59..])}),
        }
    }
}

pub(crate) fn jwks() -> Value {
    json!({"keys": [RSA_KEY.jwk(), P256_KEY.jwk(), {"kty": "OKP", "crv": "Ed25519", "kid": "other kind", "x": "AA"}]})
}

/// What GitHub says about a run.
pub(crate) fn claims() -> Value {
    let commit = "c0ffeec0ffeec0ffeec0ffeec0ffeec0ffeeabcd";
    let workflow = "acme/widgets/.github/workflows/release.yml@refs/tags/v1.2.3";
    json!({
        "iss": ISSUER, "aud": AUDIENCE, "sub": "repo:acme/widgets:environment:npm", "jti": "7c9e6679",
        "iat": NOW.unix(), "nbf": NOW.unix() - 600, "exp": NOW.unix() + 300,
        "actor": "octo", "actor_id": "5", "environment": "npm", "event_name": "release",
        "base_ref": "", "head_ref": "",
        "job_workflow_ref": workflow, "job_workflow_sha": commit, "workflow_ref": workflow, "workflow_sha": commit,
        "workflow": "release", "ref": "refs/tags/v1.2.3", "ref_type": "tag", "sha": commit,
        "repository": "acme/widgets", "repository_id": "11", "repository_owner": "acme", "repository_owner_id": "12",
        "repository_visibility": "public", "run_id": "31", "run_number": "4", "run_attempt": "1",
        "runner_environment": "github-hosted"
    })
}

/// Makes tokens.
pub(crate) struct Forge {
    key: &'static Named,
    header: Value,
}

impl Forge {
    pub(crate) fn rs256() -> Self {
        Self::of(&RSA_KEY, "RS256")
    }

    pub(crate) fn es256() -> Self {
        Self::of(&P256_KEY, "ES256")
    }

    pub(crate) fn stranger() -> Self {
        Self::of(&STRANGER, "RS256")
    }

    fn of(key: &'static Named, algorithm: &str) -> Self {
        let header = json!({"alg": algorithm, "kid": key.name, "typ": "JWT", "x5t": "x"});
        Self { key, header }
    }

    pub(crate) fn saying(mut self, algorithm: &str) -> Self {
        self.header["alg"] = json!(algorithm);
        self
    }

    pub(crate) fn named(mut self, name: &str) -> Self {
        self.header["kid"] = json!(name);
        self
    }

    pub(crate) fn carrying_its_key(mut self) -> Self {
        self.header["jwk"] = self.key.jwk();
        self
    }

    pub(crate) fn critical(mut self) -> Self {
        self.header["crit"] = json!(["exp"]);
        self
    }

    pub(crate) fn sign(&self, claims: &Value) -> String {
        self.sign_text(&claims.to_string())
    }

    pub(crate) fn sign_text(&self, claims: &str) -> String {
        let signed = self.signed(claims);
        let signature = self.key.key.sign(signed.as_bytes()).unwrap();
        let bytes = match self.key.key.algorithm() {
            KeyAlgorithm::Rsa2048 => signature.as_bytes().to_vec(),
            _ => numbers(signature.as_bytes()),
        };
        format!("{signed}.{}", Base64UrlUnpadded::encode_string(&bytes))
    }

    pub(crate) fn unsigned(&self, claims: &Value) -> String {
        format!("{}.", self.signed(&claims.to_string()))
    }

    /// HMAC (RFC 2104) with what everybody knows as the secret.
    pub(crate) fn with_hmac_of_public_key(&self, claims: &Value) -> String {
        let signed = self.signed(&claims.to_string());
        let secret = Digest::of(self.key.key.public_key().to_pem().as_bytes());
        let pad = |byte: u8| {
            let mut block = [byte; 64];
            block
                .iter_mut()
                .zip(secret.as_bytes())
                .for_each(|(pad, secret)| *pad ^= secret);
            block
        };
        let inner = Digest::of(&[&pad(0x36)[..], signed.as_bytes()].concat());
        let outer = Digest::of(&[&pad(0x5C)[..], inner.as_bytes()].concat());
        format!("{signed}.{}", Base64UrlUnpadded::encode_string(outer.as_bytes()))
    }

    fn signed(&self, claims: &str) -> String {
        let part = |text: &str| Base64UrlUnpadded::encode_string(text.as_bytes());
        format!("{}.{}", part(&self.header.to_string()), part(claims))
    }
}

/// The two numbers of a DER signature, 32 bytes each.
fn numbers(der: &[u8]) -> Vec<u8> {
    let first = usize::from(der[3]);
    let number = |bytes: &[u8]| {
        let bytes = bytes.strip_prefix(&[0]).unwrap_or(bytes);
        [vec![0; 32 - bytes.len()], bytes.to_vec()].concat()
    };
    [number(&der[4..4 + first]), number(&der[6 + first..])].concat()
}

/// Where the issuer says what its keys are.
pub(crate) struct KeyServer {
    pub(crate) asked: AtomicUsize,
    pub(crate) keys: Mutex<Option<Value>>,
    configuration: Option<Value>,
}

impl Default for KeyServer {
    fn default() -> Self {
        let configuration = json!({"issuer": ISSUER, "jwks_uri": format!("{ISSUER}/keys")});
        Self::answering(Some(configuration), Some(jwks()))
    }
}

impl KeyServer {
    pub(crate) fn answering(configuration: Option<Value>, keys: Option<Value>) -> Self {
        Self {
            asked: AtomicUsize::new(0),
            keys: Mutex::new(keys),
            configuration,
        }
    }

    pub(crate) async fn desk(self: &Arc<Self>, later: &Later) -> Identities {
        let issuers = vec![TokenIssuer::new(ISSUER).unwrap()];
        let fetch: Arc<dyn Fetch> = self.clone();
        Identities::with_fetcher(issuers, Some(fetch), Arc::new(store().await), later.clock())
    }
}

#[async_trait]
impl Fetch for KeyServer {
    async fn get(&self, address: &Url, _: usize) -> Result<Vec<u8>, String> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let answer = match address.path() {
            "/.well-known/openid-configuration" => self.configuration.clone(),
            _ => self.keys.lock().unwrap().clone(),
        };
        Ok(answer.ok_or("it does not answer")?.to_string().into_bytes())
    }
}
