//! Moments, to the second, in UTC.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use der::DateTime;

use crate::text::serde_as_text;

/// Seconds since 1970-01-01T00:00:00Z. On the wire RFC 3339 in UTC, for example `2026-01-01T12:00:00Z`; fractions of a second are read and dropped.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The last moment of the year 9999: neither X.509 nor RFC 3339 goes beyond.
    pub const LAST: Self = Self(253_402_300_799);

    /// That many seconds after the epoch, at most [`Timestamp::LAST`].
    pub const fn from_unix(seconds: u64) -> Self {
        if seconds > Self::LAST.0 {
            Self::LAST
        } else {
            Self(seconds)
        }
    }

    /// Seconds after the epoch.
    pub const fn unix(self) -> u64 {
        self.0
    }

    /// So many seconds later, at most [`Timestamp::LAST`].
    #[must_use]
    pub const fn plus_seconds(self, seconds: u64) -> Self {
        Self::from_unix(self.0.saturating_add(seconds))
    }

    /// So many seconds earlier, at least the epoch.
    #[must_use]
    pub const fn minus_seconds(self, seconds: u64) -> Self {
        Self(self.0.saturating_sub(seconds))
    }

    /// The day alone, `2026-01-01`.
    pub fn date(self) -> String {
        self.to_string().chars().take(10).collect()
    }
}

/// Text that is not a moment in UTC.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("expected a time like 2026-01-01T12:00:00Z, found `{found}`")]
pub struct TimestampError {
    /// The beginning of what was found.
    pub found: String,
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match DateTime::from_unix_duration(Duration::from_secs(self.0)) {
            Ok(moment) => write!(f, "{moment}"),
            // Unreachable: every constructor keeps to the year 9999, which `DateTime` covers.
            Err(_) => f.write_str("9999-12-31T23:59:59Z"),
        }
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || TimestampError {
            found: text.chars().take(40).collect(),
        };
        let whole = match text.split_once('.') {
            None => text.to_owned(),
            Some((whole, fraction)) => {
                let digits = fraction.strip_suffix('Z').ok_or_else(refused)?;
                if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                    return Err(refused());
                }
                format!("{whole}Z")
            }
        };
        let moment: DateTime = whole.parse().map_err(|_| refused())?;
        Ok(Self(moment.unix_duration().as_secs()))
    }
}

serde_as_text!(Timestamp);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_survives_its_text() {
        let moment = Timestamp::from_unix(1_767_268_800);
        assert_eq!(moment.to_string(), "2026-01-01T12:00:00Z");
        assert_eq!("2026-01-01T12:00:00Z".parse(), Ok(moment));
        assert_eq!("2026-01-01T12:00:00.123Z".parse(), Ok(moment));
        assert_eq!(moment.date(), "2026-01-01");
    }

    #[test]
    fn local_times_and_nonsense_are_refused() {
        for text in [
            "",
            "2026-01-01",
            "2026-01-01T12:00:00+01:00",
            "2026-01-01T12:00:00.Z",
            "2026-13-01T12:00:00Z",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    #[test]
    fn nothing_lies_beyond_the_year_9999() {
        assert_eq!(Timestamp::from_unix(u64::MAX).to_string(), "9999-12-31T23:59:59Z");
        assert_eq!(Timestamp::LAST.plus_seconds(u64::MAX), Timestamp::LAST);
    }
}
