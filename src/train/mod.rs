//! A live net learns: batches, steps, evaluations, each run's own end, and the folder that keeps what came of it.
//!
//! [`run()`] is the loop; it prints nothing and reads no clock of its own: a [`Watcher`] hears what happens and a [`Clock`]
//! tells the time. Run k of R is the run that its seed alone would give.
//!
//! [`fit()`] is the way back: from a measured connectome to the X and O that reproduce it.

mod bench;
mod claim;
mod course;
mod doubt;
mod doubts;
mod evaluate;
mod factors;
mod finite;
mod fit;
mod folder;
mod genome;
mod keeper;
mod kept;
mod memory;
mod outcome;
mod painter;
mod pairs;
mod recipe;
mod record;
mod reel;
mod rows;
mod run;
mod samples;
mod scores;
mod signal;
mod step;
mod stored;
mod threads;

pub use bench::{Bench, Compared, Part, Slow, bench};
pub use doubt::{Doubt, Named, Warning, When, Who, numbered};
pub use evaluate::accuracy;
pub use finite::{NotFinite, StepFault};
pub use fit::{FitFault, FitNotFinite, FitRecipe, Fitted, Measured, OneClass, fit, fit_bytes};
pub use folder::{FolderFault, RUN_DIR};
pub use genome::Genome;
pub use keeper::Folder;
pub use kept::{Altered, Kept, KeptFault, read_record};
pub use memory::{Needs, NotEnoughMemory};
pub use outcome::{Outcome, State, Stopped, Trouble};
pub use pairs::{Judged, held_out, judge};
pub use recipe::{BadRecipe, EPOCHS, Recipe, Schedule};
pub use record::{Record, Versions};
pub use run::{Clock, Interrupt, Job, RunFault, Watcher, run};
pub use samples::{Misfit, Order, Pieces, Samples};
pub use scores::{Metric, mean_and_deviation};
pub use signal::Signal;
pub use step::Stepper;
pub use stored::Damaged;
pub use threads::{choose_threads, set_threads};
