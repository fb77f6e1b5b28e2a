//! Why a lockfile is not read.

use super::Lockfile;

/// What is wrong with the file.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum LockfileRefusal {
    /// Too many bytes.
    #[error("a lockfile has at most {} bytes, this one has {found}", Lockfile::LARGEST)]
    TooLarge {
        /// Bytes found.
        found: usize,
    },
    /// Too many members.
    #[error("a lockfile has at most {} dependencies, line {line} is beyond them", Lockfile::MOST)]
    TooMany {
        /// Where the limit was reached.
        line: usize,
    },
    /// Too many levels.
    #[error(
        "the members of a lockfile are at most {} levels deep, line {line} is deeper",
        Lockfile::DEEPEST
    )]
    TooDeep {
        /// Where.
        line: usize,
    },
    /// Not UTF-8.
    #[error("a lockfile is text in UTF-8, this one is not")]
    NotText,
    /// Not JSON, not YAML, or not what Yarn 1 writes.
    #[error("line {line} cannot be read: {why}")]
    Syntax {
        /// Where.
        line: usize,
        /// What the reader says.
        why: String,
    },
    /// The same member twice.
    #[error("`{key}` stands twice, again on line {line}")]
    Duplicate {
        /// The second time.
        line: usize,
        /// The member.
        key: String,
    },
    /// An anchor or an alias of YAML.
    #[error("line {line} has an anchor or an alias, which no package manager writes")]
    Anchor {
        /// Where.
        line: usize,
    },
    /// None of the formats.
    #[error("this is none of the lockfiles of npm, pnpm and Yarn")]
    UnknownFormat,
    /// A version of the format that is not read.
    #[error("expected lockfile version {supported}, found {found}")]
    Version {
        /// What is read.
        supported: &'static str,
        /// What the file says.
        found: String,
    },
    /// A member that has another form than its package manager gives it.
    #[error("line {line} has no {expected}")]
    Shape {
        /// Where.
        line: usize,
        /// What had to be there.
        expected: &'static str,
    },
}

impl LockfileRefusal {
    /// A stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "lockfile/too-large",
            Self::TooMany { .. } => "lockfile/too-many",
            Self::TooDeep { .. } => "lockfile/too-deep",
            Self::NotText => "lockfile/not-text",
            Self::Syntax { .. } => "lockfile/syntax",
            Self::Duplicate { .. } => "lockfile/duplicate",
            Self::Anchor { .. } => "lockfile/anchor",
            Self::UnknownFormat => "lockfile/unknown-format",
            Self::Version { .. } => "lockfile/version",
            Self::Shape { .. } => "lockfile/shape",
        }
    }

    /// What to do now.
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } | Self::TooMany { .. } | Self::TooDeep { .. } => {
                "verify the packages of the workspace one by one"
            }
            Self::UnknownFormat => {
                "name package-lock.json, npm-shrinkwrap.json, pnpm-lock.yaml or yarn.lock, or the folder with it"
            }
            Self::Version { .. } => "write the lockfile again with a newer package manager, for example `npm install`",
            Self::NotText | Self::Syntax { .. } | Self::Duplicate { .. } | Self::Anchor { .. } | Self::Shape { .. } => {
                "take the file from version control again, or have the package manager write it"
            }
        }
    }

    pub(super) fn syntax(line: usize, why: impl ToString) -> Self {
        let why = why.to_string().chars().take(200).flat_map(char::escape_debug).collect();
        Self::Syntax { line, why }
    }
}
