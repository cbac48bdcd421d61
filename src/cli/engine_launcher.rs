//! What needs tensors, and who does it: this program where it is linked to libtorch, else the engine beside it. So
//! `gemc` itself loads no libtorch and starts at once.

use std::env;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use miette::Diagnostic;
use thiserror::Error;

use super::args::{BenchArgs, CompileArgs};
use super::doctor::Libtorch;
use super::evaluating::EvalArgs;
use super::exit::{Failure, Outcome};
use super::fitting::FitArgs;
use super::libtorch;
use super::resuming::ResumeArgs;
use super::screen::Screen;
use super::version::WHOLE;

/// The engine's file name.
const ENGINE: &str = "gemc-torch";
/// Set for the engine to the build that calls it: a program that is none cannot call itself for ever, and an engine of
/// another build refuses.
const CALLED: &str = "GEMC_CALLED_BY_FRONT";
/// Which build this is.
const BUILD: &str = WHOLE;

/// Who does what needs tensors.
#[derive(Debug)]
pub enum Tensors {
    /// The engine, another program.
    Elsewhere,
    /// This program.
    Here(Live),
}

/// What a program that is linked to libtorch can do. Only the engine names one, so that nothing else is linked to it.
#[derive(Debug)]
pub struct Live {
    pub(super) train: fn(&Screen, &CompileArgs) -> Outcome,
    pub(super) resume: fn(&Screen, &ResumeArgs) -> Outcome,
    pub(super) eval: fn(&Screen, &EvalArgs) -> Outcome,
    pub(super) bench: fn(&Screen, &BenchArgs) -> Outcome,
    pub(super) fit: fn(&Screen, &FitArgs) -> Outcome,
    pub(super) look: fn() -> Libtorch,
}

/// The engine is nowhere.
#[derive(Debug, Error, Diagnostic)]
#[error("the engine `{ENGINE}` is not there; it was looked for in\n{}", self.list())]
#[diagnostic(
    code(cli::no_engine),
    help("`make build` makes both programs, `make install` installs both; `GEMC_ENGINE` may hold the engine's path")
)]
struct NoEngine {
    places: Vec<PathBuf>,
}

/// The engine does not run.
#[derive(Debug, Error, Diagnostic)]
#[error("the engine `{}` cannot be run: {why}", path.display())]
#[diagnostic(code(cli::broken_engine), help("`make build` makes both programs anew, `make install` installs both"))]
struct BrokenEngine {
    path: PathBuf,
    why: io::Error,
}

/// What was called as the engine is none.
#[derive(Debug, Error, Diagnostic)]
#[error("this program was called as the engine but is not linked to libtorch")]
#[diagnostic(code(cli::wrong_engine), help("`GEMC_ENGINE` must hold the path of `{ENGINE}`"))]
struct WrongEngine;

/// The engine is another build's.
#[derive(Debug, Error, Diagnostic)]
#[error("gemc {asked} called the engine of gemc {BUILD}")]
#[diagnostic(
    code(cli::other_engine),
    help(
        "both come from one build: `make build` makes them, `make install` installs them; does `GEMC_ENGINE` name another?"
    )
)]
struct OtherEngine {
    asked: String,
}

/// gemc was built without libtorch.
#[derive(Debug, Error, Diagnostic)]
#[error("this gemc was built without libtorch: it compiles and checks, but neither trains nor measures")]
#[diagnostic(code(cli::no_torch), help("build it with its default features: `cargo build --release`"))]
struct NoTorch;

impl NoEngine {
    fn list(&self) -> String {
        let lines: Vec<String> = self.places.iter().map(|place| format!("  {}", place.display())).collect();
        lines.join("\n")
    }
}

impl Tensors {
    /// Checks that the engine is of the build that called it; who calls it by hand gets what there is.
    ///
    /// # Errors
    ///
    /// Where it is of another build.
    pub(super) fn check_caller(&self) -> Result<(), Failure> {
        let asked = env::var_os(CALLED).filter(|_| matches!(self, Self::Here(_)));
        match asked.map(|asked| asked.to_string_lossy().into_owned()).filter(|asked| asked != BUILD) {
            Some(asked) => Err(Failure::environment(OtherEngine { asked })),
            None => Ok(()),
        }
    }

    /// Returns what this program can do; where it is not linked to libtorch, becomes the engine and does not return.
    pub(super) fn here(&self) -> Result<&Live, Failure> {
        match self {
            Self::Here(live) => Ok(live),
            Self::Elsewhere if !cfg!(feature = "torch") => Err(Failure::environment(NoTorch)),
            Self::Elsewhere if env::var_os(CALLED).is_some() => Err(Failure::environment(WrongEngine)),
            Self::Elsewhere => Err(match find_engine() {
                Ok(path) => become_engine(path),
                Err(places) => Failure::environment(NoEngine { places }),
            }),
        }
    }
}

/// Returns the engine's path, or where it was looked for: beside this program, in `$GEMC_ENGINE`, where it was built.
fn find_engine() -> Result<PathBuf, Vec<PathBuf>> {
    let name = format!("{ENGINE}{}", env::consts::EXE_SUFFIX);
    let this = env::current_exe().and_then(|path| path.canonicalize()).ok();
    let beside = this.as_deref().and_then(Path::parent).map(|folder| folder.join(&name));
    let asked = env::var_os("GEMC_ENGINE").filter(|path| !path.is_empty()).map(PathBuf::from);
    let built = option_env!("GEMC_BUILD_DIR").map(|folder| Path::new(folder).join(&name));
    let mut places: Vec<PathBuf> = [beside, asked, built].into_iter().flatten().collect();
    places.dedup();
    match places.iter().find(|path| path.is_file()) {
        Some(path) => Ok(path.clone()),
        None => Err(places),
    }
}

/// Hands the command line to the engine, which takes this program's place.
#[cfg(unix)]
fn become_engine(path: PathBuf) -> Failure {
    match call(&path) {
        Ok(mut engine) => {
            let why = std::os::unix::process::CommandExt::exec(&mut engine);
            Failure::environment(BrokenEngine { path, why })
        }
        Err(failure) => failure,
    }
}

/// Hands the command line to the engine and waits for it.
#[cfg(not(unix))]
fn become_engine(path: PathBuf) -> Failure {
    use super::exit::Exit;
    let known = [Exit::Done, Exit::Input, Exit::Usage, Exit::Environment, Exit::Interrupted];
    let status = match call(&path) {
        Ok(mut engine) => engine.status(),
        Err(failure) => return failure,
    };
    match status {
        Ok(status) => {
            let exit = known.into_iter().find(|exit| status.code() == Some(*exit as i32)).unwrap_or(Exit::Bug);
            Failure::Fault(exit, crate::diag::Report::new("", "", crate::diag::Problems::new()))
        }
        Err(why) => Failure::environment(BrokenEngine { path, why }),
    }
}

fn call(path: &Path) -> Result<Command, Failure> {
    let mut engine = Command::new(path);
    engine.args(env::args_os().skip(1)).env(CALLED, BUILD);
    libtorch::given_to(&mut engine).map_err(Failure::environment)?;
    Ok(engine)
}
