//! Threads that share the parts of one launch after the other, thousands in a second: who waits looks for the next parts for a short
//! while before it sleeps, so that most are begun within a microsecond.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, TryLockError};
use std::thread::{self, Thread};

/// Parts of a round at most: as many as a word has bits for.
pub(in crate::emit) const MOST: usize = 32;
/// How often a thread looks for work before it sleeps. This takes 0.1 to 0.4 ms, longer than what a step does on one thread in between.
const PATIENCE: u32 = 1 << 13;
/// Looks after which who waits for the last part lets others have its processor.
const SHORT: u32 = 1 << 12;

/// What is done with each part, by its number.
type Work<'a> = &'a (dyn Fn(usize) + Sync);

/// All threads that help, and the round that they are at. Every part of a round belongs to one seat. Whoever sits there takes it first,
/// so that from launch to launch a part's numbers stay in one core's caches; what is left anyone takes.
#[derive(Debug)]
pub(in crate::emit) struct Team {
    /// Whoever holds it has the team work for it.
    turn: Mutex<()>,
    /// How many parts the round has, in the upper half. In the lower one a bit for each that nobody has taken.
    round: Apart<AtomicU64>,
    /// Parts that are done.
    done: Apart<AtomicUsize>,
    /// Points at a `Work`, which lives at least until all parts are done.
    work: AtomicPtr<()>,
    /// What the first part that panicked said.
    panic: Mutex<Option<Box<dyn Any + Send>>>,
    seats: [Seat; MOST],
    /// Seats that have been offered a thread.
    offered: AtomicU32,
}

/// Numbers that threads write again and again lie on lines of their own.
#[derive(Debug)]
#[repr(align(128))]
struct Apart<T>(T);

/// The place of a thread that helps. It helps in rounds that have a part of its number.
#[derive(Debug)]
struct Seat {
    asleep: AtomicBool,
    thread: OnceLock<Thread>,
}

impl Team {
    pub(in crate::emit) const fn new() -> Self {
        Self {
            turn: Mutex::new(()),
            round: Apart(AtomicU64::new(0)),
            done: Apart(AtomicUsize::new(0)),
            work: AtomicPtr::new(std::ptr::null_mut()),
            panic: Mutex::new(None),
            seats: [const { Seat { asleep: AtomicBool::new(false), thread: OnceLock::new() } }; MOST],
            offered: AtomicU32::new(1),
        }
    }

    /// Does `work` for each of `parts` parts, at most [`MOST`], on as many threads. On one it is done where the team works for somebody
    /// else, which may be who asks.
    pub(in crate::emit) fn run(&'static self, parts: usize, work: Work<'_>) {
        let turn = if (2..=MOST).contains(&parts) { self.turn() } else { None };
        let Some(_turn) = turn else { return (0..parts).for_each(work) };
        self.offer(parts);
        self.work.store((&raw const work).cast_mut().cast(), Ordering::Relaxed);
        self.done.0.store(0, Ordering::Relaxed);
        self.round.0.store((parts as u64) << MOST | ((1_u64 << parts) - 1), Ordering::SeqCst);
        self.seats[1..parts].iter().for_each(Seat::wake);
        while self.serve(0) {}
        self.wait(parts);
        if let Some(panic) = lock(&self.panic).take() {
            resume_unwind(panic);
        }
    }

    fn turn(&self) -> Option<MutexGuard<'_, ()>> {
        match self.turn.try_lock() {
            Ok(turn) => Some(turn),
            // it guards nothing that could be broken
            Err(TryLockError::Poisoned(turn)) => Some(turn.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Starts the threads that `parts` parts are for; a system that gives none is no fault.
    fn offer(&'static self, parts: usize) {
        let offered = self.offered.load(Ordering::Relaxed) as usize;
        for seat in offered..parts {
            let started = thread::Builder::new().name(format!("team {seat}")).spawn(move || self.help(seat));
            if let Ok(started) = started {
                let _ = self.seats[seat].thread.set(started.thread().clone());
            }
            self.offered.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Takes a part and does it; tells whether there was one.
    fn serve(&self, seat: usize) -> bool {
        let Some(part) = self.take(seat) else { return false };
        let work = self.work.load(Ordering::Relaxed).cast::<Work<'_>>();
        // SAFETY: it points at what `run` was given. A part was taken, so `run` waits until `done` counts it. It was stored before
        // the round that the part was taken from, which `take` has read.
        let work = unsafe { *work };
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| work(part))) {
            lock(&self.panic).get_or_insert(panic);
        }
        self.done.0.fetch_add(1, Ordering::Release);
        true
    }

    /// Takes a part that nobody has taken, that of the seat first.
    fn take(&self, seat: usize) -> Option<usize> {
        let mut round = self.round.0.load(Ordering::Acquire);
        loop {
            let left = parts_left(round, seat)?;
            let part = if left & 1 << seat == 0 { left.trailing_zeros() as usize } else { seat };
            // a later round with the same parts left is as good
            let taken = round & !(1 << part);
            match self.round.0.compare_exchange_weak(round, taken, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Some(part),
                Err(now) => round = now,
            }
        }
    }

    /// Waits until all parts are done.
    fn wait(&self, parts: usize) {
        let mut looks = 0_u32;
        while self.done.0.load(Ordering::Acquire) < parts {
            looks = looks.saturating_add(1);
            if looks < SHORT { std::hint::spin_loop() } else { thread::yield_now() }
        }
    }

    /// Does parts as they come, for ever.
    fn help(&self, seat: usize) {
        loop {
            while self.serve(seat) {}
            if !self.look(seat) {
                self.sleep(seat);
            }
        }
    }

    /// Looks for a part for a while; tells whether there is one.
    fn look(&self, seat: usize) -> bool {
        (0..PATIENCE).any(|_| {
            std::hint::spin_loop();
            parts_left(self.round.0.load(Ordering::Relaxed), seat).is_some()
        })
    }

    /// Sleeps until a round has a part for this seat.
    fn sleep(&self, seat: usize) {
        let place = &self.seats[seat];
        place.asleep.store(true, Ordering::SeqCst);
        // whoever begins a round after this look sees that the seat sleeps
        while parts_left(self.round.0.load(Ordering::SeqCst), seat).is_none() && place.asleep.load(Ordering::SeqCst) {
            thread::park();
        }
        place.asleep.store(false, Ordering::SeqCst);
    }
}

impl Seat {
    fn wake(&self) {
        if self.asleep.load(Ordering::SeqCst) && self.asleep.swap(false, Ordering::SeqCst) {
            self.thread.get().into_iter().for_each(Thread::unpark);
        }
    }
}

/// Returns the parts of a round that are left, a bit for each, if there are any and this seat helps in the round.
fn parts_left(round: u64, seat: usize) -> Option<u64> {
    let left = round & ((1 << MOST) - 1);
    (left != 0 && (seat as u64) < round >> MOST).then_some(left)
}

/// A panic while it was held has broken nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    static TEAM: Team = Team::new();

    /// Each part is done once, whatever the numbers of parts that follow each other, and although several threads ask at once.
    #[test]
    fn every_part_is_done_once() {
        thread::scope(|scope| {
            for asker in 0..3 {
                scope.spawn(move || {
                    for round in 0..2000 {
                        let parts = (round * 7 + asker) % 5;
                        let counts: Vec<AtomicUsize> = (0..parts).map(|_| AtomicUsize::new(0)).collect();
                        TEAM.run(parts, &|part| {
                            counts[part].fetch_add(1, Ordering::Relaxed);
                        });
                        assert!(counts.iter().all(|count| count.load(Ordering::Relaxed) == 1), "{parts} parts");
                    }
                });
            }
        });
    }

    /// Threads that have gone to sleep come back, and parts may have parts.
    #[test]
    fn a_pause_and_parts_of_parts_do_no_harm() {
        let done = AtomicUsize::new(0);
        for _ in 0..3 {
            thread::sleep(std::time::Duration::from_millis(5));
            TEAM.run(4, &|_| {
                TEAM.run(3, &|_| {
                    done.fetch_add(1, Ordering::Relaxed);
                });
            });
        }
        assert_eq!(done.into_inner(), 36);
    }

    /// A part that panics is heard of by who asked, after all others are done, and the team works on.
    #[test]
    fn a_panic_reaches_who_asked() {
        let done = AtomicUsize::new(0);
        let work = |part: usize| {
            assert_ne!(part, 2, "part two");
            done.fetch_add(1, Ordering::Relaxed);
        };
        let found = catch_unwind(AssertUnwindSafe(|| TEAM.run(4, &work))).unwrap_err();
        assert!(found.downcast_ref::<String>().unwrap().contains("part two"));
        TEAM.run(2, &work);
        assert_eq!(done.into_inner(), 5);
    }
}
