//! Every route of every service, over a real socket, compared with the golden files under `fixtures/wire/` at the root of the repository.
//!
//! The files hold one example that agrees with itself: where the services make up a name or a certificate, the run's own is replaced by the
//! file's before the comparison. After a change that is meant, run the tests with `UPDATE_WIRE=1` and read the difference.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

mod archive;
mod auth;
mod chitty_id;
mod chronicle;
mod connect;
mod door;
mod golden;
mod log;
mod npm;
mod receipts;
mod record;
mod registry;
mod runs;
mod timestamps;
mod types;
mod up;
