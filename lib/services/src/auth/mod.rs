//! ChittyAuth: who is behind a credential, and what it may do.
//!
//! Three rules. A credential is known by its SHA-256 only. It names its owner and its scopes; a request is done when one of the scopes
//! that it needs is held. And nobody makes more than a hundred requests in a minute.

mod caller;
mod pace;
mod routes;
mod rules;

pub(crate) use self::caller::{Caller, Kind};
pub(crate) use self::routes::{bearer, caller, routes, text};
pub(crate) use self::rules::{Auth, hash};
