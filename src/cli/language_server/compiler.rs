//! Texts → their learned tensors, on a thread of its own: what is typed meanwhile waits for none of it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use crate::compile::stages;
use crate::options::Options;
use crate::plan::Table;

/// A text to compile.
#[derive(Debug)]
pub(super) struct Job {
    pub(super) uri: String,
    /// Which of the document's texts it is.
    pub(super) revision: u64,
    pub(super) text: String,
}

/// What a text was compiled to; nothing where it has a fault.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) uri: String,
    pub(super) revision: u64,
    pub(super) table: Option<Table>,
}

/// Starts the thread; `tell` is given what comes of each text, in their order, and says whether someone hears it.
pub(super) fn start(tell: impl Fn(Compiled) -> bool + Send + 'static) -> Sender<Job> {
    let (jobs, incoming) = channel::<Job>();
    thread::spawn(move || {
        for Job { uri, revision, text } in incoming {
            let made = catch_unwind(AssertUnwindSafe(|| stages(&uri, &text, &Options::default())));
            let table = made.ok().and_then(Result::ok).map(|stages| stages.plan.table());
            if !tell(Compiled { uri, revision, table }) {
                break;
            }
        }
    });
    jobs
}
