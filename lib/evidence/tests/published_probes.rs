//! The probes that the library behind Certificate Transparency's logs publishes for verifiers of RFC 6962 proofs
//! (<https://github.com/transparency-dev/merkle>, `testdata/inclusion` and `testdata/consistency`): the same trees, the same mistakes.
//!
//! They are made here and not copied, and for every proof within the eight published entries where the original has five of each kind.
//! All of them are judged as published. Beyond them lies one choice: RFC 9162 gives no meaning to growth from the tree without entries.
//! The original refuses it; here it holds with an empty proof and the one hash that nothing has, because that is true and claims nothing.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

use certified_evidence::log::{
    ConsistencyProof, InclusionProof, LeafHash, LeafIndex, Tree, TreeHash, TreeHead, TreeSize,
};

type Bytes = Vec<u8>;

/// An inclusion proof as it comes from outside: nothing has the right length yet.
#[derive(Clone)]
struct Inclusion {
    index: u64,
    size: u64,
    root: Bytes,
    leaf: Bytes,
    path: Vec<Bytes>,
}

impl Inclusion {
    fn of(index: u64, size: u64, tree: &Tree) -> Self {
        let at = (index.try_into().unwrap(), size.try_into().unwrap());
        let proof = InclusionProof::make(at.0, at.1, tree).unwrap();
        Self {
            index,
            size,
            root: root(size, tree),
            leaf: LeafHash::of(ENTRIES[usize::try_from(index).unwrap()])
                .as_bytes()
                .to_vec(),
            path: bytes_of(proof.path()),
        }
    }

    fn holds(&self) -> bool {
        let read = || -> Option<bool> {
            let size = TreeSize::try_from(self.size).ok()?;
            let proof = InclusionProof::new(LeafIndex::try_from(self.index).ok()?, size, path(&self.path)?);
            let leaf = LeafHash::from_bytes(self.leaf.as_slice().try_into().ok()?);
            Some(proof.verify(leaf, &TreeHead::new(size, hash(&self.root)?)).is_ok())
        };
        read().unwrap_or(false)
    }

    fn mistakes(&self) -> Vec<(String, Self)> {
        let with = |what: &str, change: &dyn Fn(&mut Self)| {
            let mut changed = self.clone();
            change(&mut changed);
            (what.to_owned(), changed)
        };
        let root = self.root.clone();
        let mut all = vec![
            with("index less 1", &|p| p.index = p.index.wrapping_sub(1)),
            with("index and 1", &|p| p.index += 1),
            with("index with another bit", &|p| p.index ^= 2),
            with("size doubled", &|p| p.size *= 2),
            with("size halved", &|p| p.size /= 2),
            with("wrong leaf", &|p| p.leaf = b"wrong leaf".to_vec()),
            with("root of nothing", &|p| p.root = TreeHash::empty().as_bytes().to_vec()),
            with("any root", &|p| p.root = SOME_HASH.to_vec()),
            with("garbage behind", &|p| p.path.push(Bytes::new())),
            with("garbage before", &|p| p.path.insert(0, Bytes::new())),
            with("root behind", &|p| p.path.push(root.clone())),
            with("root before", &|p| p.path.insert(0, root.clone())),
        ];
        for at in 0..self.path.len() {
            all.push(with(&format!("bit of hash {at}"), &|p| p.path[at][0] ^= 8));
        }
        if !self.path.is_empty() {
            all.push(with("one hash less", &|p| drop(p.path.pop())));
        }
        if self.path.len() > 1 {
            all.push(with("one hash more", &|p| p.path.insert(1, SOME_HASH.to_vec())));
        }
        all
    }
}

/// A consistency proof as it comes from outside.
#[derive(Clone)]
struct Consistency {
    from: u64,
    to: u64,
    old: Bytes,
    new: Bytes,
    path: Vec<Bytes>,
}

impl Consistency {
    fn of(from: u64, to: u64, tree: &Tree) -> Self {
        let proof = ConsistencyProof::make(from.try_into().unwrap(), to.try_into().unwrap(), tree).unwrap();
        Self {
            from,
            to,
            old: root(from, tree),
            new: root(to, tree),
            path: bytes_of(proof.path()),
        }
    }

    fn holds(&self) -> bool {
        let read = || -> Option<bool> {
            let (from, to) = (TreeSize::try_from(self.from).ok()?, TreeSize::try_from(self.to).ok()?);
            let proof = ConsistencyProof::new(from, to, path(&self.path)?);
            let (old, new) = (hash(&self.old)?, hash(&self.new)?);
            Some(proof.verify(&TreeHead::new(from, old), &TreeHead::new(to, new)).is_ok())
        };
        read().unwrap_or(false)
    }

    fn mistakes(&self) -> Vec<(String, Self)> {
        let with = |what: &str, change: &dyn Fn(&mut Self)| {
            let mut changed = self.clone();
            change(&mut changed);
            (what.to_owned(), changed)
        };
        let (old, new, first) = (&self.old, &self.new, &self.path[0]);
        let mut all = vec![
            with("earlier size less 1", &|p| p.from -= 1),
            with("earlier size and 1", &|p| p.from += 1),
            with("earlier size with another bit", &|p| p.from ^= 2),
            with("later size doubled", &|p| p.to *= 2),
            with("later size halved", &|p| p.to /= 2),
            with("wrong earlier root", &|p| p.old = b"wrong root".to_vec()),
            with("wrong later root", &|p| p.new = b"wrong root".to_vec()),
            with("any earlier root", &|p| p.old = SOME_HASH.to_vec()),
            with("any later root", &|p| p.new = SOME_HASH.to_vec()),
            with("roots exchanged", &|p| std::mem::swap(&mut p.old, &mut p.new)),
            with("no hashes", &|p| p.path.clear()),
            with("garbage behind", &|p| p.path.push(Bytes::new())),
            with("garbage before", &|p| p.path.insert(0, Bytes::new())),
            with("earlier root behind", &|p| p.path.push(old.clone())),
            with("earlier root before", &|p| p.path.insert(0, old.clone())),
            with("later root behind", &|p| p.path.push(new.clone())),
            with("later root before", &|p| p.path.insert(0, new.clone())),
            with("first hash twice", &|p| p.path.insert(0, first.clone())),
            with("one hash less", &|p| drop(p.path.pop())),
        ];
        for at in 0..self.path.len() {
            all.push(with(&format!("bit of hash {at}"), &|p| p.path[at][0] ^= 16));
        }
        all
    }
}

#[test]
fn the_tree_is_the_published_one() {
    let tree = tree();
    for (size, expected) in (1..).zip(ROOTS) {
        let found: String = root(size, &tree).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(found, expected, "{size}");
    }
}

#[test]
fn every_inclusion_proof_holds_and_every_mistake_in_it_is_refused() {
    let tree = tree();
    for (size, index) in (1..=8).flat_map(|size| (0..size).map(move |index| (size, index))) {
        let good = Inclusion::of(index, size, &tree);
        assert!(good.holds(), "{index} of {size}");
        for (mistake, probe) in good.mistakes() {
            assert!(!probe.holds(), "{index} of {size}: {mistake}");
        }
    }
}

#[test]
fn every_consistency_proof_holds_and_every_mistake_in_it_is_refused() {
    let tree = tree();
    for (to, from) in (1..=8).flat_map(|to| (1..=to).map(move |from| (to, from))) {
        let good = Consistency::of(from, to, &tree);
        assert!(good.holds(), "{from} to {to}");
        // Between equal trees there is nothing to be wrong but the roots; see below.
        for (mistake, probe) in good.path.first().map(|_| good.mistakes()).unwrap_or_default() {
            assert!(!probe.holds(), "{from} to {to}: {mistake}");
        }
    }
}

#[test]
fn trees_of_no_and_of_one_entry_include_only_what_they_hold() {
    let (nothing, empty, data) = (Bytes::new(), TreeHash::empty(), LeafHash::of(b"data"));
    let (empty, data) = (empty.as_bytes().to_vec(), data.as_bytes().to_vec());
    let probe = |(index, size), root: &Bytes, leaf: &Bytes| Inclusion {
        index,
        size,
        root: root.clone(),
        leaf: leaf.clone(),
        path: Vec::new(),
    };
    for place in [(0, 0), (0, 1), (1, 0), (2, 1)] {
        assert!(!probe(place, &nothing, &SOME_HASH.to_vec()).holds(), "{place:?}");
        assert!(!probe(place, &empty, &nothing).holds(), "{place:?}");
        assert!(!probe(place, &empty, &SOME_HASH.to_vec()).holds(), "{place:?}");
    }
    assert!(probe((0, 1), &data, &data).holds());
    for (root, leaf) in [(&data, &nothing), (&nothing, &data), (&nothing, &nothing)] {
        assert!(!probe((0, 1), root, leaf).holds());
    }
}

#[test]
fn growth_that_is_none_holds_only_between_equal_trees() {
    let empty = TreeHash::empty().as_bytes().to_vec();
    let (one, two) = (SOME_HASH.to_vec(), [7; 32].to_vec());
    let probe = |from, to, old: &Bytes, new: &Bytes, path: Vec<Bytes>| {
        let (old, new) = (old.clone(), new.clone());
        Consistency {
            from,
            to,
            old,
            new,
            path,
        }
        .holds()
    };
    // Equal trees.
    assert!(probe(1, 1, &one, &one, Vec::new()));
    assert!(!probe(1, 1, &one, &two, Vec::new()));
    assert!(!probe(1, 1, &empty, &two, Vec::new()));
    assert!(!probe(1, 1, &empty, &empty, vec![empty.clone()]));
    // Trees of nothing, with a root that nothing does not have.
    assert!(!probe(0, 0, &one, &one, Vec::new()));
    assert!(!probe(0, 0, &one, &two, Vec::new()));
    assert!(!probe(0, 0, &empty, &two, Vec::new()));
    assert!(!probe(0, 0, &empty, &empty, vec![empty.clone()]));
    // Growth without a proof, from another beginning than nothing, and backwards.
    assert!(!probe(1, 2, &one, &two, Vec::new()));
    assert!(!probe(0, 1, &one, &two, Vec::new()));
    assert!(!probe(0, 1, &empty, &empty, vec![empty.clone()]));
    assert!(!probe(1, 0, &one, &two, Vec::new()));
    assert!(!probe(2, 1, &one, &two, Vec::new()));
}

fn tree() -> Tree {
    let mut tree = Tree::new();
    for entry in ENTRIES {
        tree.push(LeafHash::of(entry)).unwrap();
    }
    tree
}

fn root(size: u64, tree: &Tree) -> Bytes {
    let head = tree.head_at(size.try_into().unwrap()).unwrap();
    head.root().as_bytes().to_vec()
}

fn bytes_of(path: &[TreeHash]) -> Vec<Bytes> {
    path.iter().map(|hash| hash.as_bytes().to_vec()).collect()
}

/// A hash has 32 bytes; everything else is refused where it comes in.
fn hash(bytes: &[u8]) -> Option<TreeHash> {
    Some(TreeHash::from_bytes(bytes.try_into().ok()?))
}

fn path(hashes: &[Bytes]) -> Option<Vec<TreeHash>> {
    hashes.iter().map(|bytes| hash(bytes)).collect()
}

/// The entries of the published tree.
const ENTRIES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];
/// Its roots from one entry to eight.
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];
const SOME_HASH: [u8; 32] = [0xab; 32];
