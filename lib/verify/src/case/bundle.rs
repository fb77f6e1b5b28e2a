//! Whether the bundles are those of this release.

use certified_evidence::bundle::Content;
use certified_evidence::statement::ResourceDescriptor;
use certified_evidence::{Bundle, Bundles, Certificate, Digest, Signature};

use super::timestamp::{CERTIFIED, PROVENANCE, PUBLISHED};
use super::{Answer, Case, build, not_asked, passed};
use crate::Refusal;
use crate::bundle::{check_signature, same_certificate, statement};

impl Case<'_> {
    /// The bundles say what the rest of the evidence says; nothing in them may say otherwise.
    pub(crate) fn bundle(&self) -> Answer {
        let Some(bundles) = &self.evidence.bundles else {
            return not_asked("the release carries no bundles");
        };
        let certificate = self.signer()?;
        for (of, bundle) in each(bundles) {
            same_certificate(of, bundle, certificate)?;
        }
        let (facts, signatures) = (self.evidence, &self.evidence.signatures);
        same_signature(
            CERTIFIED,
            &bundles.certified,
            facts.certified.sha256,
            &signatures.certified,
        )?;
        same_signature(
            PUBLISHED,
            &bundles.published,
            facts.published.sha256,
            &signatures.published,
        )?;
        self.provenance(&bundles.provenance, certificate)?;
        passed(format!(
            "both tarballs and the provenance, by {}",
            self.evidence.certificate.fingerprint
        ))
    }

    /// About the published tarball under its own name, made together with the certified one, by the build that the certificate tells of.
    fn provenance(&self, bundle: &Bundle, certificate: &Certificate) -> Result<(), Refusal> {
        check_signature(bundle, PROVENANCE, self.tarball.bytes())?;
        let Some(statement) = statement(bundle, self.tarball.bytes())? else {
            return Err(other_kind(PROVENANCE, ENVELOPE, MESSAGE));
        };
        let expected = format!("{}@{}", self.evidence.name.purl(), self.evidence.version);
        if statement.subject.name != expected {
            let found = statement.subject.name;
            return Err(Refusal::BundleOtherSubject { expected, found });
        }
        let provenance = statement
            .provenance()
            .map_err(|e| Refusal::BundleOtherStatement { why: e.to_string() })?;
        let certified = &self.evidence.certified;
        let named = |made: &&ResourceDescriptor| made.name.as_deref() == Some(certified.filename.as_str());
        let named: Vec<_> = provenance.run_details.byproducts.iter().filter(named).collect();
        let found: Vec<&str> = named
            .iter()
            .map(|made| made.digest.get("sha256").map_or("", String::as_str))
            .collect();
        if found != [certified.sha256.hex()] {
            return Err(Refusal::BundleOtherSubject {
                expected: format!(
                    "a build that made {} with {}",
                    certified.filename,
                    certified.sha256.hex()
                ),
                found: format!("a build that made it with `{}`", found.join(" ")),
            });
        }
        named.iter().try_for_each(|made| self.annotations(made))?;
        build::check(&provenance, certificate, &self.evidence.block.build)
    }

    /// Statements of the first releases say nothing of this, and a word that nobody signed only informs there.
    fn annotations(&self, certified: &ResourceDescriptor) -> Result<(), Refusal> {
        let pairs = [
            ("packer", ResourceDescriptor::PACKED_BY, &self.evidence.packed_by),
            (
                "archive",
                ResourceDescriptor::ARCHIVED_AT,
                &self.evidence.archive.r2_location,
            ),
        ];
        for (part, name, expected) in pairs {
            match certified.annotations.get(name) {
                Some(found) if found.as_str() != Some(expected) => {
                    return Err(Refusal::BundleOtherBuild {
                        part,
                        expected: expected.clone(),
                        found: found.as_str().map_or_else(|| found.to_string(), str::to_owned),
                    });
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// The three bundles, with what they are about in messages.
pub(super) fn each(bundles: &Bundles) -> [(&'static str, &Bundle); 3] {
    [
        (CERTIFIED, &bundles.certified),
        (PUBLISHED, &bundles.published),
        (PROVENANCE, &bundles.provenance),
    ]
}

/// That the signature holds is asked of the evidence's own.
fn same_signature(of: &'static str, bundle: &Bundle, over: Digest, signature: &Signature) -> Result<(), Refusal> {
    let Content::Message {
        digest,
        signature: found,
    } = &bundle.content
    else {
        return Err(other_kind(of, MESSAGE, ENVELOPE));
    };
    if *digest != over {
        return Err(Refusal::BundleOtherSubject {
            expected: over.to_string(),
            found: digest.to_string(),
        });
    }
    if found != signature {
        return Err(Refusal::BundleOtherSignature { of });
    }
    Ok(())
}

const fn other_kind(of: &'static str, expected: &'static str, found: &'static str) -> Refusal {
    Refusal::BundleOtherKind { of, expected, found }
}

const MESSAGE: &str = "a signature over the file";
const ENVELOPE: &str = "an envelope";
