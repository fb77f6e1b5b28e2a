//! What was found, in words that give nothing away.

use std::fmt;

/// A place that gives a secret away. Printed as `lib/index.js:3: a GitHub token, ghp_****`.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// The file, by its path inside the package.
    pub path: String,
    /// The line, from 1; none when the path alone says enough.
    pub line: Option<usize>,
    /// What kind of thing it is, and so whether it can be allowed.
    pub kind: LeakKind,
    /// The rule's stable name, for example `github-token`.
    pub rule: &'static str,
    /// What it is in words, for example `a GitHub token`.
    pub what: String,
    /// The first four characters at most, where they say more about the kind than about the secret.
    pub shown: Option<String>,
}

/// What kind of thing would be published.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum LeakKind {
    /// A secret of the process that packs. It is never let through.
    Own,
    /// A token or key that a service has issued.
    Issued,
    /// A private key, or a web token that its maker signed.
    Made,
    /// A file that by its name holds credentials.
    File,
}

impl Finding {
    pub(super) fn own(path: &str, line: Option<usize>, name: &str) -> Self {
        Self {
            path: path.to_owned(),
            line,
            kind: LeakKind::Own,
            rule: "own-secret",
            what: format!("the value of {name}"),
            shown: None,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A path may hold anything, also what a terminal obeys.
        write!(f, "{}", self.path.escape_debug())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.what)?;
        match &self.shown {
            Some(shown) => write!(f, ", {shown}****"),
            None => Ok(()),
        }
    }
}
