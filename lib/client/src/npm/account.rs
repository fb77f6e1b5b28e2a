//! Who npm takes us for.

use serde::Deserialize;

use super::Npm;
use crate::error::{ClientError, Service};

#[derive(Deserialize)]
struct Whoami {
    username: String,
}

impl Npm {
    /// The account that the token belongs to.
    ///
    /// # Errors
    /// See [`ClientError::class`]. Some tokens may publish and not ask this: they are refused with 403.
    pub async fn whoami(&self) -> Result<String, ClientError> {
        let answer = self.read(self.packument, self.base.at("/-/whoami"))?.send().await?;
        let whoami: Whoami = answer.json(Service::Npm)?;
        Ok(crate::redact::printable(&whoami.username))
    }
}
