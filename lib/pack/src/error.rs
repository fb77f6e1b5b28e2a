//! Why a folder cannot be packed. npm refuses the same folders, mostly with a stack trace; here each reason has a name.

use std::io;
use std::path::PathBuf;

use crate::leaks::Finding;

/// Why [`pack`](crate::pack) made no tarball.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackError {
    /// The operating system did not let us look at a file or folder that belongs to the package.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// What could not be read.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A package.json that is not JSON (RFC 8259).
    #[error("{} is not JSON: {source}", path.display())]
    NotJson {
        /// The file.
        path: PathBuf,
        /// Where the JSON ends to be JSON.
        source: serde_json::Error,
    },
    /// A field of package.json has a form on which npm refuses the package.
    #[error("`{field}` in package.json has to be {expected}, found {found}")]
    Field {
        /// The field, for example `files` or `dependencies.left-pad`.
        field: String,
        /// What it has to be.
        expected: &'static str,
        /// What it is.
        found: String,
    },
    /// `overrides` asks for another version than a direct dependency does.
    #[error("`overrides` asks for {name}@{wanted}, but the package itself depends on {name}@{direct}")]
    Override {
        /// The dependency.
        name: String,
        /// The version that `overrides` names.
        wanted: String,
        /// The version that the dependency names.
        direct: String,
    },
    /// Two workspaces with one name.
    #[error("workspaces have to differ in name, but {} and {} are both {name}", first.display(), second.display())]
    DuplicateWorkspace {
        /// The name.
        name: String,
        /// The folder that had it first.
        first: PathBuf,
        /// The folder that has it too.
        second: PathBuf,
    },
    /// A line of an ignore file, or an entry of `files`, on which npm's pattern matcher fails.
    #[error("{origin} has a pattern that npm cannot use: {source}")]
    Pattern {
        /// The ignore file, or package.json.
        origin: String,
        /// What is wrong with the pattern.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A file name that is not Unicode. npm cannot find such a file again after it has listed it.
    #[error("the file name of {} is not UTF-8", path.display())]
    NameNotUtf8 {
        /// The path, as far as it can be shown.
        path: PathBuf,
    },
    /// A bundled dependency whose files lie outside the package folder.
    #[error("the bundled dependency at {} lies outside the package folder", path.display())]
    BundledOutside {
        /// Where the dependency lies.
        path: PathBuf,
    },
    /// node_modules/.package-lock.json names a link without its target.
    #[error("node_modules/.package-lock.json links {location} to {target}, which it does not list")]
    LinkWithoutTarget {
        /// The entry that is a link.
        location: String,
        /// Where the link points.
        target: String,
    },
    /// No file passes the rules, so there is nothing to make an archive of.
    #[error("no file of {} belongs to the package", folder.display())]
    Empty {
        /// The package folder.
        folder: PathBuf,
    },
    /// Another package.json was given to be packed, but the folder's own is not among the files, for example because it is
    /// a symbolic link.
    #[error("package.json is not a regular file, so npm would leave it out and nothing can be packed in its place")]
    ManifestNotPacked,
    /// A file was listed and then was gone.
    #[error("{path} vanished while the package was packed")]
    Vanished {
        /// Its path in the package.
        path: String,
    },
    /// A file was exchanged or written to between listing and reading.
    #[error("{path} changed while the package was packed: expected {expected} bytes, found {found}")]
    Changed {
        /// Its path in the package.
        path: String,
        /// The size when it was listed.
        expected: u64,
        /// How much there was to read; the same number when the file was written to or exchanged for another one of that size.
        found: u64,
    },
    /// What the tarball was to be written to did not take it.
    #[error("cannot write the tarball: {0}")]
    Unwritable(io::Error),
    /// The package would give a secret away.
    #[error("the package would publish {}", in_short(findings))]
    Leak {
        /// Where, and what; at least one.
        findings: Vec<Finding>,
    },
}

impl PackError {
    pub(crate) fn unreadable(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Unreadable { path, source }
    }
}

fn in_short(findings: &[Finding]) -> String {
    match findings {
        [] => "a secret".to_owned(),
        [only] => format!("a secret: {only}"),
        [first, rest @ ..] => format!("secrets: {first}, and {} more", rest.len()),
    }
}
