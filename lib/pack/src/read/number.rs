//! Numbers in tar headers: octal digits in a field of fixed width.
//!
//! Spec: POSIX.1-1988 ustar. Packers end them differently (`0000644\0`, `000644 \0`,
//! `000644\0 `), so an exchanged number keeps the style of the one before it.

use std::ops::Range;

/// The number in a field: spaces, octal digits, then only spaces and NULs, at least one.
///
/// Signs, the base-256 form and an empty field are not numbers here.
pub(super) fn read(field: &[u8]) -> Option<u64> {
    let digits = field.get(digits(field)?)?;
    digits.iter().try_fold(0_u64, |number, digit| {
        number.checked_mul(8)?.checked_add(u64::from(digit.checked_sub(b'0')?))
    })
}

/// Puts another number into the field, with exactly as many digits as the old one, so that the
/// exchange can be undone. Says whether it fitted.
pub(super) fn rewrite(field: &mut [u8], number: u64) -> bool {
    let Some(place) = digits(field) else {
        return false;
    };
    let text = format!("{number:0width$o}", width = place.len());
    match field.get_mut(place) {
        Some(old) if old.len() == text.len() => {
            old.copy_from_slice(text.as_bytes());
            true
        }
        _ => false,
    }
}

fn digits(field: &[u8]) -> Option<Range<usize>> {
    let start = field.iter().position(|byte| *byte != b' ')?;
    let count = field
        .get(start..)?
        .iter()
        .take_while(|byte| (b'0'..=b'7').contains(*byte))
        .count();
    let end = start.checked_add(count)?;
    let rest = field.get(end..)?;
    let ended = !rest.is_empty() && rest.iter().all(|byte| matches!(byte, b' ' | 0));
    (count > 0 && ended).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewritten(field: &[u8], number: u64) -> Option<Vec<u8>> {
        let mut field = field.to_vec();
        rewrite(&mut field, number).then_some(field)
    }

    #[test]
    fn numbers_are_read_in_the_styles_of_all_packers() {
        for field in [b"000644 \0", b"0000644\0", b"000644\0 ", b"   644 \0", b"644\0\0\0\0\0"] {
            assert_eq!(read(field), Some(0o644));
        }
    }

    #[test]
    fn what_readers_would_read_differently_is_no_number() {
        let fields: [&[u8]; 9] = [
            b"",
            b"\0\0\0\0",
            b"    ",
            b"-644\0",
            b"+644\0",
            b"12 34\0",
            b"648\0",
            b"0644",
            b"\x80\0\0\x01",
        ];
        for field in fields {
            assert_eq!(read(field), None, "{field:?}");
        }
    }

    #[test]
    fn a_number_beyond_64_bits_is_no_number() {
        assert_eq!(read(b"7777777777777777777777777\0"), None);
    }

    #[test]
    fn an_exchanged_number_keeps_its_style() {
        assert_eq!(rewritten(b"0000000002 \0", 0o17).unwrap(), b"0000000017 \0");
        assert_eq!(rewritten(b"00000000002\0", 0o17).unwrap(), b"00000000017\0");
        assert_eq!(rewritten(b"  777\0", 1).unwrap(), b"  001\0");
    }

    #[test]
    fn a_number_with_more_digits_does_not_fit() {
        assert_eq!(rewritten(b"7 \0", 0o10), None);
    }
}
