//! What can be wrong with a package.json.

use thiserror::Error;

/// Why bytes were not taken for a package.json.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum ManifestError {
    /// More bytes than [`Manifest::LARGEST`](super::Manifest::LARGEST).
    #[error("package.json has {found} bytes, at most {limit} are read")]
    TooLarge {
        /// Bytes there are.
        found: usize,
        /// Bytes there may be.
        limit: usize,
    },
    /// Not UTF-8.
    #[error("package.json is not UTF-8 at byte {at}")]
    NotUtf8 {
        /// How many bytes are UTF-8.
        at: usize,
    },
    /// Not JSON, or more than JSON.
    #[error("package.json is not JSON: {reason}")]
    NotJson {
        /// The parser's words.
        reason: String,
    },
    /// JSON, but not an object.
    #[error("package.json is not a JSON object")]
    NotAnObject,
    /// Objects and arrays within each other beyond [`Manifest::DEEPEST`](super::Manifest::DEEPEST).
    #[error("package.json has values more than {limit} levels deep")]
    TooDeep {
        /// Levels there may be.
        limit: usize,
    },
    /// A top-level key occurs twice, in whatever spelling.
    #[error("package.json has `{key}` twice")]
    Duplicate {
        /// The key after unescaping.
        key: String,
    },
    /// A key that the JSON library keeps for itself and would read as something else.
    #[error("package.json has the key `{key}`, which JSON readers take for something else")]
    Reserved {
        /// The key.
        key: String,
    },
    /// A number that readers round differently: an integer beyond 2^53 - 1, or not finite.
    #[error("package.json has the number {number}, which JSON readers do not read alike")]
    UnsafeNumber {
        /// The number as written, shortened.
        number: String,
    },
    /// `name` or `version` is missing, empty or not a string.
    #[error("package.json has no `{key}`, or it is not a non-empty string")]
    NoText {
        /// The key.
        key: &'static str,
    },
    /// A member to be added is there already.
    #[error("package.json has `{key}` already")]
    AlreadyThere {
        /// The key.
        key: String,
    },
}
