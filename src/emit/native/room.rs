//! Where the numbers of each tensor lie: blocks that are kept from step to step and taken over by a later tensor once nobody
//! needs the one before.

use std::collections::VecDeque;

use tch::{Kind, Tensor as Live};

use crate::emit::abi::Block;
use crate::emit::device::Place;
use crate::emit::fault::TorchFault;
use crate::emit::ops::size;

/// All blocks of a program.
#[derive(Debug, Default)]
pub(super) struct Room {
    blocks: Vec<Option<Block>>,
    free: Vec<usize>,
    /// What was made for this room, in its order.
    made: Vec<Live>,
    /// What another room has made and lets this one use.
    lent: VecDeque<Live>,
}

/// A tensor's numbers: the first `count` of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    block: usize,
    count: usize,
}

impl Room {
    /// Makes a room in the memory of another, as far as that goes. The two must never be used at the same time, and neither may
    /// count on what it left there.
    pub(super) fn beside(other: &Self) -> Self {
        Self { lent: other.made.iter().map(Live::shallow_clone).collect(), ..Self::default() }
    }

    /// Takes in a tensor that lies elsewhere, and whose block is never taken over.
    #[allow(unsafe_code)]
    pub(super) fn guest(&mut self, live: &Live) -> Result<Slot, TorchFault> {
        // SAFETY: rows, and what is made of them beforehand, are written between steps only; a room's own memory is written by the
        // steps of its program alone, or of one beside it, and those are run one after the other, by one thread.
        let block = unsafe { Block::of(live.f_contiguous()?) }.ok_or_else(not_plain)?;
        let count = block.numbers().len();
        self.blocks.push(Some(block));
        Ok(Slot { block: self.blocks.len() - 1, count })
    }

    /// Finds room for `count` numbers: the smallest free block that holds them and is not twice as large, or a new one.
    pub(super) fn take(&mut self, count: usize) -> Result<Slot, TorchFault> {
        let length = |block: usize| self.blocks[block].as_ref().map_or(0, |block| block.numbers().len());
        let holds = |block: usize| (count..=count.saturating_mul(2)).contains(&length(block));
        let found = (0..self.free.len()).filter(|at| holds(self.free[*at])).min_by_key(|at| length(self.free[*at]));
        if let Some(best) = found {
            return Ok(Slot { block: self.free.swap_remove(best), count });
        }
        let live = match self.lent.pop_front().filter(|live| live.numel() == count) {
            Some(live) => live,
            None => Live::f_zeros([size(count)], (Kind::Float, Place::CPU.device))?,
        };
        self.made.push(live.shallow_clone());
        self.guest(&live)
    }

    /// Gives a block back: later tensors may lie there.
    pub(super) fn free(&mut self, slot: Slot) {
        self.free.push(slot.block);
    }

    /// Returns a tensor's numbers.
    pub(super) fn read(&self, slot: Slot) -> &[f32] {
        self.blocks[slot.block].as_ref().map_or(&[], |block| &block.numbers()[..slot.count])
    }

    /// Gives a tensor's numbers to `make`, which may look at all others meanwhile.
    pub(super) fn write<T>(&mut self, slot: Slot, make: impl FnOnce(&Self, &mut [f32]) -> T) -> Option<T> {
        let mut block = self.blocks[slot.block].take()?;
        let result = make(self, &mut block.numbers_mut()[..slot.count]);
        self.blocks[slot.block] = Some(block);
        Some(result)
    }

    /// Returns the numbers of a tensor of these sizes as libtorch sees them.
    pub(super) fn view(&self, slot: Slot, sizes: &[usize]) -> Result<Live, TorchFault> {
        let block = self.blocks[slot.block].as_ref().ok_or_else(not_plain)?;
        let sizes: Vec<i64> = sizes.iter().copied().map(size).collect();
        Ok(block.live().f_view(-1)?.f_narrow(0, 0, size(slot.count))?.f_view(sizes.as_slice())?)
    }
}

fn not_plain() -> TorchFault {
    TorchFault { message: "a tensor's numbers are not plain: a bug in gemc, please report it".to_owned() }
}
