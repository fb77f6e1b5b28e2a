//! JSON with the lines on which its members stand.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::io::{self, Read};

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use super::LockfileRefusal;
use super::tree::{Budget, Members, Node, Value};

/// Reads a text of one value.
pub(super) fn read(text: &str) -> Result<Node, LockfileRefusal> {
    let reading = Reading::default();
    let mut json = serde_json::Deserializer::from_reader(Lines {
        rest: text.as_bytes(),
        line: &reading.line,
    });
    let read = json
        .deserialize_any(Member(&reading))
        .and_then(|value| json.end().map(|()| value));
    match (read, reading.refusal.take()) {
        (Ok(value), None) => Ok(Node { line: 1, value }),
        (_, Some(refusal)) => Err(refusal),
        (Err(error), None) => Err(LockfileRefusal::syntax(error.line(), error)),
    }
}

/// What all levels share.
#[derive(Default)]
struct Reading {
    line: Cell<usize>,
    budget: RefCell<Budget>,
    /// Our own reason, which the parser can only carry as text.
    refusal: Cell<Option<LockfileRefusal>>,
}

impl Reading {
    /// Lines count from 1.
    fn line(&self) -> usize {
        self.line.get() + 1
    }

    fn allowed<E: serde::de::Error>(&self, found: Result<(), LockfileRefusal>) -> Result<(), E> {
        found.map_err(|refusal| {
            let error = E::custom(&refusal);
            self.refusal.set(Some(refusal));
            error
        })
    }
}

/// Counts lines. The parser takes one byte at a time, so the count is that of the member that it reads.
struct Lines<'a> {
    rest: &'a [u8],
    line: &'a Cell<usize>,
}

impl Read for Lines<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.rest.read(buffer)?;
        let breaks = buffer.iter().take(count).filter(|&&byte| byte == b'\n').count();
        self.line.set(self.line.get() + breaks);
        Ok(count)
    }
}

struct Member<'a>(&'a Reading);

impl<'de> DeserializeSeed<'de> for Member<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Member<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Scalar(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Scalar(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Scalar(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Scalar(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Scalar(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Scalar(String::new()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let reading = self.0;
        reading.allowed(reading.budget.borrow_mut().down(reading.line()))?;
        let mut list = Vec::new();
        while let Some(value) = items.next_element_seed(Member(reading))? {
            let line = reading.line();
            reading.allowed(reading.budget.borrow_mut().node(line))?;
            list.push(Node { line, value });
        }
        reading.budget.borrow_mut().up();
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let reading = self.0;
        reading.allowed(reading.budget.borrow_mut().down(reading.line()))?;
        let mut members = Members::default();
        while let Some(key) = items.next_key::<String>()? {
            let line = reading.line();
            reading.allowed(reading.budget.borrow_mut().node(line))?;
            let value = items.next_value_seed(Member(reading))?;
            if key == NUMBER {
                reading.budget.borrow_mut().up();
                return match value {
                    Value::Scalar(_) => Ok(value),
                    _ => Err(A::Error::custom("a number that is none")),
                };
            }
            reading.allowed(members.push(key, Node { line, value }))?;
        }
        reading.budget.borrow_mut().up();
        Ok(members.into_value())
    }
}

/// How this parser hands over numbers of any length.
const NUMBER: &str = "$serde_json::private::Number";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_know_their_lines() {
        let node = read("{\n  \"a\": 1,\n\n  \"b\": {\n    \"c\": [true,\n null]\n  }, \"d\": \"x\"\n}\n").unwrap();
        assert_eq!(node.text_at("a"), Some("1"));
        assert!(node.get("b").unwrap().get("c").is_some());
        let lines: Vec<_> = node
            .members()
            .iter()
            .map(|(key, node)| (key.as_str(), node.line))
            .collect();
        assert_eq!(lines, [("a", 2), ("b", 4), ("d", 7)]);
    }

    #[test]
    fn a_member_that_stands_twice_is_refused_on_its_line() {
        let refused = read("{\"a\": 1,\n \"\\u0061\": 2}").unwrap_err();
        assert_eq!(
            refused,
            LockfileRefusal::Duplicate {
                line: 2,
                key: "a".into()
            }
        );
    }

    #[test]
    fn what_is_too_deep_or_goes_on_after_its_end_is_refused() {
        let deep = "[".repeat(65) + &"]".repeat(65);
        assert_eq!(read(&deep).unwrap_err(), LockfileRefusal::TooDeep { line: 1 });
        assert!(matches!(
            read(&"[".repeat(100_000)).unwrap_err(),
            LockfileRefusal::TooDeep { .. }
        ));
        assert_eq!(read("{}\n{}").unwrap_err().code(), "lockfile/syntax");
    }
}
