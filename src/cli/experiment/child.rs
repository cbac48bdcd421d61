//! A trial as a process of its own: a crash, or a kill for memory, stays with one trial.

use std::env;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};

use super::store::{FailedTrial, Standing, Store, TrialLock};
use super::trial::Trial;
use crate::cli::atomic_file;
use crate::cli::exit::{Exit, Failure};
use crate::run_dir::{METRICS, Stopped};

/// Bytes of a log from whose end a message is taken.
const TAIL: u64 = 4096;
/// Lines of a message at most.
const LINES: usize = 6;

/// A trial that runs.
pub(super) struct Running<'t> {
    pub(super) trial: &'t Trial,
    lock: TrialLock,
    child: Child,
    stage: Stage,
    asked: bool,
    /// Bytes of the metrics that were looked at.
    read: u64,
}

/// What a trial's process does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Train,
    /// Measures on the test samples; what it prints goes to a file.
    Test,
}

/// How a trial's process ended.
#[derive(Debug)]
pub(super) enum End {
    /// It is over, and all that is wanted of it is in the store.
    Finished,
    /// It was asked to stop, and can go on.
    Interrupted,
    Failed(FailedTrial),
}

impl<'t> Running<'t> {
    /// Begins a trial, goes on with it, or measures it, as it stands.
    pub(super) fn start(
        store: &Store,
        trial: &'t Trial,
        lock: TrialLock,
        standing: &Standing,
        threads: Option<usize>,
    ) -> Result<Self, Failure> {
        let folder = store.run(trial);
        let (stage, line) = match standing {
            Standing::Trained(_) => (Stage::Test, trial.evaluate(&folder)),
            Standing::Stopped(_) => (Stage::Train, trial.resume(&folder)),
            Standing::New | Standing::Failed(_) | Standing::Finished(_) | Standing::Held(_) => {
                store.clear(trial)?;
                (Stage::Train, trial.train(&folder, threads))
            }
        };
        let child = spawn(store, trial, &lock, (stage, &line))?;
        Ok(Self { trial, lock, child, stage, asked: false, read: 0 })
    }

    /// Returns how the trial ended, where it has; goes on to measure it where that is wanted.
    pub(super) fn poll(&mut self, store: &Store) -> Result<Option<End>, Failure> {
        let log = store.log(self.trial);
        let status = self.child.try_wait().map_err(|why| atomic_file::unwritable(&log, why))?;
        let Some(status) = status else { return Ok(None) };
        if self.stage == Stage::Test && status.success() {
            let path = log.with_extension("test");
            let text = fs::read_to_string(&path).map_err(|why| atomic_file::unwritable(&path, why))?;
            store.keep_test(self.trial, &text)?;
            // only the copy that is whole counts
            let _ = fs::remove_file(&path);
        }
        // one that is asked before it listens ends by the signal
        if status.code() == Some(Exit::Interrupted as i32) || (self.asked && !status.success()) {
            return Ok(Some(End::Interrupted));
        }
        let standing = store.look_claimed(self.trial);
        if status.success() && standing.finished().is_some() {
            return Ok(Some(End::Finished));
        }
        if status.success() && self.stage == Stage::Train && matches!(standing, Standing::Trained(_)) {
            let line = self.trial.evaluate(&store.run(self.trial));
            self.child = spawn(store, self.trial, &self.lock, (Stage::Test, &line))?;
            self.stage = Stage::Test;
            return Ok(None);
        }
        let failed = failed(status, &log);
        store.fail(self.trial, &failed)?;
        Ok(Some(End::Failed(failed)))
    }

    /// Asks it to stop and to save, once.
    pub(super) fn stop(&mut self, why: Stopped) {
        if !self.asked {
            self.asked = true;
            signal(&self.child, why);
        }
    }

    /// Returns the lines of metrics that were written since the last time.
    pub(super) fn news(&mut self, store: &Store) -> String {
        let mut read = || -> io::Result<String> {
            let mut file = File::open(store.run(self.trial).join(METRICS))?;
            // a run that goes on has cut some away
            let from = if file.metadata()?.len() < self.read { 0 } else { self.read };
            file.seek(SeekFrom::Start(from))?;
            let mut text = String::new();
            file.read_to_string(&mut text)?;
            let whole = text.rfind('\n').map_or(0, |end| end + 1);
            text.truncate(whole);
            self.read = from + whole as u64;
            Ok(text)
        };
        read().unwrap_or_default()
    }
}

impl Drop for Running<'_> {
    /// Stops it where nobody waits for it any more: what runs the trials has failed.
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.stop(Stopped::Interrupted);
        }
    }
}

/// Starts this program with a command line. The trial's lock is its standard input: it is held until the process ends, too.
fn spawn(store: &Store, trial: &Trial, lock: &TrialLock, (stage, line): (Stage, &[String])) -> Result<Child, Failure> {
    let log = store.log(trial);
    let begun = || -> io::Result<Child> {
        let said = OpenOptions::new().create(true).append(true).open(&log)?;
        let out = match stage {
            Stage::Train => said.try_clone()?,
            Stage::Test => File::create(log.with_extension("test"))?,
        };
        let mut command = Command::new(env::current_exe()?);
        command.args(line).stdin(Stdio::from(lock.file.try_clone()?)).stdout(out).stderr(said);
        // Ctrl-C is for whoever runs the trials, who hands it on
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.spawn()
    };
    begun().map_err(|why| atomic_file::unwritable(&log, why))
}

/// Says why a trial failed: how it ended, and the last that it said.
fn failed(status: ExitStatus, log: &Path) -> FailedTrial {
    #[cfg(unix)]
    let signal = std::os::unix::process::ExitStatusExt::signal(&status);
    #[cfg(not(unix))]
    let signal = None;
    let message = match signal {
        Some(9) => "killed by signal 9, as the system does where memory runs out".to_owned(),
        Some(signal) => format!("killed by signal {signal}"),
        None => said(log).unwrap_or_else(|| "it does not say why".to_owned()),
    };
    FailedTrial { exit: status.code(), signal, message }
}

/// Returns the last paragraph of a log, in a few lines.
fn said(log: &Path) -> Option<String> {
    let mut file = File::open(log).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL))).ok()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    let last = &lines[lines.len().saturating_sub(LINES)..];
    // a report begins with its code
    let begin = last.iter().rposition(|line| line.contains("::") && !line.starts_with(' ')).unwrap_or(0);
    let text = last[begin..].join("\n");
    (!text.is_empty()).then_some(text)
}

#[cfg(unix)]
fn signal(child: &Child, why: Stopped) {
    use rustix::process::{Pid, Signal, kill_process};
    let signal = match why {
        Stopped::Terminated => Signal::TERM,
        Stopped::Hangup => Signal::HUP,
        Stopped::Interrupted | Stopped::Converged | Stopped::Length => Signal::INT,
    };
    // one that has just ended needs none
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let _ = pid.map(|pid| kill_process(pid, signal));
}

#[cfg(not(unix))]
fn signal(_: &Child, _: Stopped) {}
