//! The same bytes as npm, judged by what node made of the same inputs.

use std::io::{Read, Write as _};
use std::num::NonZero;

use proptest::collection::vec;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::{Gzip, GzipWriter, uncut};

/// Inputs, each chosen for one rule, and the SHA-256 of what node 20.20.2 makes of them. To get it again, build the input
/// in JavaScript (xorshift32: `x ^= x << 13; x ^= x >>> 17; x ^= x << 5; byte = x >>> 24`, from x = 1) and print
/// `z = zlib.gzipSync(input, {level: 9}); z[9] = 255; crypto.createHash("sha256").update(z).digest("hex")`.
const GOLDEN: [Golden; 18] = [
    // Nothing at all: a block without symbols.
    (
        || noise(0),
        "9ceffb7310338057cfe71a4ae1e2c98d2c485d81cdef906532a801f457a38d64",
    ),
    // A block with the fixed codes.
    (
        || b"hello hello hello hello".to_vec(),
        "4d644d92e125b9da48071ea6c5f612b4f817d8027e0953bb471cd86fe45cbe63",
    ),
    // Stored blocks.
    (
        || noise(70_000),
        "b0869e0dadc74d9c59fb79ecfc7cdcb42b6918239e09c3e3a5c3dc8fcd802fe4",
    ),
    // Stored goes before coded of the same size.
    (
        || noise(43),
        "657d8fa56e4a7745c653be33474e3763c32d63d2dcdbf8abcfce0138a00262b2",
    ),
    // Fixed goes before dynamic of the same size.
    (
        || noise(79).iter().map(|byte| byte >> 2).collect(),
        "b52d93b4e5900f26786058a1513325bf998cd942f5362b452e127e0fff11e5ab",
    ),
    // The longest copies, from one byte ago.
    (
        || vec![0; 300_000],
        "427db8ac442c42f19b98ccfce8533ab65d0f5e9aea8391a917a7384f3edda3cd",
    ),
    // Dynamic blocks.
    (
        words,
        "2f1124ebc1e241341e1d22220b0482d3e5d04d84e5da9024e902eadd8b5860c8",
    ),
    // Letters of very unequal frequency.
    (
        || {
            noise(60_000)
                .iter()
                .map(|byte| 24 + byte.leading_zeros() as u8)
                .collect()
        },
        "ba0e0ab758fcd53df93059c4959c0fdb148cd0a35cc85f9bd56afc0042f07596",
    ),
    // Copies everywhere.
    (
        || noise(150_000).iter().map(|byte| byte >> 6).collect(),
        "008df049ba5c86234862c584be318cdd591e869b9310de811bf75f1c7d0945c7",
    ),
    // More places than are tried.
    (
        || {
            noise(12_000)
                .into_iter()
                .flat_map(|byte| [b'a', b'b', b'c', b'd', byte])
                .collect()
        },
        "e519bea78e3c7dbb35dbf44ee9efc3d831e209ec1ccd4b60240af62cdd90c9de",
    ),
    // A long copy at the last place that is tried.
    (
        || records(4_095, b"abcd"),
        "05b6d967f1d9efa946fd2806362da014e0fe89e78afab9a24d2f01c573dd336a",
    ),
    // The same one place further.
    (
        || records(4_096, b"abcd"),
        "f80cfcc6c9a7b4c115a90ce9c95a797251d79eb868b16a4b6d866f0f73405263",
    ),
    // The same with longer chains.
    (
        || records(4_095, b"abcde"),
        "faaa2bad619780a2e9ba99e655fb50aaf74cfd3f77d37a1f65ec3c80ded0295c",
    ),
    // The same one place further.
    (
        || records(4_096, b"abcde"),
        "a8949862693e23c473df404110fce46e8dc1cb09d72296330faf730a2651863d",
    ),
    // Three bytes from 4,096 bytes ago are copied.
    (
        too_far,
        "71d38e07e348b0f5bfa68f92e8aeb1a6eb4c2be862521bf1d79e842d7058eb8a",
    ),
    // Three bytes at the end, hashed with a fourth that is not part of the input.
    (
        || [noise(70_000), vec![0; 5_164]].concat(),
        "a98d1c2741fce8734aa2c02ea6e8fda1a9bdbaea7572401dcba931ba3553c16f",
    ),
    // The farthest place is the first of the window: not copied from.
    (
        || farthest(65_400),
        "2055317adbea0a0903b4a7da60ba177b2ca89fa937ad97dddc7e205c2f23f301",
    ),
    // The same place while the window has not moved: copied from.
    (
        || farthest(65_600),
        "a00614005c0f149585ab85ef6e21e9f626d1790b45969b46c71754d3644a6347",
    ),
];

type Golden = (fn() -> Vec<u8>, &'static str);

#[test]
fn the_bytes_are_those_of_node_however_the_input_is_cut_and_with_any_number_of_threads() {
    for (index, (input, expected)) in GOLDEN.iter().enumerate() {
        let input = input();
        for (threads, about) in [(1, u64::MAX), (2, 0), (2, 600_000), (8, 1 << 16), (8, u64::MAX)] {
            let found: String = Sha256::digest(written(&input, Gzip::Npm, threads, about))
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            assert_eq!(
                found, *expected,
                "input {index} with {threads} threads, about {about} bytes"
            );
        }
    }
}

#[test]
fn segments_whose_parsers_never_agree_are_parsed_again() {
    // Copies of 258 bytes, one after the other: they end elsewhere when they begin elsewhere.
    for period in [1, 2, 3, 7, 259, 300] {
        let input: Vec<u8> = (0..600_000).map(|at| noise(300)[at % period]).collect();
        let member = written(&input, Gzip::Npm, 2, 1 << 20);
        assert!(member[10..member.len() - 8] == uncut(&input), "period {period}");
    }
}

#[test]
fn the_header_names_neither_a_time_nor_a_system() {
    assert_eq!(gzip(b"")[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 0xff]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn cutting_changes_nothing(chunks in vec((vec(any::<u8>(), 1..40), 0..400_usize), 0..40), period in 1..300_usize) {
        let mut input: Vec<u8> = chunks.iter().flat_map(|(chunk, times)| chunk.repeat(*times)).collect();
        let again = input.iter().copied().cycle().take(input.len().min(period) * 1000).collect::<Vec<u8>>();
        input.extend(again);
        let member = written(&input, Gzip::Npm, 2, 1 << 16);
        prop_assert_eq!(&member[10..member.len() - 8], uncut(&input));
    }

    #[test]
    fn what_goes_in_comes_out_fast(chunks in vec((vec(any::<u8>(), 0..40), 0..5_000_usize), 0..40)) {
        let input: Vec<u8> = chunks.iter().flat_map(|(chunk, times)| chunk.repeat(*times)).collect();
        let member = written(&input, Gzip::Fast, 1, u64::MAX);
        for (threads, about) in [(2, 0), (8, u64::MAX)] {
            prop_assert_eq!(&written(&input, Gzip::Fast, threads, about), &member);
        }
        prop_assert_eq!(gunzip(&member), input);
    }

    #[test]
    fn what_goes_in_comes_out(chunks in vec((vec(any::<u8>(), 0..40), 0..50_usize), 0..40)) {
        let input: Vec<u8> = chunks.iter().flat_map(|(chunk, times)| chunk.repeat(*times)).collect();
        prop_assert_eq!(gunzip(&gzip(&input)), input);
    }

    #[test]
    fn what_goes_in_comes_out_around_the_edges_of_the_window(step in 1..4_usize, off in 0..600_usize, shift in 0..8) {
        let input: Vec<u8> = noise(step * 32_768 + off - 300).iter().map(|byte| byte >> shift).collect();
        prop_assert_eq!(gunzip(&gzip(&input)), input);
    }
}

fn gzip(input: &[u8]) -> Vec<u8> {
    written(input, Gzip::Npm, 1, input.len() as u64)
}

fn written(input: &[u8], gzip: Gzip, threads: usize, about: u64) -> Vec<u8> {
    let mut member = GzipWriter::new(Vec::new(), gzip, NonZero::new(threads), about).unwrap();
    // Pieces of no particular size, as files are.
    for piece in input.chunks(10_007) {
        member.write_all(piece).unwrap();
    }
    member.finish().unwrap()
}

fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut output = Vec::new();
    flate2::read::GzDecoder::new(bytes).read_to_end(&mut output).unwrap();
    output
}

fn noise(length: usize) -> Vec<u8> {
    let mut x = 1_u32;
    let next = || {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        (x >> 24) as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

/// 20,000 pieces of a phrase.
fn words() -> Vec<u8> {
    let phrase = b"export const ";
    let word = |byte: u8| {
        let from = usize::from(byte % 7);
        let to = phrase.len().min(from + 1 + usize::from(byte >> 4));
        [&phrase[from..to], b" "].concat()
    };
    noise(20_000).into_iter().flat_map(word).collect()
}

/// Many records that begin alike, between two that go on alike as well.
fn records(count: usize, begin: &[u8]) -> Vec<u8> {
    let between = noise(count)
        .into_iter()
        .flat_map(|byte| [begin, &[byte | 128]].concat());
    b"-abcdefgh"
        .iter()
        .copied()
        .chain(between)
        .chain(*b"!abcdefgh and what follows")
        .collect()
}

fn too_far() -> Vec<u8> {
    let between = noise(4_092).into_iter().map(|byte| byte >> 4);
    [9, 251, 252, 253, 0]
        .into_iter()
        .chain(between)
        .chain([251, 252, 253])
        .collect()
}

/// Six bits of noise, and ten bytes that occur twice at the greatest distance.
fn farthest(length: usize) -> Vec<u8> {
    let mut bytes: Vec<u8> = noise(length).iter().map(|byte| byte & 63).collect();
    for at in [32_768, 65_274] {
        bytes[at..at + 10].copy_from_slice(&[64, 65, 66, 67, 68, 69, 70, 71, 72, 73]);
    }
    bytes
}
