//! Pax headers as any packer may write them.

use super::super::ReadError;
use super::super::pax::{PaxFault, decimal, record, time};
use super::Remark;

/// What a pax header says about the entry after it.
#[derive(Default)]
pub(super) struct Said {
    pub(super) path: Option<String>,
    pub(super) size: Option<u64>,
    mtime: Option<()>,
    charset: Option<()>,
}

/// Reads the pax header that stands `at` this byte. `global` is one about all entries, which may not name or measure them.
pub(super) fn read(body: &[u8], global: bool, at: usize, remarks: &mut Vec<Remark>) -> Result<Said, ReadError> {
    let refuse = |fault| ReadError::Pax { at, fault };
    let mut said = Said::default();
    let mut rest = body;
    while !rest.is_empty() {
        let (key, value, after) = record(rest).ok_or(refuse(PaxFault::Record))?;
        if !said.keep(key, value, global).map_err(refuse)? {
            let key = key.to_owned();
            remarks.push(Remark::PaxKey { at, key });
        }
        rest = after;
    }
    Ok(said)
}

impl Said {
    /// False for a key that packers of packages do not write, and that changes nothing.
    fn keep(&mut self, key: &str, value: &[u8], global: bool) -> Result<bool, PaxFault> {
        let name = || key.to_owned();
        if value.contains(&0) {
            return Err(PaxFault::Nul { key: name() });
        }
        if value.contains(&b'\n') || key.contains('\n') {
            return Err(PaxFault::LineBreak { key: name() });
        }
        let text = str::from_utf8(value).ok();
        let unreadable = || PaxFault::Value { key: name() };
        let was_there = match key {
            "path" if !global => self.path.replace(text.ok_or_else(unreadable)?.to_owned()).is_some(),
            "size" if !global => self
                .size
                .replace(text.and_then(decimal).ok_or_else(unreadable)?)
                .is_some(),
            // These change what the entry is, or where it goes.
            "path" | "size" | "linkpath" | "type" | "" => return Err(PaxFault::Key { key: name() }),
            _ if key.starts_with("GNU.sparse") => return Err(PaxFault::Key { key: name() }),
            "mtime" => return Ok(!global && text.and_then(time).is_some() && self.mtime.replace(()).is_none()),
            "hdrcharset" => return Ok(!global && value == b"BINARY" && self.charset.replace(()).is_none()),
            _ => return Ok(false),
        };
        if was_there {
            return Err(PaxFault::Twice { key: name() });
        }
        Ok(true)
    }
}
