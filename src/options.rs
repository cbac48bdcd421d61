//! What a compilation is asked for besides the text: overrides, the data set's facts, limits.

/// What is known of a data set before any of its files is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// Its name, such as `mnist`.
    pub name: String,
    /// Rows of one sample.
    pub height: usize,
    /// Columns of one sample.
    pub width: usize,
    /// Numbers at each place of a sample.
    pub channels: usize,
    /// Classes.
    pub classes: usize,
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
