//! Gzip (RFC 1952) with exactly the bytes that npm writes, so that anybody who packs the same files gets the same digest.
//!
//! RFC 1951 leaves a compressor free to choose; npm's choices are those of the zlib inside node, at level 9 with a
//! 32 KiB window and 16,383 symbols to a block. Every module here says which of these choices it makes.
//!
//! `input` → [`parser`] (asks [`matcher`] for earlier copies) → [`block`] (16,383 symbols; stored, fixed or dynamic)
//! → [`huffman`], [`lengths`] → [`bits`].

mod bits;
mod block;
mod chain;
#[cfg(test)]
mod golden;
mod huffman;
mod lengths;
mod matcher;
mod parser;
mod search;
mod symbol;

use flate2::Crc;

/// One gzip member that holds `input`, byte for byte as npm writes it under node 20.10 and later.
pub(crate) fn gzip(input: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(input.len() / 3 + 64);
    out.extend_from_slice(&HEADER);
    let mut out = parser::compress(input, out);
    let mut crc = Crc::new();
    crc.update(input);
    out.extend_from_slice(&crc.sum().to_le_bytes());
    // ISIZE counts modulo 2^32.
    out.extend_from_slice(&(input.len() as u32).to_le_bytes());
    out
}

/// Deflate, no flags, no time, "slowest algorithm", unknown operating system: npm keeps the machine out of the header.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff];
