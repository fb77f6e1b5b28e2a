//! The action as a workflow uses it: started by node on a runner that reads what it prints and writes as GitHub's does.
#![allow(clippy::unwrap_used, reason = "a stage that cannot be set up is a failed test")]

mod archive;
mod asked;
mod canary;
mod cancelled;
mod closed;
mod credentials;
mod first_time;
mod gate;
mod hostile;
mod launcher;
mod leaks;
mod matrix;
#[path = "../meddling/mod.rs"]
#[allow(dead_code, unused_imports, reason = "each file of tests uses its part")]
mod meddling;
mod real_runner;
mod refused;
mod releases;
mod runner;
#[path = "../stage/mod.rs"]
mod stage;
mod summaries;
mod trusted;
mod world;
mod written;
