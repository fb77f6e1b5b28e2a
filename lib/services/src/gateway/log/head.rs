//! The newest head that was acknowledged, in a file beside the database.
//!
//! A database that is put back from a copy has lost entries that were acknowledged, and would give their places in the tree to others: two
//! histories under one key. Nothing in the database shows it, so the head is kept outside.
//!
//! The order is: commit, keep the head, answer. A crash before the second leaves the file behind the database, which is the same log at an
//! earlier size; a crash before the third leaves both ahead of what anybody was told. So whatever was acknowledged is covered by the file,
//! and a database that does not have it is not opened. Of two processes on one database either may write last; the file may then be behind,
//! never ahead. A copy of the whole folder put back brings its own file along: that is for those to notice who remember a checkpoint.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use certified_evidence::log::{Frontier, TreeHash, TreeHead, TreeSize};

use crate::durable;
use crate::storage::{LogStore, StorageError};

/// The database is not the one whose log was acknowledged.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LogHeadFailed {
    /// The file or the database cannot be read.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The file does not hold a head.
    #[error("expected a size and a root hash in {}", file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
    },
    /// Entries that were acknowledged are not there, or others are in their place.
    #[error(
        "the log had {size} entries with the root {kept}, the database has {found}: it was put back from a copy, and going on would fork the log; {} says what was acknowledged",
        file.display()
    )]
    OtherLog {
        /// The file.
        file: PathBuf,
        /// How many entries were acknowledged.
        size: TreeSize,
        /// Their root.
        kept: TreeHash,
        /// What the database has.
        found: String,
    },
}

/// The file.
#[derive(Clone, Debug)]
pub(crate) struct HeadFile {
    file: PathBuf,
}

impl HeadFile {
    /// Holds the database against the file in this folder, and keeps the present head there. Where there is no file yet, whatever the
    /// database has is what was acknowledged.
    pub(crate) async fn open(folder: &Path, store: &dyn LogStore) -> Result<Self, LogHeadFailed> {
        let opened = Self {
            file: folder.join(FILE),
        };
        if let Some(kept) = opened.read()? {
            opened.check(&kept, store).await?;
        }
        opened.keep(store).await?;
        Ok(opened)
    }

    /// Keeps the present head; what was committed before is covered when this returns.
    pub(super) async fn keep(&self, store: &dyn LogStore) -> Result<(), StorageError> {
        let head = head(store, store.size().await?).await?;
        self.write(&head).map_err(StorageError::File)
    }

    async fn check(&self, kept: &TreeHead, store: &dyn LogStore) -> Result<(), LogHeadFailed> {
        let present = store.size().await?;
        let other = |found: String| LogHeadFailed::OtherLog {
            file: self.file.clone(),
            size: kept.size(),
            kept: *kept.root(),
            found,
        };
        if present < kept.size() {
            return Err(other(format!("{present} entries")));
        }
        let found = head(store, kept.size()).await?;
        if found.root() == kept.root() {
            Ok(())
        } else {
            Err(other(format!("the root {} at that size", found.root())))
        }
    }

    fn read(&self) -> Result<Option<TreeHead>, LogHeadFailed> {
        let text = match fs::read_to_string(&self.file) {
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(StorageError::File)?,
        };
        let head = || {
            let (size, root) = text.trim_end().split_once('\n')?;
            let size = TreeSize::try_from(size.parse::<u64>().ok()?).ok()?;
            Some(TreeHead::new(size, root.parse().ok()?))
        };
        let unreadable = || LogHeadFailed::Unreadable {
            file: self.file.clone(),
        };
        head().map(Some).ok_or_else(unreadable)
    }

    /// The whole head or the one before: a file that was cut off by a crash would end the log.
    fn write(&self, head: &TreeHead) -> io::Result<()> {
        durable::write(&self.file, format!("{}\n{}\n", head.size(), head.root()).as_bytes())
    }
}

/// The head at a size that the log has or had.
async fn head(store: &dyn LogStore, size: TreeSize) -> Result<TreeHead, StorageError> {
    let known = store.nodes(&Frontier::nodes(size)).await?;
    let frontier = Frontier::of(size, &known).map_err(|cause| StorageError::Unreadable {
        what: "log",
        reason: cause.to_string(),
    })?;
    Ok(frontier.head())
}

const FILE: &str = "log-head";

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use certified_evidence::log::Entry;

    use super::*;
    use crate::gateway::log::sequencer::Sequencer;
    use crate::staged::NOW;
    use crate::storage::sqlite::SqliteStore;
    use crate::storage::{Append, AuditEntry};

    async fn store(database: &Path) -> Arc<SqliteStore> {
        Arc::new(SqliteStore::open_file(database).await.unwrap())
    }

    /// Appends and waits for the answer, as the services do it.
    async fn append(folder: &Path, store: &Arc<SqliteStore>, text: &str) {
        let head = HeadFile::open(folder, &**store).await.unwrap();
        let audit = AuditEntry {
            timestamp: NOW,
            actor: "publisher".to_owned(),
            action: "log:record",
            resource: text.to_owned(),
            request_id: crate::staged::request_id(),
        };
        let entry = Entry::new(text).unwrap();
        let append = Append {
            entry,
            event: None,
            audit,
        };
        let sequencer = Sequencer::start(store.clone(), Some(head));
        sequencer.append(append).await.unwrap();
    }

    #[tokio::test]
    async fn a_database_that_was_put_back_from_a_copy_is_not_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        append(folder.path(), &store(&at("one")).await, "first").await;
        // The copy, as a backup makes it: a database with the first entry alone.
        append(&at(""), &store(&at("one")).await, "second").await;
        let copies = tempfile::tempdir().unwrap();
        append(copies.path(), &store(&at("copy")).await, "first").await;
        let shrunk = HeadFile::open(folder.path(), &*store(&at("copy")).await).await;
        assert!(
            matches!(&shrunk, Err(LogHeadFailed::OtherLog { found, .. }) if found == "1 entries"),
            "{shrunk:?}"
        );
        // Grown again it is another log, however long it becomes.
        for text in ["other", "third"] {
            append(copies.path(), &store(&at("copy")).await, text).await;
        }
        let forked = HeadFile::open(folder.path(), &*store(&at("copy")).await).await;
        assert!(
            matches!(&forked, Err(LogHeadFailed::OtherLog { found, .. }) if found.starts_with("the root ")),
            "{forked:?}"
        );
        assert!(HeadFile::open(folder.path(), &*store(&at("one")).await).await.is_ok());
    }

    #[tokio::test]
    async fn a_head_that_a_crash_left_behind_is_of_the_same_log() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("one");
        append(folder.path(), &store(&database).await, "first").await;
        let behind = fs::read(folder.path().join(FILE)).unwrap();
        append(folder.path(), &store(&database).await, "second").await;
        let newest = fs::read(folder.path().join(FILE)).unwrap();
        fs::write(folder.path().join(FILE), behind).unwrap();
        assert!(HeadFile::open(folder.path(), &*store(&database).await).await.is_ok());
        assert_eq!(fs::read(folder.path().join(FILE)).unwrap(), newest);
    }

    #[tokio::test]
    async fn a_file_that_holds_no_head_is_not_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "1\n").unwrap();
        let opened = HeadFile::open(folder.path(), &*store(&folder.path().join("one")).await).await;
        assert!(matches!(opened, Err(LogHeadFailed::Unreadable { .. })), "{opened:?}");
    }
}
