//! Step 8 with `--stage`: the published tarball waits on npm's stage until a person lets it go out.
//!
//! Sends:    `POST /-/stage/package/{name}`, after a look at what waits there, by whoever may look
//! Leaves:   a version that waits; the registry's record stays pending
//! Again:    the same bytes wait still: said again, nothing is sent. Other bytes wait: refused, with both digests. Approved: npm serves
//!           the version, and the run finds it published and confirms it.
//!
//! A token of a trusted publisher is shown nothing of the stage. Then the conflict with which npm answers is all that is known, and the
//! digest to compare before approving is said; whatever is approved is compared when npm serves it.

use certified_client::npm::Npm;
use certified_client::{Class, ClientError, Failure};
use certified_evidence::wire::npm::StageItem;
use certified_evidence::{Integrity, StageId};

use crate::steps::metadata::Sealed;
use crate::steps::publish::{publication, release, served};
use crate::writer::Writer;
use crate::{Cause, Conflict, Desk};

/// Puts the release on the stage, or finds it there. Answers with nothing when npm serves it by now.
///
/// # Errors
/// [`Cause::Staged`] when it waits, which is what was asked for; else why it does not.
pub(crate) async fn stage(sealed: &Sealed, writer: &mut Writer<'_>, desk: &Desk) -> Result<(), Cause> {
    if let Some(id) = waiting(sealed, writer.npm()).await? {
        return Err(staged(sealed, Some(id), true));
    }
    let publication = publication(sealed, desk)?;
    let error = match writer.write(async |npm| npm.stage(&publication).await).await {
        Ok(id) => return Err(staged(sealed, id, true)),
        Err(error) => error,
    };
    if error.nothing_was_sent() || !matches!(error.class(), Class::Conflict | Class::Unknown | Class::Unavailable) {
        return Err(error.into());
    }
    // The answer alone does not decide: the version may be served by now, or an answer that was lost was a good one.
    if served(sealed, writer.npm()).await?.is_some() {
        return Ok(());
    }
    match waiting(sealed, writer.npm()).await? {
        Some(id) => Err(staged(sealed, Some(id), true)),
        None if is_taken(&error) => Err(staged(sealed, None, false)),
        None => Err(error.into()),
    }
}

/// What the release is called on the stage, when its very bytes wait there; nothing when they do not, or when nobody may look.
async fn waiting(sealed: &Sealed, npm: &Npm) -> Result<Option<StageId>, Cause> {
    if npm.is_short_lived() {
        return Ok(None);
    }
    let evidence = &sealed.evidence;
    let found = match npm.staged(&evidence.name, &evidence.version).await {
        Err(error) if matches!(error.what, Failure::NotFound(_)) => {
            return Err(Cause::NoStage {
                registry: npm.base().to_string(),
            });
        }
        found => found?,
    };
    match found {
        Some(item) => compared(sealed, npm, item).await.map(Some),
        None => Ok(None),
    }
}

async fn compared(sealed: &Sealed, npm: &Npm, item: StageItem) -> Result<StageId, Cause> {
    let bytes = npm.staged_tarball(&item.id).await?;
    if bytes == sealed.published.bytes() {
        return Ok(item.id);
    }
    Err(Conflict::Staged {
        release: release(sealed),
        ours: sealed.evidence.published.integrity,
        theirs: Integrity::of(&bytes),
        id: item.id,
    }
    .into())
}

/// npm answers with a conflict also while it is busy with another write of the package; its words tell the two apart.
pub(crate) fn is_taken(error: &ClientError) -> bool {
    match &error.what {
        Failure::Conflict(said) => [&said.code, &said.message]
            .iter()
            .any(|words| words.to_ascii_lowercase().contains("stage")),
        _ => false,
    }
}

/// The release waits.
pub(crate) fn staged(sealed: &Sealed, id: Option<StageId>, compared: bool) -> Cause {
    Cause::Staged {
        release: release(sealed),
        id,
        integrity: sealed.evidence.published.integrity,
        compared,
    }
}
