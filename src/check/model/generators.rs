//! Networks that make the weights of a connection.

/// The small network that makes a connection's weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GNetwork {
    /// Units of a hidden layer.
    pub hidden: usize,
    /// Hidden layers: 1 or 2.
    pub layers: usize,
}

/// A frozen network of two layers of sines that makes a connection's weights, chunk by chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SineNetwork {
    /// Learned inputs of each chunk; its amplitude is learned, too.
    pub inputs: usize,
    /// Equal parts into which the weights are cut.
    pub chunks: usize,
    /// Units of a hidden layer.
    pub hidden: usize,
}
