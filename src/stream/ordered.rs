//! Work on many threads with the results in the order of the input, and never more than a window of them in the house.
//!
//! For each item the reader puts a ticket into a bounded queue, on which its result will arrive. Whoever takes results
//! follows the tickets; while nobody takes them, the queue is full and the reader stops reading.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Stack of a worker, that of a main thread, so that what a text can do to it does not depend on where it is checked.
const STACK: usize = 8 << 20;

/// Items for each thread that may wait, as a window: enough that one large manifest does not stop the others.
pub const AHEAD: usize = 8;

/// Where a result will arrive; the reader's last one is `None`.
type Ticket<O> = Option<Receiver<O>>;

/// The results, in the order of the input.
#[derive(Debug)]
pub struct Results<O> {
    tickets: Receiver<Ticket<O>>,
    /// Whether the last ticket was taken.
    ended: bool,
}

/// A thread ended before its work did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lost;

/// Starts a thread that asks for items and `jobs` threads that work on them; at most `window` items and results wait.
///
/// The threads are not waited for: where the results are dropped, a reader may sit before an input that says nothing.
pub fn start<I: Send + 'static, O: Send + 'static>(
    jobs: usize,
    window: usize,
    mut next: impl FnMut() -> Option<I> + Send + 'static,
    work: impl Fn(I) -> O + Send + Sync + 'static,
) -> io::Result<Results<O>> {
    let (enlist, tickets) = sync_channel::<Ticket<O>>(window);
    let (hand, items) = sync_channel::<(I, SyncSender<O>)>(window);
    let items = Arc::new(Mutex::new(items));
    let work = Arc::new(work);
    for _ in 0..jobs.max(1) {
        let (items, work) = (Arc::clone(&items), Arc::clone(&work));
        let worker = move || {
            loop {
                let item = items.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok((item, give)) = item else { return };
                // A result that was lost is told by its ticket; the next item has its own chance.
                if let Ok(result) = catch_unwind(AssertUnwindSafe(|| work(item))) {
                    let _ = give.send(result);
                }
            }
        };
        thread::Builder::new().stack_size(STACK).spawn(worker)?;
    }
    let reader = move || {
        while let Some(item) = next() {
            let (give, ticket) = sync_channel(1);
            if enlist.send(Some(ticket)).is_err() || hand.send((item, give)).is_err() {
                return;
            }
        }
        let _ = enlist.send(None);
    };
    thread::Builder::new().spawn(reader)?;
    Ok(Results { tickets, ended: false })
}

impl<O> Results<O> {
    /// The next result, waiting for it; none at the end. `idle` is called before a wait.
    pub fn take(&mut self, mut idle: impl FnMut() -> io::Result<()>) -> io::Result<Option<Result<O, Lost>>> {
        if self.ended {
            return Ok(None);
        }
        match wait(&self.tickets, &mut idle)? {
            Some(Some(ticket)) => Ok(Some(wait(&ticket, &mut idle)?.ok_or(Lost))),
            last => {
                self.ended = true;
                // Without its last ticket the reader has not come to the end.
                Ok(last.is_none().then_some(Err(Lost)))
            }
        }
    }
}

/// What a channel gives; none where its other end is gone.
fn wait<T>(channel: &Receiver<T>, idle: &mut impl FnMut() -> io::Result<()>) -> io::Result<Option<T>> {
    match channel.try_recv() {
        Ok(value) => Ok(Some(value)),
        Err(TryRecvError::Disconnected) => Ok(None),
        Err(TryRecvError::Empty) => {
            idle()?;
            Ok(channel.recv().ok())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    fn all<O>(mut results: Results<O>) -> Vec<Result<O, Lost>> {
        std::iter::from_fn(|| results.take(|| Ok(())).expect("no error")).collect()
    }

    #[test]
    fn results_come_in_order_although_some_take_longer() {
        let mut items = 0..200_u64;
        let work = |item: u64| {
            thread::sleep(Duration::from_micros(if item.is_multiple_of(7) { 900 } else { 10 }));
            item * 2
        };
        let results = start(4, 8, move || items.next(), work).expect("threads");
        assert_eq!(all(results), (0..200).map(|item| Ok(item * 2)).collect::<Vec<_>>());
    }

    #[test]
    fn work_that_panics_is_lost_in_its_place_and_the_rest_goes_on() {
        let mut items = 0..5;
        let work = |item: u32| {
            assert_ne!(item, 2, "on purpose");
            item
        };
        let results = start(1, 2, move || items.next(), work).expect("threads");
        assert_eq!(all(results), [Ok(0), Ok(1), Err(Lost), Ok(3), Ok(4)]);
    }

    #[test]
    fn a_reader_that_panics_is_not_the_end() {
        let mut items = 0..2;
        let results = start(1, 2, move || Some(items.next().expect("on purpose")), |item: u32| item).expect("threads");
        assert_eq!(all(results), [Ok(0), Ok(1), Err(Lost)]);
    }

    #[test]
    fn no_more_is_read_than_the_window_while_nobody_takes_results() {
        let read = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&read);
        let next = move || {
            count.fetch_add(1, Ordering::SeqCst);
            Some(())
        };
        let mut results = start(2, 4, next, |()| ()).expect("threads");
        thread::sleep(Duration::from_millis(200));
        let before = read.load(Ordering::SeqCst);
        assert!((4..=6).contains(&before), "the window, one in hand, one asked for: {before}");
        results.take(|| Ok(())).expect("no error").expect("one").expect("a result");
        thread::sleep(Duration::from_millis(100));
        assert_eq!(read.load(Ordering::SeqCst), before + 1);
    }
}
