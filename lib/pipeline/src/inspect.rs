//! `verify` for everyone else: gathers tarballs, their evidence and what the services say, and has them judged.
//!
//! Whom that trusts: a release is certified or refused by its bytes alone. That a release is *not* certified is what npm says first, in the
//! manifest that it keeps for the version: eight of ten packages are not, and their tarballs need not be fetched to know it. A registry that
//! hides the block of a certified release is found out by ChittyRegistry, which is asked about each release that npm calls uncertified, and
//! by a trust state that knows the package; against both together only the bytes help, and `verify` of the downloaded tarball reads those.

mod demands;
mod error;
mod files;
mod gather;
mod heard;
mod history;
mod inspection;
mod many;
mod memory;
mod sources;
mod target;

pub use demands::Demands;
pub use error::InspectError;
pub use gather::inspect;
pub use inspection::{Fault, Foreign, Inspection, Place, Survey};
pub use many::survey;
pub use memory::{Memory, MemoryError};
pub use sources::Sources;
pub use target::{Target, TargetError};
