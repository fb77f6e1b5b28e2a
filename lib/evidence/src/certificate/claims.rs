//! What an issuer verified about a workflow before it issued: the certificate extensions of Fulcio.
//!
//! Spec: <https://github.com/sigstore/fulcio/blob/main/docs/oid-info.md>

use std::collections::BTreeMap;

use der::asn1::{ObjectIdentifier, OctetString, Utf8StringRef};
use der::{Decode as _, Encode as _};
use x509_cert::ext::Extension;

use super::Certificate;

/// One fact about a workflow. Its number is the last arc below `1.3.6.1.4.1.57264.1`.
///
/// 1 to 6 are deprecated but still asked for by verifiers, and are written as bare text; the others are DER
/// `UTF8String`s.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
#[repr(u8)]
#[expect(
    missing_docs,
    reason = "each name is the specification's own, and the documentation of the enum says where that is"
)]
pub enum Claim {
    BareIssuer = 1,
    BareTrigger = 2,
    BareSha = 3,
    BareWorkflowName = 4,
    BareRepository = 5,
    BareRef = 6,
    Issuer = 8,
    BuildSignerUri = 9,
    BuildSignerDigest = 10,
    RunnerEnvironment = 11,
    SourceRepositoryUri = 12,
    SourceRepositoryDigest = 13,
    SourceRepositoryRef = 14,
    SourceRepositoryIdentifier = 15,
    SourceRepositoryOwnerUri = 16,
    SourceRepositoryOwnerIdentifier = 17,
    BuildConfigUri = 18,
    BuildConfigDigest = 19,
    BuildTrigger = 20,
    RunInvocationUri = 21,
    SourceRepositoryVisibility = 22,
    DeploymentEnvironment = 23,
    TokenSubject = 24,
}

impl Claim {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 23] = [
        Self::BareIssuer,
        Self::BareTrigger,
        Self::BareSha,
        Self::BareWorkflowName,
        Self::BareRepository,
        Self::BareRef,
        Self::Issuer,
        Self::BuildSignerUri,
        Self::BuildSignerDigest,
        Self::RunnerEnvironment,
        Self::SourceRepositoryUri,
        Self::SourceRepositoryDigest,
        Self::SourceRepositoryRef,
        Self::SourceRepositoryIdentifier,
        Self::SourceRepositoryOwnerUri,
        Self::SourceRepositoryOwnerIdentifier,
        Self::BuildConfigUri,
        Self::BuildConfigDigest,
        Self::BuildTrigger,
        Self::RunInvocationUri,
        Self::SourceRepositoryVisibility,
        Self::DeploymentEnvironment,
        Self::TokenSubject,
    ];

    fn is_bare(self) -> bool {
        self <= Self::BareRef
    }

    fn oid(self) -> der::Result<ObjectIdentifier> {
        Ok(ARC.push_arc(u32::from(self as u8))?)
    }
}

/// What is known about a workflow; empty unless somebody verified it.
///
/// An authority puts here only what stood in an identity token that it checked itself: whatever a certificate says,
/// the authority says.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct WorkflowClaims(BTreeMap<Claim, String>);

impl WorkflowClaims {
    /// The longest value, in bytes.
    pub const LONGEST: usize = 2048;

    /// Adds or replaces one fact.
    ///
    /// # Errors
    /// [`ClaimError`] when the value is empty, too long or contains control characters.
    pub fn with(mut self, claim: Claim, value: impl Into<String>) -> Result<Self, ClaimError> {
        let value = value.into();
        if value.is_empty() || value.len() > Self::LONGEST || value.chars().any(char::is_control) {
            return Err(ClaimError {
                claim,
                limit: Self::LONGEST,
                length: value.len(),
            });
        }
        self.0.insert(claim, value);
        Ok(self)
    }

    /// One fact, if it is known.
    pub fn get(&self, claim: Claim) -> Option<&str> {
        self.0.get(&claim).map(String::as_str)
    }

    /// All known facts, in the order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = (Claim, &str)> {
        self.0.iter().map(|(claim, value)| (*claim, value.as_str()))
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn read(certificate: &Certificate) -> Result<Self, ClaimError> {
        let mut claims = Self::default();
        for claim in Claim::ALL {
            let found = claim.oid().ok().and_then(|oid| certificate.extension_by_oid(oid));
            if let Some(contents) = found {
                let refused = ClaimError {
                    claim,
                    limit: Self::LONGEST,
                    length: contents.len(),
                };
                claims = claims.with(claim, text(claim, contents).ok_or(refused)?)?;
            }
        }
        Ok(claims)
    }

    pub(super) fn extensions(&self) -> der::Result<Vec<Extension>> {
        let extension = |(claim, value): (Claim, &str)| {
            let contents = if claim.is_bare() {
                value.as_bytes().to_vec()
            } else {
                Utf8StringRef::new(value)?.to_der()?
            };
            Ok(Extension {
                extn_id: claim.oid()?,
                critical: false,
                extn_value: OctetString::new(contents)?,
            })
        };
        self.iter().map(extension).collect()
    }
}

/// A fact about a workflow that is not text of one line.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error(
    "expected the workflow claim {claim:?} to be 1 to {limit} bytes of text without control characters, found {length} bytes"
)]
pub struct ClaimError {
    /// Which fact.
    pub claim: Claim,
    /// The longest value, in bytes.
    pub limit: usize,
    /// The length that was found, in bytes.
    pub length: usize,
}

fn text(claim: Claim, contents: &[u8]) -> Option<&str> {
    if claim.is_bare() {
        return str::from_utf8(contents).ok();
    }
    Utf8StringRef::from_der(contents).ok().map(|text| text.as_str())
}

const ARC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deprecated_claims_are_bare_text_and_the_others_are_der() {
        let claims = WorkflowClaims::default()
            .with(Claim::BareIssuer, "ab")
            .unwrap()
            .with(Claim::Issuer, "ab")
            .unwrap();
        let extensions = claims.extensions().unwrap();
        let written: Vec<_> = extensions
            .iter()
            .map(|extension| (extension.extn_id.to_string(), extension.extn_value.as_bytes()))
            .collect();
        let expected: [(String, &[u8]); 2] = [
            ("1.3.6.1.4.1.57264.1.1".to_owned(), b"ab"),
            ("1.3.6.1.4.1.57264.1.8".to_owned(), b"\x0C\x02ab"),
        ];
        assert_eq!(written, expected);
    }

    #[test]
    fn a_claim_of_no_text_too_much_text_or_two_lines_is_refused() {
        for value in ["", "a\nb", &"a".repeat(2049)] {
            let refused = ClaimError {
                claim: Claim::Issuer,
                limit: 2048,
                length: value.len(),
            };
            assert_eq!(WorkflowClaims::default().with(Claim::Issuer, value), Err(refused));
        }
    }
}
