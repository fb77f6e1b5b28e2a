//! The steps, one file each, all of one shape: what it sends and leaves, its output, `run`, then the pure functions that make the request
//! and accept the answer.

pub mod build;
pub mod certificate;
pub mod chronicle;
pub mod metadata;
pub mod publish;
pub mod register;
pub mod sign;
pub mod summary;
pub mod upload;
