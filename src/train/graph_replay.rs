//! A training step on a GPU, made as it is a few times, then recorded, and from then on launched as a whole.

use tch::Tensor as Live;

use crate::emit::{Place, Recording, TorchFault};

/// Steps made as they are before one is recorded: libtorch sets up its libraries and their memory in the first.
const WARM_UP: u32 = 3;

/// How steps of one net, with batches of one size, are made.
#[derive(Debug, Default)]
pub(super) struct GraphReplay {
    made: u32,
    recorded: Option<Recorded>,
}

/// A recorded step, and what it reads and leaves.
#[derive(Debug)]
struct Recorded {
    recording: Recording,
    index: Live,
    losses: Live,
}

impl GraphReplay {
    /// Makes a step with the samples that `index` names; `work` is that step, and returns the losses, over which the
    /// next step may write. Where `place` is a GPU it is recorded once and launched from then on.
    ///
    /// # Errors
    ///
    /// What libtorch refuses.
    pub(super) fn play(
        &mut self,
        place: Place,
        index: &Live,
        mut work: impl FnMut(&Live) -> Result<Live, TorchFault>,
    ) -> Result<Live, TorchFault> {
        if self.made == WARM_UP {
            let index = index.f_detach_copy()?;
            let recorded = Recording::of(place, || work(&index));
            self.recorded = recorded.map(|(recording, losses)| Recorded { recording, index, losses });
        }
        self.made = self.made.saturating_add(1);
        match &mut self.recorded {
            Some(recorded) => recorded.launch(index),
            None => work(index),
        }
    }
}

impl Recorded {
    #[allow(unsafe_code)]
    fn launch(&mut self, index: &Live) -> Result<Live, TorchFault> {
        self.index.f_copy_(index)?;
        // SAFETY: the index is kept here. Net, optimiser and samples are the stepper's, which forgets the recording where it
        // exchanges their tensors (`Stepper::keep`).
        unsafe { self.recording.launch() }?;
        Ok(self.losses.shallow_clone())
    }
}
