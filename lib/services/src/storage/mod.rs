//! What the services ask of a database: one trait for each group of tables.
//!
//! Whoever implements them promises two things. What a method that writes has returned is durable: it survives the loss of power. And
//! what a method writes, it writes together with its entry in the audit log, or not at all.

mod audit;
mod certificates;
mod credentials;
mod events;
mod identity_tokens;
mod log;
mod packages;
mod provisions;
mod publishers;
mod registrations;
pub(crate) mod sqlite;
mod stage;

pub(crate) use self::audit::AuditEntry;
pub(crate) use self::certificates::{Certificates, Revocation, StoredCertificate};
pub(crate) use self::credentials::{CredentialState, Credentials, StoredCredential};
pub(crate) use self::events::{EventFilter, Events};
pub(crate) use self::identity_tokens::{IdentityTokenStore, UsedToken};
pub(crate) use self::log::{Append, LogStore};
pub(crate) use self::packages::{Packages, StoredVersion, Tag};
pub(crate) use self::provisions::{Counted, Provision, Provisions};
pub(crate) use self::publishers::Publishers;
pub(crate) use self::registrations::{Registration, Registrations, StatusChange};
pub(crate) use self::stage::{Stage, StagedVersion};

/// The database could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// The database refused, or could not be reached.
    #[error("the database does not answer: {0}")]
    Database(#[from] sqlx::Error),
    /// The tables could not be brought to this version's form.
    #[error("the database's tables cannot be prepared: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A row holds something that was never written there.
    #[error("the database holds an unreadable {what}: {reason}")]
    Unreadable {
        /// Which value.
        what: &'static str,
        /// What the reader tripped over.
        reason: String,
    },
    /// A file beside the database could not be written or read.
    #[error("a file of the store cannot be used: {0}")]
    File(#[from] std::io::Error),
}

/// What came of a write that may have been done before.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Written<T> {
    /// It is new.
    New(T),
    /// This was there already and stays as it is.
    Present(T),
}
