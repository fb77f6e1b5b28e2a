//! The YAML that pnpm and Yarn write: one document of maps, lists and plain values.

use saphyr_parser::{Event, Parser, ScanError, Span};

use super::LockfileRefusal;
use super::tree::{Budget, Members, Node, Value};

/// Reads a text of one document.
pub(super) fn read(text: &str) -> Result<Node, LockfileRefusal> {
    let mut reading = Reading {
        events: Parser::new_from_str(text),
        budget: Budget::default(),
        documents: 0,
    };
    let mut root = None;
    while let Some((event, line)) = reading.next()? {
        if root.is_some() {
            return Err(LockfileRefusal::syntax(line, "there is a second document"));
        }
        root = Some(reading.value(event, line)?);
    }
    root.ok_or_else(|| LockfileRefusal::syntax(1, "there is nothing in it"))
}

struct Reading<'a, I: Iterator<Item = Result<(Event<'a>, Span), ScanError>>> {
    events: I,
    budget: Budget,
    documents: usize,
}

impl<'a, I: Iterator<Item = Result<(Event<'a>, Span), ScanError>>> Reading<'a, I> {
    /// The next event that has something to say.
    fn next(&mut self) -> Result<Option<(Event<'a>, usize)>, LockfileRefusal> {
        for event in self.events.by_ref() {
            let (event, span) = event.map_err(|error| LockfileRefusal::syntax(error.marker().line(), error.info()))?;
            let line = span.start.line();
            match event {
                Event::StreamEnd => return Ok(None),
                Event::DocumentStart(_) => {
                    self.documents += 1;
                    if self.documents > 1 {
                        return Err(LockfileRefusal::syntax(line, "there is a second document"));
                    }
                }
                Event::Nothing | Event::StreamStart | Event::DocumentEnd => {}
                event => return Ok(Some((event, line))),
            }
        }
        Ok(None)
    }

    fn value(&mut self, event: Event<'a>, line: usize) -> Result<Node, LockfileRefusal> {
        self.budget.node(line)?;
        let value = match event {
            Event::Scalar(text, _, NO_ANCHOR, _) => Value::Scalar(text.into_owned()),
            Event::SequenceStart(NO_ANCHOR, _) => self.list(line)?,
            Event::MappingStart(NO_ANCHOR, _) => self.map(line)?,
            Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..) | Event::Alias(_) => {
                return Err(LockfileRefusal::Anchor { line });
            }
            _ => return Err(LockfileRefusal::syntax(line, "something ends that has not begun")),
        };
        Ok(Node { line, value })
    }

    fn list(&mut self, line: usize) -> Result<Value, LockfileRefusal> {
        self.budget.down(line)?;
        let mut list = Vec::new();
        loop {
            match self.some(line)? {
                (Event::SequenceEnd, _) => break,
                (event, line) => list.push(self.value(event, line)?),
            }
        }
        self.budget.up();
        Ok(Value::List(list))
    }

    fn map(&mut self, line: usize) -> Result<Value, LockfileRefusal> {
        self.budget.down(line)?;
        let mut members = Members::default();
        loop {
            let (event, line) = self.some(line)?;
            if event == Event::MappingEnd {
                break;
            }
            let key = self.value(event, line)?;
            let Value::Scalar(key) = key.value else {
                return Err(LockfileRefusal::syntax(line, "the name of a member is no text"));
            };
            let (event, _) = self.some(line)?;
            // A value may begin on a later line; what people look for is the name.
            let value = Node {
                line,
                ..self.value(event, line)?
            };
            members.push(key, value)?;
        }
        self.budget.up();
        Ok(members.into_value())
    }

    fn some(&mut self, line: usize) -> Result<(Event<'a>, usize), LockfileRefusal> {
        let end = || LockfileRefusal::syntax(line, "it ends in the middle");
        self.next()?.ok_or_else(end)
    }
}

/// The parser numbers anchors from 1.
const NO_ANCHOR: usize = 0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_know_their_lines() {
        let node = read("a: 1\n\nb:\n  c: {d: 'x'}\n  e:\n    - one\n\"f g\": 5.4\n").unwrap();
        assert_eq!(node.text_at("a"), Some("1"));
        assert_eq!(node.get("b").unwrap().get("c").unwrap().text_at("d"), Some("x"));
        let lines: Vec<_> = node
            .members()
            .iter()
            .map(|(key, node)| (key.as_str(), node.line))
            .collect();
        assert_eq!(lines, [("a", 1), ("b", 3), ("f g", 7)]);
    }

    #[test]
    fn anchors_aliases_and_second_documents_are_refused() {
        assert_eq!(read("a: &x 1\n").unwrap_err(), LockfileRefusal::Anchor { line: 1 });
        assert_eq!(
            read("a: &x {}\nb: *x\n").unwrap_err(),
            LockfileRefusal::Anchor { line: 1 }
        );
        for text in ["a: 1\n---\nb: 1\n", "--- 1\n--- 2\n", "", "? [a]\n: b\n"] {
            assert_eq!(read(text).unwrap_err().code(), "lockfile/syntax", "{text}");
        }
    }

    #[test]
    fn a_member_that_stands_twice_is_refused_on_its_line() {
        let refused = read("a: 1\n'a': 2\n").unwrap_err();
        assert_eq!(
            refused,
            LockfileRefusal::Duplicate {
                line: 2,
                key: "a".into()
            }
        );
    }

    #[test]
    fn what_is_too_deep_is_refused() {
        let deep: String = (0..70).map(|level| " ".repeat(level) + "a:\n").collect();
        assert_eq!(read(&deep).unwrap_err(), LockfileRefusal::TooDeep { line: 64 });
        // The parser itself stops at many brackets.
        assert!(read(&"[".repeat(100_000)).is_err());
    }
}
