//! Services that are up.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use certified_evidence::{Anchors, TrustRoot};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::addresses::Addresses;
use crate::storage::sqlite::SqliteStore;
use crate::tokens::Tokens;

/// The services, up and answering until [`Running::stop`] or until this is dropped.
pub struct Running {
    pub(crate) addresses: Arc<Addresses>,
    pub(crate) anchors: Anchors,
    pub(crate) trust_root: TrustRoot,
    pub(crate) tokens: Tokens,
    pub(crate) store_folder: PathBuf,
    pub(crate) store: SqliteStore,
    pub(crate) leave: Option<oneshot::Sender<()>>,
    pub(crate) server: JoinHandle<()>,
}

impl Running {
    /// Where they answer.
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// What a verifier has to trust to believe their certificates. Good for this run only.
    pub const fn anchors(&self) -> &Anchors {
        &self.anchors
    }

    /// The same in the form that Sigstore's clients read, with everything besides that these need: the log of certificates and the
    /// timestamp authority. Good for this run only.
    pub const fn trust_root(&self) -> &TrustRoot {
        &self.trust_root
    }

    /// What they accept.
    pub const fn tokens(&self) -> &Tokens {
        &self.tokens
    }

    /// The folder whose folders are the buckets that the archive shows. Whoever archives writes here.
    pub fn store_folder(&self) -> &Path {
        &self.store_folder
    }

    /// Takes no more requests, answers those that are there, and closes the database. Waits ten seconds at most.
    pub async fn stop(mut self) {
        if let Some(leave) = self.leave.take() {
            // Whoever is gone already need not be asked to go.
            let _ = leave.send(());
        }
        if tokio::time::timeout(PATIENCE, &mut self.server).await.is_err() {
            self.server.abort();
        }
        self.store.close().await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Running")
            .field("addresses", &self.addresses)
            .finish_non_exhaustive()
    }
}

const PATIENCE: Duration = Duration::from_secs(10);
