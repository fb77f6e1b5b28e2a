//! What the bearer of an API key is given.

use certified_evidence::wire::connect::{DeployReply, DeployRequest, ProvisionReply, ProvisionRequest, Provisioned};
use certified_evidence::{Secret, Timestamp};
use reqwest::Method;

use super::{ChittyConnect, failed, lives_an_hour};
use crate::error::{ClientError, Failure};

impl ChittyConnect {
    /// Everything that a purpose needs and that others than ChittyOS take.
    ///
    /// # Errors
    /// See [`ClientError::class`].
    pub async fn deploy(
        &self,
        key: &Secret<String>,
        request: &DeployRequest,
        now: Timestamp,
    ) -> Result<DeployReply, ClientError> {
        let call = self.call(Method::POST, "/credentials/deploy");
        let answer = call.token(Some(key))?.json(request)?.send().await?;
        let reply: DeployReply = self.read(&answer)?;
        lives_an_hour(reply.expires_at, now)?;
        Ok(reply)
    }

    /// One credential of a kind.
    ///
    /// # Errors
    /// See [`ClientError::class`].
    pub async fn provision(
        &self,
        key: &Secret<String>,
        request: &ProvisionRequest,
        now: Timestamp,
    ) -> Result<Provisioned, ClientError> {
        let call = self.call(Method::POST, "/api/credentials/provision");
        let answer = call.token(Some(key))?.json(request)?.send().await?;
        let ProvisionReply { credential, .. } = self.read(&answer)?;
        lives_an_hour(credential.expires_at, now)?;
        if credential.value.expose().is_empty() {
            return Err(failed(Failure::Unreadable("the credential is empty".to_owned())));
        }
        Ok(credential)
    }
}
