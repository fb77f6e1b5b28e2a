//! The groups of one pattern segment: `@(a|b)`, `?(a)`, `*(a)`, `+(a)` and `!(a)`, nested, with text between them.
//!
//! A node is either a sequence of texts and groups, or a group whose parts are sequences. What a node's neighbours are decides what a
//! `!(…)` refuses and where a name may not be `.` or `..`, so nodes know their parents. They live in one vector and name each other by
//! index. Lists of parts are kept apart from nodes because [flattening](super::flatten) can let two nodes share one list.

use super::effort::{DEEPEST, Effort};
use super::flatten::takes_over_somehow;
use super::{PatternError, Version};

/// Index of a node.
pub(super) type Id = usize;

/// One element of a node.
#[derive(Clone)]
pub(super) enum Part {
    Text(Vec<char>),
    Node(Id),
}

pub(super) struct Node {
    /// The character before the parenthesis; none for a sequence.
    pub(super) kind: Option<char>,
    pub(super) list: usize,
    pub(super) parent: Option<Id>,
    /// Which part of its parent this was when it was made.
    pub(super) place: usize,
    /// Whether it matches more than its own text.
    pub(super) magic: bool,
    /// Whether it holds a class that speaks of Unicode properties.
    pub(super) properties: bool,
    /// Whether nothing stood between its parentheses.
    pub(super) hollow: bool,
}

pub(super) struct Tree<'a> {
    pub(super) nodes: Vec<Node>,
    pub(super) lists: Vec<Vec<Part>>,
    /// The `!(…)` in the order of reading; none are added once they have been completed.
    pub(super) negations: Option<Vec<Id>>,
    version: Version,
    pub(super) effort: &'a mut Effort,
}

/// The node that stands for the whole segment.
pub(super) const ROOT: Id = 0;

impl<'a> Tree<'a> {
    /// Reads a segment.
    pub(super) fn parse(segment: &[char], version: Version, effort: &'a mut Effort) -> Result<Self, PatternError> {
        let mut tree = Self {
            nodes: Vec::new(),
            lists: Vec::new(),
            negations: Some(Vec::new()),
            version,
            effort,
        };
        tree.add(None, None)?;
        let mut scan = Scan::default();
        let mut text = Vec::new();
        let mut at = 0;
        while let Some(&unit) = segment.get(at) {
            at += 1;
            if !scan.swallows(unit, at) && opens_group(unit, segment, at) {
                tree.push_text(ROOT, std::mem::take(&mut text));
                let group = tree.add(Some(unit), Some(ROOT))?;
                at = tree.parse_group(segment, group, at, Depth { counted: 1, real: 1 })?;
                tree.push(ROOT, Part::Node(group));
            } else {
                text.push(unit);
            }
        }
        tree.push_text(ROOT, text);
        Ok(tree)
    }

    /// Reads a group from its parenthesis on; answers where it ends.
    fn parse_group(&mut self, segment: &[char], group: Id, open: usize, depth: Depth) -> Result<usize, PatternError> {
        if depth.real > DEEPEST {
            return Err(PatternError::TooComplex);
        }
        let mut parts = vec![self.add(None, Some(group))?];
        let mut part = parts[0];
        let (mut scan, mut text, mut at) = (Scan::default(), Vec::new(), open + 1);
        while let Some(&unit) = segment.get(at) {
            at += 1;
            if scan.swallows(unit, at) {
                text.push(unit);
                continue;
            }
            let adopted = self.kind(group).is_some_and(|parent| takes_over_somehow(parent, unit));
            if opens_group(unit, segment, at)
                && (adopted || depth.counted <= DEEPEST_COUNTED || self.version == Version::Former)
            {
                self.push_text(part, std::mem::take(&mut text));
                let inner = self.add(Some(unit), Some(part))?;
                self.push(part, Part::Node(inner));
                at = self.parse_group(segment, inner, at, depth.below(adopted))?;
            } else if unit == '|' {
                self.push_text(part, std::mem::take(&mut text));
                part = self.add(None, Some(group))?;
                parts.push(part);
            } else if unit == ')' {
                // npm asks only for what stands last: `!(a|)` is hollow, too.
                self.nodes[group].hollow = text.is_empty();
                self.push_text(part, text);
                parts.into_iter().for_each(|part| self.push(group, Part::Node(part)));
                return Ok(at);
            } else {
                text.push(unit);
            }
        }
        // It never closes, so it was no group: everything from its first character on is text.
        self.make_text(group, segment.get(open - 1..).unwrap_or_default().to_vec());
        Ok(at)
    }

    /// Takes a group for mere text.
    pub(super) fn make_text(&mut self, group: Id, text: Vec<char>) {
        self.nodes[group].list = self.add_list(vec![Part::Text(text)]);
        self.nodes[group].kind = None;
        self.nodes[group].magic = false;
    }

    /// A new node; it is not yet among its parent's parts.
    pub(super) fn add(&mut self, kind: Option<char>, parent: Option<Id>) -> Result<Id, PatternError> {
        self.effort.spend(NODE)?;
        let id = self.nodes.len();
        let list = self.add_list(Vec::new());
        let place = parent.map_or(0, |parent| self.parts(parent).len());
        self.nodes.push(Node {
            kind,
            list,
            parent,
            place,
            magic: kind.is_some(),
            properties: false,
            hollow: false,
        });
        if let (Some('!'), Some(negations)) = (kind, &mut self.negations) {
            negations.push(id);
        }
        Ok(id)
    }

    pub(super) fn parts(&self, node: Id) -> &[Part] {
        &self.lists[self.nodes[node].list]
    }

    pub(super) fn kind(&self, node: Id) -> Option<char> {
        self.nodes[node].kind
    }

    pub(super) fn push(&mut self, node: Id, part: Part) {
        let list = self.nodes[node].list;
        self.lists[list].push(part);
    }

    pub(super) fn push_text(&mut self, node: Id, text: Vec<char>) {
        if !text.is_empty() {
            self.push(node, Part::Text(text));
        }
    }

    pub(super) fn add_list(&mut self, parts: Vec<Part>) -> usize {
        self.lists.push(parts);
        self.lists.len() - 1
    }

    /// The pattern that a node was read from.
    pub(super) fn text(&self, node: Id) -> Vec<char> {
        let parts: Vec<Vec<char>> = self.parts(node).iter().map(|part| self.part_text(part)).collect();
        match self.kind(node) {
            None => parts.concat(),
            Some(kind) => [&[kind, '('], parts.join(&'|').as_slice(), &[')']].concat(),
        }
    }

    fn part_text(&self, part: &Part) -> Vec<char> {
        match part {
            Part::Text(text) => text.clone(),
            Part::Node(node) => self.text(*node),
        }
    }
}

/// Levels of groups: those that count, because the group around them cannot take them over, and all.
#[derive(Clone, Copy)]
struct Depth {
    counted: usize,
    real: usize,
}

impl Depth {
    fn below(self, adopted: bool) -> Self {
        Self {
            counted: self.counted + usize::from(!adopted),
            real: self.real + 1,
        }
    }
}

/// Groups that stand deeper are text.
const DEEPEST_COUNTED: usize = 2;

/// Steps that a node costs.
const NODE: usize = 200;

fn opens_group(unit: char, segment: &[char], next: usize) -> bool {
    matches!(unit, '!' | '?' | '+' | '*' | '@') && segment.get(next) == Some(&'(')
}

/// Follows escapes and classes, in which nothing opens, parts or closes a group.
#[derive(Default)]
struct Scan {
    escaping: bool,
    class: Option<Class>,
}

struct Class {
    start: usize,
    negated: bool,
}

impl Scan {
    /// Whether this character belongs to an escape or a class; `next` is the place after it.
    fn swallows(&mut self, unit: char, next: usize) -> bool {
        if self.escaping || unit == '\\' {
            self.escaping = !self.escaping;
            return true;
        }
        let Some(class) = &mut self.class else {
            if unit == '[' {
                self.class = Some(Class {
                    start: next,
                    negated: false,
                });
            }
            return unit == '[';
        };
        if next == class.start + 1 {
            class.negated |= matches!(unit, '^' | '!');
        } else if unit == ']' && !(next == class.start + 2 && class.negated) {
            self.class = None;
        }
        true
    }
}
