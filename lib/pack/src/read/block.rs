//! One header block of 512 bytes.
//!
//! Spec: POSIX.1-1988 ustar. Bytes are given meaning only where every reader gives them the same.

use tar::{Header, UstarHeader};

use super::{PaxFault, ReadError, number};

/// Bytes of a block; everything in an archive starts at a multiple of it.
pub(super) const SIZE: usize = 512;

/// What a header says.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) kind: Kind,
    /// Prefix and name, joined.
    pub(super) path: Vec<u8>,
    pub(super) mode: u32,
    pub(super) size: u64,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    File,
    Directory,
    /// Says more about the entry after it.
    Pax,
}

impl Block {
    /// Reads the header that stands `at` this byte.
    pub(super) fn read(bytes: &[u8; SIZE], at: usize) -> Result<Self, ReadError> {
        let header = summed(bytes, at)?;
        Self::fields(header.as_ustar().ok_or(ReadError::NotUstar { at })?, at)
    }

    fn fields(header: &UstarHeader, at: usize) -> Result<Self, ReadError> {
        let [flag] = header.typeflag;
        let kind = match flag {
            b'0' | 0 => Kind::File,
            b'5' => Kind::Directory,
            b'x' => Kind::Pax,
            found => {
                return Err(ReadError::Type {
                    at,
                    found: found.into(),
                });
            }
        };
        let number = |field, bytes| number::read(bytes).ok_or(ReadError::Number { at, field });
        let size = number("size", &header.size)?;
        let mode = number("mode", &header.mode)? & 0o7777;
        unused_numbers(header).map_or(Ok(()), |field| Err(ReadError::Number { at, field }))?;
        if kind == Kind::Directory && size != 0 {
            return Err(ReadError::DirectoryBody { at, size });
        }
        if !text(&header.linkname)
            .ok_or(ReadError::AfterText { at, field: "link name" })?
            .is_empty()
        {
            return Err(ReadError::LinkName { at });
        }
        let path = path(header, at)?;
        // npm passes over a header without a name, so it would not see what this one says.
        if kind == Kind::Pax && path.is_empty() {
            let fault = PaxFault::NoName;
            return Err(ReadError::Pax { at, fault });
        }
        Ok(Self {
            kind,
            path,
            mode: u32::try_from(mode).unwrap_or_default(),
            size,
        })
    }
}

/// Prefix and name, joined.
fn path(header: &UstarHeader, at: usize) -> Result<Vec<u8>, ReadError> {
    let name = text(&header.name).ok_or(ReadError::AfterText { at, field: "name" })?;
    let prefix = prefix(&header.prefix).ok_or(ReadError::AfterText { at, field: "prefix" })?;
    Ok(match prefix {
        [] => name.to_vec(),
        prefix => [prefix, b"/", name].concat(),
    })
}

/// The first of the numbers without meaning here that is neither octal nor left empty. npm passes over a header with a
/// number that it cannot hold, and then takes the body of the file for headers.
pub(super) fn unused_numbers(header: &UstarHeader) -> Option<&'static str> {
    let fields: [(_, &[u8]); 5] = [
        ("owner", &header.uid),
        ("group", &header.gid),
        ("time", &header.mtime),
        ("device", &header.dev_major),
        ("device", &header.dev_minor),
    ];
    let clean = |bytes: &[u8]| bytes.iter().all(|byte| *byte == 0) || number::read(bytes).is_some();
    fields
        .into_iter()
        .find(|(_, bytes)| !clean(bytes))
        .map(|(field, _)| field)
}

/// The prefix of a name. Where older packers keep the times of last access and change behind it,
/// as star did, a NUL ends it before them for every reader.
pub(super) fn prefix(field: &[u8; 155]) -> Option<&[u8]> {
    let (before, times) = field.split_at_checked(131)?;
    let (accessed, changed) = times.split_at_checked(12)?;
    let has_times = number::read(accessed).is_some() && number::read(changed).is_some();
    match before.last() {
        Some(0) if has_times => text(before),
        _ => text(field),
    }
}

/// The header in a block whose checksum is right.
pub(super) fn summed(bytes: &[u8; SIZE], at: usize) -> Result<Header, ReadError> {
    let mut header = Header::new_old();
    header.as_mut_bytes().copy_from_slice(bytes);
    let stated = number::read(&header.as_old().cksum);
    let stated = stated.ok_or(ReadError::Number { at, field: "checksum" })?;
    let found = checksum(&header);
    if stated != found {
        return Err(ReadError::Checksum { at, stated, found });
    }
    Ok(header)
}

/// The sum over all bytes of a header, its checksum field counted as spaces.
pub(super) fn checksum(header: &Header) -> u64 {
    let mut summed = header.clone();
    summed.set_cksum();
    number::read(&summed.as_old().cksum).unwrap_or_default()
}

/// The bytes before the first NUL, after which only NULs may come.
pub(super) fn text(field: &[u8]) -> Option<&[u8]> {
    let end = field.iter().position(|byte| *byte == 0).unwrap_or(field.len());
    let (text, rest) = field.split_at_checked(end)?;
    rest.iter().all(|byte| *byte == 0).then_some(text)
}
