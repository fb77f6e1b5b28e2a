//! One header block, in the formats that packers of packages have used.
//!
//! Spec: POSIX.1-1988 ustar, and "Basic Tar Format" in the manual of GNU tar.

use tar::{Header, OldHeader};

use super::super::block::{SIZE, prefix, summed, text, unused_numbers};
use super::super::{PaxFault, ReadError, number};
use super::Remark;

/// What a header says.
pub(super) struct Loose {
    pub(super) kind: Kind,
    pub(super) path: Vec<u8>,
    pub(super) mode: u32,
    pub(super) size: u64,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    File,
    Directory,
    /// About the entry after it.
    Pax,
    /// About all entries.
    Global,
    /// The name of the entry after it.
    LongName,
}

/// Reads the header that stands `at` this byte.
pub(super) fn read(bytes: &[u8; SIZE], at: usize, remarks: &mut Vec<Remark>) -> Result<Loose, ReadError> {
    let header = summed(bytes, at)?;
    let old = header.as_old();
    let kind = kind(old, at)?;
    let size = loose(&old.size).ok_or(ReadError::Number { at, field: "size" })?;
    if number::read(&old.size).is_none() {
        remarks.push(Remark::Number { at, field: "size" });
    }
    if kind == Kind::Directory && size != 0 {
        return Err(ReadError::DirectoryBody { at, size });
    }
    if old.linkname.first() != Some(&0) {
        return Err(ReadError::LinkName { at });
    }
    cut(&old.linkname, "link name", at, remarks)?;
    let path = path(&header, at, remarks)?;
    if path.is_empty() && !matches!(kind, Kind::File | Kind::Directory) {
        let fault = PaxFault::NoName;
        return Err(ReadError::Pax { at, fault });
    }
    let mode = u32::try_from(mode(old, at, remarks) & 0o7777).unwrap_or_default();
    others(&header, at, remarks)?;
    Ok(Loose { kind, path, mode, size })
}

fn kind(header: &OldHeader, at: usize) -> Result<Kind, ReadError> {
    match header.linkflag {
        [b'0' | 0] => Ok(Kind::File),
        [b'5'] => Ok(Kind::Directory),
        [b'x'] => Ok(Kind::Pax),
        [b'g'] => Ok(Kind::Global),
        [b'L'] => Ok(Kind::LongName),
        [found] => Err(ReadError::Type {
            at,
            found: found.into(),
        }),
    }
}

/// Only ustar has a prefix. GNU keeps other things in its place.
fn path(header: &Header, at: usize, remarks: &mut Vec<Remark>) -> Result<Vec<u8>, ReadError> {
    let name = cut(&header.as_old().name, "name", at, remarks)?;
    let Some(ustar) = header.as_ustar() else {
        let (_, magic) = header.as_bytes().split_at(MAGIC);
        return if magic.starts_with(b"ustar  \0") || magic.starts_with(&[0; 8]) {
            remarks.push(Remark::Format { at });
            Ok(name.to_vec())
        } else {
            Err(ReadError::NotUstar { at })
        };
    };
    let prefix = match prefix(&ustar.prefix) {
        Some(prefix) => prefix,
        None => cut(&ustar.prefix, "prefix", at, remarks)?,
    };
    Ok(match prefix {
        [] => name.to_vec(),
        prefix => [prefix, b"/", name].concat(),
    })
}

fn mode(header: &OldHeader, at: usize, remarks: &mut Vec<Remark>) -> u64 {
    number::read(&header.mode).unwrap_or_else(|| {
        remarks.push(Remark::Number { at, field: "mode" });
        0o644
    })
}

/// The numbers without meaning here. Those with the highest bit set can be such that npm passes over the header.
fn others(header: &Header, at: usize, remarks: &mut Vec<Remark>) -> Result<(), ReadError> {
    let old = header.as_old();
    let fields: [(_, &[u8]); 4] = [
        ("mode", &old.mode),
        ("owner", &old.uid),
        ("group", &old.gid),
        ("time", &old.mtime),
    ];
    for (field, bytes) in fields {
        if bytes.first().is_some_and(|byte| *byte >= 0x80) && loose(bytes).is_none() {
            return Err(ReadError::Number { at, field });
        }
    }
    if let Some(ustar) = header.as_ustar() {
        let binary = |bytes: &[u8]| bytes.first().is_some_and(|byte| *byte >= 0x80);
        if binary(&ustar.dev_major) || binary(&ustar.dev_minor) {
            return Err(ReadError::Number { at, field: "device" });
        }
        if let Some(field) = unused_numbers(ustar) {
            remarks.push(Remark::Number { at, field });
        }
    }
    Ok(())
}

/// Octal digits with or without an end, or the base-256 form of GNU for what JavaScript can count exactly.
fn loose(field: &[u8]) -> Option<u64> {
    if let [0x80, rest @ ..] = field {
        let number = rest.iter().try_fold(0_u64, |number, byte| {
            number.checked_mul(256)?.checked_add((*byte).into())
        });
        return number.filter(|number| *number < 1 << 53);
    }
    number::read(field).or_else(|| number::read(&[field, b"\0"].concat()))
}

/// The bytes before the first NUL. A line break after it makes npm read on.
fn cut<'a>(bytes: &'a [u8], field: &'static str, at: usize, remarks: &mut Vec<Remark>) -> Result<&'a [u8], ReadError> {
    if let Some(text) = text(bytes) {
        return Ok(text);
    }
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let (text, rest) = bytes.split_at_checked(end).unwrap_or((bytes, &[]));
    if rest.contains(&b'\n') || rest.iter().any(|byte| !byte.is_ascii()) {
        return Err(ReadError::AfterText { at, field });
    }
    remarks.push(Remark::AfterText { at, field });
    Ok(text)
}

/// Where the format is named.
const MAGIC: usize = 257;
