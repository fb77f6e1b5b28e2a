use proptest::prelude::*;

use super::*;

/// MTH of RFC 6962, section 2.1, word for word.
fn root_of(leaves: &[LeafHash]) -> TreeHash {
    match leaves {
        [] => TreeHash::empty(),
        [only] => (*only).into(),
        _ => {
            let (left, right) = leaves.split_at(largest_power_below(leaves.len()));
            TreeHash::join(&root_of(left), &root_of(right))
        }
    }
}

/// PATH of RFC 6962, section 2.1.1.
fn path_to(index: usize, leaves: &[LeafHash]) -> Vec<TreeHash> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let middle = largest_power_below(leaves.len());
    let (left, right) = leaves.split_at(middle);
    let (mut path, sibling) = if index < middle {
        (path_to(index, left), root_of(right))
    } else {
        (path_to(index - middle, right), root_of(left))
    };
    path.push(sibling);
    path
}

/// SUBPROOF of RFC 6962, section 2.1.2.
fn subproof(from: usize, leaves: &[LeafHash], complete: bool) -> Vec<TreeHash> {
    if from == leaves.len() {
        return if complete { Vec::new() } else { vec![root_of(leaves)] };
    }
    let middle = largest_power_below(leaves.len());
    let (left, right) = leaves.split_at(middle);
    let (mut proof, other) = if from <= middle {
        (subproof(from, left, complete), root_of(right))
    } else {
        (subproof(from - middle, right, false), root_of(left))
    };
    proof.push(other);
    proof
}

fn largest_power_below(length: usize) -> usize {
    length.next_power_of_two() / 2
}

fn leaves(count: u64) -> Vec<LeafHash> {
    (0..count).map(leaf).collect()
}

#[test]
fn every_tree_up_to_64_entries_has_the_root_that_rfc_6962_defines() {
    let (whole, leaves) = (tree(64), leaves(64));
    for count in 0..=64 {
        let expected = TreeHead::new(size(count), root_of(&leaves[..count as usize]));
        assert_eq!(tree(count).head(), expected, "{count}");
        assert_eq!(whole.head_at(size(count)), Ok(expected), "{count}");
        assert_eq!(Frontier::of(size(count), &whole).unwrap().head(), expected, "{count}");
    }
    assert!(whole.head_at(size(65)).is_err());
}

#[test]
fn every_inclusion_proof_up_to_64_entries_is_the_one_of_rfc_6962_and_holds() {
    let (whole, leaves) = (tree(64), leaves(64));
    for count in 1..=64 {
        let head = whole.head_at(size(count)).unwrap();
        for index in 0..count {
            let proof = InclusionProof::make(at(index), size(count), &whole).unwrap();
            let expected = path_to(index as usize, &leaves[..count as usize]);
            assert_eq!(proof.path(), expected, "{index} of {count}");
            let included = proof.verify(leaf(index), &head).unwrap();
            assert_eq!(
                (included.index(), included.leaf(), included.head()),
                (at(index), leaf(index), &head)
            );
            assert!(proof.verify(leaf(index + 1), &head).is_err(), "{index} of {count}");
        }
    }
}

#[test]
fn every_consistency_proof_up_to_64_entries_is_the_one_of_rfc_6962_and_holds() {
    let (whole, leaves) = (tree(64), leaves(64));
    for later in 0..=64 {
        let new = whole.head_at(size(later)).unwrap();
        for earlier in 0..=later {
            let old = whole.head_at(size(earlier)).unwrap();
            let proof = ConsistencyProof::make(size(earlier), size(later), &whole).unwrap();
            let expected = match earlier {
                0 => Vec::new(),
                _ => subproof(earlier as usize, &leaves[..later as usize], true),
            };
            assert_eq!(proof.path(), expected, "{earlier} to {later}");
            let consistent = proof.verify(&old, &new).unwrap();
            assert_eq!((consistent.earlier(), consistent.later()), (&old, &new));
        }
    }
}

#[test]
fn a_proof_asks_only_for_the_nodes_that_it_names_beforehand() {
    let whole = tree(64);
    let known = |nodes: Vec<NodeAt>| -> std::collections::HashMap<_, _> {
        nodes.into_iter().map(|at| (at, whole.node(at).unwrap())).collect()
    };
    for count in 1..=64 {
        for other in 0..count {
            let nodes = known(InclusionProof::nodes(at(other), size(count)).unwrap());
            assert!(InclusionProof::make(at(other), size(count), &nodes).is_ok());
            let nodes = known(ConsistencyProof::nodes(size(other), size(count)).unwrap());
            assert!(ConsistencyProof::make(size(other), size(count), &nodes).is_ok());
        }
        assert!(Frontier::of(size(count), &known(Frontier::nodes(size(count)))).is_ok());
    }
    let nothing = std::collections::HashMap::new();
    let refused = InclusionProof::make(at(0), size(2), &nothing);
    assert!(matches!(refused, Err(ProofRefusal::Missing(_))), "{refused:?}");
}

#[test]
fn what_no_tree_can_prove_is_refused_by_name() {
    let whole = tree(5);
    let (head, empty) = (whole.head(), TreeHead::empty());
    let beyond = ProofRefusal::IndexBeyondTree {
        index: at(5),
        size: size(5),
    };
    assert_eq!(InclusionProof::make(at(5), size(5), &whole), Err(beyond.clone()));
    assert_eq!(InclusionProof::nodes(at(5), size(5)), Err(beyond.clone()));
    let claimed = InclusionProof::new(at(5), size(5), Vec::new());
    assert_eq!(claimed.verify(leaf(5), &head), Err(beyond));
    let nothing = InclusionProof::new(at(0), size(0), Vec::new());
    assert!(matches!(
        nothing.verify(leaf(0), &empty),
        Err(ProofRefusal::IndexBeyondTree { .. })
    ));
    let shrunk = ProofRefusal::Shrunk {
        from: size(5),
        to: size(4),
    };
    assert_eq!(ConsistencyProof::make(size(5), size(4), &whole), Err(shrunk.clone()));
    let back = ConsistencyProof::new(size(5), size(4), Vec::new());
    assert_eq!(back.verify(&head, &whole.head_at(size(4)).unwrap()), Err(shrunk));
}

#[test]
fn a_proof_with_a_hash_too_many_or_too_few_is_refused_by_its_length() {
    let whole = tree(7);
    let head = whole.head();
    for index in 0..7 {
        let good = InclusionProof::make(at(index), size(7), &whole).unwrap();
        let mut long = good.path().to_vec();
        long.push(*head.root());
        let short = good.path()[1..].to_vec();
        for path in [long, short] {
            let (expected, found) = (good.path().len(), path.len());
            let refused = InclusionProof::new(at(index), size(7), path).verify(leaf(index), &head);
            assert_eq!(refused, Err(ProofRefusal::Length { expected, found }));
        }
    }
    for from in 0..=7 {
        let good = ConsistencyProof::make(size(from), size(7), &whole).unwrap();
        let mut long = good.path().to_vec();
        long.push(*head.root());
        let mut paths = vec![long];
        paths.extend(good.path().split_first().map(|(_, rest)| rest.to_vec()));
        for path in paths {
            let (expected, found) = (good.path().len(), path.len());
            let refused =
                ConsistencyProof::new(size(from), size(7), path).verify(&whole.head_at(size(from)).unwrap(), &head);
            assert_eq!(refused, Err(ProofRefusal::Length { expected, found }));
        }
    }
}

#[test]
fn the_empty_tree_is_the_beginning_of_every_tree_and_has_one_hash_only() {
    let whole = tree(3);
    let proof = ConsistencyProof::make(size(0), size(3), &whole).unwrap();
    assert!(proof.verify(&TreeHead::empty(), &whole.head()).is_ok());
    let other_nothing = TreeHead::new(size(0), *whole.head().root());
    assert!(matches!(
        proof.verify(&other_nothing, &whole.head()),
        Err(ProofRefusal::OtherRoot { .. })
    ));
    let none = ConsistencyProof::make(size(0), size(0), &whole).unwrap();
    assert!(none.verify(&TreeHead::empty(), &TreeHead::empty()).is_ok());
    assert!(none.verify(&other_nothing, &other_nothing).is_err());
}

#[test]
fn the_largest_sizes_neither_overflow_nor_end_in_endless_paths() {
    let most = size(TreeSize::LARGEST);
    let proof = InclusionProof::new(at(TreeSize::LARGEST - 1), most, vec![TreeHash::empty(); 62]);
    assert!(matches!(
        proof.verify(leaf(0), &TreeHead::new(most, TreeHash::empty())),
        Err(ProofRefusal::OtherRoot { .. })
    ));
    let nodes = ConsistencyProof::nodes(size(TreeSize::LARGEST - 1), most).unwrap();
    assert!(nodes.len() < 200, "{}", nodes.len());
    let mut full = Frontier::of(most, &Everything).unwrap();
    assert!(full.push(leaf(0)).is_err());
    assert_eq!(NodeAt::new(63, 0), None);
    assert_eq!(NodeAt::new(1, u64::MAX / 2), None);
}

/// Knows a hash for every place.
struct Everything;

impl Nodes for Everything {
    fn node(&self, _: NodeAt) -> Option<TreeHash> {
        Some(TreeHash::empty())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_two_sizes_and_any_entry_of_a_larger_tree_have_proofs_that_hold(count in 1_u64..1500, a: u64, b: u64) {
        let whole = tree(count);
        let (index, from) = (a % count, b % (count + 1));
        let proof = InclusionProof::make(at(index), size(count), &whole).unwrap();
        prop_assert_eq!(proof.path().to_vec(), path_to(index as usize, &leaves(count)));
        prop_assert!(proof.verify(leaf(index), &whole.head()).is_ok());
        let proof = ConsistencyProof::make(size(from), size(count), &whole).unwrap();
        prop_assert!(proof.verify(&whole.head_at(size(from)).unwrap(), &whole.head()).is_ok());
    }

    #[test]
    fn made_up_proofs_are_refused_without_a_panic(
        index in 0..TreeSize::LARGEST, from in 0..=TreeSize::LARGEST, to in 0..=TreeSize::LARGEST,
        hashes in proptest::collection::vec(any::<[u8; 32]>(), 0..130), root: [u8; 32],
    ) {
        let path: Vec<_> = hashes.into_iter().map(TreeHash::from_bytes).collect();
        let (old, new) = (TreeHead::new(size(from), TreeHash::from_bytes(root)), TreeHead::new(size(to), TreeHash::from_bytes(root)));
        prop_assert!(InclusionProof::new(at(index), size(to), path.clone()).verify(leaf(index), &new).is_err());
        if from != to {
            prop_assert!(ConsistencyProof::new(size(from), size(to), path).verify(&old, &new).is_err());
        }
    }
}
