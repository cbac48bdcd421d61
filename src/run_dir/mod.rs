//! A run's folder → what it holds: the record, the model's text, the genome as plain numbers. It knows no tensor of libtorch and
//! writes nothing; `train` fills such a folder.

mod checkpoint;
mod evaluations;
mod fault;
mod genome;
mod kept;
mod manifest;
mod memory;
mod outcome;
mod recipe_results;
mod rows;
mod signal;
mod snapshot;
mod snapshot_steps;
mod step_files;
mod stored;
mod stored_evaluation;
mod train_config;

// what `train` tells, too
pub use fault::RunDirFault;
pub use outcome::{RunOutcome, State, Stopped, Trouble, Warning};
pub use signal::Signal;
pub use train_config::{BadConfig, LrSchedule, TrainConfig};

// what only gemc's own programs and tests use
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use checkpoint::CheckpointFile;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use evaluations::Evaluation;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use fault::{
    CHECKPOINT, GENOME, GRAPH, LOCK, METRICS, MODEL, RECORD, RUN_DIR, SNAPSHOTS, SOURCE, SUM, TENSORBOARD,
};
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use genome::{GenomeFile, LENGTH};
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use kept::{Altered, Kept, KeptFault, read_model};
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use manifest::{Manifest, StartedFrom, Versions};
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use memory::{Needs, NotEnoughMemory};
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use recipe_results::{ClaimRange, RECIPE, RESULTS, ReadClaim, ReadResults, ReadTrial};
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use rows::{GenomeMismatch, StoredTensor};
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use snapshot::{GenomeSnapshot, SNAPSHOT_RUNS, SnapshotFile};
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use snapshot_steps::SnapshotSteps;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use stored::Damaged;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use stored_evaluation::StoredEvaluation;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use train_config::EPOCHS;
