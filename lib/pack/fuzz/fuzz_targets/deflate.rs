//! The compressor: every other reader gets back what went in.
#![no_main]

use std::io::Read as _;

use certified_pack::Tarball;
use flate2::bufread::GzDecoder;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let input = unfolded(bytes);
    let tarball = Tarball::compress(input.clone());
    // Here, too, belongs every other way to compress: each has to give these bytes.
    let mut decoder = GzDecoder::new(tarball.bytes());
    let mut output = Vec::new();
    decoder.read_to_end(&mut output).unwrap();
    assert!(output == input);
    assert!(decoder.into_inner().is_empty());
});

/// More than one window and more than one block of symbols from a short input: its first bytes say how often the rest is
/// repeated and how the repetitions differ.
fn unfolded(bytes: &[u8]) -> Vec<u8> {
    let [times, step, rest @ ..] = bytes else {
        return bytes.to_vec();
    };
    let mut input = Vec::new();
    for time in 0..=*times {
        if input.len() > 60_000 {
            break;
        }
        input.extend(rest.iter().enumerate().map(|(at, byte)| match at % 7 {
            0 => byte.wrapping_add(time.wrapping_mul(*step)),
            _ => *byte,
        }));
    }
    input
}
