//! A certificate authority of the test's own in the place of ChittyID's, so that a certificate can be wrong in one thing and right in all
//! others.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use certified_evidence::anchors::CertificateAuthority;
use certified_evidence::certificate::{Authority, LeafProfile, SerialNumber, WorkflowClaims};
use certified_evidence::wire::certificates::{IssueReply, IssueRequest};
use certified_evidence::{Anchors, CertificateRequest, Digest, KeyAlgorithm, PublicKey, SigningKey, Timestamp};
use getrandom::SysRng;
use rand_core::UnwrapErr;

use super::{Act, Asked};

/// A root that issues.
#[derive(Clone)]
pub(crate) struct LocalCa(Arc<Authority>);

impl LocalCa {
    pub(crate) fn new() -> Self {
        let root = Authority::root(
            "A root of this test",
            "Acme",
            now().minus_seconds(day(30)),
            day(3000),
            key(),
            &mut random(),
        );
        Self(Arc::new(root.unwrap()))
    }

    /// What makes the program believe it.
    pub(crate) fn anchors(&self) -> Anchors {
        let certificate = self.0.certificate();
        let anchor = CertificateAuthority {
            name: "A root of this test".into(),
            pem: certificate.to_pem(),
            valid_from: certificate.not_before(),
            valid_until: certificate.not_after(),
        };
        Anchors {
            certificate_authorities: vec![anchor],
            ..Anchors::default()
        }
    }

    /// Exchanges the certificate in ChittyID's answer for one of this authority, after `amend` has had its way with the certificate and
    /// `retell` with the answer. Everything else stays: the certificate is for the key and the release that were asked for.
    pub(crate) fn reissue(
        &self,
        asked: &Asked,
        amend: impl Fn(&mut LeafProfile) + Send + 'static,
        retell: impl Fn(&mut IssueReply) + Send + 'static,
    ) -> Act {
        if !asked.is("POST", "/v1/certificates/issue") {
            return Act::Forward;
        }
        let (root, request) = (
            Arc::clone(&self.0),
            serde_json::from_slice::<IssueRequest>(&asked.body).unwrap(),
        );
        Act::Change(Box::new(move |answer| {
            let mut reply: IssueReply = serde_json::from_slice(&answer).unwrap();
            let mut profile = profile(&request, &reply);
            amend(&mut profile);
            let certificate = root.issue(profile).unwrap();
            (reply.pem, reply.chain) = (certificate.to_pem(), vec![]);
            reply.fingerprint = Digest::from_bytes(certificate.fingerprint());
            (reply.issued_at, reply.expires_at) = (certificate.not_before(), certificate.not_after());
            retell(&mut reply);
            serde_json::to_vec(&reply).unwrap()
        }))
    }
}

/// Nothing is amended.
pub(crate) fn plain<T>(_: &mut T) {}

/// A key that nobody asked a certificate for.
pub(crate) fn other_key() -> PublicKey {
    key().public_key().clone()
}

/// Seconds in so many days.
pub(crate) const fn day(days: u64) -> u64 {
    days * 24 * 60 * 60
}

/// The time of this machine.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_unix(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs())
}

fn profile(request: &IssueRequest, reply: &IssueReply) -> LeafProfile {
    let asked = CertificateRequest::parse(&request.csr).unwrap();
    LeafProfile {
        common_name: reply.chitty_id.to_string(),
        san_uri: Some(format!("{}@{}", request.package_name.purl(), request.version)),
        release: None,
        public_key: asked.verify().unwrap().clone(),
        not_before: now().minus_seconds(60),
        not_after: now().plus_seconds(day(30)),
        serial: SerialNumber::random(&mut random()),
        claims: WorkflowClaims::default(),
    }
}

fn key() -> SigningKey {
    SigningKey::generate(KeyAlgorithm::EcdsaP256, &mut random()).unwrap()
}

fn random() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}
