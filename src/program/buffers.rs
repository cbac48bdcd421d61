//! Where each tensor's numbers lie in the program's memory: places are given out anew when nobody needs what was there.

use super::{Home, Launch};
use crate::plan::TensorId;

/// Numbers between which a tensor's place begins: 256 bytes, as libtorch has it.
const STEP: usize = 64;

/// Gives a place to each tensor that is made and has none, of `counts` numbers; returns how many numbers the memory holds.
pub(super) fn place(launches: &[Launch], counts: impl Fn(TensorId) -> usize, homes: &mut [Home]) -> usize {
    let mut memory = Memory::default();
    for launch in launches {
        for make in &launch.makes {
            let home = &mut homes[make.tensor.index()];
            if *home == Home::Nowhere {
                let count = counts(make.tensor);
                *home = Home::Memory { start: memory.take(padded(count)), count };
            }
        }
        for id in &launch.ends {
            if let Home::Memory { start, count } = homes[id.index()] {
                memory.give_back(start, padded(count));
            }
        }
    }
    memory.length
}

/// Returns how many numbers a place of `count` takes.
fn padded(count: usize) -> usize {
    count.checked_next_multiple_of(STEP).unwrap_or(usize::MAX)
}

/// One piece of memory.
#[derive(Debug, Default)]
struct Memory {
    length: usize,
    /// Start and length of what is free.
    free: Vec<(usize, usize)>,
}

impl Memory {
    /// Takes the smallest free place that holds `count` numbers, or a new one.
    fn take(&mut self, count: usize) -> usize {
        let fits = |(_, (_, length)): &(usize, &(usize, usize))| *length >= count;
        let best = self.free.iter().enumerate().filter(fits).min_by_key(|(_, (_, length))| *length);
        let Some((place, _)) = best else {
            self.length = self.length.saturating_add(count);
            return self.length - count;
        };
        let (start, length) = self.free.swap_remove(place);
        if length > count {
            self.free.push((start + count, length - count));
        }
        start
    }

    /// Gives a place back; free places that touch become one.
    fn give_back(&mut self, start: usize, length: usize) {
        self.free.push((start, length));
        self.free.sort_unstable();
        let mut merged: Vec<(usize, usize)> = Vec::with_capacity(self.free.len());
        for (start, length) in self.free.drain(..) {
            match merged.last_mut() {
                Some((before, so_far)) if before.checked_add(*so_far) == Some(start) => *so_far += length,
                _ => merged.push((start, length)),
            }
        }
        self.free = merged;
    }
}
