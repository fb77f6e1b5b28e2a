//! One file of an archive exchanged for another, every byte that is not about it left alone.
//!
//! Of the header only size and checksum change, each in the style and with the number of digits
//! it had. So exchanging back gives back the very archive.

use tar::Header;

use super::block::{self, checksum};
use super::{Archive, Entry, EntryKind, ReadError, number};

pub(super) fn replaced(archive: &Archive, path: &str, body: &[u8]) -> Result<Vec<u8>, ReadError> {
    let mut entries = archive.entries.iter();
    let entry = entries
        .find(|entry| entry.path == path && entry.kind == EntryKind::File)
        .ok_or_else(|| ReadError::NoSuchFile { path: path.to_owned() })?;
    if entry.size_in_pax {
        return Err(ReadError::SizeInPax { path: path.to_owned() });
    }
    let header = header(archive, entry, body.len())?;
    let after = entry.body.end.next_multiple_of(block::SIZE);
    let mut tar = Vec::new();
    tar.extend_from_slice(archive.tar.get(..entry.header.start).unwrap_or_default());
    tar.extend_from_slice(header.as_bytes());
    tar.extend_from_slice(body);
    tar.resize(tar.len().next_multiple_of(block::SIZE), 0);
    tar.extend_from_slice(archive.tar.get(after..).unwrap_or_default());
    if tar.len() > archive.limits.unpacked {
        return Err(ReadError::TooLarge {
            found: tar.len(),
            limit: archive.limits.unpacked,
        });
    }
    Ok(tar)
}

fn header(archive: &Archive, entry: &Entry, size: usize) -> Result<Header, ReadError> {
    let at = entry.header.start;
    let found = u64::try_from(size).unwrap_or(u64::MAX);
    if size > archive.limits.file {
        return Err(ReadError::FileTooLarge {
            at,
            found,
            limit: archive.limits.file,
        });
    }
    let no_room = |field, number| ReadError::NoRoom {
        path: entry.path.clone(),
        field,
        number,
    };
    let old = archive.tar.get(entry.header.clone()).and_then(<[u8]>::first_chunk);
    let mut header = Header::new_ustar();
    *header.as_mut_bytes() = *old.ok_or(ReadError::Truncated { at })?;
    if !number::rewrite(&mut header.as_old_mut().size, found) {
        return Err(no_room("size", found));
    }
    let sum = checksum(&header);
    if !number::rewrite(&mut header.as_old_mut().cksum, sum) {
        return Err(no_room("checksum", sum));
    }
    Ok(header)
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Item, good, open, tar};
    use super::*;

    #[test]
    fn only_size_checksum_body_and_padding_change() {
        let old = good();
        let new = open(&old).unwrap().replaced("package.json", &[b'x'; 600]).unwrap();
        assert_eq!(new.len(), old.len() + block::SIZE);
        assert_eq!(&new[..124], &old[..124]);
        assert_eq!(&new[124..136], b"0000001130 \0");
        assert_eq!(&new[136..148], &old[136..148]);
        assert_eq!(&new[154..512], &old[154..512]);
        assert_eq!(&new[512..1112], [b'x'; 600]);
        assert_eq!(&new[1112..1536], [0; 424]);
        assert_eq!(&new[1536..], &old[1024..]);
        assert_eq!(open(&new).unwrap().file("package.json").unwrap(), [b'x'; 600]);
    }

    #[test]
    fn exchanging_back_gives_back_the_archive() {
        let old = good();
        let archive = open(&old).unwrap();
        for (path, size) in [
            ("package.json", 0),
            ("lib/a.js", 511),
            ("package.json", 512),
            ("lib/a.js", 513),
        ] {
            let body = archive.file(path).unwrap().to_vec();
            let new = archive.replaced(path, &vec![b'y'; size]).unwrap();
            assert_eq!(open(&new).unwrap().replaced(path, &body).unwrap(), old);
        }
    }

    #[test]
    fn the_same_body_gives_the_same_archive() {
        let old = good();
        let archive = open(&old).unwrap();
        let body = archive.file("package.json").unwrap();
        assert_eq!(archive.replaced("package.json", body).unwrap(), old);
    }

    #[test]
    fn the_number_style_of_other_packers_is_kept() {
        let item = Item::file("package/package.json", b"{}");
        let old = tar(&[item.field(124, b"00000000002\0").field(148, b"0000000\0").summed()]);
        let archive = open(&old).unwrap();
        let new = archive.replaced("package.json", b"0123456789").unwrap();
        assert_eq!(&new[124..136], b"00000000012\0");
        assert_eq!(new[155], 0);
        assert_eq!(open(&new).unwrap().replaced("package.json", b"{}").unwrap(), old);
    }

    #[test]
    fn a_file_that_is_not_there_is_not_exchanged() {
        let archive = open(&good()).unwrap();
        let path = "b.js".to_owned();
        assert_eq!(archive.replaced("b.js", b""), Err(ReadError::NoSuchFile { path }));
    }

    #[test]
    fn a_directory_is_not_exchanged() {
        let archive = open(&good()).unwrap();
        let path = "lib".to_owned();
        assert_eq!(archive.replaced("lib", b""), Err(ReadError::NoSuchFile { path }));
    }

    #[test]
    fn a_file_with_its_size_in_a_pax_header_is_not_exchanged() {
        let items = [Item::pax(b"9 size=2\n"), Item::file("package/a", b"{}")];
        let error = open(&tar(&items)).unwrap().replaced("a", b"").unwrap_err();
        assert_eq!(error, ReadError::SizeInPax { path: "a".to_owned() });
    }

    #[test]
    fn a_size_with_more_digits_than_the_header_shows_is_not_written() {
        let item = Item::file("package/a", b"{}")
            .field(124, b"2 \0\0\0\0\0\0\0\0\0\0")
            .summed();
        let error = open(&tar(&[item])).unwrap().replaced("a", &[b' '; 8]).unwrap_err();
        let path = "a".to_owned();
        assert_eq!(
            error,
            ReadError::NoRoom {
                path,
                field: "size",
                number: 8
            }
        );
    }

    #[test]
    fn more_than_the_limits_allow_is_not_written() {
        let old = good();
        let limits = super::super::Limits {
            unpacked: old.len(),
            file: 600,
            ..Default::default()
        };
        let archive = Archive::from_tar(old.clone(), &limits).unwrap();
        let found = old.len() + block::SIZE;
        let error = archive.replaced("package.json", &[0; 600]).unwrap_err();
        assert_eq!(
            error,
            ReadError::TooLarge {
                found,
                limit: old.len()
            }
        );
        let error = archive.replaced("package.json", &[0; 601]).unwrap_err();
        assert_eq!(
            error,
            ReadError::FileTooLarge {
                at: 0,
                found: 601,
                limit: 600
            }
        );
    }
}
