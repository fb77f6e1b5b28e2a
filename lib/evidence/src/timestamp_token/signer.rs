//! What CMS calls the signatures of the keys that sign here.

use der::asn1::{Any, ObjectIdentifier};
use spki::AlgorithmIdentifierOwned;

use crate::key::KeyAlgorithm;

/// The name of a signature by such a key over SHA-256.
pub(super) fn algorithm(key: KeyAlgorithm) -> AlgorithmIdentifierOwned {
    match key {
        KeyAlgorithm::EcdsaP256 => AlgorithmIdentifierOwned {
            oid: ECDSA_WITH_SHA_256,
            parameters: None,
        },
        KeyAlgorithm::Rsa2048 => AlgorithmIdentifierOwned {
            oid: SHA_256_WITH_RSA,
            parameters: Some(Any::null()),
        },
    }
}

/// Whether this names a signature by such a key over SHA-256. For RSA many name the key alone (RFC 5754, section 3.2); the digest
/// stands beside it.
pub(super) fn is_by(named: &AlgorithmIdentifierOwned, key: KeyAlgorithm) -> bool {
    match key {
        KeyAlgorithm::EcdsaP256 => named.oid == ECDSA_WITH_SHA_256 && named.parameters.is_none(),
        KeyAlgorithm::Rsa2048 => {
            [SHA_256_WITH_RSA, RSA].contains(&named.oid) && named.parameters.as_ref().is_none_or(Any::is_null)
        }
    }
}

/// RFC 5758, section 3.2.
const ECDSA_WITH_SHA_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
/// RFC 8017, appendix A.2.4.
const SHA_256_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
/// RFC 8017, appendix A.1.
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
