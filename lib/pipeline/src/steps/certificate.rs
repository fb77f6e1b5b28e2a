//! Step 2 of 9: ChittyID certifies a key that was made for this release alone.
//!
//! Sends:    `POST /v1/certificates/issue`      fixtures/wire/chittyid/
//!           on GitHub with an identity token of this run, asked for right before, so that the certificate tells which workflow asked
//! Leaves:   a certificate
//! Again:    a new key and a new certificate; the one before signed nothing and is harmless

use certified_evidence::wire::certificates::{CertificateKind, IssueReply, IssueRequest};
use certified_evidence::{Certificate, CertificateFacts, CertificateRequest, Digest, PublicKey, SigningKey, Timestamp};
use certified_verify::{Refusal, check_certificate, check_key, needed_chain};
use serde::{Deserialize, Serialize};

use crate::{Cause, Desk, Project};

/// The certificate of this release, accepted.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Identity {
    /// The certificate and its chain.
    pub facts: CertificateFacts,
    /// When its life begins.
    pub issued_at: Timestamp,
    /// When its life ends.
    pub expires_at: Timestamp,
    /// Where to ask later whether it still holds.
    pub verify_url: String,
}

/// Makes a key, asks, accepts. The key exists in this process alone.
///
/// # Errors
/// When ChittyID does not issue, or issues something else than what was asked for.
pub async fn run(project: &Project, desk: &Desk) -> Result<(SigningKey, Identity), Cause> {
    let mut random = rand_core::UnwrapErr(getrandom::SysRng);
    let key = SigningKey::generate(desk.settings.key_algorithm, &mut random)?;
    let request = request(project, &key, desk)?;
    let reply = match &desk.run {
        Some(run) => desk.chitty_id.issue_to_run(request, run).await?,
        None => desk.chitty_id.issue(&request).await?,
    };
    let identity = accept(reply, key.public_key(), project, desk)?;
    Ok((key, identity))
}

fn request(project: &Project, key: &SigningKey, desk: &Desk) -> Result<IssueRequest, Cause> {
    // The common name is ChittyID's to give; the request only proves who has the key.
    let csr = CertificateRequest::create(key, &request_name(project))?;
    Ok(IssueRequest {
        kind: CertificateKind::Package,
        package_name: project.name().clone(),
        version: project.version().clone(),
        requester: desk.context.requester(),
        governance_approval: desk.context.governance.approval_url.clone(),
        csr: csr.to_pem(),
        key_algorithm: Some(desk.settings.key_algorithm),
        validity_seconds: None,
        oidc_token: None,
    })
}

/// At most the 64 characters that X.520 allows a common name.
fn request_name(project: &Project) -> String {
    project.release().chars().take(64).collect()
}

fn accept(reply: IssueReply, asked: &PublicKey, project: &Project, desk: &Desk) -> Result<Identity, Refusal> {
    let unreadable =
        |e: certified_evidence::certificate::CertificateError| Refusal::CertificateUnreadable { why: e.to_string() };
    let certificate = Certificate::from_pem(&reply.pem).map_err(unreadable)?;
    let chain = reply
        .chain
        .iter()
        .map(|pem| Certificate::from_pem(pem))
        .collect::<Result<Vec<_>, _>>()
        .map_err(unreadable)?;
    check_key(&certificate, asked)?;
    let now = desk.now();
    let release = (project.name(), project.version());
    check_certificate(&certificate, &chain, release, &desk.anchors, now)?;
    let chain = needed_chain(&certificate, chain, &desk.anchors, now)?;
    let fingerprint = Digest::from_bytes(certificate.fingerprint());
    if fingerprint != reply.fingerprint {
        return Err(Refusal::OtherCertificate {
            expected: reply.fingerprint,
            found: fingerprint,
        });
    }
    if certificate.common_name() != Some(reply.chitty_id.as_str()) {
        return Err(Refusal::CertificateOtherName {
            expected: reply.chitty_id.to_string(),
            found: certificate.common_name().unwrap_or_default().to_owned(),
        });
    }
    Ok(Identity {
        issued_at: certificate.not_before(),
        expires_at: certificate.not_after(),
        verify_url: reply.verify_url,
        facts: CertificateFacts {
            cert_id: reply.cert_id,
            chitty_id: reply.chitty_id,
            fingerprint,
            // ChittyID may break lines as it likes and send roots along; evidence has one spelling, and nothing that leads nowhere.
            pem: certificate.to_pem(),
            chain: chain.iter().map(Certificate::to_pem).collect(),
        },
    })
}
