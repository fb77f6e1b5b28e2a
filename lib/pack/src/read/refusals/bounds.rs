//! Where an archive may not end, and how large it may not be.

use super::super::sample::{good, open};
use super::super::{Limits, ReadError, block};
use super::{limited, refusal};

#[test]
fn bytes_hidden_in_the_padding_of_a_body_are_refused() {
    let mut bytes = good();
    bytes[512 + 2] = b'x';
    assert_eq!(open(&bytes).unwrap_err(), ReadError::Padding { at: 0 });
}

#[test]
fn an_archive_without_entries_is_refused() {
    assert_eq!(refusal(&[]), ReadError::Empty);
}

#[test]
fn an_archive_that_is_not_made_of_blocks_is_refused() {
    let found = good().len() + 1;
    let bytes = [good(), vec![0]].concat();
    assert_eq!(open(&bytes).unwrap_err(), ReadError::NotBlocks { found });
}

#[test]
fn an_archive_with_one_or_no_zero_block_at_its_end_is_refused() {
    let bytes = good();
    let (most, _) = bytes.split_at(bytes.len() - 512);
    assert_eq!(open(most).unwrap_err(), ReadError::NoEnd);
    assert_eq!(open(&most[..most.len() - 512]).unwrap_err(), ReadError::NoEnd);
}

#[test]
fn anything_after_the_end_is_refused() {
    let end = good().len() - 1024;
    for at in [end + 512, good().len(), good().len() + 511] {
        let mut bytes = [good(), vec![0; 512]].concat();
        bytes[at] = 1;
        assert_eq!(open(&bytes).unwrap_err(), ReadError::AfterEnd { end, at });
    }
}

#[test]
fn a_second_archive_after_the_first_is_refused() {
    let error = open(&good().repeat(2)).unwrap_err();
    let end = good().len() - 1024;
    assert_eq!(error, ReadError::AfterEnd { end, at: good().len() });
}

#[test]
fn more_bytes_entries_or_file_bytes_than_allowed_are_refused() {
    let (found, limit) = (good().len(), good().len() - 1);
    let error = limited(Limits {
        unpacked: limit,
        ..Limits::default()
    });
    assert_eq!(error, ReadError::TooLarge { found, limit });
    let error = limited(Limits {
        entries: 3,
        ..Limits::default()
    });
    assert_eq!(error, ReadError::TooManyEntries { limit: 3 });
    let error = limited(Limits {
        file: 512,
        ..Limits::default()
    });
    let at = 3 * block::SIZE;
    assert_eq!(
        error,
        ReadError::FileTooLarge {
            at,
            found: 513,
            limit: 512
        }
    );
}
