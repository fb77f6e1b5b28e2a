//! Our own anchors in the form that others read.

use super::{CertificateAuthority, TransparencyLog, TrustRoot, TrustRootError, ValidFor};
use crate::anchors::{self, Anchors, TrustedLog};
use crate::certificate::Certificate;

impl TrustRoot {
    /// The same trust as these anchors, with the validity of every key.
    ///
    /// Verifiers of others do not take the certificates between a root and a release from the release: they have to know them. So `chain`,
    /// which [comes with a release](crate::CertificateFacts::chain) and has the issuing certificate first, goes with the roots that its last
    /// certificate names as its issuer. Nothing is trusted by that which was not before: whether a root really issued it is checked by
    /// whoever builds a chain.
    ///
    /// # Errors
    /// [`TrustRootError::Certificate`] when the root of an anchor cannot be read.
    pub fn of_anchors(anchors: &Anchors, chain: &[Certificate]) -> Result<Self, TrustRootError> {
        let authority = |anchor| authority(anchor, chain);
        Ok(Self {
            tlogs: anchors.logs.iter().map(log).collect(),
            certificate_authorities: anchors
                .certificate_authorities
                .iter()
                .map(authority)
                .collect::<Result<_, _>>()?,
            ctlogs: anchors.certificate_logs.clone(),
            timestamp_authorities: anchors.timestamp_authorities.clone(),
            ..Self::default()
        })
    }
}

fn authority(
    anchor: &anchors::CertificateAuthority,
    chain: &[Certificate],
) -> Result<CertificateAuthority, TrustRootError> {
    let root = Certificate::from_pem(&anchor.pem)?;
    let below = chain
        .last()
        .filter(|last| last.issuer_common_name() == root.common_name());
    let mut certificates: Vec<_> = below.map(|_| chain).unwrap_or_default().iter().collect();
    certificates.push(&root);
    let valid_for = ValidFor {
        start: anchor.valid_from,
        end: Some(anchor.valid_until),
    };
    CertificateAuthority::new(String::new(), &certificates, valid_for)
}

/// Where a log answers does not stand in the anchors; what it is called does, and its clients look for the name in the address.
fn log(trusted: &TrustedLog) -> TransparencyLog {
    let valid_for = ValidFor {
        start: trusted.valid_from,
        end: Some(trusted.valid_until),
    };
    TransparencyLog::of_log(format!("https://{}", trusted.key.name()), &trusted.key, valid_for)
}
