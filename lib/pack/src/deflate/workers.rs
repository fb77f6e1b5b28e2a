//! Work that is handed out to threads and comes back in the order in which it was handed out.

use std::collections::VecDeque;
use std::io;
use std::num::NonZero;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Threads that all do the same to whatever they get. With one thread everything is done by the caller.
#[derive(Debug)]
pub(super) struct Workers<J, R> {
    run: fn(J) -> R,
    hire: usize,
    /// Where work is put; nobody waits there yet while it is `None`.
    desk: Option<Sender<Task<J, R>>>,
    results: VecDeque<Receiver<R>>,
}

/// Work, and where the result goes.
type Task<J, R> = (J, Sender<R>);

impl<J: Send + 'static, R: Send + 'static> Workers<J, R> {
    /// So many threads; none is started before there is work for it.
    pub(super) fn new(threads: NonZero<usize>, run: fn(J) -> R) -> Self {
        Self {
            run,
            hire: if threads.get() > 1 { threads.get() } else { 0 },
            desk: None,
            results: VecDeque::new(),
        }
    }

    /// Hands out work; true when a result should be asked for before there is more of it.
    pub(super) fn submit(&mut self, job: J) -> bool {
        let (answer, result) = channel();
        self.results.push_back(result);
        let left = match self.desk() {
            Some(desk) => desk.send((job, answer)).err().map(|refused| refused.0),
            None => Some((job, answer)),
        };
        if let Some((job, answer)) = left {
            // The receiver is in the queue, so the answer cannot be refused.
            let _ = answer.send((self.run)(job));
        }
        self.is_full()
    }

    /// Enough results are pending to keep every thread busy, and few enough to bound the memory.
    fn is_full(&self) -> bool {
        self.results.len() > 2 * self.hire
    }

    /// The oldest result that was not asked for, or nothing.
    pub(super) fn next(&mut self) -> io::Result<Option<R>> {
        match self.results.pop_front() {
            Some(result) => result
                .recv()
                .map(Some)
                .map_err(|_| io::Error::other("a thread that compresses ended without a result")),
            None => Ok(None),
        }
    }

    /// Where to put work, after hiring those who do it. When not even one thread can be had, there is nobody.
    fn desk(&mut self) -> Option<&Sender<Task<J, R>>> {
        if self.desk.is_none() && self.hire > 0 {
            let (desk, queue) = channel();
            let queue = Arc::new(Mutex::new(queue));
            let hired = (0..self.hire).filter(|_| hire(&queue, self.run)).count();
            self.hire = hired;
            self.desk = (hired > 0).then_some(desk);
        }
        self.desk.as_ref()
    }
}

/// Starts a thread that works until nobody can put work on the desk any more.
fn hire<J: Send + 'static, R: Send + 'static>(queue: &Arc<Mutex<Receiver<Task<J, R>>>>, run: fn(J) -> R) -> bool {
    let queue = Arc::clone(queue);
    let work = move || {
        loop {
            let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok((job, answer)) = next else { return };
            // Whoever asked may have given up in the meantime.
            let _ = answer.send(run(job));
        }
    };
    thread::Builder::new().name("compress".to_owned()).spawn(work).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squares(threads: usize) -> Vec<u64> {
        let mut workers = Workers::new(NonZero::new(threads).unwrap(), |number: u64| number * number);
        for number in 0..100 {
            workers.submit(number);
        }
        iter_results(&mut workers)
    }

    fn iter_results(workers: &mut Workers<u64, u64>) -> Vec<u64> {
        std::iter::from_fn(|| workers.next().unwrap()).collect()
    }

    #[test]
    fn results_come_in_the_order_of_the_work_with_any_number_of_threads() {
        let expected: Vec<u64> = (0..100).map(|number| number * number).collect();
        for threads in [1, 2, 8] {
            assert_eq!(squares(threads), expected, "{threads} threads");
        }
    }

    #[test]
    fn as_many_results_as_keep_every_thread_busy_may_be_pending() {
        let mut workers = Workers::new(NonZero::new(2).unwrap(), |number: u64| number);
        let full: Vec<bool> = (0..5).map(|number| workers.submit(number)).collect();
        assert_eq!(full, [false, false, false, false, true]);
        let mut alone = Workers::new(NonZero::<usize>::MIN, |number: u64| number);
        assert!(alone.submit(0));
    }

    #[test]
    fn a_thread_that_panics_is_an_error_and_not_a_hang() {
        let mut workers = Workers::new(NonZero::new(2).unwrap(), |number: u64| {
            assert!(number != 1, "one");
            number
        });
        workers.submit(0);
        workers.submit(1);
        assert_eq!(workers.next().unwrap(), Some(0));
        assert!(workers.next().is_err());
    }
}
