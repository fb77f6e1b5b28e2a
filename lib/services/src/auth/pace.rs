//! How often somebody may ask.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use certified_evidence::Timestamp;

use crate::refusal::Refusal;

/// Counts the requests of each caller in windows of one minute, which begin with a caller's first request.
#[derive(Debug, Default)]
pub(super) struct Pace {
    windows: Mutex<HashMap<String, Window>>,
}

#[derive(Clone, Copy, Debug)]
struct Window {
    began: Timestamp,
    requests: u32,
}

impl Pace {
    /// Counts one request, or refuses it.
    pub(super) fn step(&self, caller: &str, now: Timestamp) -> Result<(), Refusal> {
        // A panic elsewhere leaves the counts as good as they were.
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let over =
            |window: &Window| now.unix() >= window.began.unix().saturating_add(WINDOW_SECONDS) || now < window.began;
        if windows.len() >= MOST_CALLERS {
            windows.retain(|_, window| !over(window));
        }
        let window = windows.entry(caller.to_owned()).or_insert(Window {
            began: now,
            requests: 0,
        });
        if over(window) {
            *window = Window {
                began: now,
                requests: 0,
            };
        }
        if window.requests >= ALLOWED {
            let passed = now.unix().saturating_sub(window.began.unix());
            return Err(Refusal::TooMany {
                allowed: ALLOWED,
                retry_after: WINDOW_SECONDS.saturating_sub(passed).max(1),
            });
        }
        window.requests += 1;
        Ok(())
    }
}

const ALLOWED: u32 = 100;
const WINDOW_SECONDS: u64 = 60;
/// Windows that are over are cleared away when there are so many.
const MOST_CALLERS: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hundred_and_first_request_in_a_minute_is_refused_and_the_next_minute_begins_anew() {
        let pace = Pace::default();
        let start = Timestamp::from_unix(1_000_000);
        for _ in 0..100 {
            pace.step("a", start).unwrap();
        }
        let refused = pace.step("a", start.plus_seconds(20)).unwrap_err();
        assert!(
            matches!(
                refused,
                Refusal::TooMany {
                    allowed: 100,
                    retry_after: 40
                }
            ),
            "{refused:?}"
        );
        pace.step("b", start.plus_seconds(20)).unwrap();
        pace.step("a", start.plus_seconds(60)).unwrap();
    }
}
