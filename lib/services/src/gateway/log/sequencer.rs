//! Appending, one batch after the other.
//!
//! Waiting for the disk costs the same for one entry as for hundreds. So everything that comes while one batch is being written is the next
//! batch: nobody waits longer than for two of them, and nobody is told before his own is on the disk.

use std::sync::Arc;

use certified_evidence::log::LeafIndex;
use tokio::sync::{mpsc, oneshot};

use super::head::HeadFile;
use crate::refusal::Refusal;
use crate::storage::{Append, LogStore, StorageError, Written};

/// Where entries wait for their turn. The work ends when the last one who could append is gone.
#[derive(Clone, Debug)]
pub(super) struct Sequencer {
    queue: mpsc::Sender<Waiting>,
}

type Outcome = Result<Written<LeafIndex>, StorageError>;

#[derive(Debug)]
struct Waiting {
    append: Append,
    answer: oneshot::Sender<Outcome>,
}

impl Sequencer {
    /// Begins the work. Only inside a runtime.
    pub(super) fn start(store: Arc<dyn LogStore>, head: Option<HeadFile>) -> Self {
        let (queue, waiting) = mpsc::channel(LONGEST_QUEUE);
        tokio::spawn(work(store, head, waiting));
        Self { queue }
    }

    /// Appends, and returns when it is on the disk. Whoever stops waiting has appended nevertheless, or not; the same again tells.
    pub(super) async fn append(&self, append: Append) -> Result<Written<LeafIndex>, Refusal> {
        let (answer, outcome) = oneshot::channel();
        let stopped = || Refusal::Failed {
            code: "LOG_STOPPED",
            reason: "the log takes no more entries".to_owned(),
        };
        self.queue
            .send(Waiting { append, answer })
            .await
            .map_err(|_| stopped())?;
        Ok(outcome.await.map_err(|_| stopped())??)
    }
}

async fn work(store: Arc<dyn LogStore>, head: Option<HeadFile>, mut queue: mpsc::Receiver<Waiting>) {
    let mut waiting = Vec::new();
    while queue.recv_many(&mut waiting, LARGEST_BATCH).await > 0 {
        let (batch, answers): (Vec<_>, Vec<_>) = waiting.drain(..).map(|one| (one.append, one.answer)).unzip();
        let outcomes: Vec<Outcome> = match store.append(&batch).await {
            Ok(written) => written.into_iter().map(Ok).collect(),
            // One of them may be the cause, and the others are not to suffer for it.
            Err(_) if batch.len() > 1 => one_by_one(&*store, &batch).await,
            Err(cause) => vec![Err(cause)],
        };
        // Between the commit and the answer: nothing is acknowledged that a database put back from a copy could lose unnoticed.
        let outcomes = match &head {
            Some(head) => covered(head, &*store, outcomes).await,
            None => outcomes,
        };
        for (answer, outcome) in answers.into_iter().zip(outcomes) {
            // Whoever is gone already need not be told.
            let _ = answer.send(outcome);
        }
    }
}

/// What was written and cannot be covered is not acknowledged; the same again finds it.
async fn covered(head: &HeadFile, store: &dyn LogStore, outcomes: Vec<Outcome>) -> Vec<Outcome> {
    let Err(cause) = head.keep(store).await else {
        return outcomes;
    };
    let refused = |outcome: Outcome| {
        outcome.and_then(|_| {
            Err(StorageError::Unreadable {
                what: "head of the log",
                reason: cause.to_string(),
            })
        })
    };
    outcomes.into_iter().map(refused).collect()
}

async fn one_by_one(store: &dyn LogStore, batch: &[Append]) -> Vec<Outcome> {
    let mut outcomes = Vec::with_capacity(batch.len());
    for append in batch {
        let written = store.append(std::slice::from_ref(append)).await;
        outcomes.push(written.and_then(|mut written| {
            written.pop().ok_or(StorageError::Unreadable {
                what: "log",
                reason: "nothing came of an append".to_owned(),
            })
        }));
    }
    outcomes
}

/// Some hundred entries take a few milliseconds; longer batches would only make the first one in them wait for the last.
const LARGEST_BATCH: usize = 256;
/// Whoever comes when so many wait, waits to wait.
const LONGEST_QUEUE: usize = 1024;
