//! As much of npm's registry as it takes to publish to it and to install from it, with npm itself or with any other client.
//!
//! | request | answer |
//! |---|---|
//! | `PUT /{name}` | publishes one version; needs the scope `package:publish` |
//! | `GET /{name}` | the packument: every version, its tags and times; abbreviated for whoever only installs |
//! | `GET /{name}/{version or tag}` | one version's manifest |
//! | `GET /{name}/-/{file}.tgz` | the tarball, byte for byte as it was published |
//! | `GET`, `PUT`, `DELETE /-/package/{name}/dist-tags/{tag}` | tags |
//! | `GET /-/ping`, `GET /-/whoami` | what they say |
//!
//! The slash of a scoped name may be `%2f` or a slash. What is published is published: no version is ever changed or removed.

mod address;
mod document;
mod publication;
mod routes;
mod rules;
mod tarballs;

pub(crate) use self::routes::routes;
pub(crate) use self::rules::Npm;
pub(crate) use self::tarballs::Tarballs;

#[cfg(test)]
mod tests;
