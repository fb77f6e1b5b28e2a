//! The regular expressions that segments become, and only those: characters, classes, groups, alternatives, `*`, `+`, `?`, `^`, `$` and
//! the negative lookahead.
//!
//! Matching does not backtrack. It goes through the expression from its end to its beginning with the set of all places where the rest
//! already matches, so its time is the length of the expression times the length of the name, however the pattern is made.

use super::PatternError;
use super::effort::Effort;
use super::letters::{Letter, Letters};
use super::set::Set;

/// A regular expression with the flag `i`, unless its letters are exact, and with `u` when its letters are code points.
#[derive(Clone, Debug)]
pub(super) struct Expression {
    root: Node,
    letters: Letters,
    lookaheads: usize,
}

#[derive(Clone, Debug)]
enum Node {
    Start,
    End,
    /// A letter that folds to this one.
    Letter(u32),
    Set(Set),
    Sequence(Vec<Self>),
    Either(Vec<Self>),
    Optional(Box<Self>),
    Star(Box<Self>),
    Plus(Box<Self>),
    /// A negative lookahead, with its number.
    Unless(usize, Box<Self>),
}

impl Expression {
    /// Reads an expression, from `^` to `$`; none when JavaScript refuses it.
    pub(super) fn parse(source: &[u32], letters: Letters, effort: &mut Effort) -> Result<Option<Self>, PatternError> {
        effort.spend(source.len().saturating_mul(4))?;
        let mut parser = Parser {
            rest: source,
            letters,
            lookaheads: 0,
        };
        let root = parser.either().filter(|_| parser.rest.is_empty());
        Ok(root.map(|root| Self {
            root,
            letters,
            lookaheads: parser.lookaheads,
        }))
    }

    /// Whether the expression matches some part of the name.
    pub(super) fn matches(&self, name: &str) -> bool {
        let name = self.letters.of(name);
        let mut places = vec![true; name.len() + 1];
        let mut search = Search {
            name: &name,
            lookaheads: vec![None; self.lookaheads],
        };
        search.back(&self.root, &mut places);
        places.contains(&true)
    }

    /// The folded letters of an expression that is nothing but these, from beginning to end.
    pub(super) fn word(&self) -> Option<Vec<u32>> {
        let Node::Sequence(nodes) = &self.root else { return None };
        let [Node::Start, word @ .., Node::End] = nodes.as_slice() else {
            return None;
        };
        let letter = |node: &Node| {
            if let Node::Letter(letter) = node {
                Some(*letter)
            } else {
                None
            }
        };
        word.iter().map(letter).collect()
    }
}

struct Search<'a> {
    name: &'a [Letter],
    /// Where each lookahead lets the search pass, once that is known.
    lookaheads: Vec<Option<Vec<bool>>>,
}

impl Search<'_> {
    /// Turns the places where what follows the node matches into those where the node and what follows match.
    fn back(&mut self, node: &Node, places: &mut Vec<bool>) {
        match node {
            Node::Start => places.iter_mut().skip(1).for_each(|place| *place = false),
            Node::End => places.iter_mut().rev().skip(1).for_each(|place| *place = false),
            Node::Letter(letter) => self.step(places, |other| other.folded == *letter),
            Node::Set(set) => self.step(places, |other| set.contains(other)),
            Node::Sequence(nodes) => {
                for node in nodes.iter().rev() {
                    if !places.contains(&true) {
                        return;
                    }
                    self.back(node, places);
                }
            }
            Node::Either(nodes) => self.either(nodes, places),
            Node::Optional(node) => {
                let after = places.clone();
                self.back(node, places);
                add(places, &after);
            }
            Node::Star(node) => self.star(node, places),
            Node::Plus(node) => {
                self.star(node, places);
                self.back(node, places);
            }
            Node::Unless(number, node) => {
                let refused = self.lookahead(*number, node);
                places
                    .iter_mut()
                    .zip(refused)
                    .for_each(|(place, refused)| *place &= !refused);
            }
        }
    }

    fn either(&mut self, nodes: &[Node], places: &mut Vec<bool>) {
        let after = std::mem::take(places);
        *places = vec![false; after.len()];
        for node in nodes {
            let mut before = after.clone();
            self.back(node, &mut before);
            add(places, &before);
        }
    }

    fn step(&self, places: &mut [bool], fits: impl Fn(&Letter) -> bool) {
        for (at, letter) in self.name.iter().enumerate() {
            places[at] = places[at + 1] && fits(letter);
        }
        places[self.name.len()] = false;
    }

    fn star(&mut self, node: &Node, places: &mut [bool]) {
        if let Node::Set(set) = node {
            for (at, letter) in self.name.iter().enumerate().rev() {
                places[at] |= places[at + 1] && set.contains(letter);
            }
            return;
        }
        let mut new = places.to_vec();
        while new.contains(&true) {
            self.back(node, &mut new);
            new.iter_mut()
                .zip(places.iter())
                .for_each(|(new, known)| *new &= !known);
            add(places, &new);
        }
    }

    fn lookahead(&mut self, number: usize, node: &Node) -> Vec<bool> {
        if let Some(Some(known)) = self.lookaheads.get(number) {
            return known.clone();
        }
        let mut refused = vec![true; self.name.len() + 1];
        self.back(node, &mut refused);
        if let Some(unknown) = self.lookaheads.get_mut(number) {
            *unknown = Some(refused.clone());
        }
        refused
    }
}

fn add(places: &mut [bool], more: &[bool]) {
    places.iter_mut().zip(more).for_each(|(place, more)| *place |= more);
}

struct Parser<'a> {
    rest: &'a [u32],
    letters: Letters,
    lookaheads: usize,
}

impl Parser<'_> {
    fn either(&mut self) -> Option<Node> {
        let mut nodes = vec![self.sequence()?];
        while self.eat("|") {
            nodes.push(self.sequence()?);
        }
        if nodes.len() == 1 {
            nodes.pop()
        } else {
            Some(Node::Either(nodes))
        }
    }

    fn sequence(&mut self) -> Option<Node> {
        let mut nodes = Vec::new();
        while !self.rest.is_empty() && !self.sees("|") && !self.sees(")") {
            nodes.push(self.term()?);
        }
        Some(Node::Sequence(nodes))
    }

    /// An assertion, or an atom and how often it may come.
    fn term(&mut self) -> Option<Node> {
        if self.eat("^") {
            return Some(Node::Start);
        }
        if self.eat("$") {
            return Some(Node::End);
        }
        let atom = self.atom()?;
        let often: Option<fn(Box<Node>) -> Node> = match () {
            () if self.eat("*") => Some(Node::Star),
            () if self.eat("+") => Some(Node::Plus),
            () if self.eat("?") => Some(Node::Optional),
            () => None,
        };
        let Some(often) = often else { return Some(atom) };
        if matches!(atom, Node::Unless(..)) && self.letters.are_points() {
            return None;
        }
        // Whether it prefers many or few does not change what matches.
        self.eat("?");
        Some(often(Box::new(atom)))
    }

    fn atom(&mut self) -> Option<Node> {
        if self.eat("(?!") {
            let number = self.lookaheads;
            self.lookaheads += 1;
            return self.closed().map(|node| Node::Unless(number, Box::new(node)));
        }
        if self.eat("(?:") || self.eat("(") {
            return self.closed();
        }
        if self.eat("[") {
            return Set::parse(&mut self.rest, self.letters).map(Node::Set);
        }
        if self.eat(".") {
            return Some(Node::Set(Set::any_but_line_ends(self.letters)));
        }
        if self.sees("*") || self.sees("+") || self.sees("?") {
            return None;
        }
        let escaped = self.eat("\\");
        let (&letter, rest) = self.rest.split_first()?;
        self.rest = rest;
        if escaped && self.letters.are_points() && !is_syntax(letter) {
            return None;
        }
        Some(Node::Letter(self.letters.fold(letter)))
    }

    fn closed(&mut self) -> Option<Node> {
        let node = self.either()?;
        self.eat(")").then_some(node)
    }

    fn sees(&self, text: &str) -> bool {
        starts_with(self.rest, text)
    }

    fn eat(&mut self, text: &str) -> bool {
        let sees = self.sees(text);
        if sees {
            self.rest = self.rest.get(text.len()..).unwrap_or_default();
        }
        sees
    }
}

/// Whether the source goes on with this ASCII text.
pub(super) fn starts_with(source: &[u32], text: &str) -> bool {
    source.len() >= text.len()
        && text
            .bytes()
            .zip(source)
            .all(|(byte, letter)| u32::from(byte) == *letter)
}

/// What may be escaped where letters are code points.
fn is_syntax(letter: u32) -> bool {
    char::from_u32(letter).is_some_and(|letter| "^$\\.*+?()[]{}|/".contains(letter))
}
