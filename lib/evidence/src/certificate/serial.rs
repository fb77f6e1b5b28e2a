//! Serial numbers of certificates.

use std::fmt;

use rand_core::CryptoRng;

/// A serial number that nobody can guess: 160 bits, positive, random but for the two highest bits. As text 40
/// upper-case hex digits.
///
/// The highest bit is clear, so that the number is positive in 20 bytes, the longest that RFC 5280 (section 4.1.2.2)
/// allows; the next one is set, so that every number has the same length.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct SerialNumber([u8; 20]);

impl SerialNumber {
    /// A new number from the given randomness.
    pub fn random<R: CryptoRng + ?Sized>(rng: &mut R) -> Self {
        let mut bytes = [0; 20];
        rng.fill_bytes(&mut bytes);
        bytes[0] = (bytes[0] & 0x3F) | 0x40;
        Self(bytes)
    }

    /// The number, big-endian.
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }
}

impl fmt::Display for SerialNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

/// Upper-case hex without the zero bytes that only carry a sign; a serial number of nothing but zeros is `00`.
pub(super) fn hex(bytes: &[u8]) -> String {
    let leading = bytes
        .iter()
        .take_while(|byte| **byte == 0)
        .count()
        .min(bytes.len().saturating_sub(1));
    bytes.iter().skip(leading).map(|byte| format!("{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::tests::rng;

    #[test]
    fn serial_numbers_are_positive_different_and_of_one_length() {
        let (one, other) = (SerialNumber::random(&mut rng()), SerialNumber::random(&mut rng()));
        assert_ne!(one, other);
        for serial in [one, other] {
            assert!((0x40..0x80).contains(&serial.as_bytes()[0]));
            assert_eq!(serial.to_string().len(), 40);
        }
    }

    #[test]
    fn the_sign_byte_is_not_shown() {
        assert_eq!(hex(&[0, 0xAB, 0x01]), "AB01");
        assert_eq!(hex(&[0]), "00");
        assert_eq!(hex(&[]), "");
    }
}
