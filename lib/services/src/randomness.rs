//! The operating system's randomness, and the texts that are made of it.

use getrandom::SysRng;
use rand_core::{CryptoRng, UnwrapErr};

/// The operating system's generator. It fails on no system that got as far as opening a socket.
pub(crate) fn system() -> impl CryptoRng {
    UnwrapErr(SysRng)
}

/// 256 bits as 64 lower-case hex digits, for credentials.
pub(crate) fn hex_256(rng: &mut impl CryptoRng) -> String {
    use std::fmt::Write as _;
    let mut bytes = [0; 32];
    rng.fill_bytes(&mut bytes);
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Characters of the base32 alphabet (RFC 4648, section 6), for names that people read out to each other.
pub(crate) fn base32(rng: &mut impl CryptoRng, length: usize) -> String {
    const ALPHABET: [char; 32] = [
        'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', 'P', 'Q', 'R', 'S', 'T', 'U', 'V',
        'W', 'X', 'Y', 'Z', '2', '3', '4', '5', '6', '7',
    ];
    let mut bytes = vec![0; length];
    rng.fill_bytes(&mut bytes);
    bytes
        .iter()
        .filter_map(|byte| ALPHABET.get(usize::from(byte % 32)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_texts_have_their_length_and_their_alphabet_and_differ() {
        let mut rng = system();
        let token = hex_256(&mut rng);
        assert!(token.len() == 64 && token.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)));
        assert_ne!(token, hex_256(&mut rng));
        let name = base32(&mut rng, 8);
        assert!(
            name.len() == 8
                && name
                    .bytes()
                    .all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b))
        );
    }
}
