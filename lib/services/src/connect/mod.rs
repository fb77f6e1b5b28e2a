//! ChittyConnect: gives credentials that live for an hour, each good for one thing.
//!
//! | request | shows | answer |
//! |---|---|---|
//! | `POST /credentials/deploy` | an API key with the scope `credentials:provision` | what the purpose needs |
//! | `POST /api/credentials/provision` | the same | one credential of a kind |
//! | `GET /api/credentials/types` | – | the kinds |
//!
//! Four rules. Nothing lives longer than an hour. What a purpose does not need is not given. A service is given ten an hour, and each
//! request counts once, whatever it brings. And every grant and every refusal leaves an event in the Chronicle's log, which says who asked
//! for what and never a value.

mod catalogue;
mod refusal;
mod routes;
mod rules;

pub(crate) use self::routes::routes;
pub(crate) use self::rules::Connect;

#[cfg(test)]
mod tests;
