//! The bytes in front of each file in the archive: a ustar header (POSIX.1-1988), and before it a pax header (POSIX.1-2001)
//! where ustar has no room.
//!
//! npm's archiver leaves owner and group empty instead of zero, ends numbers with a space and a NUL, and has its own rules for
//! cutting a long path in two. All of that is reproduced, because one other byte would be another digest.

use crate::order::{base_name, parent};
use crate::root::in_archive;

/// Writes the header of one file, with everything that npm writes before the file's first byte.
///
/// `path` is the path in the package, for example `lib/index.js`; in the archive it lies under `package/`.
pub(crate) fn write(tar: &mut Vec<u8>, path: &str, mode: u32, size: u64) {
    let path = format!("package/{}", in_archive(path));
    let (mut block, needs_pax) = Block::new(&path, mode, size, b'0');
    if needs_pax {
        write_pax(tar, &path, size);
    }
    block.seal();
    tar.extend_from_slice(&block.0);
}

/// The zeros between the end of a body of this size and the next header.
pub(crate) fn padding(size: u64) -> &'static [u8] {
    let over = (size % BLOCK as u64) as usize;
    ZEROS.get(over..).filter(|_| over > 0).unwrap_or_default()
}

/// Two blocks of zeros: the end of an archive.
pub(crate) fn finish(tar: &mut Vec<u8>) {
    tar.resize(tar.len() + 2 * BLOCK, 0);
}

/// The mode as npm writes it: never readable by fewer than the owner, never writable by more.
pub(crate) fn portable_mode(mode: u32) -> u32 {
    ((mode & 0o7777) | 0o600) & !0o022
}

fn write_pax(tar: &mut Vec<u8>, path: &str, size: u64) {
    let mut body = record("path", path);
    body.extend(record("mtime", &MTIME.to_string()));
    body.extend(record("size", &size.to_string()));
    let name = cut(&format!("PaxHeader/{}", base_name(path)));
    let (mut block, _) = Block::new(&name, 0o644, body.len() as u64, b'x');
    block.seal();
    tar.extend_from_slice(&block.0);
    tar.extend_from_slice(&body);
    tar.extend_from_slice(padding(body.len() as u64));
}

/// One record of a pax header, for example `19 mtime=499162500` and a line feed; the number counts its own digits too.
fn record(key: &str, value: &str) -> Vec<u8> {
    let rest = format!(" {key}={value}\n");
    let mut digits = rest.len().to_string().len();
    if rest.len() + digits >= 10_usize.saturating_pow(u32::try_from(digits).unwrap_or(u32::MAX)) {
        digits += 1;
    }
    format!("{}{rest}", rest.len() + digits).into_bytes()
}

/// A ustar header.
struct Block([u8; BLOCK]);

impl Block {
    /// A header without its checksum, and whether it cannot say everything.
    fn new(path: &str, mode: u32, size: u64, kind: u8) -> (Self, bool) {
        let (name, prefix, cut) = split(path);
        let mut block = Self([0; BLOCK]);
        let mut needs_pax = cut;
        needs_pax |= block.text(0, 100, &name);
        block.number(100, 8, u64::from(mode));
        needs_pax |= block.number(124, 12, size);
        block.number(136, 12, MTIME);
        block.bytes(156, &[kind]);
        block.bytes(257, b"ustar\x0000");
        block.number(329, 8, 0);
        block.number(337, 8, 0);
        needs_pax |= block.text(345, 155, &prefix);
        (block, needs_pax)
    }

    fn seal(&mut self) {
        let sum: u64 = self.0.iter().map(|&byte| u64::from(byte)).sum();
        // The checksum counts its own field as eight spaces.
        self.number(148, 8, sum + 8 * u64::from(b' '));
    }

    fn bytes(&mut self, at: usize, bytes: &[u8]) {
        if let Some(field) = self.0.get_mut(at..at + bytes.len()) {
            field.copy_from_slice(bytes);
        }
    }

    /// Writes as many whole characters as fit; true when the field does not say the text plainly.
    fn text(&mut self, at: usize, width: usize, text: &str) -> bool {
        let end = text.floor_char_boundary(width);
        self.bytes(at, text.get(..end).unwrap_or_default().as_bytes());
        !text.is_ascii() || text.len() > width
    }

    /// Writes an octal number, or base 256 when it is too large for that; true in the second case.
    fn number(&mut self, at: usize, width: usize, number: u64) -> bool {
        let octal = format!("{number:0digits$o}", digits = width - 2);
        if octal.len() < width {
            let space = if octal.len() == width - 1 { "" } else { " " };
            self.bytes(at, format!("{octal}{space}\0").as_bytes());
            return false;
        }
        let bytes = number.to_be_bytes();
        self.bytes(at, &[0x80]);
        self.bytes(at + width - bytes.len(), &bytes);
        true
    }
}

/// Cuts a path for the two fields of a header. The third value says that the path fits no cut and is only there in part.
fn split(path: &str) -> (String, String, bool) {
    if path.len() < 100 {
        return (path.to_owned(), String::new(), false);
    }
    let mut prefix = parent(path);
    let mut name = base_name(path).to_owned();
    loop {
        if prefix.len() <= 155 {
            return if name.len() <= 100 {
                (name, prefix.to_owned(), false)
            } else {
                (cut(&name), prefix.to_owned(), true)
            };
        }
        name = format!("{}/{name}", base_name(prefix));
        prefix = parent(prefix);
        if prefix == "." {
            return (cut(path), String::new(), true);
        }
    }
}

/// The first 99 UTF-16 units, as JavaScript counts; half of a surrogate pair becomes U+FFFD.
fn cut(text: &str) -> String {
    let units: Vec<u16> = text.encode_utf16().take(99).collect();
    String::from_utf16_lossy(&units)
}

/// 1985-10-26T08:15:00Z in seconds: late enough for zip, whose time begins in 1980.
const MTIME: u64 = 499_162_500;
/// A block of zeros.
const ZEROS: [u8; BLOCK] = [0; BLOCK];
/// Everything in an archive is a multiple of this many bytes.
const BLOCK: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    fn header(path: &str, mode: u32, size: u64) -> Vec<u8> {
        let mut tar = Vec::new();
        write(&mut tar, path, mode, size);
        tar
    }

    fn text(bytes: &[u8], at: usize, width: usize) -> String {
        String::from_utf8_lossy(&bytes[at..at + width])
            .trim_end_matches('\0')
            .to_owned()
    }

    #[test]
    fn a_plain_header_has_npm_s_bytes() {
        let header = header("a.js", 0o644, 2);
        let mut expected = vec![0; 512];
        for (at, field) in [
            (0, "package/a.js"),
            (100, "000644 "),
            (124, "0000000002 "),
            (136, "3560116604 "),
            (148, "010101 "),
            (156, "0"),
            (257, "ustar\x0000"),
            (329, "000000 "),
            (337, "000000 "),
        ] {
            expected[at..at + field.len()].copy_from_slice(field.as_bytes());
        }
        let sum: u32 = expected
            .iter()
            .enumerate()
            .map(|(at, byte)| if (148..156).contains(&at) { 32 } else { u32::from(*byte) })
            .sum();
        expected[148..155].copy_from_slice(format!("{sum:06o} ").as_bytes());
        assert_eq!(header, expected);
    }

    #[test]
    fn a_path_of_a_hundred_bytes_is_cut_and_one_of_ninety_nine_is_not() {
        let path = |length: usize| format!("package/{}/{}", "d".repeat(40), "f".repeat(length - 49));
        assert_eq!(split(&path(99)), (path(99), String::new(), false));
        assert_eq!(
            split(&path(100)),
            ("f".repeat(51), format!("package/{}", "d".repeat(40)), false)
        );
    }

    #[test]
    fn a_long_folder_gives_parts_of_itself_to_the_name() {
        let path = format!("package/{}/{}/file.js", "a".repeat(140), "b".repeat(60));
        assert_eq!(
            split(&path),
            (
                format!("{}/file.js", "b".repeat(60)),
                format!("package/{}", "a".repeat(140)),
                false
            )
        );
    }

    #[test]
    fn a_name_that_fits_nowhere_is_told_in_a_pax_header() {
        let name = "n".repeat(101);
        let tar = header(&name, 0o644, 9);
        assert_eq!(tar.len(), 3 * 512);
        assert_eq!(text(&tar, 0, 100), format!("PaxHeader/{}", "n".repeat(89)));
        assert_eq!((tar[156], tar[1024 + 156]), (b'x', b'0'));
        assert_eq!(
            text(&tar, 512, 512),
            format!("119 path=package/{name}\n19 mtime=499162500\n9 size=9\n")
        );
        assert_eq!(text(&tar, 1024, 100), "n".repeat(99));
        assert_eq!(text(&tar, 1024 + 345, 155), "package");
    }

    #[test]
    fn a_path_that_no_cut_helps_keeps_its_first_ninety_nine_units() {
        let path = format!("{}/x", "d".repeat(200));
        assert_eq!(split(&path), (path[..99].to_owned(), String::new(), true));
        let below = format!("package/{path}");
        assert_eq!(split(&below), (path[..99].to_owned(), "package".to_owned(), true));
    }

    #[test]
    fn anything_but_ascii_needs_a_pax_header_and_is_never_cut_within_a_character() {
        let tar = header("é.js", 0o644, 1);
        assert_eq!(
            text(&tar, 512, 512),
            "22 path=package/é.js\n19 mtime=499162500\n9 size=1\n"
        );
        assert_eq!(text(&tar, 1024, 100), "package/é.js");
        let long = header(&"日".repeat(60), 0o644, 1);
        assert_eq!(text(&long, 1024, 100), "日".repeat(33));
    }

    #[test]
    fn a_record_counts_the_digits_of_its_own_length() {
        for (value, start) in [
            ("1".repeat(2), "6 "),
            ("1".repeat(5), "9 "),
            ("1".repeat(6), "11 "),
            ("1".repeat(7), "12 "),
        ] {
            let record = record("", &value);
            assert!(
                record.starts_with(start.as_bytes()),
                "{}",
                String::from_utf8_lossy(&record)
            );
            assert_eq!(start.trim_end().parse::<usize>().unwrap(), record.len());
        }
        assert_eq!(record("path", &"x".repeat(91)).len(), 101);
    }

    #[test]
    fn a_size_of_eleven_digits_loses_its_space_and_a_larger_one_is_binary() {
        assert_eq!(&header("a", 0o644, 0o77_777_777_777)[124..136], b"77777777777\0");
        let tar = header("a", 0o644, 1 << 33);
        assert_eq!(tar[1024 + 124..1024 + 136], [0x80, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0]);
        assert!(text(&tar, 512, 512).contains(" size=8589934592\n"));
    }

    #[test]
    fn modes_are_readable_by_the_owner_and_writable_by_nobody_else() {
        for (on_disk, packed) in [
            (0o100_644, 0o644),
            (0o100_777, 0o755),
            (0o100_664, 0o644),
            (0o100_000, 0o600),
            (0o100_400, 0o600),
            (0o104_755, 0o4755),
            (0o101_777, 0o1755),
            (0o100_600 | 0o111, 0o711),
        ] {
            assert_eq!(portable_mode(on_disk), packed, "{on_disk:o}");
        }
    }

    #[test]
    fn an_archive_ends_with_two_empty_blocks() {
        let mut tar = vec![1; 513];
        tar.extend_from_slice(padding(513));
        assert_eq!(tar.len(), 1024);
        finish(&mut tar);
        assert_eq!(tar.len(), 2048);
        assert!(tar[1024..].iter().all(|byte| *byte == 0));
    }
}
