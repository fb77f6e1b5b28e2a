//! How long, how often and how much: one [`Patience`] per conversation, written next to the address it is for.

use std::time::Duration;

use backon::ExponentialBuilder;

/// The limits of one conversation.
///
/// What is sent again, up to `attempts` in all, after a random share of a time that starts at `first_pause` and
/// doubles:
///
/// | what happened | calls whose repetition the service answers alike | `PUT` to npm or to the object store |
/// |---|---|---|
/// | nothing was sent | again | again |
/// | 408, 425, 429, 500, 502, 503, 504 | again | given back |
/// | the answer was lost | again | given back as unknown; the caller reads back |
/// | any other answer | given back | given back |
///
/// `Retry-After` in seconds is kept up to 30 seconds; a service that asks for more is not asked again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Patience {
    /// Longest time to reach the service: name, connection and TLS.
    pub connect: Duration,
    /// Longest time of one attempt, from the first byte sent to the last byte of the answer.
    pub timeout: Duration,
    /// How often at most; 1 means never again.
    pub attempts: usize,
    /// The longest first pause between two attempts.
    pub first_pause: Duration,
    /// Bytes of the largest answer that is read.
    pub largest_answer: usize,
}

impl Patience {
    /// The longest `Retry-After` that is waited for.
    pub const LONGEST_PAUSE: Duration = Duration::from_secs(30);

    /// For a small question with a small answer: 10 seconds to connect, 30 seconds in all, four attempts, 1 MiB.
    pub const SMALL: Self = Self {
        connect: Duration::from_secs(10),
        timeout: Duration::from_secs(30),
        attempts: 4,
        first_pause: Duration::from_millis(200),
        largest_answer: MIB,
    };

    /// The longest pauses before the second, third, … attempt.
    pub(crate) fn pauses(self) -> ExponentialBuilder {
        ExponentialBuilder::new()
            .with_factor(2.0)
            .with_min_delay(self.first_pause)
            .with_max_delay(Self::LONGEST_PAUSE)
            .with_max_times(self.attempts.saturating_sub(1))
    }
}

/// A random share of a pause, so that many clients that failed together do not come back together.
pub(crate) fn share(longest: Duration) -> Duration {
    // Without randomness the whole pause is the safe choice.
    let random = getrandom::u32().unwrap_or(u32::MAX);
    longest.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

/// Bytes in a mebibyte.
pub(crate) const MIB: usize = 1024 * 1024;

#[cfg(test)]
mod tests {
    use backon::BackoffBuilder;

    use super::*;

    #[test]
    fn pauses_double_and_end_with_the_last_attempt() {
        let pauses: Vec<_> = Patience {
            attempts: 4,
            ..Patience::SMALL
        }
        .pauses()
        .build()
        .map(|p| p.as_millis())
        .collect();
        assert_eq!(pauses, [200, 400, 800]);
        assert_eq!(
            Patience {
                attempts: 1,
                ..Patience::SMALL
            }
            .pauses()
            .build()
            .count(),
            0
        );
    }

    #[test]
    fn a_share_is_never_longer_than_the_pause() {
        for _ in 0..100 {
            assert!(share(Duration::from_millis(200)) <= Duration::from_millis(200));
        }
    }
}
