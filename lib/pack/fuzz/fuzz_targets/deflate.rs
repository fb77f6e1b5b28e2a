//! The compressor: every other reader gets back what went in, and the same bytes always come out.
#![no_main]

use std::io::Read as _;

use certified_pack::Tarball;
use flate2::bufread::GzDecoder;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let input = unfolded(bytes);
    let tarball = Tarball::compress(input.clone());
    let mut decoder = GzDecoder::new(tarball.bytes());
    let mut output = Vec::new();
    decoder.read_to_end(&mut output).unwrap();
    assert!(output == input);
    assert!(decoder.into_inner().is_empty());
    for again in other_ways(&input) {
        assert!(again == tarball.bytes());
    }
});

/// Every other way to compress, such as over several threads: each gives the same bytes.
fn other_ways(input: &[u8]) -> Vec<Vec<u8>> {
    vec![Tarball::compress(input.to_vec()).bytes().to_vec()]
}

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
