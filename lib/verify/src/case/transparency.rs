//! The question that logs answer, without being asked: could others have seen the certificate and the signatures?

use certified_evidence::Certificate;

use super::{Answer, Case, bundle, not_asked, passed};
use crate::Refusal;
use crate::bundle::{Times, check_entries, check_logged};
use crate::chain::check_path;

impl Case<'_> {
    /// Anchors that name logs of certificates want the word of one in the certificate; those that name logs want the signatures of bundles
    /// in one. The logs are judged by the times at which the certificate is.
    pub(crate) fn transparency(&self) -> Answer {
        let certificate = self.signer()?;
        let times = Times::from(self.times(certificate));
        let mut seen = Vec::new();
        if !self.anchors.certificate_logs.is_empty() {
            let logged = check_logged(certificate, &self.issuer(certificate)?, self.anchors)?;
            seen.push(format!("the certificate at {}", logged.at()));
        }
        if let (Some(bundles), false) = (&self.evidence.bundles, self.anchors.logs.is_empty()) {
            for (of, bundle) in bundle::each(bundles) {
                let recorded = check_entries(bundle, of, self.anchors, &times)?;
                seen.push(format!("the {of} as {recorded}"));
            }
        }
        if seen.is_empty() {
            return not_asked(
                "the anchors name no log of certificates, and there are no entries of logs that they name",
            );
        }
        passed(seen.join(", "))
    }

    fn issuer(&self, certificate: &Certificate) -> Result<Certificate, Refusal> {
        let chain = self.chain()?;
        let at = self
            .times(certificate)
            .first()
            .copied()
            .unwrap_or(self.evidence.signed_at);
        Ok(check_path(certificate, chain, self.anchors, at)?.issuer)
    }
}
