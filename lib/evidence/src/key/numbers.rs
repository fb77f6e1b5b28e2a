//! Public keys from the bare numbers that JSON Web Keys carry (RFC 7518, section 6).

use der::asn1::{AnyRef, BitStringRef, UintRef};
use der::{Encode as _, Sequence};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::public::{ID_EC, ID_RSA, P256, malformed};
use super::{KeyError, PublicKey};

impl PublicKey {
    /// The RSA key of a modulus and an exponent, both big-endian.
    ///
    /// # Errors
    /// [`KeyError`], as for a key that is read from its DER: it has to be as strong as every other one.
    pub fn from_rsa_numbers(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        let unreadable = |cause: der::Error| malformed(&cause);
        let numbers = RsaNumbers {
            modulus: UintRef::new(modulus).map_err(unreadable)?,
            exponent: UintRef::new(exponent).map_err(unreadable)?,
        };
        let numbers = numbers.to_der().map_err(unreadable)?;
        Self::from_parts((ID_RSA, AnyRef::NULL), &numbers)
    }

    /// The P-256 key of a point's two coordinates, 32 bytes each.
    ///
    /// # Errors
    /// [`KeyError`] when there is no such point on the curve.
    pub fn from_p256_numbers(x: &[u8; 32], y: &[u8; 32]) -> Result<Self, KeyError> {
        let mut point = vec![UNCOMPRESSED];
        point.extend(x);
        point.extend(y);
        Self::from_parts((ID_EC, AnyRef::from(&P256)), &point)
    }

    fn from_parts((oid, parameters): (der::asn1::ObjectIdentifier, AnyRef<'_>), key: &[u8]) -> Result<Self, KeyError> {
        let unreadable = |cause: der::Error| malformed(&cause);
        let spki = SubjectPublicKeyInfoRef {
            algorithm: AlgorithmIdentifierRef {
                oid,
                parameters: Some(parameters),
            },
            subject_public_key: BitStringRef::from_bytes(key).map_err(unreadable)?,
        };
        Self::from_spki_der(&spki.to_der().map_err(unreadable)?)
    }
}

/// RFC 8017, appendix A.1.1.
#[derive(Sequence)]
struct RsaNumbers<'a> {
    modulus: UintRef<'a>,
    exponent: UintRef<'a>,
}

/// The first byte of a point that is written with both coordinates (SEC 1, section 2.3.3).
const UNCOMPRESSED: u8 = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::KeyAlgorithm;
    use crate::key::tests::key;
    use crate::signature::{Signature, SignatureError};

    #[test]
    fn a_key_from_its_numbers_is_the_key() {
        let rsa = key(KeyAlgorithm::Rsa2048);
        let der = rsa.public_key().spki_der();
        // RFC 3279, section 2.3.1: the modulus fills all but the beginning and the exponent's three bytes.
        let (modulus, exponent) = (&der[33..289], &der[291..]);
        assert_eq!(
            PublicKey::from_rsa_numbers(modulus, exponent).as_ref(),
            Ok(rsa.public_key())
        );
        let curve = key(KeyAlgorithm::EcdsaP256);
        let point = &curve.public_key().spki_der()[27..];
        let half = |part: &[u8]| <[u8; 32]>::try_from(part).unwrap();
        let (x, y) = (half(&point[..32]), half(&point[32..]));
        assert_eq!(PublicKey::from_p256_numbers(&x, &y).as_ref(), Ok(curve.public_key()));
    }

    #[test]
    fn numbers_of_weak_keys_and_of_no_keys_are_refused() {
        let short = PublicKey::from_rsa_numbers(&[0xC1; 128], &[1, 0, 1]);
        assert!(
            matches!(short, Err(KeyError::ModulusSize { found: 1024, .. })),
            "{short:?}"
        );
        let three = PublicKey::from_rsa_numbers(&[0xC1; 256], &[3]);
        assert!(matches!(three, Err(KeyError::Exponent { found: 3 })), "{three:?}");
        assert!(PublicKey::from_rsa_numbers(&[], &[1, 0, 1]).is_err());
        assert!(PublicKey::from_p256_numbers(&[1; 32], &[1; 32]).is_err());
    }

    #[test]
    fn a_signature_of_two_numbers_is_the_signature() {
        let key = key(KeyAlgorithm::EcdsaP256);
        let signature = key.sign(b"message").unwrap();
        let numbers = p256::ecdsa::Signature::from_der(signature.as_bytes())
            .unwrap()
            .to_bytes();
        assert_eq!(Signature::from_p256_numbers(&numbers).as_ref(), Ok(&signature));
        let refused = Signature::from_p256_numbers(&numbers[1..]);
        assert!(
            matches!(refused, Err(SignatureError::Malformed { length: 63, .. })),
            "{refused:?}"
        );
        assert!(Signature::from_p256_numbers(&[0; 64]).is_err());
    }
}
