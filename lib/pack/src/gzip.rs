//! One gzip member is taken apart, and nothing else is tolerated around it.
//!
//! Spec: RFC 1952 (the frame), RFC 1951 (deflate). The optional parts of the frame (extra field,
//! name, comment, header checksum) are accepted and skipped, as npm's own reader does: they are
//! no part of the archive, and whoever signs the compressed bytes signs them too. Several
//! members, or bytes after the one, are refused: readers differ in how much of those they see.

mod error;

use flate2::{Crc, Decompress, FlushDecompress, Status};

pub use self::error::GzipError;
use super::read::Limits;

/// The bytes inside one gzip member that is all of `tgz`, with its checksum and length checked.
///
/// Never holds more than the limits allow, whatever the member claims or unfolds to.
pub(crate) fn gunzip(tgz: &[u8], limits: &Limits) -> Result<Vec<u8>, GzipError> {
    if tgz.len() > limits.compressed {
        return Err(GzipError::TooLarge {
            found: tgz.len(),
            limit: limits.compressed,
        });
    }
    let deflated = after_header(tgz)?;
    let (output, used) = inflate(deflated, tgz.len(), limits)?;
    let trailer = deflated.get(used..).unwrap_or_default();
    let (crc, rest) = little_endian(trailer)?;
    let (length, rest) = little_endian(rest)?;
    let mut actual = Crc::new();
    actual.update(&output);
    if actual.sum() != crc {
        return Err(GzipError::Checksum {
            stated: crc,
            found: actual.sum(),
        });
    }
    // Both count modulo 2^32.
    if actual.amount() != length {
        return Err(GzipError::Length {
            stated: length,
            found: output.len(),
        });
    }
    if !rest.is_empty() {
        return Err(GzipError::Trailing { bytes: rest.len() });
    }
    Ok(output)
}

fn after_header(tgz: &[u8]) -> Result<&[u8], GzipError> {
    let Some(([0x1f, 0x8b, 8, flags, ..], mut rest)) = tgz.split_first_chunk::<10>() else {
        let is_start = tgz.len() < 10 && tgz.iter().zip([0x1f, 0x8b, 8]).all(|(a, b)| *a == b);
        return Err(if is_start {
            GzipError::Truncated
        } else {
            GzipError::NotGzip
        });
    };
    if flags & 0b1110_0000 != 0 {
        return Err(GzipError::Reserved { flags: *flags });
    }
    if flags & EXTRA != 0 {
        let (length, extra) = rest.split_first_chunk().ok_or(GzipError::Truncated)?;
        rest = extra
            .get(u16::from_le_bytes(*length).into()..)
            .ok_or(GzipError::Truncated)?;
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            let end = rest.iter().position(|byte| *byte == 0).ok_or(GzipError::Truncated)?;
            rest = rest.get(end.saturating_add(1)..).unwrap_or_default();
        }
    }
    if flags & HEADER_CHECKSUM != 0 {
        let mut actual = Crc::new();
        actual.update(tgz.get(..tgz.len().saturating_sub(rest.len())).unwrap_or_default());
        let (stated, after) = rest.split_first_chunk().ok_or(GzipError::Truncated)?;
        let (stated, found) = (u16::from_le_bytes(*stated), (actual.sum() & 0xffff) as u16);
        if stated != found {
            return Err(GzipError::HeaderChecksum { stated, found });
        }
        rest = after;
    }
    Ok(rest)
}

const HEADER_CHECKSUM: u8 = 1 << 1;
const EXTRA: u8 = 1 << 2;
const NAME: u8 = 1 << 3;
const COMMENT: u8 = 1 << 4;

/// The inflated bytes and how many of `input` they took.
fn inflate(input: &[u8], size: usize, limits: &Limits) -> Result<(Vec<u8>, usize), GzipError> {
    let by_ratio = size.saturating_mul(limits.ratio);
    let most = by_ratio.min(limits.unpacked);
    let mut state = Decompress::new(false);
    let mut output = Vec::new();
    let mut used = 0;
    loop {
        // Room for one byte more than allowed, and never more, so that too much shows as such.
        let room = most.saturating_sub(output.len()).saturating_add(1);
        output.reserve_exact(room.min(output.len().max(FIRST_STEP)));
        let before = (used, output.len());
        let rest = input.get(used..).unwrap_or_default();
        let status = state
            .decompress_vec(rest, &mut output, FlushDecompress::None)
            .map_err(|_| GzipError::Broken)?;
        used = usize::try_from(state.total_in()).unwrap_or(usize::MAX);
        if output.len() > most {
            return Err(match by_ratio < limits.unpacked {
                true => GzipError::Ratio { limit: limits.ratio },
                false => GzipError::Unpacked { limit: limits.unpacked },
            });
        }
        match status {
            Status::StreamEnd => return Ok((output, used)),
            _ if before == (used, output.len()) => return Err(GzipError::Truncated),
            _ => {}
        }
    }
}

const FIRST_STEP: usize = 64 * 1024;

fn little_endian(bytes: &[u8]) -> Result<(u32, &[u8]), GzipError> {
    let (number, rest) = bytes.split_first_chunk().ok_or(GzipError::Truncated)?;
    Ok((u32::from_le_bytes(*number), rest))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, GzBuilder};

    use super::*;

    const TEXT: &[u8] = b"the quick brown fox, the quick brown fox";

    fn gzip(builder: GzBuilder, bytes: &[u8]) -> Vec<u8> {
        let mut writer = builder.write(Vec::new(), Compression::best());
        writer.write_all(bytes).unwrap();
        writer.finish().unwrap()
    }

    fn good() -> Vec<u8> {
        gzip(GzBuilder::new(), TEXT)
    }

    fn open(tgz: &[u8]) -> Result<Vec<u8>, GzipError> {
        gunzip(tgz, &Limits::default())
    }

    /// The good member with one byte exchanged, counted from the end when negative.
    fn with_byte(at: isize, byte: u8) -> Vec<u8> {
        let mut tgz = good();
        let at = if at < 0 {
            tgz.len().wrapping_add_signed(at)
        } else {
            at as usize
        };
        tgz[at] = byte;
        tgz
    }

    #[test]
    fn one_member_is_unpacked() {
        assert_eq!(open(&good()).unwrap(), TEXT);
    }

    #[test]
    fn name_comment_and_extra_field_are_skipped() {
        let builder = GzBuilder::new().filename("a.tar").comment("b").extra(b"cd".to_vec());
        assert_eq!(open(&gzip(builder, TEXT)).unwrap(), TEXT);
    }

    #[test]
    fn a_header_checksum_is_checked() {
        let mut tgz = with_byte(3, HEADER_CHECKSUM);
        let mut crc = Crc::new();
        crc.update(&tgz[..10]);
        let sum = (crc.sum() & 0xffff) as u16;
        tgz.splice(10..10, sum.to_le_bytes());
        assert_eq!(open(&tgz).unwrap(), TEXT);
        tgz[10] ^= 1;
        let error = open(&tgz).unwrap_err();
        assert_eq!(
            error,
            GzipError::HeaderChecksum {
                stated: sum ^ 1,
                found: sum
            }
        );
    }

    #[test]
    fn bytes_that_are_not_gzip_are_refused() {
        assert_eq!(open(&[0; 512]), Err(GzipError::NotGzip));
        assert_eq!(open(b"tar"), Err(GzipError::NotGzip));
        assert_eq!(open(&with_byte(2, 7)), Err(GzipError::NotGzip));
    }

    #[test]
    fn reserved_flags_are_refused() {
        assert_eq!(open(&with_byte(3, 0x20)), Err(GzipError::Reserved { flags: 0x20 }));
    }

    #[test]
    fn a_member_cut_anywhere_is_refused() {
        for builder in [GzBuilder::new(), GzBuilder::new().filename("a").extra(vec![1])] {
            let tgz = gzip(builder, TEXT);
            for cut in 0..tgz.len() {
                assert_eq!(open(&tgz[..cut]), Err(GzipError::Truncated), "{cut}");
            }
        }
    }

    #[test]
    fn broken_compression_is_refused() {
        assert_eq!(open(&with_byte(10, 0xff)), Err(GzipError::Broken));
    }

    #[test]
    fn a_wrong_checksum_is_refused() {
        let found = u32::from_le_bytes(*good().last_chunk::<8>().unwrap().first_chunk().unwrap());
        let stated = found & 0xffff_ff00 | (!found & 0xff);
        let error = open(&with_byte(-8, stated as u8)).unwrap_err();
        assert_eq!(error, GzipError::Checksum { stated, found });
    }

    #[test]
    fn a_wrong_length_is_refused() {
        let error = open(&with_byte(-4, 41)).unwrap_err();
        assert_eq!(error, GzipError::Length { stated: 41, found: 40 });
    }

    #[test]
    fn a_second_member_is_refused() {
        let bytes = good().len();
        assert_eq!(open(&good().repeat(2)), Err(GzipError::Trailing { bytes }));
    }

    #[test]
    fn a_single_byte_after_the_member_is_refused() {
        assert_eq!(open(&[good(), vec![0]].concat()), Err(GzipError::Trailing { bytes: 1 }));
    }

    #[test]
    fn more_compressed_bytes_than_allowed_are_refused() {
        let found = good().len();
        let limits = Limits {
            compressed: found - 1,
            ..Limits::default()
        };
        let error = gunzip(&good(), &limits).unwrap_err();
        assert_eq!(
            error,
            GzipError::TooLarge {
                found,
                limit: found - 1
            }
        );
    }

    #[test]
    fn more_unpacked_bytes_than_allowed_are_refused() {
        let limits = Limits {
            unpacked: TEXT.len(),
            ..Limits::default()
        };
        assert!(gunzip(&good(), &limits).is_ok());
        let limit = TEXT.len() - 1;
        let limits = Limits {
            unpacked: limit,
            ..Limits::default()
        };
        assert_eq!(gunzip(&good(), &limits), Err(GzipError::Unpacked { limit }));
    }

    #[test]
    fn a_bomb_is_refused_before_it_unfolds() {
        let bomb = gzip(GzBuilder::new(), &vec![0; 16 << 20]);
        let limit = Limits::default().ratio;
        assert_eq!(open(&bomb), Err(GzipError::Ratio { limit }));
    }
}
