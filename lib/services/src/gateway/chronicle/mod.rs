//! The Chronicle: events of packages, appended and never changed.

mod routes;
mod rules;

pub(super) use self::routes::routes;
pub(crate) use self::rules::Chronicle;

#[cfg(test)]
mod tests;
