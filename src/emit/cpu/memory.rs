//! Where the numbers of a program lie: its own memory, tensors that are known before, and results.

use std::ops::Range;

use tch::{Kind, Tensor as Live};

use crate::emit::device::Place;
use crate::emit::fault::TorchFault;
use crate::emit::ffi::Block;
use crate::emit::torch::size;

/// A tensor's numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    /// In the program's memory.
    Own { start: usize, count: usize },
    /// All of a tensor that lies elsewhere.
    Elsewhere(usize),
    /// The samples as they come.
    Samples,
}

/// All memory that a program reads and writes.
#[derive(Debug)]
pub(in crate::emit) struct Memory {
    own: Option<Block>,
    elsewhere: Vec<Option<Block>>,
}

/// What one launch reads: all memory but what it writes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reads<'a> {
    before: &'a [f32],
    behind: &'a [f32],
    /// Where `behind` begins.
    from: usize,
    elsewhere: &'a [Option<Block>],
    samples: &'a [f32],
}

impl Memory {
    /// Makes memory of `count` numbers, or takes that of another program where it is large enough; the two must never run at the
    /// same time.
    pub(super) fn new(count: usize, other: Option<&Self>) -> Result<Self, TorchFault> {
        let lent = other.and_then(|other| other.own.as_ref()).map(Block::live).filter(|live| live.numel() >= count);
        let live = match lent {
            Some(live) => live.shallow_clone(),
            // every number is written before it is read
            None => Live::f_empty([size(count)], (Kind::Float, Place::CPU.device))?,
        };
        // no block where there is nothing to hold
        let own = if count == 0 { None } else { Some(block(&live)?) };
        Ok(Self { own, elsewhere: Vec::new() })
    }

    /// Returns the same memory without what lies elsewhere.
    pub(super) fn alone(self) -> Self {
        Self { elsewhere: Vec::new(), ..self }
    }

    /// Takes in a tensor that lies elsewhere.
    pub(super) fn take_in(&mut self, live: &Live) -> Result<Slot, TorchFault> {
        self.elsewhere.push(if live.numel() == 0 { None } else { Some(block(live)?) });
        Ok(Slot::Elsewhere(self.elsewhere.len() - 1))
    }

    /// Gives a tensor's numbers to `make`, which may read all others meanwhile; returns nothing where there are none.
    pub(super) fn write<T>(
        &mut self,
        slot: Slot,
        samples: &[f32],
        make: impl FnOnce(Reads<'_>, &mut [f32]) -> T,
    ) -> Option<T> {
        match slot {
            Slot::Own { start, count } => {
                let (before, rest) = self.own.as_mut()?.numbers_mut().split_at_mut_checked(start)?;
                let (out, behind) = rest.split_at_mut_checked(count)?;
                let reads = Reads { before, behind, from: start + count, elsewhere: &self.elsewhere, samples };
                Some(make(reads, out))
            }
            Slot::Elsewhere(place) => {
                let mut block = self.elsewhere.get_mut(place)?.take()?;
                let before = self.own.as_ref().map_or(&[] as &[f32], Block::numbers);
                let reads = Reads { before, behind: &[], from: before.len(), elsewhere: &self.elsewhere, samples };
                let result = make(reads, block.numbers_mut());
                self.elsewhere[place] = Some(block);
                Some(result)
            }
            Slot::Samples => None,
        }
    }

    /// Gives the numbers of three tensors that lie elsewhere to `make`, which may read all others meanwhile.
    pub(super) fn write_three(
        &mut self,
        slots: [Slot; 3],
        make: impl FnOnce(Reads<'_>, [&mut [f32]; 3]),
    ) -> Result<(), TorchFault> {
        let mut blocks = [None, None, None];
        for (block, slot) in blocks.iter_mut().zip(slots) {
            let Slot::Elsewhere(place) = slot else { return Err(not_plain()) };
            *block = self.elsewhere.get_mut(place).and_then(Option::take);
        }
        let before = self.own.as_ref().map_or(&[] as &[f32], Block::numbers);
        let reads = Reads { before, behind: &[], from: before.len(), elsewhere: &self.elsewhere, samples: &[] };
        let done = match &mut blocks {
            [Some(one), Some(two), Some(three)] => {
                make(reads, [one.numbers_mut(), two.numbers_mut(), three.numbers_mut()]);
                Ok(())
            }
            _ => Err(not_plain()),
        };
        for (block, slot) in blocks.into_iter().zip(slots) {
            if let (Some(block), Slot::Elsewhere(place)) = (block, slot) {
                self.elsewhere[place] = Some(block);
            }
        }
        done
    }

    /// Returns the numbers of a tensor of these sizes as libtorch sees them.
    pub(super) fn view(&self, slot: Slot, sizes: &[usize]) -> Result<Live, TorchFault> {
        let sizes: Vec<i64> = sizes.iter().copied().map(size).collect();
        let (block, range) = match slot {
            Slot::Own { start, count } => (self.own.as_ref(), start..start + count),
            Slot::Elsewhere(place) => {
                let block = self.elsewhere.get(place).and_then(Option::as_ref);
                (block, 0..block.map_or(0, |block| block.numbers().len()))
            }
            Slot::Samples => (None, 0..0),
        };
        let block = block.ok_or_else(not_plain)?;
        let Range { start, end } = range;
        Ok(block.live().f_view(-1)?.f_narrow(0, size(start), size(end - start))?.f_view(sizes.as_slice())?)
    }
}

impl<'a> Reads<'a> {
    /// Returns a tensor's numbers; none where they are what is being written.
    pub(super) fn numbers(self, slot: Slot) -> &'a [f32] {
        match slot {
            Slot::Own { start, count } => {
                let before = self.before.get(start..start + count);
                before.or_else(|| self.behind.get(start.checked_sub(self.from)?..)?.get(..count)).unwrap_or_default()
            }
            Slot::Elsewhere(place) => {
                self.elsewhere.get(place).and_then(Option::as_ref).map_or(&[], |block| block.numbers())
            }
            Slot::Samples => self.samples,
        }
    }
}

#[allow(unsafe_code)]
fn block(live: &Live) -> Result<Block, TorchFault> {
    // SAFETY: rows, and what is made of them beforehand, are written between steps only; a program's own memory is written by its
    // launches alone, or by those of a program beside it, and these are run one after the other, by one thread.
    unsafe { Block::of(live.f_contiguous()?) }.ok_or_else(not_plain)
}

fn not_plain() -> TorchFault {
    TorchFault::bug("has numbers that are not plain")
}
