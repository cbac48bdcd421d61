//! Bytes at hand become batches of numbers; with a processor to spare the next batch does so while this one is computed.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use tch::Tensor as Live;

use super::samples::as_size;
use crate::emit::{BatchBuffer, TorchFault};

/// Numbers of a batch from which on it is worth handing to another thread, which takes some microseconds.
const WORTH: usize = 1 << 17;

/// Samples as bytes, in memory.
#[derive(Debug)]
pub(super) struct BatchLoader {
    pixels: Arc<HostPixels>,
    /// What was loaded last.
    canvas: BatchBuffer,
    /// What was loaded before that.
    spare: BatchBuffer,
    prefetch: Option<Prefetch>,
}

/// Sample after sample, `neurons` bytes each.
#[derive(Debug)]
struct HostPixels {
    bytes: Vec<u8>,
    neurons: usize,
}

/// Which samples a batch has: R · B of them, run after run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BatchIndex {
    /// Places among all samples.
    pub(super) index: Vec<i64>,
    /// R.
    pub(super) runs: usize,
}

/// A thread that loads, until nobody can ask it any more.
#[derive(Debug)]
struct Prefetch {
    asked: Sender<(BatchBuffer, BatchIndex)>,
    loaded: Receiver<(BatchBuffer, BatchIndex, Result<Live, TorchFault>)>,
    /// Whether it was asked for something that was not yet fetched.
    busy: bool,
}

impl BatchLoader {
    /// Takes samples of `neurons` bytes.
    pub(super) fn new(bytes: Vec<u8>, neurons: usize) -> Self {
        let pixels = Arc::new(HostPixels { bytes, neurons });
        Self { pixels, canvas: BatchBuffer::new(), spare: BatchBuffer::new(), prefetch: None }
    }

    /// Returns all bytes.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.pixels.bytes
    }

    /// Returns the chosen samples as numbers in [0, 1], R × B × N. The next call may write over them.
    ///
    /// # Errors
    ///
    /// What libtorch refuses.
    pub(super) fn load(&mut self, chosen: &BatchIndex) -> Result<Live, TorchFault> {
        if let Some((canvas, ready, x)) = self.prefetch.as_mut().and_then(Prefetch::fetch) {
            self.spare = std::mem::replace(&mut self.canvas, canvas);
            if ready == *chosen {
                return x;
            }
        }
        self.pixels.load(&mut self.canvas, chosen)
    }

    /// Has these samples loaded meanwhile, if they are many: they are what is asked for next.
    pub(super) fn prepare(&mut self, chosen: BatchIndex) {
        if chosen.index.len().saturating_mul(self.pixels.neurons) < WORTH {
            return;
        }
        if self.prefetch.is_none() {
            self.prefetch = Prefetch::start(&self.pixels);
        }
        if let Some(prefetch) = self.prefetch.as_mut().filter(|prefetch| !prefetch.busy) {
            prefetch.busy = prefetch.asked.send((std::mem::take(&mut self.spare), chosen)).is_ok();
        }
    }
}

impl HostPixels {
    fn load(&self, canvas: &mut BatchBuffer, chosen: &BatchIndex) -> Result<Live, TorchFault> {
        let (neurons, runs) = (self.neurons, chosen.runs);
        let sizes = [as_size(runs), as_size(chosen.index.len() / runs.max(1)), as_size(neurons)];
        let place = |sample: i64| usize::try_from(sample).unwrap_or(usize::MAX).saturating_mul(neurons);
        let row = |sample: &i64| self.bytes.get(place(*sample)..place(*sample).saturating_add(neurons));
        canvas.paint(sizes, chosen.index.iter().filter_map(row))
    }
}

impl Prefetch {
    /// Starts the thread; where the system has none left, batches are loaded when they are asked for.
    fn start(pixels: &Arc<HostPixels>) -> Option<Self> {
        let pixels = Arc::clone(pixels);
        let (asked, asks) = channel::<(BatchBuffer, BatchIndex)>();
        let (loads, loaded) = channel();
        let work = move || {
            for (mut canvas, chosen) in asks {
                let x = pixels.load(&mut canvas, &chosen);
                if loads.send((canvas, chosen, x)).is_err() {
                    return;
                }
            }
        };
        thread::Builder::new().name("batches".to_owned()).spawn(work).ok()?;
        Some(Self { asked, loaded, busy: false })
    }

    /// Waits for what it was asked for, if anything.
    fn fetch(&mut self) -> Option<(BatchBuffer, BatchIndex, Result<Live, TorchFault>)> {
        if std::mem::take(&mut self.busy) { self.loaded.recv().ok() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEURONS: usize = 1024;

    fn loader() -> BatchLoader {
        BatchLoader::new((0..251).cycle().take(64 * NEURONS).collect(), NEURONS)
    }

    /// 128 samples, as many as are worth preparing.
    fn chosen(step: i64) -> BatchIndex {
        BatchIndex { index: (0..128).map(|at| (at * 5 + step) % 64).collect(), runs: 2 }
    }

    fn numbers(x: &Live) -> Vec<f32> {
        Vec::try_from(x.reshape(-1)).unwrap()
    }

    #[test]
    fn a_batch_made_ready_is_the_one_that_is_asked_for() {
        let (mut alone, mut ahead) = (loader(), loader());
        for step in 0..6 {
            let wanted = alone.load(&chosen(step)).unwrap();
            let found = ahead.load(&chosen(step)).unwrap();
            // another batch than what comes next is loaded anew
            ahead.prepare(chosen(if step == 3 { 40 } else { step + 1 }));
            assert!(ahead.prefetch.as_ref().is_some_and(|prefetch| prefetch.busy));
            assert_eq!(found.size(), [2, 64, 1024]);
            assert_eq!(numbers(&found), numbers(&wanted), "step {step}");
        }
    }

    #[test]
    fn what_is_in_use_is_not_painted_over() {
        let mut loader = loader();
        let x = loader.load(&chosen(0)).unwrap();
        let before = numbers(&x);
        loader.prepare(chosen(1));
        drop(loader.prefetch.as_mut().and_then(Prefetch::fetch));
        assert_eq!(numbers(&x), before);
    }

    #[test]
    fn few_numbers_are_not_worth_a_thread() {
        let mut loader = loader();
        loader.prepare(BatchIndex { index: vec![0; 4], runs: 1 });
        assert!(loader.prefetch.is_none());
    }
}
