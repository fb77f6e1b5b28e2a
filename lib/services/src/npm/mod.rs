//! As much of npm's registry as it takes to publish to it and to install from it, with npm itself or with any other client.
//!
//! | request | answer |
//! |---|---|
//! | `PUT /{name}` | publishes one version; needs the scope `package:publish` |
//! | `GET /{name}` | the packument: every version, its tags and times; abbreviated for whoever only installs |
//! | `GET /{name}/{version or tag}` | one version's manifest |
//! | `GET /{name}/-/{file}.tgz` | the tarball, byte for byte as it was published |
//! | `GET`, `PUT`, `DELETE /-/package/{name}/dist-tags/{tag}` | tags |
//! | `POST /-/stage/package/{name}` | puts one version on the stage; a trusted publisher may be let do no more |
//! | `GET /-/stage`, `GET`, `DELETE /-/stage/{id}`, `GET …/tarball`, `POST …/approve` | what waits, and what becomes of it |
//! | `GET`, `POST /-/package/{name}/trust` | the package's trusted publisher |
//! | `POST /-/npm/v1/oidc/token/exchange/package/{name}` | a token for the identity token of a trusted publisher |
//! | `GET /-/ping`, `GET /-/whoami` | what they say |
//!
//! The slash of a scoped name may be `%2f` or a slash. What is published is published: no version is ever changed or removed.

mod address;
mod document;
mod exchange;
mod publication;
mod routes;
mod rules;
mod stage;
mod tarballs;
mod trust;

pub(crate) use self::routes::{at_the_root, routes};
pub(crate) use self::rules::Npm;
pub(crate) use self::tarballs::Tarballs;
pub use self::trust::{PublisherError, TrustedPublisher};

#[cfg(test)]
mod tests;
