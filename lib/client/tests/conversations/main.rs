//! Conversations with small servers on this machine: one story per way in which a call can end.
#![allow(clippy::unwrap_used, reason = "a test that cannot set up its case should stop there")]

mod cloudflare;
mod connect;
mod failures;
mod github;
mod golden;
mod npm;
mod receipts;
mod registrations;
mod retries;
mod samples;
mod secrets;
mod services;
mod store;
mod stub;
mod timestamps;
mod tls;
mod trusted;
