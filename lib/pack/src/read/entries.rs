//! The walk over an archive, header by header, every byte accounted for.

use std::ops::Range;

use super::block::{self, Block};
use super::path::{self, PathFault, Place};
use super::pax::{Pax, PaxFault};
use super::{Entry, EntryKind, Limits, ReadError, whole};

/// The top directory and everything in it, in archive order.
pub(super) fn read(tar: &[u8], limits: &Limits) -> Result<(String, Vec<Entry>), ReadError> {
    whole::measure(tar, limits)?;
    let mut walk = Walk {
        tar,
        limits,
        root: None,
        entries: Vec::new(),
        at: 0,
    };
    while let Some(header) = walk.header()? {
        walk.entry(header)?;
    }
    end(tar, walk.at)?;
    Ok((walk.root.ok_or(ReadError::Empty)?, walk.entries))
}

struct Walk<'a> {
    tar: &'a [u8],
    limits: &'a Limits,
    root: Option<String>,
    entries: Vec<Entry>,
    /// Where the next header is.
    at: usize,
}

/// A header, where it is, and where its body is.
struct Found {
    block: Block,
    header: Range<usize>,
    body: Range<usize>,
}

impl Walk<'_> {
    /// The next header, or nothing when the archive ends here.
    fn header(&mut self) -> Result<Option<Found>, ReadError> {
        let at = self.at;
        let rest = self.tar.get(at..).unwrap_or_default();
        let Some(bytes) = rest.first_chunk() else {
            return Err(ReadError::NoEnd);
        };
        if *bytes == [0; block::SIZE] {
            return Ok(None);
        }
        let block = Block::read(bytes, at)?;
        let limit = if block.kind == block::Kind::Pax {
            LARGEST_PAX
        } else {
            self.limits.file
        };
        let (body, next, clean) = body_of(self.tar, at, block.size, limit).map_err(|error| match error {
            ReadError::FileTooLarge { at, found, limit } if block.kind == block::Kind::Pax => ReadError::Pax {
                at,
                fault: PaxFault::TooLarge { found, limit },
            },
            error => error,
        })?;
        if !clean {
            return Err(ReadError::Padding { at });
        }
        self.at = next;
        Ok(Some(Found {
            block,
            header: at..body.start,
            body,
        }))
    }

    /// Takes in an entry together with the pax header that may stand before it.
    fn entry(&mut self, found: Found) -> Result<(), ReadError> {
        match found.block.kind {
            block::Kind::File => self.keep(EntryKind::File, found, Pax::default()),
            block::Kind::Directory => self.keep(EntryKind::Directory, found, Pax::default()),
            block::Kind::Pax => {
                let at = found.header.start;
                let refuse = |fault| ReadError::Pax { at, fault };
                let body = self.tar.get(found.body).unwrap_or_default();
                let pax = Pax::read(body).map_err(refuse)?;
                let about = self.header()?.ok_or(refuse(PaxFault::Alone))?;
                let kind = match about.block.kind {
                    block::Kind::File => EntryKind::File,
                    block::Kind::Directory => EntryKind::Directory,
                    block::Kind::Pax => return Err(refuse(PaxFault::Alone)),
                };
                // Two sizes for one body let two readers see two archives.
                if let Some(size) = pax.size.filter(|size| *size != about.block.size) {
                    let fault = PaxFault::Size {
                        pax: size,
                        header: about.block.size,
                    };
                    return Err(refuse(fault));
                }
                self.keep(kind, about, pax)
            }
        }
    }

    fn keep(&mut self, kind: EntryKind, found: Found, pax: Pax) -> Result<(), ReadError> {
        if self.entries.len() >= self.limits.entries {
            return Err(ReadError::TooManyEntries {
                limit: self.limits.entries,
            });
        }
        let size_in_pax = pax.size.is_some();
        let written = match pax.path {
            Some(path) => path,
            None => String::from_utf8(found.block.path).map_err(|error| ReadError::Path {
                path: String::from_utf8_lossy(error.as_bytes()).into_owned(),
                fault: PathFault::NotUtf8,
            })?,
        };
        let place = path::place(&written, kind == EntryKind::Directory, self.limits);
        let Place { root, below } = place.map_err(|fault| ReadError::Path {
            path: written.clone(),
            fault,
        })?;
        let first = self.root.get_or_insert_with(|| root.to_owned());
        if first != root {
            let (first, second) = (first.clone(), root.to_owned());
            return Err(ReadError::OtherRoot { first, second });
        }
        self.entries.push(Entry {
            path: below.to_owned(),
            kind,
            mode: found.block.mode,
            size: found.block.size,
            header: found.header,
            body: found.body,
            size_in_pax,
        });
        Ok(())
    }
}

/// Where the body after the header `at` this byte is, where the next header is, and whether there are only zeros between.
pub(super) fn body_of(
    tar: &[u8],
    at: usize,
    size: u64,
    limit: usize,
) -> Result<(Range<usize>, usize, bool), ReadError> {
    let fits = usize::try_from(size).ok().filter(|size| *size <= limit);
    let found = size;
    let size = fits.ok_or(ReadError::FileTooLarge { at, found, limit })?;
    let start = at.saturating_add(block::SIZE);
    let end = start.checked_add(size).filter(|end| *end <= tar.len());
    let end = end.ok_or(ReadError::Truncated { at })?;
    // The whole is a multiple of blocks, so the padding of what lies inside does, too.
    let next = end.checked_next_multiple_of(block::SIZE).unwrap_or(end);
    let padding = tar.get(end..next).unwrap_or_default();
    Ok((start..end, next, padding.iter().all(|byte| *byte == 0)))
}

/// Two zero blocks at least, and nothing but zeros: whatever else stood there, some readers
/// would see it and others would not.
fn end(tar: &[u8], at: usize) -> Result<(), ReadError> {
    let rest = tar.get(at..).unwrap_or_default();
    if let Some(more) = rest.iter().position(|byte| *byte != 0) {
        return Err(ReadError::AfterEnd {
            end: at,
            at: at.saturating_add(more),
        });
    }
    if rest.len() < 2 * block::SIZE {
        return Err(ReadError::NoEnd);
    }
    Ok(())
}

/// A path, a size and a time are far smaller.
pub(super) const LARGEST_PAX: usize = 16 * 1024;
