//! Where each tensor's numbers are: in the program's memory, in which places are given out anew, elsewhere, or nowhere.

use tch::Tensor as Live;

use super::schedule::Schedule;
use super::writer::Home;
use crate::emit::walk::{Given, Walk};
use crate::plan::{Op, Plan, TensorId};

/// Numbers that a program's memory, or a tensor that it reads, may hold: places are counted in 32 bits.
const MOST: usize = 1 << 31;
/// Numbers between which a tensor's memory begins: 256 bytes, as libtorch has it.
const STEP: usize = 64;

/// Settles where each tensor's numbers are, and how many the program holds; returns also what is read from elsewhere.
pub(super) fn settle(
    given: Given<'_>,
    walk: &Walk,
    wanted: &[TensorId],
    schedule: &Schedule,
) -> Option<(Vec<Home>, usize, Vec<Live>)> {
    let mut homes = vec![Home::None; given.plan.tensors().len()];
    let mut guests = Vec::new();
    for (id, tensor) in given.plan.numbered() {
        let Some(live) = given.known.get(id).filter(|_| !matches!(tensor.op, Op::Constant { .. })) else { continue };
        let live = live.f_contiguous().ok().filter(|live| live.numel() < MOST)?;
        homes[id.index()] = Home::Address(live.data_ptr() as u64);
        guests.push(live);
    }
    let until = last_waves(given.plan, walk, wanted, schedule);
    let mut room = Room::default();
    for (number, wave) in schedule.waves.iter().enumerate() {
        for id in wave.own.iter().chain(&wave.torch) {
            let count: usize = schedule.sizes[id.index()].iter().product();
            homes[id.index()] = Home::Own(room.take(count.next_multiple_of(STEP), until[id.index()]));
        }
        room.free_after(number);
    }
    (room.length < MOST).then_some((homes, room.length, guests))
}

/// Returns for each tensor that is laid down the last wave that reads it.
fn last_waves(plan: &Plan, walk: &Walk, wanted: &[TensorId], schedule: &Schedule) -> Vec<usize> {
    let mut made = vec![0; plan.tensors().len()];
    for (number, wave) in schedule.waves.iter().enumerate() {
        wave.own.iter().chain(&wave.torch).for_each(|id| made[id.index()] = number);
    }
    let mut until = vec![0; made.len()];
    for id in wanted {
        until[id.index()] = usize::MAX;
    }
    for id in walk.order().collect::<Vec<_>>().into_iter().rev() {
        let read = if schedule.stored[id.index()] { made[id.index()] } else { until[id.index()] };
        for operand in &plan.tensor(id).operands {
            until[operand.index()] = until[operand.index()].max(read);
        }
    }
    until
}

/// Places in memory, given out anew when nobody needs what was there.
#[derive(Debug, Default)]
struct Room {
    length: usize,
    /// Init and length of what is free.
    free: Vec<(usize, usize)>,
    /// Init and length of what is taken, and the last wave that needs it.
    taken: Vec<(usize, usize, usize)>,
}

impl Room {
    fn take(&mut self, count: usize, until: usize) -> usize {
        let fits = |(_, (_, length)): &(usize, &(usize, usize))| *length >= count;
        let best =
            self.free.iter().enumerate().filter(fits).min_by_key(|(_, (_, length))| *length).map(|(place, _)| place);
        let start = if let Some(place) = best {
            let (start, length) = self.free.swap_remove(place);
            if length > count {
                self.free.push((start + count, length - count));
            }
            start
        } else {
            self.length += count;
            self.length - count
        };
        self.taken.push((start, count, until));
        start
    }

    fn free_after(&mut self, wave: usize) {
        let free = &mut self.free;
        self.taken.retain(|(start, length, until)| {
            let kept = *until > wave;
            if !kept {
                free.push((*start, *length));
            }
            kept
        });
    }
}
