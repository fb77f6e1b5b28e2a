//! One sentence for each refusal: a good archive, one thing changed.

mod bounds;
mod headers;
mod paths;
mod pax;

use super::sample::{Item, good, open, tar};
use super::{Archive, Limits, PathFault, ReadError};

fn refusal(items: &[Item]) -> ReadError {
    open(&tar(items)).unwrap_err()
}

fn file(path: &str) -> Item {
    Item::file(path, b"1")
}

/// A good file whose header has other bytes at a place, and the checksum of that.
fn changed(at: usize, bytes: &[u8]) -> ReadError {
    refusal(&[file("package/a").field(at, bytes).summed()])
}

fn path_of(items: &[Item]) -> PathFault {
    match refusal(items) {
        ReadError::Path { fault, .. } => fault,
        error => panic!("{error}"),
    }
}

fn limited(limits: Limits) -> ReadError {
    Archive::from_tar(good(), &limits).unwrap_err()
}
