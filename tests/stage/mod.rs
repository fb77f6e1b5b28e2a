//! The stage on which stories are told: the program as its users start it, the servers that it talks to, folders of its own.
#![allow(dead_code, reason = "each story uses its own part of the stage")]

pub(crate) mod children;
pub(crate) mod folders;
pub(crate) mod http;
pub(crate) mod issuer;
pub(crate) mod listening;
pub(crate) mod once;
pub(crate) mod peers;
pub(crate) mod program;
pub(crate) mod s3;
pub(crate) mod services;
pub(crate) mod tarball;
pub(crate) mod tools;
pub(crate) mod town;
mod verdaccio;
