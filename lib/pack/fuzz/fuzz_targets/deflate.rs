//! The compressor: every other reader gets back what went in, and the same bytes always come out.
#![no_main]

use std::io::Read as _;

use certified_pack::fuzzing::{gzip, uncut};
use certified_pack::{Gzip, Tarball};
use flate2::bufread::GzDecoder;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let input = unfolded(bytes);
    let tarball = Tarball::compress(input.clone()).unwrap();
    let mut decoder = GzDecoder::new(tarball.bytes());
    let mut output = Vec::new();
    decoder.read_to_end(&mut output).unwrap();
    assert!(output == input);
    assert!(decoder.into_inner().is_empty());
    let member = tarball.bytes();
    assert!(member[10..member.len() - 8] == uncut(&input));
    // Cut into as many segments as possible, with and without threads beside this one.
    for threads in [1, 3] {
        assert!(gzip(&input, Gzip::Npm, threads, SHORT).unwrap() == member);
    }
    let fast = gzip(&input, Gzip::Fast, 1, u64::MAX).unwrap();
    assert!(gzip(&input, Gzip::Fast, 3, u64::MAX).unwrap() == fast);
    output.clear();
    GzDecoder::new(fast.as_slice()).read_to_end(&mut output).unwrap();
    assert!(output == input);
});

/// Threads are worth it, and segments are as short as they get.
const SHORT: u64 = 1 << 16;

/// More than one window and more than one block of symbols from a short input: its first bytes say how often the rest is
/// repeated and how the repetitions differ.
fn unfolded(bytes: &[u8]) -> Vec<u8> {
    let [times, step, rest @ ..] = bytes else {
        return bytes.to_vec();
    };
    let mut input = Vec::new();
    for time in 0..=*times {
        if input.len() > 200_000 {
            break;
        }
        input.extend(rest.iter().enumerate().map(|(at, byte)| match at % 7 {
            0 => byte.wrapping_add(time.wrapping_mul(*step)),
            _ => *byte,
        }));
    }
    input
}
