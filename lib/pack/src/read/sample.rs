//! Small archives for tests, each part of which can be exchanged.

use super::{Archive, Limits, ReadError, block};

/// One header with its body and padding.
#[derive(Clone)]
pub(super) struct Item {
    header: [u8; block::SIZE],
    body: Vec<u8>,
}

impl Item {
    /// A file as npm writes it.
    pub(super) fn file(path: &str, body: &[u8]) -> Self {
        let item = Self {
            header: [0; block::SIZE],
            body: body.to_vec(),
        };
        let size = format!("{:010o} \0", body.len());
        item.field(0, path.as_bytes())
            .field(100, b"000644 \0")
            .field(124, size.as_bytes())
            .field(136, b"3560116604 \0")
            .field(148, b"000000 \0")
            .field(156, b"0")
            .field(257, b"ustar\x0000")
            .summed()
    }

    pub(super) fn directory(path: &str) -> Self {
        Self::file(path, b"").field(156, b"5").summed()
    }

    pub(super) fn pax(body: &[u8]) -> Self {
        Self::file("PaxHeader/a", body).field(156, b"x").summed()
    }

    /// Other bytes at a place of the header; the checksum stays as it is.
    pub(super) fn field(mut self, at: usize, bytes: &[u8]) -> Self {
        self.header[at..at + bytes.len()].copy_from_slice(bytes);
        self
    }

    /// The right checksum, with the digits the field has.
    pub(super) fn summed(mut self) -> Self {
        let field = 148..156;
        let digits = self.header[field.clone()]
            .iter()
            .take_while(|byte| **byte >= b'0')
            .count();
        let others = self.header.iter().enumerate().filter(|(at, _)| !field.contains(at));
        let sum = others.map(|(_, byte)| u32::from(*byte)).sum::<u32>() + 8 * 32;
        let text = format!("{sum:0digits$o}");
        self.header[148..148 + digits].copy_from_slice(text.as_bytes());
        self
    }
}

/// The items and two zero blocks.
pub(super) fn tar(items: &[Item]) -> Vec<u8> {
    let mut tar = Vec::new();
    for item in items {
        tar.extend_from_slice(&item.header);
        tar.extend_from_slice(&item.body);
        tar.resize(tar.len().next_multiple_of(block::SIZE), 0);
    }
    tar.resize(tar.len() + 2 * block::SIZE, 0);
    tar
}

/// A manifest, a directory, a file in it, and one with a pax header.
pub(super) fn good() -> Vec<u8> {
    tar(&[
        Item::file("package/package.json", b"{}"),
        Item::directory("package/lib/"),
        Item::file("package/lib/a.js", &[b'a'; 513]),
        Item::pax(&[record("path", "package/größe.js".as_bytes()), record("mtime", b"0.5")].concat()),
        Item::file("package/gr", b"1"),
    ])
}

/// One pax record, its length counted.
pub(super) fn record(key: &str, value: &[u8]) -> Vec<u8> {
    let rest = [b" ", key.as_bytes(), b"=", value, b"\n"].concat();
    let mut length = rest.len();
    while length != rest.len() + length.to_string().len() {
        length += 1;
    }
    [length.to_string().as_bytes(), &rest].concat()
}

pub(super) fn open(tar: &[u8]) -> Result<Archive, ReadError> {
    Archive::from_tar(tar.to_vec(), &Limits::default())
}
