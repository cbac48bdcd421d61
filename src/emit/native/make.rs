//! Plan → program: who lies where, and how each tensor is made, settled once for one R and B.

use tch::Tensor as Live;

use super::compute::Compute;
use super::fuse::{Group, groups};
use super::product::{Product, Scratch};
use super::room::{Room, Slot};
use super::{How, Program, Side, Step};
use crate::emit::fault::TorchFault;
use crate::emit::walk::{Given, Walk};
use crate::plan::{Bilinear, Op, Plan, Tensor, TensorId};

/// A program while it is made.
struct Making<'a> {
    given: Given<'a>,
    /// Where what is wanted is to lie, in the order of ids.
    results: &'a [(TensorId, Live)],
    room: Room,
    slots: Vec<Option<Slot>>,
    /// For each tensor the one whose numbers it is.
    owner: Vec<usize>,
    /// For each owner the last step that needs it.
    last: Vec<usize>,
    /// What is fused into each tensor's making.
    groups: Vec<Option<Group>>,
    /// Whether a tensor is fused into another's making.
    inside: Vec<bool>,
    /// Whether the sample is left as it comes.
    as_it_comes: bool,
}

impl Program {
    /// Settles how a walk is gone for the B of `given`, a single run, and with so many threads; what is wanted is made where the
    /// tensors of `results` lie, which are in the order of ids. It works in the memory of the program `beside` it, if there
    /// is one, and never at the same time.
    ///
    /// # Errors
    ///
    /// What libtorch refuses: memory.
    pub(super) fn new(
        given: Given<'_>,
        walk: &Walk,
        results: &[(TensorId, Live)],
        threads: usize,
        beside: Option<&Self>,
    ) -> Result<Self, TorchFault> {
        let wanted: Vec<TensorId> = results.iter().map(|(id, _)| *id).collect();
        let plan = given.plan;
        let owner = owners(plan);
        let (groups, inside) = groups(plan, walk, &wanted, given.frame.sizes);
        let room = beside.map_or_else(Room::default, |other| Room::beside(&other.room));
        let (slots, last) = (vec![None; owner.len()], vec![0; owner.len()]);
        let as_it_comes = only_multiplied(plan, walk);
        let mut making = Making { given, results, room, slots, owner, last, groups, inside, as_it_comes };
        making.note_last_uses(walk, &wanted);
        let mut steps = Vec::new();
        for (id, _) in plan.numbered() {
            making.greet(id)?;
        }
        for id in walk.order().filter(|id| !making.inside[id.index()]).collect::<Vec<_>>() {
            steps.extend(making.step(id)?);
        }
        let mut copies = Vec::new();
        for (id, live) in results.iter().filter(|(id, _)| !making.in_place(*id)) {
            copies.push((making.view(*id)?, live.shallow_clone()));
        }
        let (room, scratch) = (making.room, Scratch::default());
        Ok(Self { frame: given.frame, threads, room, scratch, steps, copies })
    }
}

impl Making<'_> {
    /// Notes which step is the last to read each owner's numbers; what is wanted is needed to the end.
    fn note_last_uses(&mut self, walk: &Walk, wanted: &[TensorId]) {
        for id in walk.order().filter(|id| !self.inside[id.index()]) {
            for operand in reads(self.given.plan, &self.groups, id) {
                self.last[self.owner[operand.index()]] = id.index();
            }
        }
        for id in wanted {
            self.last[self.owner[id.index()]] = usize::MAX;
        }
    }

    /// Takes in a tensor that is known beforehand, and that someone may read.
    fn greet(&mut self, id: TensorId) -> Result<(), TorchFault> {
        if let Some(live) = self.given.known.get(id) {
            let slot = self.room.guest(live)?;
            self.last[self.owner[id.index()]] = usize::MAX;
            self.slots[id.index()] = Some(slot);
        }
        Ok(())
    }

    /// Finds a place for a tensor and a way to make it; none where its numbers are another's, or always the same.
    fn step(&mut self, id: TensorId) -> Result<Option<Step>, TorchFault> {
        let plan = self.given.plan;
        let tensor = plan.tensor(id);
        let sizes = self.sizes(tensor);
        if self.owner[id.index()] != id.index() {
            self.slots[id.index()] = self.slot(tensor.operands[0]);
            return Ok(None);
        }
        if let Op::Constant { value, .. } = tensor.op {
            let lengths: Vec<i64> = sizes.iter().copied().map(crate::emit::ops::size).collect();
            let live = Live::f_full(lengths, value, self.given.frame.place.options())?;
            self.last[id.index()] = usize::MAX;
            self.slots[id.index()] = Some(self.room.guest(&live)?);
            return Ok(None);
        }
        if self.comes(id) {
            return Ok(None);
        }
        let out = match self.results.binary_search_by_key(&id, |(wanted, _)| *wanted) {
            Ok(place) => self.room.guest(&self.results[place].1)?,
            Err(_) => self.room.take(sizes.iter().product())?,
        };
        self.slots[id.index()] = Some(out);
        let read = reads(plan, &self.groups, id);
        let operands = read.iter().filter_map(|id| self.slot(*id)).collect();
        let how = match self.groups[id.index()].take() {
            Some(group) => How::Compute(Compute::Fused(group.fused)),
            None => self.how(id, tensor, out)?,
        };
        self.release(id, &read);
        Ok(Some(Step { make: id, out, operands, how }))
    }

    fn how(&self, id: TensorId, tensor: &Tensor, out: Slot) -> Result<How, TorchFault> {
        let (plan, sizes) = (self.given.plan, self.sizes(tensor));
        let operands: Vec<Vec<usize>> = tensor.operands.iter().map(|id| self.sizes(plan.tensor(*id))).collect();
        let operands: Vec<&[usize]> = operands.iter().map(Vec::as_slice).collect();
        Ok(match (&tensor.op, tensor.operands.as_slice()) {
            (Op::Sample { neurons }, _) => How::Sample { neurons: *neurons },
            (Op::Labels { classes }, _) => How::Labels { classes: *classes },
            (Op::MatMul { transpose_left, transpose_right }, names) => {
                self.product(names, [*transpose_left, *transpose_right], &sizes)?
            }
            (Op::LocalConv(over, field), _) => {
                let (runs, length) = (self.given.frame.sizes.runs, behind(*over, &operands));
                How::Window { over: *over, field: **field, runs, length }
            }
            (Op::Sparse(over, wires), _) => {
                let (runs, length) = (self.given.frame.sizes.runs, behind(*over, &operands));
                How::Joined { over: *over, wires: wires.clone(), runs, length }
            }
            (Op::Gather(wires), _) => How::Gather(wires.clone()),
            (Op::Scatter(wires), _) => How::Scatter(wires.clone()),
            (_, names) => match Compute::of(&tensor.op, &operands, &sizes) {
                Some(compute) => How::Compute(compute),
                None => How::Torch {
                    operands: names.iter().map(|id| self.view(*id)).collect::<Result<_, _>>()?,
                    prepared: self.given.prepared.get(id).map(Live::shallow_clone),
                    out: self.room.view(out, &sizes)?,
                },
            },
        })
    }

    /// Finds who multiplies, whatever the number of threads, which may change no digit.
    fn product(&self, names: &[TensorId], turned: [bool; 2], sizes: &[usize]) -> Result<How, TorchFault> {
        let (&[left, right], &[_, rows, columns]) = (names, sizes) else { return Err(missing(names)) };
        let lies = self.sizes(self.given.plan.tensor(left));
        let inner = lies.get(if turned[0] { 1 } else { 2 }).copied().unwrap_or(1);
        // the sample as it comes is the transpose of what the plan has
        let [left_turned, right_turned] = [turned[0] != self.comes(left), turned[1] != self.comes(right)];
        let product = Product { rows, inner, columns, left_turned, right_turned };
        Ok(How::Product { product, ours: product.is_ours(), factors: [self.side(left)?, self.side(right)?] })
    }

    /// Tells whether a wanted tensor is made where it is wanted: not where its numbers are another's, or never change.
    fn in_place(&self, id: TensorId) -> bool {
        let op = &self.given.plan.tensor(id).op;
        let always = self.given.known.get(id).is_some() || matches!(op, Op::Constant { .. });
        self.owner[id.index()] == id.index() && !always && !self.comes(id)
    }

    /// Tells whether this is the sample as it comes.
    fn comes(&self, id: TensorId) -> bool {
        matches!(self.given.plan.tensor(id).op, Op::Sample { .. }) && self.as_it_comes
    }

    fn side(&self, id: TensorId) -> Result<Side, TorchFault> {
        let kept = || self.slot(id).map(Side::Kept).ok_or_else(|| missing(&[id]));
        if self.comes(id) { Ok(Side::Sample) } else { kept() }
    }

    /// Gives back the places of all operands that nobody needs any more.
    fn release(&mut self, id: TensorId, operands: &[TensorId]) {
        let mut done: Vec<usize> = operands.iter().map(|operand| self.owner[operand.index()]).collect();
        done.sort_unstable();
        done.dedup();
        for owner in done {
            if self.last[owner] == id.index()
                && let Some(slot) = self.slots[owner]
            {
                self.room.free(slot);
            }
        }
    }

    fn slot(&self, id: TensorId) -> Option<Slot> {
        self.slots[id.index()]
    }

    /// Returns an operand as libtorch sees it.
    fn view(&self, id: TensorId) -> Result<Live, TorchFault> {
        let sizes = self.sizes(self.given.plan.tensor(id));
        self.room.view(self.slot(id).ok_or_else(|| missing(&[id]))?, &sizes)
    }

    fn sizes(&self, tensor: &Tensor) -> Vec<usize> {
        tensor.shape.at(self.given.frame.sizes)
    }
}

fn missing(names: &[TensorId]) -> TorchFault {
    let names: Vec<String> = names.iter().map(TensorId::to_string).collect();
    TorchFault { message: format!("{} has no place: a bug in gemc, please report it", names.join(" or ")) }
}

/// Returns how many numbers stand behind a neuron that a sum goes over.
fn behind(over: Bilinear, operands: &[&[usize]]) -> usize {
    let behind = if over == Bilinear::WeightGradient { operands.first() } else { operands.get(1) };
    behind.and_then(|sizes| sizes.last()).copied().unwrap_or(1)
}

/// Returns for each tensor the one whose numbers it has, in the same order: itself, unless only its axes are other ones.
fn owners(plan: &Plan) -> Vec<usize> {
    let mut owner: Vec<usize> = Vec::with_capacity(plan.tensors().len());
    for (id, tensor) in plan.numbered() {
        let same = matches!(tensor.op, Op::Unsqueeze { .. } | Op::Squeeze { .. } | Op::Reshape { .. });
        let own = tensor.operands.first().filter(|_| same).map_or(id.index(), |operand| owner[operand.index()]);
        owner.push(own);
    }
    owner
}

/// Tells whether nothing but products of matrices reads the sample.
fn only_multiplied(plan: &Plan, walk: &Walk) -> bool {
    let sample = |id: &TensorId| matches!(plan.tensor(*id).op, Op::Sample { .. });
    let mut readers = walk.order().map(|id| plan.tensor(id)).filter(|tensor| tensor.operands.iter().any(sample));
    readers.all(|tensor| matches!(tensor.op, Op::MatMul { .. }))
}

/// Returns which tensors the making of one reads.
fn reads(plan: &Plan, groups: &[Option<Group>], id: TensorId) -> Vec<TensorId> {
    match &groups[id.index()] {
        Some(group) => group.inputs.clone(),
        None => plan.tensor(id).operands.to_vec(),
    }
}
