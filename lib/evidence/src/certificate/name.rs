//! The names inside certificates: what may stand there, and how it is read back.

use der::asn1::{Any, Ia5StringRef, ObjectIdentifier, PrintableStringRef, Utf8StringRef};
use der::{Decode as _, Encode as _, Tag, Tagged as _};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};

/// Why a name cannot stand in a certificate.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// No text at all.
    #[error("expected a {field}, found no text")]
    Empty {
        /// Which name.
        field: &'static str,
    },
    /// More than RFC 5280, appendix A.1, or good sense allows.
    #[error("expected a {field} of at most {limit} characters, found {found}")]
    TooLong {
        /// Which name.
        field: &'static str,
        /// The most that is accepted, in characters.
        limit: usize,
        /// The length that was found, in characters.
        found: usize,
    },
    /// A line break, another control character or one that changes the direction of the text around it.
    #[error("expected a {field} of visible characters, found U+{code:04X} at position {position}")]
    Invisible {
        /// Which name.
        field: &'static str,
        /// The character's code point.
        code: u32,
        /// Where it stands, counted in characters from 0.
        position: usize,
    },
    /// Text that is not an absolute URI in ASCII.
    #[error("expected an absolute URI in ASCII, found `{found}`")]
    NotAUri {
        /// The beginning of what was found.
        found: String,
    },
    /// Two names where one is expected: which of them counts would depend on the reader.
    #[error("expected one {field}, found several")]
    Several {
        /// Which name.
        field: &'static str,
    },
    /// Text in an encoding that has been obsolete since RFC 5280, or bytes that are not text.
    #[error("expected a {field} in UTF-8 or ASCII, found an unreadable {encoding}")]
    Unreadable {
        /// Which name.
        field: &'static str,
        /// The ASN.1 type that was found.
        encoding: String,
    },
}

/// A subject or issuer of one common name and, before it, one organisation.
///
/// Built from attributes, never from `CN=…` text: a comma in a name must not begin another attribute.
pub(crate) fn distinguished(common_name: &str, organization: Option<&str>) -> Result<Name, NameError> {
    let mut sequence = RdnSequence::default();
    if let Some(organization) = organization {
        sequence.push(attribute(ORGANIZATION_NAME, ORGANIZATION, organization)?);
    }
    sequence.push(attribute(COMMON_NAME, COMMON, common_name)?);
    // `Name` has no constructor for attributes, but it reads what a sequence writes.
    let unreadable = |cause: der::Error| NameError::Unreadable {
        field: COMMON,
        encoding: cause.to_string(),
    };
    Name::from_der(&sequence.to_der().map_err(unreadable)?).map_err(unreadable)
}

/// The common name of a subject or issuer, if it has one.
pub(crate) fn common_name(name: &Name) -> Result<Option<String>, NameError> {
    text(name, COMMON_NAME, COMMON)
}

/// The organisation of a subject or issuer, if it has one.
pub(crate) fn organization(name: &Name) -> Result<Option<String>, NameError> {
    text(name, ORGANIZATION_NAME, ORGANIZATION)
}

/// Holds a URI against what may stand in a subject alternative name (RFC 5280, section 4.2.1.6).
pub(crate) fn check_uri(uri: &str) -> Result<(), NameError> {
    let field = "URI";
    if uri.len() > LONGEST_URI {
        return Err(NameError::TooLong {
            field,
            limit: LONGEST_URI,
            found: uri.len(),
        });
    }
    let visible = uri.bytes().all(|byte| byte.is_ascii_graphic());
    if !visible || url::Url::parse(uri).is_err() {
        return Err(NameError::NotAUri {
            found: uri.chars().take(80).collect(),
        });
    }
    Ok(())
}

fn attribute(oid: ObjectIdentifier, field: &'static str, text: &str) -> Result<RelativeDistinguishedName, NameError> {
    check_text(field, text)?;
    let unreadable = |cause: der::Error| NameError::Unreadable {
        field,
        encoding: cause.to_string(),
    };
    let value = Any::new(Tag::Utf8String, text.as_bytes()).map_err(unreadable)?;
    RelativeDistinguishedName::try_from(vec![AttributeTypeAndValue { oid, value }]).map_err(unreadable)
}

fn check_text(field: &'static str, text: &str) -> Result<(), NameError> {
    let found = text.chars().count();
    if text.trim().is_empty() {
        return Err(NameError::Empty { field });
    }
    if found > LONGEST_TEXT {
        return Err(NameError::TooLong {
            field,
            limit: LONGEST_TEXT,
            found,
        });
    }
    match text.chars().enumerate().find(|(_, character)| invisible(*character)) {
        Some((position, character)) => Err(NameError::Invisible {
            field,
            code: character.into(),
            position,
        }),
        None => Ok(()),
    }
}

/// Control characters, zero-width characters and marks of direction: two names must not look alike and differ.
fn invisible(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

fn text(name: &Name, oid: ObjectIdentifier, field: &'static str) -> Result<Option<String>, NameError> {
    let mut values = name
        .iter()
        .filter(|attribute| attribute.oid == oid)
        .map(|attribute| &attribute.value);
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(NameError::Several { field });
    }
    let text = match value.tag() {
        Tag::Utf8String => value
            .decode_as::<Utf8StringRef<'_>>()
            .map(|text| text.as_str().to_owned()),
        Tag::PrintableString => value
            .decode_as::<PrintableStringRef<'_>>()
            .map(|text| text.as_str().to_owned()),
        Tag::Ia5String => value
            .decode_as::<Ia5StringRef<'_>>()
            .map(|text| text.as_str().to_owned()),
        tag => {
            return Err(NameError::Unreadable {
                field,
                encoding: tag.to_string(),
            });
        }
    };
    text.map(Some).map_err(|_| NameError::Unreadable {
        field,
        encoding: value.tag().to_string(),
    })
}

const COMMON: &str = "common name";
const ORGANIZATION: &str = "organisation";
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const ORGANIZATION_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
/// `ub-common-name` and `ub-organization-name` of RFC 5280, appendix A.1.
const LONGEST_TEXT: usize = 64;
const LONGEST_URI: usize = 2048;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back_as_they_were_written() {
        let name = distinguished("ChittyOS, O=Evil + \"x\"", Some("Acme; Ltd")).unwrap();
        assert_eq!(common_name(&name), Ok(Some("ChittyOS, O=Evil + \"x\"".to_owned())));
        assert_eq!(organization(&name), Ok(Some("Acme; Ltd".to_owned())));
        assert_eq!(name.len(), 2);
    }

    #[test]
    fn names_that_nobody_can_see_or_that_are_too_long_are_refused() {
        assert_eq!(distinguished(" ", None), Err(NameError::Empty { field: COMMON }));
        let long = "ü".repeat(65);
        assert_eq!(
            distinguished(&long, None),
            Err(NameError::TooLong {
                field: COMMON,
                limit: 64,
                found: 65
            })
        );
        assert!(distinguished(&long[..128], None).is_ok());
        assert_eq!(
            distinguished("a\nb", None),
            Err(NameError::Invisible {
                field: COMMON,
                code: 10,
                position: 1
            })
        );
        let turned = NameError::Invisible {
            field: ORGANIZATION,
            code: 0x202E,
            position: 0,
        };
        assert_eq!(distinguished("a", Some("\u{202E}b")), Err(turned));
    }

    #[test]
    fn two_common_names_are_refused() {
        let mut sequence = RdnSequence::default();
        sequence.push(attribute(COMMON_NAME, COMMON, "one").unwrap());
        sequence.push(attribute(COMMON_NAME, COMMON, "two").unwrap());
        let name = Name::from_der(&sequence.to_der().unwrap()).unwrap();
        assert_eq!(common_name(&name), Err(NameError::Several { field: COMMON }));
    }

    #[test]
    fn only_absolute_uris_in_ascii_are_accepted() {
        assert_eq!(
            check_uri("https://github.com/acme/widgets/.github/workflows/release.yml@refs/tags/v1"),
            Ok(())
        );
        assert_eq!(check_uri("chitty://cert/pkg/widgets"), Ok(()));
        for uri in [
            "",
            "acme/widgets",
            "https://acme.example/ü",
            "https://acme.example/a b",
            "https://a\n",
        ] {
            assert!(matches!(check_uri(uri), Err(NameError::NotAUri { .. })), "{uri}");
        }
        let long = format!("https://acme.example/{}", "a".repeat(2048));
        assert!(matches!(check_uri(&long), Err(NameError::TooLong { .. })));
    }
}
