//! The entries of a tar as bytes, read apart from the code under test.

use certified_pack::{Archive, Limits};

/// One header with its body and padding; the zero blocks at the end are the last entry, without a path.
#[derive(PartialEq)]
pub(crate) struct Entry {
    pub(crate) path: String,
    pub(crate) header: Vec<u8>,
    pub(crate) body: Vec<u8>,
}

impl Entry {
    /// The header but for the two fields that depend on the body: its size and the checksum.
    pub(crate) fn header_without_size(&self) -> Vec<u8> {
        let mut header = self.header.clone();
        header[124..136].fill(0);
        header[148..156].fill(0);
        header
    }
}

/// All entries in their order. Together they are the whole tar.
pub(crate) fn read(tgz: &[u8]) -> Vec<Entry> {
    let tar = Archive::open(tgz, &Limits::default()).unwrap().into_tar();
    let mut entries = Vec::new();
    let mut rest = tar.as_slice();
    while rest[0] != 0 {
        let (header, after) = rest.split_at(512);
        let size = usize::from_str_radix(str::from_utf8(&header[124..134]).unwrap(), 8).unwrap();
        let (body, after) = after.split_at(size.next_multiple_of(512));
        let path = header.split(|byte| *byte == 0).next().unwrap();
        let path = String::from_utf8(path.to_vec()).unwrap();
        entries.push(Entry {
            path,
            header: header.to_vec(),
            body: body.to_vec(),
        });
        rest = after;
    }
    entries.push(Entry {
        path: String::new(),
        header: Vec::new(),
        body: rest.to_vec(),
    });
    entries
}
