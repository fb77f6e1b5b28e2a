//! Gzip (RFC 1952) with exactly the bytes that npm writes, so that anybody who packs the same files gets the same digest.
//!
//! RFC 1951 leaves a compressor free to choose; npm's choices are those of the zlib inside node, at level 9 with a
//! 32 KiB window and 16,383 symbols to a block. Every module here says which of these choices it makes.
//!
//! [`stream`] cuts the input into [`segment`]s, which [`workers`] parse side by side: [`parser`] asks [`matcher`] for earlier
//! copies in the [`window`]. [`splice`] joins the symbols again → [`blocks`], [`block`] (16,383 symbols; stored, fixed or
//! dynamic) → [`huffman`], [`lengths`] → [`bits`]. [`fast`] is another compressor for the same segments.

mod bits;
mod block;
mod blocks;
mod chain;
mod fast;
#[cfg(test)]
mod golden;
mod huffman;
mod lengths;
mod matcher;
mod parser;
mod search;
mod segment;
mod splice;
mod stream;
mod symbol;
mod window;
mod workers;

pub(crate) use stream::GzipWriter;

/// How a tarball is compressed.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Gzip {
    /// The bytes that npm writes under node 20.10 and later: whoever packs the same files gets the same digest.
    #[default]
    Npm,
    /// As fast as possible, and at most 2 % larger. The bytes are the same on every machine, but not those of npm.
    Fast,
}

/// The deflated bytes from one parser that goes through the whole input.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn uncut(input: &[u8]) -> Vec<u8> {
    let mut splice = splice::Splice::new();
    splice.add(segment::Segment::whole(input).parse());
    splice.finish();
    splice.take()
}
