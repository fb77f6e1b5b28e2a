//! The leak guard: what would give a secret away is refused before it is packed, because a published file cannot be taken back.
//!
//! Three kinds of things are found:
//!
//! - **our own secrets**: the values that the caller names, as they are and in the spellings that programs make of them (base64,
//!   percent, JSON, hexadecimal). Nothing allows these.
//! - **what a service has issued**: tokens and keys of npm, GitHub, the clouds and others, by their published forms.
//! - **what people make themselves**: private keys, environment files, credential files, long-lived web tokens. Tests and
//!   documentation need such things too, and are published; so below a folder of tests, fixtures, examples or documentation, and in
//!   Markdown, they are taken for what they are there.
//!   Issued tokens and our own secrets are refused wherever they stand.
//!
//! # Why the rules are our own
//!
//! There are kept rule sets, and none can be used from a library like this one. `kingfisher-rules` brings a C++ regular expression
//! engine, needs a newer Rust than this crate and contains rules under CC-BY-SA; `keyspoor` brings a command line, a thread pool
//! and a zip reader, and needs a newer Rust too; `nosecrets-rules` is plain data under MIT, young, and made of expressions for reviewers;
//! gitleaks and trufflehog are Go programs, secretlint is one for node. All of them are made for people who look through what was
//! found: a key word near forty letters is a finding there. Here a finding stops a release, so a rule stands here only if the issuer
//! gave its tokens a form that nothing else has, or if the name that the value is assigned to says what it is; and a value that looks
//! written by hand is a placeholder. A table of prefix, letters and lengths is enough for that. It needs no regular expressions,
//! whose compilation alone would take longer than packing a small package.
//!
//! # How it reads
//!
//! Content is read once, in pieces of any size, text or not. One pass of a vectorised search over the first four bytes of
//! every form ([`anchors`]) finds the places that are worth a look; only these are judged.

mod anchors;
mod finding;
mod form;
mod forms;
mod inquiry;
mod jwt;
mod keys;
mod letters;
mod names;
mod own;
mod scan;

use std::fmt;
use std::sync::Arc;

pub use finding::{Finding, LeakKind};
pub(crate) use inquiry::Inquiry;
pub use own::OwnSecret;
pub use scan::FileScan;

use own::OwnSecrets;

/// Finds what must not be published. Cheap to clone; shows no secret when printed.
///
/// ```
/// use certified_pack::{LeakGuard, OwnSecret};
///
/// let guard = LeakGuard::new(vec![OwnSecret::new("NPM_TOKEN", "correct horse battery staple")]);
/// let mut scan = guard.file("lib/index.js");
/// scan.feed(b"// correct horse ");
/// scan.feed(b"battery staple\n");
/// let found = scan.finish();
/// assert_eq!(found[0].to_string(), "lib/index.js:1: the value of NPM_TOKEN");
/// assert!(guard.path(".env").is_some());
/// ```
#[derive(Clone, Default)]
pub struct LeakGuard {
    own: Arc<OwnSecrets>,
    allowed: Vec<String>,
}

impl LeakGuard {
    /// A guard that also knows these secrets of the caller. Values of less than eight bytes are left out: they are in every file.
    #[must_use]
    pub fn new(own: Vec<OwnSecret>) -> Self {
        Self {
            own: Arc::new(OwnSecrets::new(own)),
            allowed: Vec::new(),
        }
    }

    /// Lets these files of the package pass, or all files below these folders. Paths are those inside the package, with `/`. The secrets
    /// of the caller do not pass in them either.
    #[must_use]
    pub fn allowing(mut self, paths: impl IntoIterator<Item = String>) -> Self {
        let tidy = |path: String| path.trim_start_matches("./").trim_end_matches('/').to_owned();
        self.allowed
            .extend(paths.into_iter().map(tidy).filter(|path| !path.is_empty()));
        self
    }

    /// What the path of a file alone gives away, before anything of the file is read.
    #[must_use]
    pub fn path(&self, path: &str) -> Option<Finding> {
        if let Some(secret) = self.own.first_in(path.as_bytes()) {
            return Some(Finding::own(path, None, secret));
        }
        let (rule, what) = names::judge(path)?;
        (!self.allows(path)).then(|| Finding {
            path: path.to_owned(),
            line: None,
            kind: LeakKind::File,
            rule,
            what: what.to_owned(),
            shown: None,
        })
    }

    /// Begins to look through a file. Its path is not judged here.
    #[must_use]
    pub fn file(&self, path: &str) -> FileScan<'_> {
        FileScan::new(self, path)
    }

    fn allows(&self, path: &str) -> bool {
        self.allowed.iter().any(|allowed| {
            path.strip_prefix(allowed.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

impl fmt::Debug for LeakGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeakGuard")
            .field("own", &self.own.names().collect::<Vec<_>>())
            .field("allowed", &self.allowed)
            .finish()
    }
}
