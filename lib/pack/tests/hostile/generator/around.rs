//! Tricks around the archive: with its end, and with the compression.

use std::io::Write as _;

use flate2::write::{GzEncoder, ZlibEncoder};
use flate2::{Compression, Crc, GzBuilder};

use super::item::BLOCK;
use super::trick::{Trick, any, refused};

/// What is done to the uncompressed archive.
pub(crate) const TAR: &[Trick<Vec<u8>>] = &[
    refused("an archive that is cut", |random, tar| {
        let end = tar.len();
        tar.truncate(random.below(end));
    }),
    refused("one zero block or none at the end", |random, tar| {
        let end = tar.len() - BLOCK * (1 + random.below(2));
        tar.truncate(end);
    }),
    refused("something after the end", |random, tar| {
        let at = tar.len() - 1 - random.below(BLOCK);
        tar[at] = 1 + random.byte() % 255;
    }),
    refused("an archive after the archive", |_, tar| {
        tar.extend_from_slice(&tar.clone())
    }),
    refused("an archive that is not made of blocks", |random, tar| {
        tar.resize(tar.len() + 1 + random.below(BLOCK - 1), 0)
    }),
    any("a zero block in the middle", |_, tar| {
        let zeros = [0; BLOCK];
        tar.splice(BLOCK * 2..BLOCK * 2, zeros);
    }),
    any("more zero blocks", |random, tar| {
        tar.resize(tar.len() + BLOCK * random.below(40), 0)
    }),
    any("some changed bytes", |random, tar| {
        for _ in 0..=random.below(8) {
            let at = random.below(tar.len());
            tar[at] = random.byte();
        }
    }),
];

/// What is done to the compressed archive.
pub(crate) const GZIP: &[Trick<Vec<u8>>] = &[
    refused("an archive that is not compressed", |_, tgz| *tgz = vec![0; 2 * BLOCK]),
    refused("another kind of file", |random, tgz| {
        let magic = random.pick(&[
            &b"PK\x03\x04"[..],
            b"\x28\xb5\x2f\xfd",
            b"BZh9",
            b"\x1f\x9d",
            b"\x1f\x8b\x07",
            b"\xfd7zXZ\0",
        ]);
        tgz.splice(..magic.len(), magic.iter().copied());
    }),
    refused("zlib instead of gzip", |_, tgz| {
        let mut writer = ZlibEncoder::new(Vec::new(), Compression::fast());
        writer.write_all(tgz).unwrap();
        *tgz = writer.finish().unwrap();
    }),
    refused("gzip in gzip", |_, tgz| *tgz = gzip(tgz, 1)),
    refused("a second member", |random, tgz| {
        let second = random.pick(&[&b""[..], b"a", &[0; 1024]]);
        tgz.extend(gzip(second, 1));
    }),
    refused("bytes after the member", |random, tgz| {
        let count = 1 + random.below(600);
        let more = random.bytes(count);
        tgz.extend(more);
    }),
    refused("a member that is cut", |random, tgz| {
        let end = tgz.len();
        tgz.truncate(random.below(end));
    }),
    refused("reserved flags", |random, tgz| {
        tgz[3] |= random.pick(&[0x20, 0x40, 0x80, 0xe0])
    }),
    refused("a wrong checksum or size of the member", |random, tgz| {
        let at = tgz.len() - 1 - random.below(8);
        tgz[at] ^= 1 << random.below(8);
    }),
    refused("a member that unfolds to too much", |random, tgz| {
        let zeros = random.pick(&[2 << 20, 5 << 20]);
        *tgz = gzip(&vec![0; zeros], 9);
    }),
    refused("optional parts that are cut", |random, tgz| {
        tgz[3] = random.pick(&[4, 8, 16, 2, 31]);
        tgz.truncate(10 + random.below(3));
    }),
    refused("an extra field beyond the end", |_, tgz| {
        tgz[3] = 4;
        tgz.splice(10..10, [0xff, 0xff]);
    }),
    any("optional parts", |random, tgz| {
        let (mut extra, flags) = (random.bytes(9), random.byte() & 0b1_1101);
        let mut head = tgz[..10].to_vec();
        head[3] = flags;
        if flags & 4 != 0 {
            head.extend([extra.len() as u8, 0]);
            head.append(&mut extra);
        }
        for flag in [8, 16] {
            if flags & flag != 0 {
                head.extend(b"../evil.tar\0");
            }
        }
        tgz.splice(..10, head);
    }),
    any("a checksum of the header", |random, tgz| {
        tgz[3] = 2;
        let mut crc = Crc::new();
        crc.update(&tgz[..10]);
        let sum = (crc.sum() as u16) ^ u16::from(random.once_in(2));
        tgz.splice(10..10, sum.to_le_bytes());
    }),
    any("another time, effort and system", |random, tgz| {
        let header = random.bytes(6);
        tgz.splice(4..10, header);
    }),
    any("changed bytes of the member", |random, tgz| {
        for _ in 0..=random.below(4) {
            let at = random.below(tgz.len());
            tgz[at] = random.byte();
        }
    }),
];

/// One member.
pub(crate) fn gzip(bytes: &[u8], level: u32) -> Vec<u8> {
    let mut writer: GzEncoder<_> = GzBuilder::new().write(Vec::new(), Compression::new(level));
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}
