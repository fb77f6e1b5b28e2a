//! ChittyConnect: gives credentials that live for an hour, each good for one thing.
//!
//! | request | shows | answer |
//! |---|---|---|
//! | `POST /credentials/deploy` | an API key with the scope `credentials:provision` | what the purpose needs |
//! | `POST /api/credentials/provision` | the same | one credential of a kind |
//! | `GET /api/credentials/types` | – | the kinds |
//! | `POST /api/github-actions/credentials` | an identity token of a workflow run | what it names, all or nothing |
//! | `GET /api/github-actions/available` | – | the names |
//!
//! Four rules. Nothing lives longer than an hour. What a purpose does not need is not given. A service is given ten an hour, and each
//! request counts once, whatever it brings; for a run the service is its repository, and each thing counts for itself. And every grant and every refusal leaves an event in the Chronicle's log, which says who asked
//! for what and never a value.

mod catalogue;
mod names;
mod refusal;
mod routes;
mod rules;
mod runs;

pub(crate) use self::routes::{Desk, routes};
pub(crate) use self::rules::Connect;

#[cfg(test)]
mod tests;
