//! The pax header in front of an entry: `26 path=package/größe.js\n19 mtime=499162500\n…`
//!
//! Spec: POSIX.1-2001 pax. Read are the keys that npm, bun and yarn write; what other keys mean
//! differs from reader to reader.

use thiserror::Error;

/// What a pax header says about the entry after it.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Pax {
    pub(super) path: Option<String>,
    pub(super) size: Option<u64>,
    /// Checked, and of no further use here.
    mtime: Option<()>,
    charset: Option<()>,
}

impl Pax {
    pub(super) fn read(body: &[u8]) -> Result<Self, PaxFault> {
        let mut pax = Self::default();
        let mut rest = body;
        while !rest.is_empty() {
            let (key, value, after) = record(rest).ok_or(PaxFault::Record)?;
            pax.keep(key, value)?;
            rest = after;
        }
        Ok(pax)
    }

    fn keep(&mut self, key: &str, value: &[u8]) -> Result<(), PaxFault> {
        if value.contains(&0) {
            return Err(PaxFault::Nul { key: key.to_owned() });
        }
        // npm reads line by line: it would take what follows for a record, or for nothing.
        if value.contains(&b'\n') {
            return Err(PaxFault::LineBreak { key: key.to_owned() });
        }
        let value = str::from_utf8(value).map_err(|_| PaxFault::Value { key: key.to_owned() })?;
        let fault = || PaxFault::Value { key: key.to_owned() };
        let was_there = match key {
            "path" => self.path.replace(value.to_owned()).is_some(),
            "size" => self.size.replace(decimal(value).ok_or_else(fault)?).is_some(),
            "mtime" => self.mtime.replace(time(value).ok_or_else(fault)?).is_some(),
            // What bun says of paths that are not ASCII. They must be UTF-8 all the same.
            "hdrcharset" => {
                let known = (value == "BINARY").then_some(());
                self.charset.replace(known.ok_or_else(fault)?).is_some()
            }
            _ => {
                return Err(PaxFault::Key { key: key.to_owned() });
            }
        };
        if was_there {
            return Err(PaxFault::Twice { key: key.to_owned() });
        }
        Ok(())
    }
}

/// What is wrong with a pax header.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum PaxFault {
    /// Larger than its few records can be.
    #[error("has {found} bytes, at most {limit} are read")]
    TooLarge {
        /// Bytes there are.
        found: u64,
        /// Bytes there may be.
        limit: usize,
    },
    /// Not a list of `length key=value` lines.
    #[error("has a record that is not of the form `length key=value`")]
    Record,
    /// A key that readers treat differently.
    #[error("has the key {key:?}; only path, size, mtime and hdrcharset are read")]
    Key {
        /// The key.
        key: String,
    },
    /// A key with two values.
    #[error("has {key} twice")]
    Twice {
        /// The key.
        key: String,
    },
    /// A NUL, where some readers stop and others go on.
    #[error("has a NUL in {key:?}")]
    Nul {
        /// The key.
        key: String,
    },
    /// A line break, after which npm begins to read another record.
    #[error("has a line break in {key:?}")]
    LineBreak {
        /// The key.
        key: String,
    },
    /// Not a value of its key.
    #[error("has a {key} that cannot be read")]
    Value {
        /// The key.
        key: String,
    },
    /// Two sizes for one body.
    #[error("states the size {pax}, the header after it {header}")]
    Size {
        /// As stated here.
        pax: u64,
        /// As stated by the header of the entry.
        header: u64,
    },
    /// No name of its own, without which npm passes it over.
    #[error("has no name")]
    NoName,
    /// No entry that it could be about.
    #[error("is not followed by a file or directory")]
    Alone,
}

/// The first record: its key, its value, and what comes after it.
pub(super) fn record(bytes: &[u8]) -> Option<(&str, &[u8], &[u8])> {
    let space = bytes.iter().position(|byte| *byte == b' ')?;
    let (length, _) = bytes.split_at_checked(space)?;
    // npm counts the digits without a leading zero, and would cut the key elsewhere.
    if length.starts_with(b"0") {
        return None;
    }
    let length = usize::try_from(decimal(str::from_utf8(length).ok()?)?).ok()?;
    let (record, after) = bytes.split_at_checked(length)?;
    let pair = record.get(space.checked_add(1)?..)?.strip_suffix(b"\n")?;
    let equals = pair.iter().position(|byte| *byte == b'=')?;
    let (key, value) = pair.split_at_checked(equals)?;
    Some((str::from_utf8(key).ok()?, value.get(1..)?, after))
}

/// Digits and nothing else: no sign, no space.
pub(super) fn decimal(text: &str) -> Option<u64> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

/// Seconds since 1970, perhaps with a fraction.
pub(super) fn time(text: &str) -> Option<()> {
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    decimal(seconds).filter(|seconds| *seconds <= LATEST)?;
    let digits = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    digits.then_some(())
}

/// The last second that a header can tell; some readers stop at much later ones.
const LATEST: u64 = 0o77_777_777_777;

#[cfg(test)]
mod tests {
    use super::super::sample::record;
    use super::*;

    fn fault(body: &[u8]) -> PaxFault {
        Pax::read(body).unwrap_err()
    }

    fn key(key: &str) -> String {
        key.to_owned()
    }

    #[test]
    fn the_records_that_npm_writes_are_read() {
        let pax = Pax::read("27 path=package/größe.js\n19 mtime=499162500\n9 size=1\n".as_bytes());
        let path = Some("package/größe.js".to_owned());
        let (size, mtime) = (Some(1), Some(()));
        assert_eq!(
            pax.unwrap(),
            Pax {
                path,
                size,
                mtime,
                charset: None
            }
        );
    }

    #[test]
    fn the_character_set_that_bun_states_is_read() {
        let pax = Pax::read(&[record("hdrcharset", b"BINARY"), record("path", b"a")].concat());
        assert_eq!(pax.unwrap().path.as_deref(), Some("a"));
    }

    #[test]
    fn a_record_whose_length_is_wrong_is_refused() {
        let bodies: [&[u8]; 10] = [
            b"010 size=1\n",
            b"8 size=1\n",
            b"11 size=1\n",
            b"0 size=1\n",
            b"-9 size=1\n",
            b"+9 size=1\n",
            b" 9 size=1\n",
            b"99999999999999999999 size=1\n",
            b"9 size=1",
            b"9",
        ];
        for body in bodies {
            assert_eq!(fault(body), PaxFault::Record, "{body:?}");
        }
    }

    #[test]
    fn a_record_without_a_key_or_a_line_end_is_refused() {
        assert_eq!(fault(b"7 size\n"), PaxFault::Record);
        assert_eq!(fault(b"9 size=1 "), PaxFault::Record);
    }

    #[test]
    fn keys_that_packers_do_not_write_are_refused() {
        for name in ["linkpath", "uid", "comment", "GNU.sparse.name", "PATH", ""] {
            assert_eq!(fault(&record(name, b"1")), PaxFault::Key { key: key(name) });
        }
    }

    #[test]
    fn a_key_that_occurs_twice_is_refused() {
        let twice = record("size", b"1").repeat(2);
        assert_eq!(fault(&twice), PaxFault::Twice { key: key("size") });
    }

    #[test]
    fn a_nul_in_a_value_is_refused() {
        assert_eq!(fault(&record("path", b"a\0b")), PaxFault::Nul { key: key("path") });
    }

    #[test]
    fn a_line_break_in_a_value_is_refused_because_npm_reads_another_record_after_it() {
        let smuggled = [b"package/a\n".to_vec(), record("path", b"package/b")].concat();
        let fault_of = fault(&record("path", smuggled.trim_ascii_end()));
        assert_eq!(fault_of, PaxFault::LineBreak { key: key("path") });
    }

    #[test]
    fn a_value_that_does_not_suit_its_key_is_refused() {
        let values: [(&str, &[u8]); 9] = [
            ("mtime", b"99999999999"),
            ("size", b"-1"),
            ("size", b""),
            ("size", b"99999999999999999999"),
            ("path", b"\xff"),
            ("mtime", b"1."),
            ("mtime", b"-1"),
            ("mtime", b"yesterday"),
            ("hdrcharset", b"UTF-7"),
        ];
        for (name, value) in values {
            assert_eq!(
                fault(&record(name, value)),
                PaxFault::Value { key: key(name) },
                "{value:?}"
            );
        }
    }
}
