use super::*;

/// A log that shows one history to some readers and another one to others: both begin alike.
fn two_views(draw: &mut Draw) -> (Tree, Tree, u64) {
    let common = draw.below(200);
    let (mut one, mut other) = (tree(common), tree(common));
    for index in 0..=draw.below(100) {
        one.push(LeafHash::of(format!("one {index}").as_bytes())).unwrap();
    }
    for index in 0..=draw.below(100) {
        other.push(LeafHash::of(format!("other {index}").as_bytes())).unwrap();
    }
    (one, other, common)
}

#[test]
fn a_split_view_shows_whenever_two_of_its_checkpoints_meet() {
    let signer = signer("log.example.com/two-faced");
    let mut draw = Draw(0x5eed);
    let mut detected = 0;
    for _ in 0..1000 {
        let (one, other, common) = two_views(&mut draw);
        // One reader holds a checkpoint of each view, both signed by the log and both from after the parting.
        let seen = |view: &Tree, draw: &mut Draw| {
            let parted = view.size().get() - common;
            let head = view.head_at(size(common + 1 + draw.below(parted))).unwrap();
            let checkpoint = Checkpoint::sign(&head, &signer).unwrap();
            *checkpoint.verify(signer.key()).unwrap().head()
        };
        let (first, second) = (seen(&one, &mut draw), seen(&other, &mut draw));
        let (earlier, later) = if first.size() <= second.size() {
            (first, second)
        } else {
            (second, first)
        };
        // Whatever the log answers, out of whichever of its histories, proves nothing.
        let answers = [&one, &other].map(|view| ConsistencyProof::make(earlier.size(), later.size(), view));
        let fooled = answers
            .into_iter()
            .flatten()
            .any(|proof| proof.verify(&earlier, &later).is_ok());
        detected += usize::from(!fooled);
    }
    assert_eq!(detected, 1000);
}

#[test]
fn before_the_parting_there_is_nothing_to_see() {
    let mut draw = Draw(0xface);
    for _ in 0..100 {
        let (one, other, common) = two_views(&mut draw);
        let old = one.head_at(size(draw.below(common + 1))).unwrap();
        for view in [&one, &other] {
            let proof = ConsistencyProof::make(old.size(), view.size(), view).unwrap();
            assert!(proof.verify(&old, &view.head()).is_ok());
        }
    }
}
