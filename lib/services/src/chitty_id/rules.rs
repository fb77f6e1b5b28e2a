//! What ChittyID issues, shows and withdraws.

use std::sync::Arc;

use certified_evidence::certificate::{AuthorityError, Certificate, LeafProfile};
use certified_evidence::wire::certificates::{
    CertificateKind, CertificateRecord, CertificateStatus, IssueReply, IssueRequest, PackageCertificate,
    PackageCertificates, RevokeReply, RevokeRequest, VerifyReply,
};
use certified_evidence::{CertId, ChittyId as Identity, Digest, PackageName, PublicKey, RequestId, Secret, Timestamp};

use super::authority::LocalAuthority;
use super::request::{fresh_cert_id, fresh_identity, lifetime, proven_key};
use super::{agreement, profile, standing};
use crate::auth::Caller;
use crate::oidc::{Identities, Proven};
use crate::refusal::Refusal;
use crate::storage::{AuditEntry, Certificates, Revocation, StoredCertificate, Written};
use crate::{Addresses, Clock};

/// Issues certificates and remembers them.
pub(crate) struct ChittyId {
    pub(crate) authority: LocalAuthority,
    pub(crate) certificates: Arc<dyn Certificates>,
    pub(crate) identities: Arc<Identities>,
    /// For whom identity tokens have to be.
    pub(crate) audience: String,
    pub(crate) addresses: Arc<Addresses>,
    pub(crate) clock: Clock,
}

impl ChittyId {
    /// Issues the certificate of one release. Each request gets a new identity and a new certificate; one that is never used does no harm.
    pub(crate) async fn issue(
        &self,
        caller: &Caller,
        id: &RequestId,
        mut asked: IssueRequest,
    ) -> Result<IssueReply, Refusal> {
        caller.require(&[SCOPE])?;
        let now = (self.clock)();
        let public_key = proven_key(&asked)?;
        let lifetime = lifetime(asked.validity_seconds)?;
        // Last of all that can be refused: a token is good for one request.
        let proven = self.proven(caller, id, &asked).await?;
        let identity = fresh_identity(&asked.package_name)?;
        let mut profile = profile::of_release(&asked, &identity, &public_key, (now.minus_seconds(TOLERANCE), lifetime));
        match &proven {
            Some(Proven::Run(run)) => {
                profile = profile::of_workflow(profile, run)?;
                asked.requester = agreement::verified(run);
            }
            Some(Proven::Holder(holder)) => profile = profile::of_holder(profile, holder)?,
            None => {}
        }
        let certificate = self.sign(profile, now)?;
        let stored = self.record(caller, asked, identity, &certificate, now)?;
        let entry = audit(caller, id, "certificate:issue", &stored.cert_id, now);
        // Kept before it is handed out: a certificate that nobody remembers could not be revoked.
        self.certificates.add(&stored, &entry).await?;
        Ok(self.issued(stored, &public_key))
    }

    /// Tells anybody whether a certificate holds now, and whether it held at another time. Nothing when it is unknown.
    pub(crate) async fn verify(&self, cert_id: &CertId, at: Option<Timestamp>) -> Result<Option<VerifyReply>, Refusal> {
        let found = self.certificates.find(cert_id).await?;
        Ok(found.map(|certificate| standing::verdict(&certificate, (self.clock)(), at)))
    }

    /// Shows a certificate with its bytes.
    pub(crate) async fn get(&self, cert_id: &CertId) -> Result<CertificateRecord, Refusal> {
        let found = self.certificates.find(cert_id).await?.ok_or_else(|| unknown(cert_id))?;
        Ok(CertificateRecord {
            summary: standing::summary(&found, (self.clock)()),
            kind: CertificateKind::Package,
            issuer: found.issuer,
            pem: found.pem,
            chain: found.chain,
            serial_number: found.serial_number,
        })
    }

    /// Withdraws a certificate of the caller's, from now or from an earlier moment on. A second withdrawal answers with the first, unless it
    /// names an earlier moment than that.
    pub(crate) async fn revoke(
        &self,
        caller: &Caller,
        id: &RequestId,
        cert_id: &CertId,
        asked: RevokeRequest,
    ) -> Result<RevokeReply, Refusal> {
        caller.require(&[SCOPE])?;
        if asked.reason.trim().is_empty() {
            let reason = "a revocation needs a reason".to_owned();
            return Err(Refusal::Invalid {
                code: "MISSING_REASON",
                reason,
            });
        }
        let found = self.certificates.find(cert_id).await?.ok_or_else(|| unknown(cert_id))?;
        if found.owner != caller.id {
            let reason = format!("the certificate {cert_id} was issued to somebody else");
            return Err(Refusal::Forbidden { reason });
        }
        let now = (self.clock)();
        let at = asked.revoked_at.unwrap_or(now);
        if at > now {
            return Err(Refusal::invalid(format!(
                "a revocation begins now or earlier: it is {now}, {at} was asked for"
            )));
        }
        let revocation = Revocation {
            at,
            reason: asked.reason,
        };
        let entry = audit(caller, id, "certificate:revoke", cert_id, now);
        let written = self
            .certificates
            .revoke(cert_id, &revocation, &entry)
            .await?
            .ok_or_else(|| unknown(cert_id))?;
        let (Written::New(kept) | Written::Present(kept)) = written;
        Ok(RevokeReply {
            success: true,
            cert_id: cert_id.clone(),
            status: CertificateStatus::Revoked,
            revoked_at: kept.at,
            reason: kept.reason,
        })
    }

    /// Lists the certificates of a package for anybody.
    pub(crate) async fn of_package(&self, name: PackageName) -> Result<PackageCertificates, Refusal> {
        let now = (self.clock)();
        let found = self.certificates.of_package(&name).await?;
        let certificates: Vec<_> = found.iter().map(|certificate| line(certificate, now)).collect();
        Ok(PackageCertificates {
            package_name: name,
            total: certificates.len() as u64,
            certificates,
        })
    }

    /// A token that tells who the caller is, where these services have an issuer for that.
    pub(crate) fn identity_token(&self, caller: &Caller, audience: &str) -> Result<Secret<String>, Refusal> {
        self.identities.local_token(&caller.id, audience)
    }

    /// Whom the request's identity token proves, if it came with one. The token is spent then.
    async fn proven(&self, caller: &Caller, id: &RequestId, asked: &IssueRequest) -> Result<Option<Proven>, Refusal> {
        let Some(token) = &asked.oidc_token else {
            return Ok(None);
        };
        let unspent = self.identities.check(token.expose(), &self.audience).await?;
        match unspent.proven() {
            Proven::Run(run) => agreement::check(&asked.requester, run)?,
            Proven::Holder(holder) => agreement::check_holder(&caller.id, holder)?,
        }
        Ok(Some(self.identities.spend(unspent, &caller.id, id).await?))
    }

    fn sign(&self, profile: LeafProfile, now: Timestamp) -> Result<Certificate, Refusal> {
        self.authority.issue(profile, now).map_err(|cause| match cause {
            AuthorityError::Name(cause) => Refusal::invalid(cause.to_string()),
            other => Refusal::Failed {
                code: "CERTIFICATE_ISSUANCE_FAILED",
                reason: other.to_string(),
            },
        })
    }

    fn record(
        &self,
        caller: &Caller,
        asked: IssueRequest,
        identity: Identity,
        certificate: &Certificate,
        now: Timestamp,
    ) -> Result<StoredCertificate, Refusal> {
        Ok(StoredCertificate {
            cert_id: fresh_cert_id(now)?,
            chitty_id: identity,
            package_name: asked.package_name,
            version: asked.version,
            pem: certificate.to_pem(),
            chain: self.authority.chain(),
            issuer: self.authority.name().to_owned(),
            fingerprint: Digest::of(certificate.der()),
            serial_number: certificate.serial_hex().to_owned(),
            issued_at: certificate.not_before(),
            expires_at: certificate.not_after(),
            owner: caller.id.clone(),
            requester: asked.requester,
            governance_approval: asked.governance_approval,
            revocation: None,
        })
    }

    fn issued(&self, stored: StoredCertificate, public_key: &PublicKey) -> IssueReply {
        IssueReply {
            success: true,
            verify_url: self.addresses.verify_url(&stored.cert_id),
            cert_id: stored.cert_id,
            chitty_id: stored.chitty_id,
            pem: stored.pem,
            chain: stored.chain,
            public_key: public_key.to_pem(),
            fingerprint: stored.fingerprint,
            public_key_fingerprint: Digest::of(public_key.spki_der()),
            issued_at: stored.issued_at,
            expires_at: stored.expires_at,
            serial_number: stored.serial_number,
        }
    }
}

fn line(certificate: &StoredCertificate, now: Timestamp) -> PackageCertificate {
    PackageCertificate {
        cert_id: certificate.cert_id.clone(),
        version: certificate.version.clone(),
        status: standing::status(certificate, now),
        issued_at: certificate.issued_at,
        expires_at: certificate.expires_at,
    }
}

fn audit(caller: &Caller, id: &RequestId, action: &'static str, cert_id: &CertId, now: Timestamp) -> AuditEntry {
    AuditEntry {
        timestamp: now,
        actor: caller.id.clone(),
        action,
        resource: cert_id.to_string(),
        request_id: id.clone(),
    }
}

fn unknown(cert_id: &CertId) -> Refusal {
    Refusal::NotFound {
        code: NOT_FOUND,
        reason: format!("there is no certificate {cert_id}"),
    }
}

/// The code of a certificate that does not exist.
pub(super) const NOT_FOUND: &str = "CERTIFICATE_NOT_FOUND";
const SCOPE: &str = "certificate:request";
/// A certificate's life begins a minute before it is asked for: the clock of whoever signs with it may be behind.
const TOLERANCE: u64 = 60;
