//! Trials are run: as many at once as cores and memory allow, each claimed first, so that two processes share a store.

use std::collections::{HashMap, VecDeque};
use std::thread;
use std::time::Duration;

use super::board::Board;
use super::child::{End, Running};
use super::store::{Finished, Standing, Store};
use super::trial::Trial;
use crate::cli::exit::Failure;
use crate::cli::free_memory::free_memory;
use crate::cli::screen::Screen;
use crate::cli::stop::Signals;

/// How long nobody looks.
const NAP: Duration = Duration::from_millis(50);
/// Trials of others that are looked at between two naps, at most.
const LOOKS: usize = 64;

/// How trials are run.
pub(super) struct Schedule<'a> {
    pub(super) screen: &'a Screen,
    pub(super) store: &'a Store,
    /// Trials at once; as many as there are cores, where it is not said.
    pub(super) jobs: Option<usize>,
    /// Whether failed trials are run again.
    pub(super) retry: bool,
    pub(super) quiet: bool,
    pub(super) signals: &'a Signals,
}

/// Trials on their way.
struct Work<'t> {
    waiting: VecDeque<&'t Trial>,
    running: Vec<(Running<'t>, u64)>,
    /// Failures that were forgotten: each is run again once.
    retried: Vec<usize>,
    /// Bytes that may be taken.
    memory: u64,
    /// Bytes that trials take, by their numbers: one that waits for memory is compiled once.
    needed: HashMap<usize, u64>,
}

impl Schedule<'_> {
    /// Runs those of `trials` that have not finished. Returns whether someone asked for an end.
    pub(super) fn run(&self, trials: &[&Trial]) -> Result<bool, Failure> {
        let over = |trial: &&&Trial| {
            let standing = self.store.look(trial);
            standing.finished().is_some() || (standing.failed().is_some() && !self.retry)
        };
        let pending: Vec<&Trial> = trials.iter().filter(|trial| !over(trial)).copied().collect();
        let mut board = Board::new(self.screen, self.quiet, trials.len(), &pending);
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let jobs = self.jobs.unwrap_or(cores);
        // cores that no trial takes are shared
        let threads = (cores / jobs.min(pending.len()).max(1)).max(1);
        let memory = free_memory();
        let mut work =
            Work { waiting: pending.into(), running: Vec::new(), retried: Vec::new(), memory, needed: HashMap::new() };
        loop {
            let asked = self.signals.asked();
            if let Some(why) = asked {
                work.waiting.clear();
                work.running.iter_mut().for_each(|(running, _)| running.stop(why));
            }
            self.reap(&mut work, &mut board)?;
            let mut looks = work.waiting.len().min(LOOKS);
            while looks > 0 && work.running.len() < jobs && self.next(&mut work, threads, &mut board)? {
                looks -= 1;
            }
            if work.waiting.is_empty() && work.running.is_empty() {
                board.close();
                return Ok(asked.is_some());
            }
            thread::sleep(NAP);
        }
    }

    /// Takes away those that are over.
    fn reap(&self, work: &mut Work<'_>, board: &mut Board<'_>) -> Result<(), Failure> {
        let mut place = 0;
        while let Some((running, _)) = work.running.get_mut(place) {
            let news = running.news(self.store);
            board.evaluated(running.trial, &news);
            let Some(end) = running.poll(self.store)? else {
                place += 1;
                continue;
            };
            let reached = self.store.look_claimed(running.trial).finished().map_or((None, None), Finished::reached);
            board.ended(running.trial, &end, reached);
            if matches!(end, End::Interrupted) && self.signals.asked().is_none() {
                // someone else has stopped it; whoever wants it goes on with it
                self.screen.remark(&format!("{} was stopped: run the recipe again to go on", running.trial.name()));
            }
            work.running.remove(place);
        }
        Ok(())
    }

    /// Looks at the next trial that waits, and begins it where it is free. Returns whether there may be another.
    fn next(&self, work: &mut Work<'_>, threads: usize, board: &mut Board<'_>) -> Result<bool, Failure> {
        let Some(trial) = work.waiting.pop_front() else { return Ok(false) };
        let Some(lock) = self.store.claim(trial)? else {
            // another process runs it: it is looked at again
            work.waiting.push_back(trial);
            return Ok(true);
        };
        let mut standing = self.store.look_claimed(trial);
        if matches!(standing, Standing::Failed(_)) && self.retry && !work.retried.contains(&trial.number) {
            work.retried.push(trial.number);
            self.store.forget(trial)?;
            standing = self.store.look_claimed(trial);
        }
        if matches!(standing, Standing::Finished(_) | Standing::Failed(_)) {
            board.elsewhere(trial);
            return Ok(true);
        }
        let needed = match work.needed.get(&trial.number) {
            Some(needed) => *needed,
            None => trial.memory(&trial.compiled()?),
        };
        work.needed.insert(trial.number, needed);
        let taken: u64 = work.running.iter().map(|(_, needed)| *needed).sum();
        if !work.running.is_empty() && taken.saturating_add(needed) > work.memory {
            work.waiting.push_front(trial);
            return Ok(false);
        }
        let step = standing.record().map_or(0, |record| record.outcome.steps);
        let running = Running::start(self.store, trial, lock, &standing, Some(threads))?;
        board.began(trial, step);
        work.running.push((running, needed));
        Ok(true)
    }
}
