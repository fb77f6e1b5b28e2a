//! Whom to believe is a question about a time: keys are trusted from a first second to a last one.

use crate::Timestamp;
use crate::trust_root::{CertificateAuthority, TransparencyLog, ValidFor};

/// Somebody whose word is believed for a time: an authority, or a log.
pub trait Trusted {
    /// What to call it in messages.
    fn name(&self) -> &str;

    /// When it is believed.
    fn valid_for(&self) -> ValidFor;
}

/// Of those who gave a word, the one who is believed at that time. A key may stand there several times, each time with a validity of its own.
///
/// # Errors
/// [`NotTrusted::Unknown`] when nobody here gave it, [`NotTrusted::NotInForce`] when nobody who did is believed at that time.
pub fn trusted_at<'a, T: Trusted + 'a>(
    gave_it: impl IntoIterator<Item = &'a T>,
    at: Timestamp,
) -> Result<&'a T, NotTrusted> {
    let mut first = None;
    for trusted in gave_it {
        if trusted.valid_for().covers(at) {
            return Ok(trusted);
        }
        first = first.or(Some(trusted));
    }
    let not_in_force = |trusted: &T| {
        NotTrusted::NotInForce(NotInForce {
            name: trusted.name().to_owned(),
            valid_for: trusted.valid_for(),
            at,
        })
    };
    Err(first.map_or(NotTrusted::Unknown, not_in_force))
}

/// Why nobody is believed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum NotTrusted {
    /// Nobody who is trusted gave the word.
    Unknown,
    /// Somebody who is trusted at other times gave it.
    NotInForce(NotInForce),
}

/// Somebody who is not believed at that time.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{name} is trusted from {}, it is needed at {at}", said(valid_for))]
pub struct NotInForce {
    /// Who.
    pub name: String,
    /// When it is believed.
    pub valid_for: ValidFor,
    /// When it would have to be.
    pub at: Timestamp,
}

fn said(valid_for: &ValidFor) -> String {
    match valid_for.end {
        Some(end) => format!("{} to {end}", valid_for.start),
        None => format!("{} on", valid_for.start),
    }
}

impl Trusted for TransparencyLog {
    fn name(&self) -> &str {
        &self.base_url
    }

    fn valid_for(&self) -> ValidFor {
        self.valid_for
    }
}

impl Trusted for CertificateAuthority {
    fn name(&self) -> &str {
        &self.uri
    }

    fn valid_for(&self) -> ValidFor {
        self.valid_for
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Somebody(&'static str, ValidFor);

    impl Trusted for Somebody {
        fn name(&self) -> &str {
            self.0
        }

        fn valid_for(&self) -> ValidFor {
            self.1
        }
    }

    #[test]
    fn a_key_with_two_validities_is_believed_in_both_and_not_between_them() {
        let at = Timestamp::from_unix;
        let until = |start, end| ValidFor {
            start: at(start),
            end: Some(at(end)),
        };
        let both = [Somebody("first", until(10, 20)), Somebody("second", until(30, 40))];
        let name = |second| trusted_at(&both, at(second)).map(|found| found.0);
        assert_eq!(name(10), Ok("first"));
        assert_eq!(name(40), Ok("second"));
        let refused = name(25).unwrap_err();
        let NotTrusted::NotInForce(refused) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(
            refused.to_string(),
            "first is trusted from 1970-01-01T00:00:10Z to 1970-01-01T00:00:20Z, it is needed at 1970-01-01T00:00:25Z"
        );
        assert_eq!(trusted_at::<Somebody>(&[], at(10)).err(), Some(NotTrusted::Unknown));
    }
}
