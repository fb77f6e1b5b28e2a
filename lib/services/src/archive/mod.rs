//! The archive as everybody may read it: the objects of the store's folder, at `/{bucket}/{key}`.

mod routes;
mod rules;

pub(crate) use self::routes::routes;
pub(crate) use self::rules::Archive;
