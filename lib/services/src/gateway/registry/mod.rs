//! ChittyRegistry: which release is which bytes, and how far it has come.

mod routes;
mod rules;

pub(super) use self::routes::routes;
pub(crate) use self::rules::Registry;

#[cfg(test)]
mod tests;
