//! ChittyID: certificates.

use backon::BackoffBuilder as _;
use certified_evidence::wire::certificates::{
    CertificateRecord, IssueReply, IssueRequest, RevokeReply, RevokeRequest, VerifyReply,
};
use certified_evidence::{CertId, Secret, Timestamp};
use reqwest::header::HeaderName;
use reqwest::{Method, Url};

use crate::base_url::BaseUrl;
use crate::call::{Call, Repeat};
use crate::error::{Class, ClientError, Failure, Service};
use crate::github_oidc::GithubOidc;
use crate::patience::{MIB, Patience, share};
use crate::token;
use crate::transport::Transport;

/// A certificate is small; making one may take the service a while.
///
/// Asking again after a lost answer gives another certificate for the same key; the first is never used and expires.
pub const CERTIFICATE: Patience = Patience {
    largest_answer: MIB / 4,
    ..Patience::SMALL
};

/// Asks ChittyID about certificates.
#[derive(Debug)]
pub struct ChittyId {
    transport: Transport,
    base: BaseUrl,
    token: Option<Secret<String>>,
    api_key: Option<Secret<String>>,
    patience: Patience,
}

impl ChittyId {
    /// A client that may issue. `api_key`, when given, has to be of the token's owner.
    pub fn new(transport: Transport, base: BaseUrl, token: Secret<String>, api_key: Option<Secret<String>>) -> Self {
        Self {
            token: Some(token),
            api_key,
            ..Self::reader(transport, base)
        }
    }

    /// A client that may only ask what everyone may: [`ChittyId::verify`].
    pub const fn reader(transport: Transport, base: BaseUrl) -> Self {
        Self {
            transport,
            base,
            token: None,
            api_key: None,
            patience: CERTIFICATE,
        }
    }

    /// Another token from now on, or none. A key of another owner does not go with it.
    pub fn set_token(&mut self, token: Option<Secret<String>>) {
        self.token = token;
        self.api_key = None;
    }

    /// Whether it has a token.
    pub const fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// Other limits than [`CERTIFICATE`].
    #[must_use]
    pub const fn with_patience(mut self, patience: Patience) -> Self {
        self.patience = patience;
        self
    }

    /// Asks for the certificate of one release. With an identity token it is asked once: the token is good for one request.
    ///
    /// # Errors
    /// See [`ClientError::class`]. That the answer is about what was asked is for the caller to check.
    pub async fn issue(&self, request: &IssueRequest) -> Result<IssueReply, ClientError> {
        let mut call = self.call(Method::POST, self.base.at("/v1/certificates/issue"));
        if let Some(token) = &request.oidc_token {
            call = call.hiding(token).repeat(Repeat::IfUnsent);
        }
        self.authenticated(call)?
            .json(request)?
            .send()
            .await?
            .json(Service::ChittyId)
    }

    /// Asks for the certificate of one release that tells which workflow run asked: each attempt comes with an identity token of its own,
    /// asked for right before and dropped right after.
    ///
    /// # Errors
    /// As [`ChittyId::issue`] and [`GithubOidc::token`].
    pub async fn issue_to_run(&self, mut request: IssueRequest, run: &GithubOidc) -> Result<IssueReply, ClientError> {
        let mut pauses = self.patience.pauses().build();
        loop {
            request.oidc_token = Some(run.token(&self.base.to_string()).await?);
            match self.issue(&request).await {
                Err(error)
                    if matches!(error.class(), Class::Unavailable | Class::Unknown) && !error.nothing_was_sent() =>
                {
                    let pause = pauses.next().ok_or(error)?;
                    tokio::time::sleep(share(pause)).await;
                }
                outcome => return outcome,
            }
        }
    }

    /// Whether a certificate holds, and whether it held at a time. Sends no token. An unknown certificate is an
    /// answer too: it does not hold.
    ///
    /// # Errors
    /// See [`ClientError::class`].
    pub async fn verify(&self, id: &CertId, at: Option<Timestamp>) -> Result<VerifyReply, ClientError> {
        let mut url = self.base.at(&format!("/v1/certificates/verify/{id}"));
        if let Some(at) = at {
            url.query_pairs_mut().append_pair("at", &at.to_string());
        }
        let answer = self.call(Method::GET, url).accept(&[400, 404]).send().await?;
        let reply: VerifyReply = answer.json(Service::ChittyId)?;
        if reply.valid && answer.status != 200 {
            let contradiction = format!("it calls the certificate valid with status {}", answer.status);
            return Err(ClientError::new(Service::ChittyId, Failure::Unreadable(contradiction)));
        }
        Ok(reply)
    }

    /// A certificate with its bytes, for its owner.
    ///
    /// # Errors
    /// See [`ClientError::class`].
    pub async fn get(&self, id: &CertId) -> Result<CertificateRecord, ClientError> {
        let call = self.call(Method::GET, self.base.at(&format!("/v1/certificates/{id}")));
        self.authenticated(call)?.send().await?.json(Service::ChittyId)
    }

    /// Withdraws a certificate, from now or from an earlier time on. A second time answers with the earlier of both.
    ///
    /// # Errors
    /// See [`ClientError::class`].
    pub async fn revoke(&self, id: &CertId, request: &RevokeRequest) -> Result<RevokeReply, ClientError> {
        let call = self.call(Method::POST, self.base.at(&format!("/v1/certificates/{id}/revoke")));
        self.authenticated(call)?
            .json(request)?
            .send()
            .await?
            .json(Service::ChittyId)
    }

    fn call(&self, method: Method, url: Url) -> Call<'_> {
        Call::new(&self.transport, Service::ChittyId, self.patience, method, url)
    }

    fn authenticated<'a>(&'a self, call: Call<'a>) -> Result<Call<'a>, ClientError> {
        let call = call.token(self.token.as_ref())?;
        let Some(key) = &self.api_key else {
            return Ok(call);
        };
        let value = token::header(key.expose()).map_err(|what| ClientError::new(Service::ChittyId, what))?;
        Ok(call.secret(API_KEY, value, key))
    }
}

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
