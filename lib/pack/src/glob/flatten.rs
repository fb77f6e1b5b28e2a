//! Groups inside groups are merged where that changes nothing, and each `!(…)` learns what follows it.

use super::PatternError;
use super::tree::{Id, Part, ROOT, Tree};

impl Tree<'_> {
    /// Merges `+(a|+(b))` into `+(a|b)` and the like, from the inside out.
    pub(super) fn flatten(&mut self, node: Id) -> Result<(), PatternError> {
        self.effort.spend(1 + self.parts(node).len())?;
        let Some(_) = self.kind(node) else {
            for child in self.child_nodes(node) {
                self.flatten(child)?;
            }
            return Ok(());
        };
        for _ in 0..PASSES {
            if !self.flatten_once(node)? {
                break;
            }
        }
        Ok(())
    }

    /// One pass over the parts of a group; answers whether any changed.
    fn flatten_once(&mut self, node: Id) -> Result<bool, PatternError> {
        let mut changed = false;
        let mut at = 0;
        while let Some(part) = self.parts(node).get(at).cloned() {
            if let Part::Node(child) = part {
                self.flatten(child)?;
                changed |= self.merge(node, child, at)?;
            }
            at += 1;
        }
        Ok(changed)
    }

    /// Lets a group take over the only group of one of its parts.
    fn merge(&mut self, node: Id, child: Id, at: usize) -> Result<bool, PatternError> {
        let (Some(parent), Some(inner)) = (self.kind(node), self.only_group(child)) else {
            return Ok(false);
        };
        let Some(kind) = self.kind(inner) else { return Ok(false) };
        if adopts(parent, kind) {
            self.adopt(node, inner, at)?;
        } else if adopts_with_blank(parent, kind) {
            let blank = self.add(None, Some(inner))?;
            self.push(blank, Part::Text(Vec::new()));
            self.push(inner, Part::Node(blank));
            self.adopt(node, inner, at)?;
        } else if let Some(kind) = usurped(parent, kind).filter(|_| self.parts(node).len() == 1) {
            // The list is shared from here on: what completes the inner group completes this one.
            self.nodes[node].list = self.nodes[inner].list;
            self.nodes[node].kind = Some(kind);
            self.nodes[node].hollow = false;
            self.claim(node, inner);
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// The parts of the inner group take the place of the part that it was in.
    fn adopt(&mut self, node: Id, inner: Id, at: usize) -> Result<(), PatternError> {
        let parts = self.parts(inner).to_vec();
        self.effort.spend(parts.len() + self.parts(node).len())?;
        let list = self.nodes[node].list;
        self.lists[list].splice(at..=at, parts);
        self.claim(node, inner);
        Ok(())
    }

    fn claim(&mut self, node: Id, inner: Id) {
        for child in self.child_nodes(inner) {
            self.nodes[child].parent = Some(node);
        }
    }

    fn only_group(&self, child: Id) -> Option<Id> {
        match (self.kind(child), self.parts(child)) {
            (None, [Part::Node(group)]) => Some(*group),
            _ => None,
        }
    }

    fn child_nodes(&self, node: Id) -> Vec<Id> {
        let nodes = self.parts(node).iter().filter_map(|part| match part {
            Part::Node(child) => Some(*child),
            Part::Text(_) => None,
        });
        nodes.collect()
    }

    /// `!(a)b` refuses what `ab` matches, so everything after a negation is copied to the end of each of its parts.
    pub(super) fn complete_negations(&mut self) -> Result<(), PatternError> {
        let mut negations = self.negations.take().unwrap_or_default();
        while let Some(negation) = negations.pop() {
            if self.kind(negation) != Some('!') {
                continue;
            }
            let mut node = negation;
            while let Some(parent) = self.nodes[node].parent {
                let mut at = self.nodes[node].place + 1;
                while let Some(part) = self
                    .parts(parent)
                    .get(at)
                    .filter(|_| self.kind(parent).is_none())
                    .cloned()
                {
                    for end in self.child_nodes(negation) {
                        self.copy_in(end, &part)?;
                    }
                    at += 1;
                }
                node = parent;
            }
        }
        Ok(())
    }

    fn copy_in(&mut self, node: Id, part: &Part) -> Result<(), PatternError> {
        match part {
            Part::Text(text) => {
                self.effort.spend(text.len())?;
                self.push_text(node, text.clone());
            }
            Part::Node(original) => {
                let copy = self.add(self.kind(*original), Some(node))?;
                for part in self.parts(*original).to_vec() {
                    self.copy_in(copy, &part)?;
                }
                self.push(node, Part::Node(copy));
            }
        }
        Ok(())
    }

    /// Whether nothing but negations stands before the node in its segment.
    pub(super) fn is_start(&self, node: Id) -> bool {
        let Some(parent) = self.nodes[node].parent.filter(|_| node != ROOT) else {
            return true;
        };
        let is_negation =
            |at| matches!(self.parts(parent).get(at), Some(Part::Node(part)) if self.kind(*part) == Some('!'));
        self.is_start(parent) && (0..self.nodes[node].place).all(is_negation)
    }

    /// Whether the node ends its segment, or a part of a negation.
    pub(super) fn is_end(&self, node: Id) -> bool {
        let Some(parent) = self.nodes[node].parent.filter(|_| node != ROOT) else {
            return true;
        };
        if self.kind(parent) == Some('!') {
            return true;
        }
        self.is_end(parent) && (self.kind(node).is_none() || self.nodes[node].place + 1 == self.parts(parent).len())
    }
}

/// Whether a group may take over one inside it in any way; such groups do not count as deeper.
pub(super) fn takes_over_somehow(parent: char, kind: char) -> bool {
    adopts(parent, kind) || adopts_with_blank(parent, kind)
}

/// Pairs of groups where the parts of the second may simply join the parts of the first.
fn adopts(parent: char, kind: char) -> bool {
    matches!(
        (parent, kind),
        ('!' | '@', '@') | ('?', '?' | '@') | ('*', '*' | '+' | '?' | '@') | ('+', '+' | '@')
    )
}

/// Pairs where they may, together with an empty part.
fn adopts_with_blank(parent: char, kind: char) -> bool {
    matches!((parent, kind), ('!' | '@', '?') | ('+', '?' | '*'))
}

/// What a group becomes that holds nothing but the second.
fn usurped(parent: char, kind: char) -> Option<char> {
    match (parent, kind) {
        ('!', '!') => Some('@'),
        ('?', '*' | '+') | ('+', '?' | '*') => Some('*'),
        ('@', kind) => Some(kind),
        _ => None,
    }
}

/// How often the parts of a group are gone through at most.
const PASSES: usize = 10;
