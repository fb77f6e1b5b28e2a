//! Services that are up, and a client that asks them.

use std::sync::Arc;

use certified_evidence::Timestamp;
use certified_services::{IdentityTokens, Options, Running, start};
use reqwest::{Client, Method, Response};
use serde_json::Value;

use crate::golden::Golden;

/// The first of January 2026, noon.
pub(crate) const NOW: Timestamp = Timestamp::from_unix(1_767_268_800);
/// The name that every request here carries.
pub(crate) const REQUEST_ID: &str = "7c9e6679-7425-40de-944b-e07fc1f90ae7";
const OWNER: &str = "chittyos.local-publisher.0d9c2a54-6c1e-4f0a-9d56-2f6f0b5b8a11";

/// One run of the services.
pub(crate) struct Up {
    pub(crate) running: Running,
    pub(crate) golden: Golden,
    pub(crate) client: Client,
    _data: tempfile::TempDir,
}

/// Whose credential goes with a request.
#[derive(Clone, Copy)]
pub(crate) enum As {
    Nobody,
    ChittyId,
    ApiKey,
    Registry,
    Service,
    Npm,
    Connect,
    Cloudflare,
}

impl Up {
    /// Brings the services up, at noon.
    pub(crate) async fn at_noon() -> Self {
        Self::trusting(IdentityTokens::default()).await
    }

    /// The same; identity tokens of these issuers are accepted.
    pub(crate) async fn trusting(identity_tokens: IdentityTokens) -> Self {
        // Ours is plain HTTP, but the client wants to know how it would do TLS.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let data = tempfile::tempdir().unwrap();
        let options = Options {
            clock: Arc::new(|| NOW),
            identity_tokens,
            ..Options::in_folder(data.path())
        };
        let running = start(options).await.unwrap();
        let client = Client::builder().no_proxy().build().unwrap();
        let mut up = Self {
            running,
            golden: Golden::default(),
            client,
            _data: data,
        };
        let root = up.root();
        up.golden.learn(&root, "http://127.0.0.1:7070/");
        let zeros = "0".repeat(64);
        let tokens = up.running.tokens();
        up.golden
            .learn(tokens.chitty_api_key.expose(), &format!("chitty_api_{zeros}"));
        up.golden.learn(tokens.service_token.expose(), &format!("svc_{zeros}"));
        let whoami = up
            .ask(Method::GET, "npm/-/whoami", As::Npm, None)
            .await
            .json::<Value>()
            .await
            .unwrap();
        up.golden.learn(whoami["username"].as_str().unwrap(), OWNER);
        up
    }

    /// The address that all services share.
    pub(crate) fn root(&self) -> String {
        self.running.addresses().chitty_id.join("..").unwrap().to_string()
    }

    /// Sends a request.
    pub(crate) async fn ask(&self, method: Method, path: &str, who: As, body: Option<String>) -> Response {
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.root()))
            .header("x-request-id", REQUEST_ID);
        if let Some(token) = self.token(who) {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.headers()["x-request-id"], REQUEST_ID, "{path}");
        response
    }

    /// Asks without a body, and compares the answer with a file.
    pub(crate) async fn reads(&self, method: Method, path: &str, who: As, status: u16, reply: &str) -> Value {
        self.compared(self.ask(method, path, who, None).await, status, reply)
            .await
    }

    /// Sends a file's body, and compares the answer with another file.
    pub(crate) async fn writes(
        &self,
        (method, path): (Method, &str),
        who: As,
        request: &str,
        status: u16,
        reply: &str,
    ) -> Value {
        let body = self.golden.request(request);
        self.compared(self.ask(method, path, who, Some(body)).await, status, reply)
            .await
    }

    /// Compares an answer with a file.
    pub(crate) async fn compared(&self, response: Response, status: u16, reply: &str) -> Value {
        assert_eq!(response.status().as_u16(), status, "{reply}");
        let value = response.json().await.unwrap();
        self.golden.compare(reply, &value);
        value
    }

    /// A credential's text.
    pub(crate) fn token(&self, who: As) -> Option<&str> {
        let tokens = self.running.tokens();
        let token = match who {
            As::Nobody => return None,
            As::ChittyId => &tokens.chitty_id_token,
            As::ApiKey => &tokens.chitty_api_key,
            As::Registry => &tokens.registry_token,
            As::Service => &tokens.service_token,
            As::Npm => &tokens.npm_token,
            As::Connect => &tokens.connect_key,
            As::Cloudflare => &tokens.cloudflare_token,
        };
        Some(token.expose())
    }
}
