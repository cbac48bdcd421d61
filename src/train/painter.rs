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
pub(super) struct Painter {
    pixels: Arc<Pixels>,
    /// What was painted last.
    canvas: BatchBuffer,
    /// What was painted before that.
    spare: BatchBuffer,
    beside: Option<Beside>,
}

/// Sample after sample, `neurons` bytes each.
#[derive(Debug)]
struct Pixels {
    bytes: Vec<u8>,
    neurons: usize,
}

/// Which samples a batch has: R · B of them, run after run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chosen {
    /// Places among all samples.
    pub(super) index: Vec<i64>,
    /// R.
    pub(super) runs: usize,
}

/// A thread that paints, until nobody can ask it any more.
#[derive(Debug)]
struct Beside {
    asked: Sender<(BatchBuffer, Chosen)>,
    painted: Receiver<(BatchBuffer, Chosen, Result<Live, TorchFault>)>,
    /// Whether it was asked for something that was not yet fetched.
    busy: bool,
}

impl Painter {
    /// Takes samples of `neurons` bytes.
    pub(super) fn new(bytes: Vec<u8>, neurons: usize) -> Self {
        let pixels = Arc::new(Pixels { bytes, neurons });
        Self { pixels, canvas: BatchBuffer::new(), spare: BatchBuffer::new(), beside: None }
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
    pub(super) fn paint(&mut self, chosen: &Chosen) -> Result<Live, TorchFault> {
        if let Some((canvas, ready, x)) = self.beside.as_mut().and_then(Beside::fetch) {
            self.spare = std::mem::replace(&mut self.canvas, canvas);
            if ready == *chosen {
                return x;
            }
        }
        self.pixels.paint(&mut self.canvas, chosen)
    }

    /// Has these samples painted meanwhile, if they are many: they are what is asked for next.
    pub(super) fn prepare(&mut self, chosen: Chosen) {
        if chosen.index.len().saturating_mul(self.pixels.neurons) < WORTH {
            return;
        }
        if self.beside.is_none() {
            self.beside = Beside::start(&self.pixels);
        }
        if let Some(beside) = self.beside.as_mut().filter(|beside| !beside.busy) {
            beside.busy = beside.asked.send((std::mem::take(&mut self.spare), chosen)).is_ok();
        }
    }
}

impl Pixels {
    fn paint(&self, canvas: &mut BatchBuffer, chosen: &Chosen) -> Result<Live, TorchFault> {
        let (neurons, runs) = (self.neurons, chosen.runs);
        let sizes = [as_size(runs), as_size(chosen.index.len() / runs.max(1)), as_size(neurons)];
        let place = |sample: i64| usize::try_from(sample).unwrap_or(usize::MAX).saturating_mul(neurons);
        let row = |sample: &i64| self.bytes.get(place(*sample)..place(*sample).saturating_add(neurons));
        canvas.paint(sizes, chosen.index.iter().filter_map(row))
    }
}

impl Beside {
    /// Starts the thread; where the system has none left, batches are painted when they are asked for.
    fn start(pixels: &Arc<Pixels>) -> Option<Self> {
        let pixels = Arc::clone(pixels);
        let (asked, asks) = channel::<(BatchBuffer, Chosen)>();
        let (paints, painted) = channel();
        let work = move || {
            for (mut canvas, chosen) in asks {
                let x = pixels.paint(&mut canvas, &chosen);
                if paints.send((canvas, chosen, x)).is_err() {
                    return;
                }
            }
        };
        thread::Builder::new().name("batches".to_owned()).spawn(work).ok()?;
        Some(Self { asked, painted, busy: false })
    }

    /// Waits for what it was asked for, if anything.
    fn fetch(&mut self) -> Option<(BatchBuffer, Chosen, Result<Live, TorchFault>)> {
        if std::mem::take(&mut self.busy) { self.painted.recv().ok() } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEURONS: usize = 1024;

    fn painter() -> Painter {
        Painter::new((0..251).cycle().take(64 * NEURONS).collect(), NEURONS)
    }

    /// 128 samples, as many as are worth preparing.
    fn chosen(step: i64) -> Chosen {
        Chosen { index: (0..128).map(|at| (at * 5 + step) % 64).collect(), runs: 2 }
    }

    fn numbers(x: &Live) -> Vec<f32> {
        Vec::try_from(x.reshape(-1)).unwrap()
    }

    #[test]
    fn a_batch_made_ready_is_the_one_that_is_asked_for() {
        let (mut alone, mut ahead) = (painter(), painter());
        for step in 0..6 {
            let wanted = alone.paint(&chosen(step)).unwrap();
            let found = ahead.paint(&chosen(step)).unwrap();
            // another batch than what comes next is painted anew
            ahead.prepare(chosen(if step == 3 { 40 } else { step + 1 }));
            assert!(ahead.beside.as_ref().is_some_and(|beside| beside.busy));
            assert_eq!(found.size(), [2, 64, 1024]);
            assert_eq!(numbers(&found), numbers(&wanted), "step {step}");
        }
    }

    #[test]
    fn what_is_in_use_is_not_painted_over() {
        let mut painter = painter();
        let x = painter.paint(&chosen(0)).unwrap();
        let before = numbers(&x);
        painter.prepare(chosen(1));
        drop(painter.beside.as_mut().and_then(Beside::fetch));
        assert_eq!(numbers(&x), before);
    }

    #[test]
    fn few_numbers_are_not_worth_a_thread() {
        let mut painter = painter();
        painter.prepare(Chosen { index: vec![0; 4], runs: 1 });
        assert!(painter.beside.is_none());
    }
}
