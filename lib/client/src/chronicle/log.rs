//! The Chronicle's log: recording signatures in it, and holding it to what it said before.

use certified_evidence::bundle::TransparencyLogEntry;
use certified_evidence::log::{
    Checkpoint, CheckpointError, ConsistencyProof, NoteError, TreeHead, TreeSize, TrustedHead,
};
use certified_evidence::wire::log::{ConsistencyReply, RecordRequest};
use reqwest::Method;

use super::Chronicle;
use crate::error::{ClientError, Failure, Service};

impl Chronicle {
    /// Records a signature in the log, or finds it recorded. Without a token the certificate speaks for the caller; it has to be one of
    /// ChittyID's then.
    ///
    /// # Errors
    /// See [`ClientError::class`]. The entry is for a bundle, and is checked with the bundle.
    pub async fn record_signature(&self, request: &RecordRequest) -> Result<TransparencyLogEntry, ClientError> {
        let mut call = self.call(Method::POST, "/log/api/v2/log/entries");
        if self.has_token() {
            call = call.token(self.token.as_ref())?;
        }
        call.json(request)?.send().await?.json(Service::Chronicle)
    }

    /// The log's newest checkpoint, as it says itself: whether the log signed it, and that it begins with what was seen before, is for the
    /// caller to check. Sends no token.
    ///
    /// # Errors
    /// See [`ClientError::class`].
    pub async fn checkpoint(&self) -> Result<Checkpoint, ClientError> {
        let answer = self.call(Method::GET, "/log/checkpoint").send().await?;
        let unreadable = |reason: String| answer.refused(Service::Chronicle, Failure::Unreadable(reason));
        let text = std::str::from_utf8(&answer.body).map_err(|cause| unreadable(cause.to_string()))?;
        text.parse().map_err(|cause| unreadable(format!("{cause}")))
    }

    /// What the log offers as proof that it begins, at a later size, with everything it had at an earlier one; nothing when it says that it
    /// never had so many entries. What the proof is worth is for the caller to check. Sends no token.
    ///
    /// # Errors
    /// See [`ClientError::class`].
    pub async fn consistency(&self, from: TreeSize, to: TreeSize) -> Result<Option<ConsistencyProof>, ClientError> {
        let mut url = self.base.at("/log/proof/consistency");
        url.query_pairs_mut()
            .append_pair("from", &from.to_string())
            .append_pair("to", &to.to_string());
        let answer = self.call_at(Method::GET, url).accept(&[400, 404]).send().await?;
        if answer.status != 200 {
            return Ok(None);
        }
        let reply: ConsistencyReply = answer.json(Service::Chronicle)?;
        Ok(Some(ConsistencyProof::new(from, to, reply.hashes)))
    }

    /// The log's newest head. Sends no token.
    ///
    /// # Errors
    /// See [`ClientError::class`]; [`Failure::Unproven`] when the log did not sign it, [`Failure::Request`] when the log's key is not known.
    pub async fn head(&self) -> Result<TrustedHead, ClientError> {
        self.knows_a_log()?;
        let checkpoint = self.checkpoint().await?;
        self.signed(&checkpoint)
            .map_err(|cause| ClientError::new(Service::Chronicle, Failure::Unproven(cause.to_string())))
    }

    /// Asks the log to prove that it still begins with everything it had at an earlier head, and gives its newest one. Sends no token.
    ///
    /// # Errors
    /// See [`ClientError::class`]; [`Failure::Unproven`] when it cannot: then it has forgotten or changed an entry, or shows different logs
    /// to different readers. [`Failure::Request`] when the log's key is not known.
    pub async fn head_since(&self, earlier: &TreeHead) -> Result<TrustedHead, ClientError> {
        self.knows_a_log()?;
        let mut url = self.base.at("/log/proof/consistency");
        url.query_pairs_mut().append_pair("from", &earlier.size().to_string());
        let answer = self.call_at(Method::GET, url).accept(&[404]).send().await?;
        let unproven = |reason: String| answer.refused(Service::Chronicle, Failure::Unproven(reason));
        if answer.status == 404 {
            return Err(unproven(format!(
                "the log had {} entries and has fewer now",
                earlier.size()
            )));
        }
        let reply: ConsistencyReply = answer.json(Service::Chronicle)?;
        let later = self
            .signed(&reply.checkpoint)
            .map_err(|cause| unproven(cause.to_string()))?;
        reply
            .proof()
            .verify(earlier, later.head())
            .map_err(|cause| unproven(cause.to_string()))?;
        Ok(later)
    }

    fn signed(&self, checkpoint: &Checkpoint) -> Result<TrustedHead, CheckpointError> {
        let key = self.key_of(checkpoint).ok_or(NoteError::NoSignature)?;
        checkpoint.verify(key)
    }

    /// Before anything is sent: without a key there would be nothing to believe afterwards.
    fn knows_a_log(&self) -> Result<(), ClientError> {
        if self.logs.is_empty() {
            let unknown = Failure::Request("the anchors name no key of the Chronicle's log".to_owned());
            return Err(ClientError::new(Service::Chronicle, unknown));
        }
        Ok(())
    }
}
