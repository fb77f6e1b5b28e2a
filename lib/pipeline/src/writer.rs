//! Who writes to npm, and with which token.
//!
//! A stored token is used as it is. Without one the run's identity is exchanged for a token right before the first write of step 8, and the
//! token ends with the step. One that npm does not take any more is never shown again: it is exchanged anew, once, because a token lives for
//! an hour and a step does not.

use certified_client::npm::Npm;
use certified_client::{ClientError, Failure};
use certified_evidence::PackageName;

use crate::Desk;

/// Writes to npm for one package.
pub(crate) struct Writer<'a> {
    desk: &'a Desk,
    name: &'a PackageName,
    exchanged: Option<Npm>,
    renewed: bool,
}

impl<'a> Writer<'a> {
    /// With a token, from wherever it is to come.
    ///
    /// # Errors
    /// When npm does not trust this run.
    pub(crate) async fn new(desk: &'a Desk, name: &'a PackageName) -> Result<Self, ClientError> {
        Ok(Self {
            desk,
            name,
            exchanged: desk.npm.exchanged(name).await?,
            renewed: false,
        })
    }

    /// npm, as the writer sees it.
    pub(crate) fn npm(&self) -> &Npm {
        self.exchanged.as_ref().unwrap_or(&self.desk.npm)
    }

    /// Writes; and once more with a new token when npm says that an exchanged one is none: nothing was done then.
    ///
    /// # Errors
    /// Those of the write, and of the exchange.
    pub(crate) async fn write<T>(
        &mut self,
        write: impl AsyncFn(&Npm) -> Result<T, ClientError>,
    ) -> Result<T, ClientError> {
        match write(self.npm()).await {
            Err(error) if self.may_renew(&error) => {
                self.renewed = true;
                self.exchanged = self.desk.npm.exchanged(self.name).await?;
                write(self.npm()).await
            }
            other => other,
        }
    }

    const fn may_renew(&self, error: &ClientError) -> bool {
        self.exchanged.is_some() && !self.renewed && matches!(error.what, Failure::Unauthorized(_))
    }
}
