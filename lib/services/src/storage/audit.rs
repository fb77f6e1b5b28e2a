//! The audit log: who did what, in an order that cannot be changed later without showing.

use certified_evidence::{RequestId, Timestamp};

/// One line of the audit log.
#[derive(Clone, Debug)]
pub(crate) struct AuditEntry {
    /// When it was done.
    pub(crate) timestamp: Timestamp,
    /// Who did it: the authenticated identity.
    pub(crate) actor: String,
    /// What was done, `{service}:{action}`.
    pub(crate) action: &'static str,
    /// What it was done to.
    pub(crate) resource: String,
    /// The request that asked for it.
    pub(crate) request_id: RequestId,
}

impl AuditEntry {
    /// How it ended. What fails leaves no entry, because the entry is written together with what was done.
    pub(crate) const OUTCOME: &'static str = "success";

    /// The text that the entry's hash covers: a JSON array, so that no value can run into its neighbour.
    pub(crate) fn hashed_text(&self, previous: &str) -> String {
        serde_json::json!([
            previous,
            self.timestamp.unix(),
            self.actor,
            self.action,
            self.resource,
            Self::OUTCOME,
            self.request_id.as_str(),
        ])
        .to_string()
    }
}
