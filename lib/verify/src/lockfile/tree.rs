//! A text as members, each with its line.

use std::collections::HashSet;

use super::{Lockfile, LockfileRefusal};

/// A member's value.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) value: Value,
}

/// Numbers and booleans are their text.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Value {
    Scalar(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.members()
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, node)| node)
    }

    /// None for anything but a map.
    pub(super) fn members(&self) -> &[(String, Self)] {
        match &self.value {
            Value::Map(members) => members,
            _ => &[],
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn text_at(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    pub(super) fn is_true(&self, key: &str) -> bool {
        self.text_at(key) == Some("true")
    }
}

/// What may still be read.
#[derive(Debug)]
pub(super) struct Budget {
    nodes: usize,
    depth: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            nodes: MOST_NODES,
            depth: 0,
        }
    }
}

impl Budget {
    pub(super) fn node(&mut self, line: usize) -> Result<(), LockfileRefusal> {
        self.nodes = self.nodes.checked_sub(1).ok_or(LockfileRefusal::TooMany { line })?;
        Ok(())
    }

    pub(super) fn down(&mut self, line: usize) -> Result<(), LockfileRefusal> {
        self.depth += 1;
        if self.depth > Lockfile::DEEPEST {
            return Err(LockfileRefusal::TooDeep { line });
        }
        Ok(())
    }

    pub(super) const fn up(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }
}

/// The members of a map, each name once.
#[derive(Debug, Default)]
pub(super) struct Members {
    members: Vec<(String, Node)>,
    seen: HashSet<String>,
}

impl Members {
    pub(super) fn push(&mut self, key: String, node: Node) -> Result<(), LockfileRefusal> {
        if !self.seen.insert(key.clone()) {
            let shown = key.chars().take(80).flat_map(char::escape_debug).collect();
            return Err(LockfileRefusal::Duplicate {
                line: node.line,
                key: shown,
            });
        }
        self.members.push((key, node));
        Ok(())
    }

    pub(super) fn into_value(self) -> Value {
        Value::Map(self.members)
    }
}

/// A dependency is written down with a dozen values, and with the names of everything that it depends on itself.
const MOST_NODES: usize = 40 * Lockfile::MOST;
