//! What a tile's bytes mean (C2SP tlog-tiles).

use super::{Entry, TilePath, TreeHash};

/// The bytes of a tile of hashes: 32 for each.
pub fn hash_tile(hashes: &[TreeHash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

/// Reads a tile of hashes of this width.
///
/// # Errors
/// [`TileError::Length`].
pub fn read_hash_tile(bytes: &[u8], width: u16) -> Result<Vec<TreeHash>, TileError> {
    let (hashes, rest) = bytes.as_chunks();
    if !rest.is_empty() || hashes.len() != usize::from(width) || width > TilePath::FULL {
        return Err(TileError::Length {
            expected: usize::from(width) * 32,
            found: bytes.len(),
        });
    }
    Ok(hashes.iter().copied().map(TreeHash::from_bytes).collect())
}

/// The bytes of a bundle of entries: before each one its length in two bytes, the higher one first.
pub fn entry_bundle(entries: &[Entry]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in entries {
        // An entry is never longer than two bytes can say.
        let length = u16::try_from(entry.as_bytes().len()).unwrap_or(u16::MAX);
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry.as_bytes());
    }
    bytes
}

/// Reads a bundle of this many entries.
///
/// # Errors
/// [`TileError`].
pub fn read_entry_bundle(bytes: &[u8], width: u16) -> Result<Vec<Entry>, TileError> {
    let mut entries = Vec::new();
    let mut rest = bytes;
    while let Some((length, after)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes(*length));
        let broken = TileError::Broken { entry: entries.len() };
        let (entry, after) = after.split_at_checked(length).ok_or(broken)?;
        if entries.len() == usize::from(width) {
            return Err(TileError::Count { expected: width });
        }
        entries.push(Entry::new(entry).map_err(|_| TileError::Broken { entry: entries.len() })?);
        rest = after;
    }
    if !rest.is_empty() {
        return Err(TileError::Broken { entry: entries.len() });
    }
    if entries.len() == usize::from(width) {
        Ok(entries)
    } else {
        Err(TileError::Count { expected: width })
    }
}

/// Bytes that are not the tile that was asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TileError {
    /// Too few or too many bytes for its hashes.
    #[error("expected a tile of {expected} bytes, found {found}")]
    Length {
        /// How many bytes so many hashes have.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// An entry that is shorter than its length says, or has none.
    #[error("expected {entry} entries and another one, found that it breaks off", entry = .entry)]
    Broken {
        /// Which entry, counted from zero.
        entry: usize,
    },
    /// Too few or too many entries.
    #[error("expected a bundle of {expected} entries, found another number")]
    Count {
        /// How many were asked for.
        expected: u16,
    },
}
