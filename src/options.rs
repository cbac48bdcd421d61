//! What a compilation is asked for besides the text: overrides, the data set's facts, limits.

use serde::{Deserialize, Serialize};

/// What is known of a data set before any of its files is read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The name a user writes, such as `mnist`.
    pub name: String,
    /// Rows of one sample, in pixels.
    pub height: usize,
    /// Columns of one sample, in pixels.
    pub width: usize,
    /// Bytes per pixel: 1 for grey, 3 for colour.
    pub channels: usize,
    /// How many classes there are; labels run from 0 to one below this.
    pub classes: usize,
}

impl Facts {
    /// Returns how many bytes one sample takes: height × width × channels.
    pub fn sample_bytes(&self) -> usize {
        self.height * self.width * self.channels
    }

    /// Returns the sizes of a sample as people read them: `28 × 28 × 1`.
    pub fn sample(&self) -> String {
        format!("{} × {} × {}", self.height, self.width, self.channels)
    }
}

/// What a compilation is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Values for the model's parameters, as text, in the order given: `("genes", "40")`.
    pub set: Vec<(String, String)>,
    /// The data set that the network must fit, if there is one.
    pub facts: Option<Facts>,
    /// Bytes that the weights and learned numbers of one run may take while training.
    pub memory_limit: u64,
}

impl Default for Options {
    /// No overrides, no data set, 16 GiB: the same on every machine.
    fn default() -> Self {
        Self { set: Vec::new(), facts: None, memory_limit: 16 << 30 }
    }
}
