use super::*;

/// Every value with one of its 64 bits turned that is still a number of this kind.
fn flipped(number: u64) -> impl Iterator<Item = u64> {
    (0..63)
        .map(move |bit| number ^ (1 << bit))
        .filter(|other| *other < TreeSize::LARGEST)
}

/// The hashes with each of their bits turned.
fn turned(hashes: &[TreeHash]) -> impl Iterator<Item = Vec<TreeHash>> {
    (0..hashes.len() * 256).map(move |bit| {
        let mut hashes = hashes.to_vec();
        hashes[bit / 256] = with_bit(&hashes[bit / 256], bit % 256);
        hashes
    })
}

fn with_bit(hash: &TreeHash, bit: usize) -> TreeHash {
    let mut bytes = *hash.as_bytes();
    bytes[bit / 8] ^= 1 << (bit % 8);
    TreeHash::from_bytes(bytes)
}

const COUNTS: [u64; 8] = [1, 2, 3, 5, 8, 11, 16, 21];

#[test]
fn an_inclusion_proof_with_any_one_bit_changed_is_refused() {
    let mut refused = 0;
    for count in COUNTS {
        let (whole, counted) = (tree(count), size(count));
        let head = whole.head();
        for index in 0..count {
            let good = InclusionProof::make(at(index), counted, &whole).unwrap();
            let other_paths = turned(good.path()).map(|path| InclusionProof::new(at(index), counted, path));
            let other_indexes =
                flipped(index).map(|other| InclusionProof::new(at(other), counted, good.path().to_vec()));
            let other_sizes =
                flipped(count).map(|other| InclusionProof::new(at(index), size(other), good.path().to_vec()));
            for bad in other_paths.chain(other_indexes).chain(other_sizes) {
                assert!(bad.verify(leaf(index), &head).is_err(), "{bad:?} in {count}");
                refused += 1;
            }
            for bit in 0..256 {
                let other = TreeHead::new(counted, with_bit(head.root(), bit));
                assert!(good.verify(leaf(index), &other).is_err());
                let other = LeafHash::from_bytes(*with_bit(&leaf(index).into(), bit).as_bytes());
                assert!(good.verify(other, &head).is_err());
                refused += 2;
            }
        }
    }
    assert!(refused > 100_000, "{refused}");
}

#[test]
fn a_consistency_proof_with_any_one_bit_changed_is_refused() {
    let mut refused = 0;
    for count in COUNTS {
        let (whole, to) = (tree(count), size(count));
        let new = whole.head();
        for from in (1..count).map(size) {
            let old = whole.head_at(from).unwrap();
            let good = ConsistencyProof::make(from, to, &whole).unwrap();
            let other_paths = turned(good.path()).map(|path| ConsistencyProof::new(from, to, path));
            let other_froms =
                flipped(from.get()).map(|other| ConsistencyProof::new(size(other), to, good.path().to_vec()));
            let other_tos = flipped(count).map(|other| ConsistencyProof::new(from, size(other), good.path().to_vec()));
            for bad in other_paths.chain(other_froms).chain(other_tos) {
                assert!(bad.verify(&old, &new).is_err(), "{bad:?}");
                refused += 1;
            }
            for bit in 0..256 {
                assert!(
                    good.verify(&TreeHead::new(from, with_bit(old.root(), bit)), &new)
                        .is_err()
                );
                assert!(
                    good.verify(&old, &TreeHead::new(to, with_bit(new.root(), bit)))
                        .is_err()
                );
                refused += 2;
            }
        }
    }
    assert!(refused > 50_000, "{refused}");
}

#[test]
fn a_checkpoint_with_any_one_bit_changed_is_refused() {
    let signer = signer("log.example.com/one");
    let good = Checkpoint::sign(&tree(7).head(), &signer).unwrap();
    assert!(good.verify(signer.key()).is_ok());
    for byte in 0..good.as_str().len() {
        for bit in 0..8 {
            let mut bytes = good.as_str().as_bytes().to_vec();
            bytes[byte] ^= 1 << bit;
            let accepted = String::from_utf8(bytes)
                .ok()
                .and_then(|text| text.parse::<Checkpoint>().ok())
                .and_then(|checkpoint| checkpoint.verify(signer.key()).ok());
            assert_eq!(accepted, None, "byte {byte}, bit {bit}");
        }
    }
}

#[test]
fn a_checkpoint_cut_off_anywhere_is_refused() {
    let signer = signer("log.example.com/one");
    let good = Checkpoint::sign(&tree(7).head(), &signer).unwrap();
    for (end, _) in good.as_str().char_indices() {
        let cut = &good.as_str()[..end];
        let accepted = cut
            .parse::<Checkpoint>()
            .ok()
            .and_then(|cut| cut.verify(signer.key()).ok());
        assert_eq!(accepted, None, "{cut:?}");
    }
}
