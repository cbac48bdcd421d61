//! Runs side by side: a program for each, which reads and writes the numbers of its own run, shared out among threads. So run k of
//! R is computed as it would be alone, and each goes through its whole step while its numbers are in the nearest caches.

use tch::{Tensor as Live, no_grad_guard};

use super::{Batch, Memory, Run};
use crate::emit::fault::TorchFault;
use crate::emit::ffi::numbers;
use crate::emit::sample_batch::SampleBatch;
use crate::emit::threads::{OneThread, Threads, alone, side_by_side};
use crate::emit::torch::{EvalContext, Frame, Scalars, size};
use crate::plan::{Plan, Sizes, TensorId};
use crate::program::Home;

/// The programs of all runs, and what they make: tensors of all runs.
#[derive(Debug)]
pub(in crate::emit) struct Replicas {
    each: Vec<Run>,
    sizes: Sizes,
    threads: usize,
    /// In the order of their ids.
    results: Vec<(TensorId, Live)>,
}

/// Hears of each tensor when it is made.
pub(in crate::emit) type Made<'a> = &'a mut dyn FnMut(TensorId);

impl Replicas {
    /// Returns `last` if it still fits `given` and the number of threads, else new programs made for them, which work in the memory of the
    /// last ones as far as that goes; `wanted` is what they make.
    ///
    /// # Errors
    ///
    /// What libtorch refuses: memory.
    pub(in crate::emit) fn fitting(
        last: Option<Self>,
        given: EvalContext<'_>,
        wanted: &[TensorId],
    ) -> Result<Self, TorchFault> {
        let threads = Threads::count();
        match last {
            Some(runs) if runs.sizes == given.frame.sizes && runs.threads == threads => Ok(runs),
            last => Self::new(given, wanted, threads, &last.map(Self::into_memory).unwrap_or_default()),
        }
    }

    /// Makes programs that work in `lent` memory, as far as that goes.
    ///
    /// # Errors
    ///
    /// What libtorch refuses: memory.
    pub(in crate::emit) fn in_memory(
        lent: &[Memory],
        given: EvalContext<'_>,
        wanted: &[TensorId],
    ) -> Result<Self, TorchFault> {
        Self::new(given, wanted, Threads::count(), lent)
    }

    /// Returns the memory that the programs have worked in, one for each thread: no two of them are the same.
    pub(in crate::emit) fn into_memory(self) -> Vec<Memory> {
        let share = share(self.sizes.runs, self.threads);
        self.each.into_iter().step_by(share).map(|first| first.memory.alone()).collect()
    }

    fn new(given: EvalContext<'_>, wanted: &[TensorId], threads: usize, lent: &[Memory]) -> Result<Self, TorchFault> {
        let sizes = given.frame.sizes;
        let result = |id: &TensorId| -> Result<(TensorId, Live), TorchFault> {
            let lengths: Vec<i64> = given.plan.tensor(*id).shape.at(sizes).into_iter().map(size).collect();
            Ok((*id, Live::f_zeros(lengths, given.frame.place.options())?))
        };
        let frame = Frame { sizes: Sizes { runs: 1, ..sizes }, ..given.frame };
        let program = EvalContext { frame, ..given }.program(wanted, frame.place.target());
        // rows are updated in place
        let outside = program.results().iter().filter(|id| !matches!(program.home(**id), Home::Row(_)));
        let results = outside.map(result).collect::<Result<Vec<_>, _>>()?;
        let (inner, share) = ((threads / sizes.runs.max(1)).max(1), share(sizes.runs, threads));
        let mut each: Vec<Run> = Vec::with_capacity(sizes.runs);
        for run in 0..sizes.runs {
            let known = given.known.of_run(given.plan, run)?;
            let own = results.iter().map(|(id, live)| Ok((*id, live.f_narrow(0, size(run), 1)?)));
            let own = own.collect::<Result<Vec<_>, TorchFault>>()?;
            // those that one thread makes one after the other share their memory, which then stays in its caches
            let first = each.get(run - run % share).map(|first| &first.memory);
            let given = EvalContext { known: &known, frame, ..given };
            each.push(Run::new(given, &program, &own, inner, first.or(lent.get(run / share)))?);
        }
        Ok(Self { each, sizes, threads, results })
    }

    /// Makes all tensors but rows for a batch. Who watches has the runs made one after the other.
    ///
    /// # Errors
    ///
    /// Names the tensor whose computation libtorch refuses.
    #[allow(unsafe_code)]
    pub(in crate::emit) fn run(
        &mut self,
        plan: &Plan,
        (batch, scalars): (SampleBatch<'_>, Scalars),
        watch: Option<Made<'_>>,
    ) -> Result<(), TorchFault> {
        let classes = |labels: Option<&Live>| match labels {
            None => Ok(Vec::new()),
            Some(labels) => Ok::<_, TorchFault>(Vec::<i64>::try_from(&labels.f_reshape(-1)?)?),
        };
        let whole = batch.x.f_contiguous()?;
        let support = batch.support.map(|(x, _)| x.f_contiguous()).transpose()?;
        let labels = [classes(batch.labels)?, classes(batch.support.map(|(_, labels)| labels))?];
        // SAFETY: nobody writes the batch while a step is made of it.
        let x = unsafe { [numbers(&whole), support.as_ref().map_or(&[], |x| numbers(x))] };
        let (runs, size) = (self.each.len().max(1), self.sizes.batch);
        self.each_run(watch, |run, (place, made)| {
            let x = x.map(|x| own(x, place, runs));
            let labels = [own(&labels[0], place, runs), own(&labels[1], place, runs)];
            run.run(plan, Batch { x, labels, scalars, size }, made)
        })
    }

    /// Updates the rows of all runs, once all else is made.
    ///
    /// # Errors
    ///
    /// A bug in gemc: a row that is not plain.
    pub(in crate::emit) fn update(&mut self, watch: Option<Made<'_>>) -> Result<(), TorchFault> {
        self.each_run(watch, |run, (_, made)| run.update(made))
    }

    /// Does some work for each run, shared out among threads unless someone watches.
    fn each_run(
        &mut self,
        watch: Option<Made<'_>>,
        work: impl Fn(&mut Run, (usize, Made<'_>)) -> Result<(), TorchFault> + Sync,
    ) -> Result<(), TorchFault> {
        if watch.is_some() || self.threads.min(self.each.len()) < 2 {
            let mut nobody = |_: TensorId| {};
            let made = watch.unwrap_or(&mut nobody);
            return self.each.iter_mut().enumerate().try_for_each(|(place, run)| work(run, (place, made)));
        }
        let share = share(self.each.len(), self.threads);
        let mut told: Vec<Result<(), TorchFault>> = Vec::new();
        told.resize_with(self.each.len().div_ceil(share), || Ok(()));
        let parts = self.each.chunks_mut(share).zip(&mut told).enumerate();
        let _guard = OneThread::new();
        side_by_side(parts, |(part, (runs, told))| {
            let _guard = no_grad_guard();
            alone();
            let mut runs = runs.iter_mut().enumerate();
            *told = runs.try_for_each(|(place, run)| work(run, (part * share + place, &mut |_| {})));
        });
        told.into_iter().collect()
    }

    /// Returns a wanted tensor of all runs; the next call writes over it.
    pub(in crate::emit) fn view(&self, id: TensorId) -> Option<Live> {
        let place = self.results.binary_search_by_key(&id, |(wanted, _)| *wanted).ok()?;
        self.results.get(place).map(|(_, live)| live.shallow_clone())
    }
}

/// Returns the part of one run.
fn own<T>(all: &[T], run: usize, runs: usize) -> &[T] {
    let each = all.len() / runs;
    all.get(run * each..(run + 1) * each).unwrap_or_default()
}

/// Returns how many runs each thread makes at most.
fn share(runs: usize, threads: usize) -> usize {
    runs.div_ceil(threads.clamp(1, runs.max(1))).max(1)
}
