//! Why nothing could be looked at.

use std::io;
use std::path::PathBuf;

use certified_client::ClientError;
use certified_verify::lockfile::LockfileRefusal;

/// Why nothing could be looked at.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InspectError {
    /// A file cannot be read.
    #[error("{} cannot be read: {error}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A file is larger than anything npm takes.
    #[error("{} has more than {limit} bytes", file.display())]
    TooLarge {
        /// The file.
        file: PathBuf,
        /// Bytes that would have been read.
        limit: u64,
    },
    /// The evidence is no evidence.
    #[error("{} is no evidence of a release: {why}", file.display())]
    Evidence {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// The lockfile is none that is read.
    #[error("{}: {refusal}", file.display())]
    Lockfile {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        refusal: LockfileRefusal,
    },
    /// A service.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// npm does not have the version.
    #[error("npm does not have {target}")]
    NotOnNpm {
        /// `name@version`.
        target: String,
    },
    /// Nobody to ask for a version.
    #[error("{target} can only be fetched from an npm registry, and none may be asked")]
    NoRegistry {
        /// `name@version`.
        target: String,
    },
    /// The part of the program that judges has ended.
    #[error("judging {target} ended before its end")]
    Ended {
        /// What was judged.
        target: String,
    },
}
