//! Gzip members: what is accepted is one member, all of the input, and another reader gets the same bytes from it.
#![no_main]

use std::io::Read as _;

use certified_pack::fuzzing::gunzip;
use flate2::bufread::GzDecoder;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(ours) = gunzip(bytes) {
        let mut decoder = GzDecoder::new(bytes);
        let mut theirs = Vec::new();
        decoder.read_to_end(&mut theirs).unwrap();
        assert!(ours == theirs);
        assert!(decoder.into_inner().is_empty());
    }
});
