//! A platform that runs workflows and says so: an issuer of identity tokens on loopback, as GitHub is one.
#![allow(dead_code, reason = "each story uses its own part of the stage")]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use base64ct::{Base64UrlUnpadded, Encoding as _};
use certified_evidence::{KeyAlgorithm, SigningKey};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use serde_json::{Value, json};

/// The commit that its runs are on.
pub(crate) const COMMIT: &str = "c0ffeec0ffeec0ffeec0ffeec0ffeec0ffeeabcd";
/// The workflow that runs, below its server.
pub(crate) const WORKFLOW: &str = "acme/widgets/.github/workflows/release.yml@refs/tags/v1.2.3";
/// What a run shows when it asks who it is.
pub(crate) const RUN_TOKEN: &str = "the-run-may-ask-3f9c2e71b8";

/// Signs identity tokens of one run.
pub(crate) struct Issuer {
    alter: Box<dyn Fn(&mut Value) + Send + Sync>,
    name: String,
    key: SigningKey,
    tokens: AtomicU64,
}

impl Issuer {
    pub(crate) fn named(name: &str) -> Self {
        Self {
            alter: Box::new(|_| ()),
            name: name.to_owned(),
            key: SigningKey::generate(KeyAlgorithm::Rsa2048, &mut UnwrapErr(SysRng)).unwrap(),
            tokens: AtomicU64::new(0),
        }
    }

    /// Its keys (RFC 7517). Where the numbers of a key stand in its DER follows from its length.
    pub(crate) fn jwks(&self) -> Value {
        let der = self.key.public_key().spki_der();
        let text = |part: &[u8]| Base64UrlUnpadded::encode_string(part);
        json!({"keys": [{"kty": "RSA", "kid": "one", "use": "sig", "alg": "RS256", "n": text(&der[33..289]), "e": text(&der[291..])}]})
    }

    /// A new token for this audience, good for five minutes.
    pub(crate) fn token(&self, audience: &str) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let number = self.tokens.fetch_add(1, Ordering::SeqCst);
        let mut claims = json!({
            "iss": self.name, "aud": audience, "sub": "repo:acme/widgets:ref:refs/tags/v1.2.3", "jti": format!("token {number}"),
            "iat": now, "nbf": now - 600, "exp": now + 300,
            "actor": "octo", "event_name": "release", "base_ref": "", "head_ref": "",
            "job_workflow_ref": WORKFLOW, "job_workflow_sha": COMMIT, "workflow_ref": WORKFLOW, "workflow_sha": COMMIT,
            "workflow": "Release", "ref": "refs/tags/v1.2.3", "ref_type": "tag", "sha": COMMIT,
            "repository": "acme/widgets", "repository_id": "11", "repository_owner": "acme", "repository_owner_id": "12",
            "repository_visibility": "public", "run_id": "31", "run_attempt": "1", "runner_environment": "github-hosted"
        });
        (self.alter)(&mut claims);
        let part = |value: &Value| Base64UrlUnpadded::encode_string(value.to_string().as_bytes());
        let signed = format!(
            "{}.{}",
            part(&json!({"alg": "RS256", "kid": "one", "typ": "JWT"})),
            part(&claims)
        );
        let signature = self.key.sign(signed.as_bytes()).unwrap();
        format!("{signed}.{}", Base64UrlUnpadded::encode_string(signature.as_bytes()))
    }
}

/// An issuer that answers: with its configuration, its keys, and a token for the run that shows [`RUN_TOKEN`].
pub(crate) struct Platform {
    pub(crate) address: String,
    /// Every token that it gave.
    pub(crate) given: Arc<Mutex<Vec<String>>>,
}

impl Platform {
    pub(crate) fn start() -> Self {
        Self::altering(|_| ())
    }

    /// One whose tokens say something else than they should.
    pub(crate) fn altering(alter: impl Fn(&mut Value) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let issuer = Issuer {
            alter: Box::new(alter),
            ..Issuer::named(&address)
        };
        let given = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&given);
        // Ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                answer(stream, &issuer, &kept);
            }
        });
        Self { address, given }
    }

    /// Where a run asks who it is, as its variable says it.
    pub(crate) fn request_url(&self) -> String {
        format!("{}/token?api-version=2.0", self.address)
    }
}

fn answer(stream: TcpStream, issuer: &Issuer, given: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(stream.try_clone().unwrap())
        .lines()
        .map_while(Result::ok);
    let head: Vec<String> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
    let target = head
        .first()
        .and_then(|line| line.split(' ').nth(1))
        .unwrap_or_default()
        .to_owned();
    let may_ask = head.iter().any(|line| {
        let (name, value) = line.split_once(": ").unwrap_or_default();
        name.eq_ignore_ascii_case("authorization") && value == format!("Bearer {RUN_TOKEN}")
    });
    let (status, body) = match target.split_once('?').unwrap_or((&target, "")) {
        ("/.well-known/openid-configuration", _) => (
            200,
            json!({"issuer": issuer.name, "jwks_uri": format!("{}/.well-known/jwks", issuer.name)}),
        ),
        ("/.well-known/jwks", _) => (200, issuer.jwks()),
        ("/token", query) if may_ask && query.starts_with("api-version=2.0&audience=") => {
            let audience = query
                .rsplit('=')
                .next()
                .unwrap()
                .replace("%3A", ":")
                .replace("%2F", "/");
            let token = issuer.token(&audience);
            given.lock().unwrap().push(token.clone());
            (200, json!({"count": token.len(), "value": token}))
        }
        _ => (401, json!({"message": "no"})),
    };
    let body = body.to_string();
    // A client that went away has its reasons.
    let _ = write!(
        &stream,
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
}
