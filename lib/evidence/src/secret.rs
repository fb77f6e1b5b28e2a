//! Values that show themselves only when asked by name.

use std::fmt;

use serde::{Deserialize, Deserializer};
use zeroize::Zeroize;

/// A key, a token or any other value that must not reach a log.
///
/// `Debug` prints `****`; there is no `Display`, no `Clone` and no `Serialize`. The only way in is
/// [`Secret::expose`], so that one search finds every use. The memory is overwritten when the value is dropped.
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Wraps a value; do this in the same line that reads it.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself, for the one call that needs it.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("****")
    }
}

impl<T: Zeroize> From<T> for Secret<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl From<&str> for Secret<String> {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

// Answers carry tokens; they are wrapped while they are read.
impl<'de, T: Zeroize + Deserialize<'de>> Deserialize<'de> for Secret<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_show_itself_in_debug_output() {
        let secret = Secret::from("hunter2");
        assert_eq!(format!("{secret:?} {secret:#?}"), "**** ****");
        assert_eq!(secret.expose(), "hunter2");
    }

    #[test]
    fn a_secret_is_read_from_json_already_wrapped() {
        let secret: Secret<String> = serde_json::from_str("\"hunter2\"").unwrap();
        assert_eq!(secret.expose(), "hunter2");
    }

    #[test]
    fn a_secret_is_overwritten_when_it_is_dropped() {
        struct Watched<'a>(&'a std::cell::Cell<bool>);
        impl Zeroize for Watched<'_> {
            fn zeroize(&mut self) {
                self.0.set(true);
            }
        }
        let overwritten = std::cell::Cell::new(false);
        drop(Secret::new(Watched(&overwritten)));
        assert!(overwritten.get());
    }
}
