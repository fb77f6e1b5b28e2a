//! How to pack.

use std::ffi::OsString;
use std::num::NonZero;

use crate::deflate::Gzip;
use crate::dialect::Dialect;
use crate::leaks::LeakGuard;
use crate::manifest::Manifest;

/// How to pack.
///
/// ```
/// use certified_pack::{Gzip, Options};
///
/// let options = Options::default().with_gzip(Gzip::Fast);
/// assert_eq!(options.gzip, Gzip::Fast);
/// ```
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Options {
    /// The package.json to pack in place of the folder's own. Its fields decide what is packed, its bytes are what is packed;
    /// the file in the folder is neither read nor written.
    pub manifest: Option<Manifest>,
    /// Whose rules select the files. By default those of the npm that `packageManager` in package.json names, or else of the one
    /// that is found by `search_path`, or else those of the newest; see [`Dialect::choose`].
    pub dialect: Option<Dialect>,
    /// The value of `PATH` by which the installed npm is found; what is installed does not count unless it is given.
    pub search_path: Option<OsString>,
    /// How the archive is compressed.
    pub gzip: Gzip,
    /// How many threads compress; as many as there are processors unless it is given. The bytes do not depend on it.
    pub threads: Option<NonZero<usize>>,
    /// What looks through everything that is packed and refuses what gives a secret away; nobody does unless it is given.
    pub guard: Option<LeakGuard>,
}

impl Options {
    /// Packs this package.json in place of the folder's own.
    #[must_use]
    pub fn with_manifest(manifest: Manifest) -> Self {
        Self {
            manifest: Some(manifest),
            ..Self::default()
        }
    }

    /// Selects files by the rules of this npm.
    #[must_use]
    pub fn with_dialect(self, dialect: Dialect) -> Self {
        Self {
            dialect: Some(dialect),
            ..self
        }
    }

    /// Selects files by the rules of the npm that is found by this `PATH`, where package.json asks for none.
    #[must_use]
    pub fn with_search_path(self, search_path: Option<OsString>) -> Self {
        Self { search_path, ..self }
    }

    /// Compresses like this.
    #[must_use]
    pub fn with_gzip(self, gzip: Gzip) -> Self {
        Self { gzip, ..self }
    }

    /// Compresses with so many threads.
    #[must_use]
    pub fn with_threads(self, threads: NonZero<usize>) -> Self {
        Self {
            threads: Some(threads),
            ..self
        }
    }

    /// Refuses a package that would give a secret away.
    #[must_use]
    pub fn guarded_by(self, guard: LeakGuard) -> Self {
        Self {
            guard: Some(guard),
            ..self
        }
    }
}
