//! A live net learns: batches, steps, evaluations, each run's own end, and the folder that keeps what came of it.
//!
//! [`run()`] is the loop; it prints nothing and reads no clock of its own: a [`Watcher`] hears what happens and a [`Clock`]
//! tells the time. Run k of R is the run that its seed alone would give.
//!
//! [`fit()`] is the way back: from a measured connectome to the X and O that reproduce it.

mod batch_loader;
mod bench;
mod claim;
mod doubt;
mod doubts;
mod early_stopping;
mod evaluate;
mod factorization;
mod fit;
mod genome;
mod kept;
mod link_metrics;
mod manifest;
mod memory;
mod non_finite;
mod outcome;
mod reel;
mod rows;
mod run;
mod run_dir;
mod run_dir_fault;
mod samples;
mod session;
mod shuffle;
mod signal;
mod start;
mod state;
mod step;
mod step_state;
mod stored;
mod tensor_file;
mod threads;
mod train_config;

pub use bench::{Bench, Compared, Slow, StepPart, bench};
pub use doubt::{Doubt, NamedPopulations, Warning, When, Who, numbered};
pub use early_stopping::{Metric, mean_and_deviation};
pub use evaluate::accuracy;
pub use fit::{FitConfig, FitFault, FitNotFinite, Fitted, Measured, OneClass, fit, fit_bytes};
pub use genome::GenomeFile;
pub use kept::{Altered, Kept, KeptFault, read_manifest};
pub use link_metrics::{LinkMetrics, held_out, judge};
pub use manifest::{Manifest, Versions};
pub use memory::{Needs, NotEnoughMemory};
pub use non_finite::{NotFinite, StepFault};
pub use outcome::{RunOutcome, State, Stopped, Trouble};
pub use run::{Clock, Interrupt, RunFault, TrainJob, Trained, Watcher, run};
pub use run_dir::RunDir;
pub use run_dir_fault::{RUN_DIR, RunDirFault};
pub use samples::{Misfit, SampleBytes, Samples};
pub use shuffle::Shuffle;
pub use signal::Signal;
pub use state::{BadState, TrainState};
pub use step::Stepper;
pub use stored::Damaged;
pub use threads::{choose_threads, set_threads};
pub use train_config::{BadConfig, EPOCHS, LrSchedule, TrainConfig};
