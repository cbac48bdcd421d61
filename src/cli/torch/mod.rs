//! What only a program that is linked to libtorch can do: train, evaluate, measure, fit a connectome, and say what libtorch there is.
//! Only the engine names [`engine`], so nothing of this room is linked into `gemc`.

mod bench;
mod eval;
mod eval_tasks;
mod evaluated;
mod faults;
mod fit;
mod from_run;
mod machine;
mod reached;
mod restored;
mod resume;
mod row_names;
mod run_folder;
mod snapshot_cost;
mod sweep;
mod swept;
mod taken_up;
mod task;
mod task_data;
mod train;
mod watch;

use super::doctor::Libtorch;
use super::engine_launcher::{Live, Tensors};
use crate::emit::{kernels, libtorch_version, probe};

/// Returns what this program can do with tensors.
pub fn engine() -> Tensors {
    Tensors::Here(Live {
        train: train::run,
        resume: resume::run,
        eval: eval::run,
        bench: bench::run,
        fit: fit::run,
        look,
    })
}

fn look() -> Libtorch {
    let (version, gpus) = (libtorch_version(), probe().map_err(|why| why.to_string()));
    Libtorch { version, kernels: gpus.is_ok() && kernels(), gpus }
}
