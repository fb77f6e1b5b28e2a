//! The walk over an archive of any packer.

use std::ops::Range;

use super::super::block::SIZE;
use super::super::entries::{LARGEST_PAX, body_of};
use super::super::path::{self, PathFault, Place};
use super::super::pax::PaxFault;
use super::super::{Entry, EntryKind, Limits, ReadError, whole};
use super::header::{self, Kind, Loose};
use super::{Remark, pax};

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    pub(super) root: Option<String>,
    pub(super) entries: Vec<Entry>,
    pub(super) remarks: Vec<Remark>,
}

pub(super) fn read(tar: &[u8], limits: &Limits) -> Result<Found, ReadError> {
    whole::measure(tar, limits)?;
    let mut walk = Walk {
        tar,
        limits,
        found: Found::default(),
        about: About::default(),
        at: 0,
    };
    while walk.step()? {}
    walk.end()?;
    Ok(walk.found)
}

struct Walk<'a> {
    tar: &'a [u8],
    limits: &'a Limits,
    found: Found,
    about: About,
    /// Where the next header is.
    at: usize,
}

/// What earlier headers said about the next entry.
#[derive(Default)]
struct About {
    /// Where the last of them is.
    at: Option<usize>,
    pax: Option<pax::Said>,
    long_name: Option<String>,
}

impl Walk<'_> {
    /// One header and its body; false at the end of the archive.
    fn step(&mut self) -> Result<bool, ReadError> {
        let at = self.at;
        let rest = self.tar.get(at..).unwrap_or_default();
        let Some(bytes) = rest.first_chunk::<SIZE>().filter(|bytes| **bytes != [0; SIZE]) else {
            return Ok(false);
        };
        let header = header::read(bytes, at, &mut self.found.remarks)?;
        let is_entry = matches!(header.kind, Kind::File | Kind::Directory);
        let limit = if is_entry { self.limits.file } else { LARGEST_PAX };
        let (body, next, clean) = body_of(self.tar, at, header.size, limit)?;
        if !clean {
            self.found.remarks.push(Remark::Padding { at });
        }
        let bytes = self.tar.get(body.clone()).unwrap_or_default();
        self.at = next;
        match header.kind {
            Kind::File | Kind::Directory => self.entry(header, at, body)?,
            Kind::Pax => {
                let said = pax::read(bytes, false, at, &mut self.found.remarks)?;
                self.about(at, |about| about.pax.replace(said).is_none())?;
            }
            Kind::LongName => {
                let name = long_name(bytes, at)?;
                self.found.remarks.push(Remark::LongName { at });
                self.about(at, |about| about.long_name.replace(name).is_none())?;
            }
            Kind::Global => {
                pax::read(bytes, true, at, &mut self.found.remarks)?;
                self.found.remarks.push(Remark::GlobalHeader { at });
            }
        }
        Ok(true)
    }

    /// Two headers of a kind about one entry are taken differently by different readers.
    fn about(&mut self, at: usize, set: impl FnOnce(&mut About) -> bool) -> Result<(), ReadError> {
        self.about.at = Some(at);
        let fault = PaxFault::Alone;
        set(&mut self.about).then_some(()).ok_or(ReadError::Pax { at, fault })
    }

    fn entry(&mut self, header: Loose, at: usize, body: Range<usize>) -> Result<(), ReadError> {
        if self.found.entries.len() >= self.limits.entries {
            return Err(ReadError::TooManyEntries {
                limit: self.limits.entries,
            });
        }
        let about = std::mem::take(&mut self.about);
        let refuse = |fault| ReadError::Pax {
            at: about.at.unwrap_or(at),
            fault,
        };
        let pax = about.pax.unwrap_or_default();
        if let Some(size) = pax.size.filter(|size| *size != header.size) {
            let header = header.size;
            return Err(refuse(PaxFault::Size { pax: size, header }));
        }
        let written = match (pax.path, about.long_name) {
            (Some(_), Some(_)) => return Err(refuse(PaxFault::Twice { key: "path".to_owned() })),
            (None, None) => self.shown(&header.path),
            (path, long_name) => path.or(long_name).unwrap_or_default(),
        };
        let kind = self.kind(&header, &written, at)?;
        let Some((root, below)) = self.place(&written, kind)? else {
            return Ok(());
        };
        self.is_root(root)?;
        self.found.entries.push(Entry {
            path: below,
            kind,
            mode: header.mode,
            size: header.size,
            header: at..body.start,
            body,
            size_in_pax: pax.size.is_some(),
        });
        Ok(())
    }

    /// The first root is the only one.
    fn is_root(&mut self, root: String) -> Result<(), ReadError> {
        let first = self.found.root.get_or_insert_with(|| root.clone());
        if *first == root {
            return Ok(());
        }
        let (first, second) = (first.clone(), root);
        Err(ReadError::OtherRoot { first, second })
    }

    /// The path as it can be shown, which is also how npm installs it.
    fn shown(&mut self, path: &[u8]) -> String {
        let shown = String::from_utf8_lossy(path).into_owned();
        if shown.as_bytes() != path {
            let path = shown.clone();
            self.found.remarks.push(Remark::NotUtf8 { path });
        }
        shown
    }

    fn kind(&mut self, header: &Loose, written: &str, at: usize) -> Result<EntryKind, ReadError> {
        if header.kind == Kind::Directory {
            return Ok(EntryKind::Directory);
        }
        if !written.ends_with('/') {
            return Ok(EntryKind::File);
        }
        if header.size != 0 {
            let size = header.size;
            return Err(ReadError::DirectoryBody { at, size });
        }
        self.found.remarks.push(Remark::DirectoryByName { at });
        Ok(EntryKind::Directory)
    }

    /// The root and what is below it; nothing for a file beside the root.
    fn place(&mut self, written: &str, kind: EntryKind) -> Result<Option<(String, String)>, ReadError> {
        match path::place(written, kind == EntryKind::Directory, self.limits) {
            Ok(Place { root, below }) => Ok(Some((root.to_owned(), below.to_owned()))),
            Err(PathFault::NoRoot) if is_plain(written) => {
                let path = written.to_owned();
                self.found.remarks.push(Remark::Outside { path });
                Ok(None)
            }
            Err(fault) => Err(ReadError::Path {
                path: written.to_owned(),
                fault,
            }),
        }
    }

    /// Nothing but zeros may follow the end, and nothing may be announced that does not come.
    fn end(&mut self) -> Result<(), ReadError> {
        if let Some(at) = self.about.at {
            let fault = PaxFault::Alone;
            return Err(ReadError::Pax { at, fault });
        }
        let (end, rest) = (self.at, self.tar.get(self.at..).unwrap_or_default());
        if let Some(more) = rest.iter().position(|byte| *byte != 0) {
            let at = end.saturating_add(more);
            return Err(ReadError::AfterEnd { end, at });
        }
        if rest.len() < 2 * SIZE {
            self.found.remarks.push(Remark::NoEnd);
        }
        Ok(())
    }
}

/// The name in the body of a GNU header, with the NULs at its end.
fn long_name(body: &[u8], at: usize) -> Result<String, ReadError> {
    let key = || "long name".to_owned();
    let refuse = |fault| ReadError::Pax { at, fault };
    let end = body.iter().position(|byte| *byte == 0).unwrap_or(body.len());
    let (name, rest) = body.split_at_checked(end).unwrap_or((body, &[]));
    if rest.iter().any(|byte| *byte != 0) {
        return Err(refuse(PaxFault::Nul { key: key() }));
    }
    match str::from_utf8(name) {
        Ok(name) if !name.is_empty() => Ok(name.to_owned()),
        _ => Err(refuse(PaxFault::Value { key: key() })),
    }
}

/// A name that can only mean a file beside the top directory.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && !name.contains(['\\', ':']) && !name.trim_matches(['.', ' ']).is_empty()
}
