//! The release that a certificate was issued for, where its alternative name says something else: who asked for it.
//!
//! A verifier of others looks at the alternative name, which for a workflow is the workflow's address. What that workflow released stands
//! beside it, in an extension that is not critical: whoever does not know it passes over it.

use der::asn1::{ObjectIdentifier, OctetString, Utf8StringRef};
use der::{Decode as _, Encode as _};
use x509_cert::ext::Extension;

use super::{Certificate, NameError, name};

impl Certificate {
    /// The object identifier of the extension that names the release, a DER `UTF8String` such as `pkg:npm/%40acme/widgets@1.2.3`.
    ///
    /// `1.2.840.113556.1.8000.2554` is the arc that Microsoft gives to those who have no enterprise number; below it stands the UUID
    /// 965096ce-ad1d-4218-a906-5dc3eb17355f in seven arcs, and then the number of the extension. ITU-T X.667 would write the same UUID as
    /// one arc below 2.25, but an arc of 128 bits is refused, with the whole certificate, by readers that keep arcs in 32 bits: this
    /// one, and those of Mozilla and of Sigstore's Rust clients.
    pub const RELEASE: &str = "1.2.840.113556.1.8000.2554.38480.38606.44317.16920.43270.6145003.1520991.1";

    /// The release that this certificate names in an extension of its own: `pkg:npm/%40acme/widgets@1.2.3`. Nothing when it has none; the
    /// release is its alternative name then.
    ///
    /// # Errors
    /// [`NameError::Unreadable`] when the extension is there and is no text.
    pub fn release(&self) -> Result<Option<&str>, NameError> {
        let Some(contents) = self.extension_by_oid(RELEASE) else {
            return Ok(None);
        };
        let text = Utf8StringRef::from_der(contents).map_err(|cause| NameError::Unreadable {
            field: FIELD,
            encoding: cause.to_string(),
        })?;
        Ok(Some(text.as_str()))
    }
}

/// The extension, for a name that is a URI.
pub(super) fn extension(release: &str) -> Result<Extension, NameError> {
    name::check_uri(release)?;
    let unwritable = |cause: der::Error| NameError::Unreadable {
        field: FIELD,
        encoding: cause.to_string(),
    };
    let contents = Utf8StringRef::new(release).and_then(|text| text.to_der());
    Ok(Extension {
        extn_id: RELEASE,
        critical: false,
        extn_value: contents.and_then(OctetString::new).map_err(unwritable)?,
    })
}

const RELEASE: ObjectIdentifier = ObjectIdentifier::new_unwrap(Certificate::RELEASE);
const FIELD: &str = "release";

#[cfg(test)]
mod tests {
    use super::super::tests::{issuing, profile, root};
    use super::*;
    use crate::key::KeyAlgorithm;
    use crate::key::tests::key;

    #[test]
    fn a_release_stands_in_an_extension_of_its_own_which_is_not_critical() {
        let release = "pkg:npm/%40acme/widgets@1.2.3";
        let mut profile = profile(&key(KeyAlgorithm::EcdsaP256));
        profile.release = Some(release.to_owned());
        let authority = issuing(&root(KeyAlgorithm::EcdsaP256));
        let named = authority.issue(profile.clone()).unwrap();
        assert_eq!(named.release(), Ok(Some(release)));
        assert_eq!(
            named.extension(Certificate::RELEASE).map(|contents| contents[0]),
            Some(0x0C)
        );
        let parsed = x509_cert::Certificate::from_der(named.der()).unwrap();
        let extensions = parsed.tbs_certificate().extensions().unwrap();
        assert!(
            extensions
                .iter()
                .any(|found| found.extn_id == RELEASE && !found.critical)
        );
        profile.release = None;
        assert_eq!(authority.issue(profile).unwrap().release(), Ok(None));
    }

    #[test]
    fn a_release_that_is_no_uri_gets_no_certificate() {
        let mut profile = profile(&key(KeyAlgorithm::EcdsaP256));
        profile.release = Some("widgets".to_owned());
        assert!(issuing(&root(KeyAlgorithm::EcdsaP256)).issue(profile).is_err());
    }

    #[test]
    fn the_uuid_in_the_identifier_is_the_documented_one() {
        let uuid = "965096ce-ad1d-4218-a906-5dc3eb17355f".replace('-', "");
        let parts = [0..4, 4..8, 8..12, 12..16, 16..20, 20..26, 26..32];
        let arcs = parts.map(|part| u32::from_str_radix(&uuid[part], 16).unwrap().to_string());
        let expected = format!("1.2.840.113556.1.8000.2554.{}.1", arcs.join("."));
        assert_eq!(Certificate::RELEASE, expected);
    }
}
