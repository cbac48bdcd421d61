//! A live net learns: batches, steps, evaluations, each run's own end, and the folder that keeps what came of it.
//!
//! `run` is the loop; it prints nothing and reads no clock of its own: a [`Watcher`] hears what happens and a clock tells the time. Run
//! k of R is the run that its seed alone would give. `fit` is the way back: from a measured connectome to the X and O that reproduce it.

mod adam;
mod batch_loader;
mod batch_source;
mod bench;
mod checkpoints;
mod claim;
mod confusion;
mod doubt;
mod doubts;
mod early_stopping;
mod episodes;
mod evaluate;
mod factorization;
mod fit;
mod graph_replay;
mod held_out;
mod link_metrics;
mod non_finite;
mod peak;
mod run;
mod run_dir;
mod samples;
mod session;
mod shuffle;
mod signal;
mod snapshots;
mod sources;
mod start;
mod state;
mod step;
mod step_state;
mod tensor_file;
mod tensorboard;
mod threads;
mod unbegun;
mod whole_file;

// what `Trainer` takes, returns and tells
pub use crate::run_dir::{
    BadConfig, LrSchedule, RunDirFault, RunOutcome, Signal, State, Stopped, TrainConfig, Trouble, Warning,
};
pub use doubt::{Doubt, NamedPopulations, When, Who};
pub use early_stopping::Metric;
pub use episodes::{ClassBytes, EpisodesFault, TooManyShots, TooManyWays};
pub use non_finite::{NotFinite, StepFault};
pub use run::{ClassData, JobData, OtherData, RunFault, Trained, Watcher};
pub use run_dir::RunDir;
pub use samples::{Misfit, SampleBytes, TrainData};
pub use state::{BadState, TrainState};

// what only gemc's own programs and tests use
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use bench::{Bench, Compared, Slow, StepPart, bench};
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use checkpoints::LastCheckpoint;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use confusion::Confusion;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use doubt::numbered;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use early_stopping::mean_and_deviation;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use evaluate::{accuracy, confusions, task_accuracies};
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use fit::{FitConfig, FitFault, FitNotFinite, Fitted, Measured, OneClass, fit, fit_bytes};
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use held_out::FixedTasks;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use link_metrics::{LinkMetrics, held_out, judge};
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use run::{Clock, Interrupt, TrainJob, run};
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use samples::Samples;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use shuffle::Shuffle;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use step::Stepper;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub use threads::choose_threads;
pub use unbegun::clear_unbegun;
