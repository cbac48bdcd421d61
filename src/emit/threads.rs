//! The threads that share a step on a CPU, and the one that libtorch is left with: its own would wait beside them, by spinning.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, Mutex};
use std::thread::available_parallelism;

use smallvec::SmallVec;

use super::ffi::{MOST, Team};

/// Those that help.
static TEAM: Team = Team::new();

/// How many were asked for; none was if 0.
static THREADS: AtomicUsize = AtomicUsize::new(0);

/// Processors that this process may use. To find out takes some ten microseconds.
static PROCESSORS: LazyLock<usize> = LazyLock::new(|| available_parallelism().map_or(1, usize::from));

/// The threads of this process that share a step.
#[derive(Debug)]
pub struct Threads;

impl Threads {
    /// Has `count` threads share each step that is made on a CPU from now on, and gives libtorch one. No digit depends on it.
    pub fn set(count: usize) {
        THREADS.store(count.max(1), Ordering::Relaxed);
        alone();
    }

    /// Returns how many share a step on a CPU: as many as there are processors, until somebody sets another number.
    pub fn count() -> usize {
        match THREADS.load(Ordering::Relaxed) {
            0 => *PROCESSORS,
            threads => threads,
        }
    }

    /// Tells whether a processor is left beside them. Who asks for one thread gets one, whatever is left.
    pub fn leave_a_processor() -> bool {
        (2..*PROCESSORS).contains(&Self::count())
    }
}

/// Does some work on every part, each on a thread of its own where there are few. That costs about a microsecond.
pub(super) fn side_by_side<T: Send>(parts: impl IntoIterator<Item = T>, work: impl Fn(T) + Sync) {
    let parts: SmallVec<[Mutex<Option<T>>; 4]> = parts.into_iter().map(|part| Mutex::new(Some(part))).collect();
    let shares = parts.len().min(MOST);
    TEAM.run(shares, &|share| {
        for part in parts.iter().skip(share).step_by(shares) {
            let part = part.lock().ok().and_then(|mut part| part.take());
            part.into_iter().for_each(&work);
        }
    });
}

/// Gives libtorch one thread as long as it lives, and then as many as before.
#[derive(Debug)]
pub(super) struct OneThread {
    before: i32,
}

impl OneThread {
    pub(super) fn new() -> Self {
        let before = tch::get_num_threads();
        alone();
        Self { before }
    }
}

impl Drop for OneThread {
    fn drop(&mut self) {
        if self.before != 1 {
            tch::set_num_threads(self.before);
        }
    }
}

/// Gives libtorch one thread, as far as this one calls it. Another number than the last starts and ends threads.
pub(super) fn alone() {
    if tch::get_num_threads() != 1 {
        tch::set_num_threads(1);
    }
}
