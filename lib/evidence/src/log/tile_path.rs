//! Where the tiles of a log are found.

use std::fmt;
use std::str::FromStr;

use super::{LeafIndex, NodeAt, TreeSize};

/// The address of a tile below a log's prefix (C2SP tlog-tiles), for example `tile/0/x001/x234/067`, `tile/1/000.p/17` or
/// `tile/entries/000.p/5`.
///
/// A tile holds 256 hashes of one level of the tree, or fewer at its right end; levels are counted in steps of eight.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct TilePath {
    kind: TileKind,
    index: u64,
    width: u16,
}

/// What a tile holds.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum TileKind {
    /// Hashes at this level of tiles, which is level `8 * l` of the tree.
    Hashes(u8),
    /// The entries themselves.
    Entries,
}

impl TilePath {
    /// How many hashes or entries a full tile has.
    pub const FULL: u16 = 256;

    /// The tile of a kind at an index, as wide as a tree of this size has it; nothing when the tree has none there.
    pub fn in_tree(kind: TileKind, index: u64, size: TreeSize) -> Option<Self> {
        let available = hashes_at(kind, size).checked_sub(index.checked_mul(Self::FULL.into())?)?;
        let width = u16::try_from(available.min(Self::FULL.into())).ok()?;
        (width > 0).then_some(Self { kind, index, width })
    }

    /// All tiles of a kind in a tree of this size, from the left.
    pub fn all_in_tree(kind: TileKind, size: TreeSize) -> impl Iterator<Item = Self> {
        (0..).map_while(move |index| Self::in_tree(kind, index, size))
    }

    /// What it holds.
    pub const fn kind(self) -> TileKind {
        self.kind
    }

    /// Which one of its level, from the left.
    pub const fn index(self) -> u64 {
        self.index
    }

    /// How many hashes or entries it has, 1 to 256.
    pub const fn width(self) -> u16 {
        self.width
    }

    /// Whether everything it holds is in a tree of this size.
    pub fn is_in_tree(self, size: TreeSize) -> bool {
        let first = self.index.checked_mul(Self::FULL.into());
        let end = first.and_then(|first| first.checked_add(self.width.into()));
        end.is_some_and(|end| end <= hashes_at(self.kind, size))
    }

    /// The tree's nodes that it holds, or the leaves of its entries, from the left.
    pub fn nodes(self) -> impl Iterator<Item = NodeAt> {
        let level = match self.kind {
            TileKind::Hashes(level) => level.saturating_mul(8),
            TileKind::Entries => 0,
        };
        let first = self.index.saturating_mul(Self::FULL.into());
        // A place whose entries have no numbers is not in any tree.
        (0..u64::from(self.width)).map_while(move |offset| NodeAt::new(level, first.checked_add(offset)?))
    }

    /// The entries that it holds, when it holds entries.
    pub fn entries(self) -> impl Iterator<Item = LeafIndex> {
        let count = if self.kind == TileKind::Entries { self.width } else { 0 };
        self.nodes()
            .take(count.into())
            .map_while(|at| LeafIndex::try_from(at.index()).ok())
    }
}

/// Text that is no tile's address.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("expected a tile's path such as `tile/0/x001/234.p/5`, found `{found}`")]
pub struct TilePathError {
    /// The beginning of what was found.
    pub found: String,
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(f, "tile/{level}")?,
            TileKind::Entries => f.write_str("tile/entries")?,
        }
        let mut groups = Vec::new();
        let mut rest = self.index;
        while rest >= 1000 || groups.is_empty() {
            groups.push(rest % 1000);
            rest /= 1000;
        }
        if self.index >= 1000 {
            groups.push(rest);
        }
        for (position, group) in groups.iter().enumerate().rev() {
            let mark = if position == 0 { "" } else { "x" };
            write!(f, "/{mark}{group:03}")?;
        }
        if self.width < Self::FULL {
            write!(f, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

impl FromStr for TilePath {
    type Err = TilePathError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || TilePathError {
            found: text.chars().take(80).flat_map(char::escape_debug).collect(),
        };
        let path = parse(text).ok_or_else(refused)?;
        // Whatever is not written as it would be written here is another spelling of the same tile, and there is none.
        if path.to_string() == text {
            Ok(path)
        } else {
            Err(refused())
        }
    }
}

fn parse(text: &str) -> Option<TilePath> {
    let (kind, rest) = text.strip_prefix("tile/")?.split_once('/')?;
    let kind = match kind {
        "entries" => TileKind::Entries,
        level => TileKind::Hashes(level.parse().ok().filter(|level| *level <= LAST_LEVEL)?),
    };
    let (index, width) = match rest.split_once(".p/") {
        None => (rest, TilePath::FULL),
        Some((index, width)) => (
            index,
            width.parse().ok().filter(|width| (1..TilePath::FULL).contains(width))?,
        ),
    };
    let index = index.split('/').try_fold(0_u64, |index, group| {
        let digits: u64 = group.strip_prefix('x').unwrap_or(group).parse().ok()?;
        index.checked_mul(1000)?.checked_add(digits).filter(|_| digits < 1000)
    })?;
    Some(TilePath { kind, index, width })
}

/// How many hashes or entries of this kind a tree has.
fn hashes_at(kind: TileKind, size: TreeSize) -> u64 {
    match kind {
        TileKind::Entries => size.get(),
        TileKind::Hashes(level) => size.get().checked_shr(u32::from(level) * 8).unwrap_or(0),
    }
}

const LAST_LEVEL: u8 = 63;
