//! One cancel, and the moment at which it comes.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::meddling::{Act, Asked};

/// When the runner cancels.
#[derive(Clone, Copy, Debug)]
pub(super) enum Moment {
    /// As soon as there is a process.
    Born,
    /// When the request with this number arrives, which is then never carried out.
    Arrives(usize),
    /// When it has been carried out, and its answer is on the way.
    CarriedOut(usize),
    /// When this line is printed.
    Printed(usize),
    /// Not at all.
    Never,
}

/// One cancel.
pub(super) struct Blow {
    moment: Moment,
    pub(super) requests: AtomicUsize,
    pub(super) lines: AtomicUsize,
    process: AtomicU32,
    pub(super) struck: Mutex<Option<Instant>>,
    pub(super) ended: Mutex<Option<Duration>>,
}

impl Blow {
    pub(super) fn at(moment: Moment) -> Arc<Self> {
        Arc::new(Self {
            moment,
            requests: AtomicUsize::new(0),
            lines: AtomicUsize::new(0),
            process: AtomicU32::new(0),
            struck: Mutex::new(None),
            ended: Mutex::new(None),
        })
    }

    pub(super) fn arrives(self: &Arc<Self>, _: &Asked) -> Act {
        let number = self.requests.fetch_add(1, Ordering::SeqCst);
        match self.moment {
            Moment::Arrives(at) if at == number => {
                self.strike();
                Act::Never
            }
            Moment::CarriedOut(at) if at == number => {
                let blow = Arc::clone(self);
                Act::Change(Box::new(move |answer| {
                    blow.strike();
                    answer
                }))
            }
            _ => Act::Forward,
        }
    }

    pub(super) fn hears(&self) {
        let number = self.lines.fetch_add(1, Ordering::SeqCst);
        if matches!(self.moment, Moment::Printed(at) if at == number) {
            self.strike();
        }
    }

    /// While the process lives: the first signal where it is time for it, and what the runner sends to those that do not hear.
    pub(super) fn goes_on(&self, process: u32) {
        if self.process.swap(process, Ordering::SeqCst) == 0 && matches!(self.moment, Moment::Born) {
            self.strike();
        }
        let waited = self.struck.lock().unwrap().map(|since| since.elapsed());
        match waited {
            Some(waited) if waited > Duration::from_secs(10) => strike(process, Signal::KILL),
            Some(waited) if waited > Duration::from_millis(7500) => strike(process, Signal::TERM),
            _ => {}
        }
    }

    fn strike(&self) {
        let process = loop {
            // A line may be there before anybody has told which process printed it.
            match self.process.load(Ordering::SeqCst) {
                0 => thread::yield_now(),
                process => break process,
            }
        };
        *self.struck.lock().unwrap() = Some(Instant::now());
        strike(process, Signal::INT);
    }
}

pub(crate) fn strike(process: u32, signal: Signal) {
    let process = Pid::from_raw(i32::try_from(process).unwrap()).unwrap();
    // It may have ended by itself.
    let _ = kill_process(process, signal);
}
