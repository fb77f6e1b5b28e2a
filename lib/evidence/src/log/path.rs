//! Which parts of a tree a proof consists of.

use super::node::Span;
use super::{MissingNode, NodeAt, Nodes, TreeHash, TreeSize};

/// The spans of `PATH(index, D[size])` of RFC 6962, section 2.1.1, the leaf's sibling first. The index lies inside the tree.
pub(super) fn inclusion(index: u64, size: TreeSize) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut rest = Span::whole(size);
    while rest.length() > 1 {
        let (left, right) = rest.split();
        let sibling;
        (rest, sibling) = if index < right.from {
            (left, right)
        } else {
            (right, left)
        };
        spans.push(sibling);
    }
    spans.reverse();
    spans
}

/// The spans of `PROOF(from, D[to])` of RFC 6962, section 2.1.2. Zero or as many entries as the later tree need no proof; more do not exist.
pub(super) fn consistency(from: TreeSize, to: TreeSize) -> Vec<Span> {
    if from == TreeSize::EMPTY || from >= to {
        return Vec::new();
    }
    let from = from.get();
    let mut spans = Vec::new();
    let mut rest = Span::whole(to);
    // As long as every step goes left, what remains may turn out to be the earlier tree itself, whose root the verifier has already.
    let mut only_left = true;
    while rest.to != from {
        let (left, right) = rest.split();
        if from <= right.from {
            spans.push(right);
            rest = left;
        } else {
            spans.push(left);
            rest = right;
            only_left = false;
        }
    }
    if !only_left {
        spans.push(rest);
    }
    spans.reverse();
    spans
}

/// The complete nodes of all spans.
pub(super) fn nodes(spans: &[Span]) -> Vec<NodeAt> {
    spans.iter().flat_map(|span| span.nodes()).collect()
}

/// The hashes of all spans.
pub(super) fn hashes(spans: &[Span], source: &impl Nodes) -> Result<Vec<TreeHash>, MissingNode> {
    spans.iter().map(|span| span.hash(source)).collect()
}
