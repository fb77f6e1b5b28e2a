//! Pax headers as any packer may write them.

use super::super::ReadError;
use super::super::pax::{PaxFault, decimal, record, time};
use super::Remark;

/// What a pax header says about the entry after it.
#[derive(Default)]
pub(super) struct Said {
    pub(super) path: Option<String>,
    pub(super) size: Option<u64>,
}

/// Reads the pax header that stands `at` this byte. `global` is one about all entries, which may not name or measure them.
pub(super) fn read(body: &[u8], global: bool, at: usize, remarks: &mut Vec<Remark>) -> Result<Said, ReadError> {
    let mut said = Said::default();
    let mut rest = body;
    while !rest.is_empty() {
        let refuse = |fault| ReadError::Pax { at, fault };
        let (key, value, after) = record(rest).ok_or(refuse(PaxFault::Record))?;
        let fault = |fault: fn(String) -> PaxFault| refuse(fault(key.to_owned()));
        if value.contains(&0) {
            return Err(fault(|key| PaxFault::Nul { key }));
        }
        if value.contains(&b'\n') || key.contains('\n') {
            return Err(fault(|key| PaxFault::LineBreak { key }));
        }
        let unreadable = || fault(|key| PaxFault::Value { key });
        let text = str::from_utf8(value);
        let was_there = match key {
            "path" if !global => {
                let path = text.map_err(|_| unreadable())?;
                said.path.replace(path.to_owned()).is_some()
            }
            "size" if !global => {
                let size = text.ok().and_then(decimal).ok_or_else(unreadable)?;
                said.size.replace(size).is_some()
            }
            "mtime" if !global && text.is_ok_and(|text| time(text).is_some()) => false,
            "hdrcharset" if !global && value == b"BINARY" => false,
            // These change what the entry is, or where it goes.
            "path" | "size" | "linkpath" | "type" | "" => return Err(fault(|key| PaxFault::Key { key })),
            _ if key.starts_with("GNU.sparse") => return Err(fault(|key| PaxFault::Key { key })),
            _ => {
                let key = key.to_owned();
                remarks.push(Remark::PaxKey { at, key });
                false
            }
        };
        if was_there {
            return Err(fault(|key| PaxFault::Twice { key }));
        }
        rest = after;
    }
    Ok(said)
}
