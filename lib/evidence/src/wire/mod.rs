//! What goes over the wire to and from each service, defined once for the clients and for the services.
//!
//! Golden examples of every body stand under `fixtures/wire/<service>/` at the root of the repository.

pub mod auth;
pub mod certificates;
pub mod chronicle;
pub mod connect;
mod error;
pub mod log;
pub mod npm;
mod receipt;
pub mod registry;

pub use error::{ErrorBody, ErrorReply};
