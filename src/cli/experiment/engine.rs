//! `gemc run --engine`: trials as the tasks of a batch system. It only starts them; how they stand is read off the store.

use std::io;
use std::path::Path;
use std::process::{Command, Output};
use std::thread;
use std::time::Duration;

use clap::ValueEnum;
use miette::Diagnostic;
use thiserror::Error;

use super::args::EngineArgs;
use super::listing::TrialLine;
use super::results_folder::ResultsFolder;
use super::store::Store;
use super::trial::Trial;
use crate::cli::atomic_file;
use crate::cli::exit::Failure;
use crate::cli::numbers::count;
use crate::cli::screen::{Ink, Screen};
use crate::cli::stop::Signals;

/// How often the trials that are left are submitted again.
const RESUBMISSIONS: usize = 2;
/// How long nobody looks at the batch system.
const NAP: Duration = Duration::from_secs(2);
/// How long nobody looks whether someone asks for an end.
const BLINK: Duration = Duration::from_millis(50);

/// A batch system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Engine {
    /// Slurm: an array job by `sbatch`
    Slurm,
    /// `HyperQueue`: a job with a task for each trial by `hq submit`
    Hq,
}

/// A batch system does not do what it is asked for.
#[derive(Debug, Error, Diagnostic)]
#[error("`{command}` failed: {why}")]
#[diagnostic(
    code(recipe::engine),
    help("is it installed, and is its server running? `gemc run RECIPE --list` prints the commands")
)]
struct EngineFault {
    command: String,
    why: String,
}

/// Trials that a batch system is given.
pub(super) struct Batch<'a> {
    pub(super) screen: &'a Screen,
    pub(super) engine: Engine,
    pub(super) args: &'a EngineArgs,
    pub(super) store: &'a Store,
    pub(super) folder: &'a ResultsFolder,
    /// The command of a trial, but for its number.
    pub(super) line: &'a TrialLine,
    /// Tasks at once, where there is a limit.
    pub(super) jobs: Option<usize>,
    pub(super) quiet: bool,
    pub(super) signals: &'a Signals,
}

impl Batch<'_> {
    /// Submits the trials that have not finished, waits, and submits those again that are left then. Returns whether someone asked
    /// for an end.
    pub(super) fn run(&self, trials: &[&Trial]) -> Result<bool, Failure> {
        for round in 0..=RESUBMISSIONS {
            let over = |trial: &&&Trial| {
                let standing = self.store.look(trial);
                standing.finished().is_some() || (round == 0 && standing.failed().is_some() && !self.line.retry)
            };
            let left: Vec<usize> = trials.iter().filter(|trial| !over(trial)).map(|trial| trial.number).collect();
            if left.is_empty() {
                return Ok(false);
            }
            // what failed on a bad machine may do well on another; what fails by itself is known after the last round
            let retry = self.line.retry || round > 0;
            let job = self.submit(round, &left, retry)?;
            self.say(&format!("job {job}: {}", count(left.len() as u64, "trial")));
            if self.wait(&job)? {
                self.screen.remark(&format!("job {job} goes on; {}", self.engine.end(&job)));
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Hands trials over; returns the number of the job.
    fn submit(&self, round: usize, left: &[usize], retry: bool) -> Result<String, Failure> {
        let folder = self.folder.path();
        let folder = folder.canonicalize().map_err(|why| atomic_file::unwritable(folder, why))?;
        let output = match self.engine {
            Engine::Slurm => {
                let script = folder.join(format!("slurm-{round}.sh"));
                atomic_file::write(&script, &self.slurm(&folder, left, retry))?;
                call(Command::new("sbatch").arg("--parsable").args(&self.args.engine_args).arg(script))?
            }
            Engine::Hq => {
                let entries = folder.join(format!("hq-{round}.json"));
                atomic_file::write(&entries, &format!("{left:?}\n"))?;
                let line = format!("exec {} --trial \"$HQ_ENTRY\"", self.line.text(retry));
                let mut hq = Command::new("hq");
                hq.args(["submit", "--output-mode=quiet", "--from-json"]).arg(entries);
                hq.args(&self.args.engine_args).args(["--", "sh", "-c", &line]);
                call(&mut hq)?
            }
        };
        // Slurm adds the cluster behind a semicolon
        let said = String::from_utf8_lossy(&output.stdout);
        Ok(said.trim().split(';').next().unwrap_or_default().to_owned())
    }

    /// Writes the script of an array job: a task for each trial, which begins again where its machine is lost.
    fn slurm(&self, folder: &Path, left: &[usize], retry: bool) -> String {
        let tasks: Vec<String> = left.iter().map(usize::to_string).collect();
        let limit = self.jobs.map(|jobs| format!("%{jobs}")).unwrap_or_default();
        format!(
            "#!/bin/sh\n\
             #SBATCH --job-name=gemc\n\
             #SBATCH --array={}{limit}\n\
             #SBATCH --requeue\n\
             #SBATCH --signal=B:TERM@60\n\
             #SBATCH --output={}/slurm-%A_%a.log\n\
             exec {} --trial \"$SLURM_ARRAY_TASK_ID\"\n",
            tasks.join(","),
            folder.display(),
            self.line.text(retry)
        )
    }

    /// Waits until a job is over. Returns whether someone asked for an end.
    fn wait(&self, job: &str) -> Result<bool, Failure> {
        loop {
            for _ in 0..NAP.as_millis() / BLINK.as_millis() {
                if self.signals.asked().is_some() {
                    return Ok(true);
                }
                thread::sleep(BLINK);
            }
            if !self.engine.runs(job)? {
                return Ok(false);
            }
        }
    }

    fn say(&self, line: &str) {
        if !self.quiet {
            self.screen.remark(&self.screen.paint_remark(Ink::Faint, line));
        }
    }
}

impl Engine {
    /// Tells whether tasks of a job wait or run.
    fn runs(self, job: &str) -> Result<bool, Failure> {
        match self {
            // one that is long over is unknown
            Self::Slurm => {
                let listed = Command::new("squeue").args(["--noheader", "--format=%T", "--jobs", job]).output();
                let listed = listed.map_err(|why| fault("squeue", &why.to_string()))?;
                let said = String::from_utf8_lossy(&listed.stderr);
                if !listed.status.success() && !said.contains("Invalid job id") {
                    // the controller may be away for a while
                    return Ok(true);
                }
                Ok(listed.status.success() && !listed.stdout.trim_ascii().is_empty())
            }
            Self::Hq => {
                let listed = call(Command::new("hq").args(["job", "info", "--output-mode=json", job]))?;
                let info: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap_or_default();
                let info = info.get(0).unwrap_or(&info);
                let stats = &info["info"]["task_stats"];
                Ok(["running", "waiting"].iter().any(|state| stats[*state].as_u64().unwrap_or(0) > 0))
            }
        }
    }

    /// Says how a job is ended.
    fn end(self, job: &str) -> String {
        match self {
            Self::Slurm => format!("`scancel {job}` ends it"),
            Self::Hq => format!("`hq job cancel {job}` ends it"),
        }
    }
}

/// Calls a batch system's own command.
fn call(command: &mut Command) -> Result<Output, Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    match command.output() {
        Ok(output) if output.status.success() => Ok(output),
        Ok(output) => Err(fault(&name, String::from_utf8_lossy(&output.stderr).trim())),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Err(fault(&name, "there is no such program")),
        Err(why) => Err(fault(&name, &why.to_string())),
    }
}

fn fault(command: &str, why: &str) -> Failure {
    Failure::environment(EngineFault { command: command.to_owned(), why: why.to_owned() })
}
