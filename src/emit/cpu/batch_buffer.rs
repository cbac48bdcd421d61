//! Bytes become numbers.

use pulp::Arch;
use tch::Tensor as Live;

use crate::emit::device::Place;
use crate::emit::fault::TorchFault;
use crate::emit::ffi::numbers_mut;

/// A tensor on the CPU into which one batch after the other is written.
#[derive(Debug)]
pub struct BatchBuffer(Live);

impl BatchBuffer {
    /// What a byte is multiplied by so that a pixel of full brightness is 1.
    pub const DARKEST: f32 = 1.0 / 255.0;

    /// Makes an empty one.
    pub fn new() -> Self {
        Self(Live::new())
    }

    /// Writes `rows` of bytes, one after the other, as numbers in [0, 1] into a tensor of these sizes, and returns it. The next call
    /// may write over it.
    ///
    /// # Errors
    ///
    /// What libtorch refuses: memory; and rows that are more than the sizes hold.
    #[allow(unsafe_code)]
    pub fn paint<'a>(&mut self, sizes: [i64; 3], rows: impl Iterator<Item = &'a [u8]>) -> Result<Live, TorchFault> {
        if self.0.size() != sizes {
            self.0 = Live::f_empty(sizes, Place::CPU.options())?;
        }
        // SAFETY: the canvas is borrowed mutably, and libtorch reads what was handed out before within its calls only.
        let mut rest = unsafe { numbers_mut(&mut self.0) };
        for bytes in rows {
            let Some((row, behind)) = rest.split_at_mut_checked(bytes.len()) else {
                return Err(TorchFault::bug("holds less than the batch"));
            };
            rest = behind;
            Arch::new().dispatch(
                #[inline(always)]
                || row.iter_mut().zip(bytes).for_each(|(number, byte)| *number = f32::from(*byte) * Self::DARKEST),
            );
        }
        Ok(self.0.shallow_clone())
    }
}

impl Default for BatchBuffer {
    fn default() -> Self {
        Self::new()
    }
}
