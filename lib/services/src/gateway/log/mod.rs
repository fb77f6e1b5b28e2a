//! The log under the Chronicle: every event and every recorded signature is an entry of one Merkle tree (RFC 6962), whose heads are signed
//! (C2SP tlog-checkpoint) and whose hashes and entries everybody may read (C2SP tlog-tiles).

mod head;
mod key;
mod record;
mod routes;
mod rules;
mod sequencer;

pub(crate) use self::head::HeadFile;
pub use self::head::LogHeadFailed;
pub use self::key::LogKeyFailed;
pub(crate) use self::key::open as open_key;
pub(crate) use self::record::Records;
pub(super) use self::routes::routes;
pub(crate) use self::rules::Log;

#[cfg(test)]
mod tests;
