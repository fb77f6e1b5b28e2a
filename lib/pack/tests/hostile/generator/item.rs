//! One header with its body, every byte of which can be exchanged.

use super::random::Random;

pub(crate) const BLOCK: usize = 512;

#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) header: [u8; BLOCK],
    pub(crate) body: Vec<u8>,
    /// The byte between the end of the body and the next header.
    pub(crate) padding: u8,
}

impl Item {
    /// An entry as npm writes it.
    pub(crate) fn new(kind: u8, path: &[u8], body: &[u8]) -> Self {
        let mut item = Self {
            header: [0; BLOCK],
            body: body.to_vec(),
            padding: 0,
        };
        item.set(0, &path[..path.len().min(100)]);
        item.set(100, b"000644 \0");
        item.set(124, format!("{:010o} \0", body.len()).as_bytes());
        item.set(136, b"3560116604 \0");
        item.set(156, &[kind]);
        item.set(257, b"ustar\x0000");
        item.sum();
        item
    }

    pub(crate) fn file(path: &str, body: &[u8]) -> Self {
        Self::new(b'0', path.as_bytes(), body)
    }

    pub(crate) fn pax(records: &[(&str, &[u8])]) -> Self {
        let body: Vec<u8> = records.iter().flat_map(|(key, value)| record(key, value)).collect();
        Self::new(b'x', b"PaxHeader/a", &body)
    }

    pub(crate) fn set(&mut self, at: usize, bytes: &[u8]) {
        self.header[at..at + bytes.len()].copy_from_slice(bytes);
    }

    /// Other bytes in the header, and the checksum of that.
    pub(crate) fn changed(mut self, at: usize, bytes: &[u8]) -> Self {
        self.set(at, bytes);
        self.sum();
        self
    }

    /// Puts in the right checksum.
    pub(crate) fn sum(&mut self) {
        self.set(148, b"        ");
        let sum: u32 = self.header.iter().map(|byte| u32::from(*byte)).sum();
        self.set(148, format!("{sum:06o}\0 ").as_bytes());
    }

    pub(crate) fn write(&self, tar: &mut Vec<u8>) {
        tar.extend_from_slice(&self.header);
        tar.extend_from_slice(&self.body);
        tar.resize(tar.len().next_multiple_of(BLOCK), self.padding);
    }
}

/// One pax record, its length counted.
pub(crate) fn record(key: &str, value: &[u8]) -> Vec<u8> {
    let rest = [b" ", key.as_bytes(), b"=", value, b"\n"].concat();
    let mut length = rest.len();
    while length != rest.len() + length.to_string().len() {
        length += 1;
    }
    [length.to_string().as_bytes(), &rest].concat()
}

/// A package that nobody could object to, of one to six entries.
pub(crate) fn good(random: &mut Random) -> Vec<Item> {
    let mut items = vec![Item::file(
        "package/package.json",
        br#"{"name":"widgets","version":"1.2.0"}"#,
    )];
    for number in 0..random.below(6) {
        let size = random.pick(&[0, 1, 100, 511, 512, 513, 1500]);
        let body = random.bytes(size);
        items.push(Item::file(&format!("package/lib/{number}.js"), &body));
    }
    if random.once_in(4) {
        items.push(Item::new(b'5', b"package/empty/", b""));
    }
    items
}
