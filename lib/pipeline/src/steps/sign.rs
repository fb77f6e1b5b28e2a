//! Step 3 of 9: the package is packed without a block, hashed and signed. This is the tarball that everything else is about.
//!
//! Sends:    `POST /api/v1/timestamp`, `POST /log/api/v2/log/entries`      where the anchors name who answers
//! Leaves:   the certified tarball, its detached signature and its bundle; an entry in the log
//! Again:    the same tarball, and by the same key the same signature and entry, witnessed at a later time

use certified_evidence::bundle::Content;
use certified_evidence::{Bundle, Certificate, Signature, SigningKey, Timestamp};
use certified_pack::{Dialect, Options, pack};
use certified_verify::{CertifiedTarball, Refusal};

use super::certificate::Identity;
use crate::witness::{self, About};
use crate::{Cause, Desk, Project};

/// The certified tarball with the signature over it.
pub struct Signed {
    /// Who signed.
    pub identity: Identity,
    /// What was signed.
    pub certified: CertifiedTarball,
    /// The npm whose rules selected the files, for example `npm 12`.
    pub packed_by: String,
    /// The signature.
    pub signature: Signature,
    /// The signature with its witnesses, where there are any.
    pub bundle: Option<Bundle>,
    /// When, by this machine's clock.
    pub signed_at: Timestamp,
}

/// Packs, signs, checks the signature with the key that the certificate certifies, and has it witnessed.
///
/// # Errors
/// When the folder cannot be packed, the signature does not hold, or a witness is not there.
pub async fn run(project: &Project, identity: Identity, key: &SigningKey, desk: &Desk) -> Result<Signed, Cause> {
    let (certified, dialect) = packed(project, desk)?;
    let signature = key.sign(certified.bytes())?;
    let signed_at = desk.now();
    check(&identity, certified.bytes(), &signature, "certified tarball")?;
    let content = Content::Message {
        digest: certified.facts().sha256,
        signature: signature.clone(),
    };
    let bundle = witness::bundle(content, about(&certified), &identity.facts, desk).await?;
    Ok(Signed {
        identity,
        certified,
        packed_by: dialect.to_string(),
        signature,
        bundle,
        signed_at,
    })
}

/// What the bundle of this step is about.
pub(crate) fn about(certified: &CertifiedTarball) -> About<'_> {
    About::Tarball("certified tarball", certified.bytes())
}

/// The certified tarball of a folder, packed from the manifest without a block, and whose rules selected the files.
///
/// # Errors
/// When the folder cannot be packed, has got a secret since it was looked through, or gives a tarball that a strict reader refuses.
pub fn packed(project: &Project, desk: &Desk) -> Result<(CertifiedTarball, Dialect), Cause> {
    let (packed, tarball) = pack(project.folder(), &options(project, desk))?;
    Ok((CertifiedTarball::new(tarball)?, packed.dialect))
}

/// How this project is packed in this run: without a block, without secrets, by the rules of the npm that it asks for or that is installed.
pub(crate) fn options(project: &Project, desk: &Desk) -> Options {
    let settings = &desk.settings;
    Options::with_manifest(project.bare().clone())
        .with_search_path(settings.search_path.clone())
        .guarded_by(settings.guard.clone())
}

/// A signature counts only when the certificate's key confirms it, not ours.
pub(crate) fn check(
    identity: &Identity,
    bytes: &[u8],
    signature: &Signature,
    which: &'static str,
) -> Result<(), Refusal> {
    let unreadable = |why: String| Refusal::CertificateUnreadable { why };
    let certificate = Certificate::from_pem(&identity.facts.pem).map_err(|e| unreadable(e.to_string()))?;
    let key = certificate.public_key().map_err(|e| unreadable(e.to_string()))?;
    key.verify(bytes, signature).map_err(|e| Refusal::SignatureInvalid {
        which,
        why: e.to_string(),
    })
}
