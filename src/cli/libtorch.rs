//! Where libtorch lies. The engine is started with the first one that will do: the one installed beside the programs, that of
//! `LIBTORCH`, that of Python's torch, the one gemc was built with, and last whatever the system finds by itself.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use miette::Diagnostic;
use thiserror::Error;

/// The libtorch that the engine is linked against, but for its last number.
const LIBTORCH: &str = "2.11";
/// Where `make install` puts it, from the folder above that of the programs.
const INSTALLED: &str = "lib/gemc/torch/lib";
/// Set where any version is to be tried.
const ANY_VERSION: &str = "LIBTORCH_BYPASS_VERSION_CHECK";
/// Tells where Python would find torch, without the seconds that importing it takes, and never in the folder at hand.
const OF_PYTHON: &str = "import sys; sys.path = [place for place in sys.path if place]; import importlib.util as u; \
                         s = u.find_spec('torch'); print(s.origin if s and s.origin else '')";

#[cfg(target_os = "macos")]
const NAMES: (&str, &str) = ("libtorch_cpu.dylib", "DYLD_LIBRARY_PATH");
#[cfg(not(target_os = "macos"))]
const NAMES: (&str, &str) = ("libtorch_cpu.so", "LD_LIBRARY_PATH");

/// Knows of a place: what it is, and its folder of libraries.
type Source = fn() -> Option<(&'static str, PathBuf)>;

/// No libtorch will do.
#[derive(Debug, Error, Diagnostic)]
#[error("libtorch {LIBTORCH}, which gemc trains with, is not there; it was looked for in\n{}", self.list())]
#[diagnostic(
    code(cli::no_libtorch),
    help("`pip install torch=={LIBTORCH}.0` brings it; or let `LIBTORCH` hold the path of one")
)]
pub(super) struct NoLibtorch {
    places: Vec<Place>,
}

/// A place that was looked at, and why it will not do.
#[derive(Debug)]
struct Place {
    name: String,
    why: String,
}

impl NoLibtorch {
    fn list(&self) -> String {
        let lines: Vec<String> = self.places.iter().map(|place| format!("  {}: {}", place.name, place.why)).collect();
        lines.join("\n")
    }
}

/// Lets `engine` find libtorch when it starts.
///
/// # Errors
///
/// Where it is nowhere.
pub(super) fn given_to(engine: &mut Command) -> Result<(), NoLibtorch> {
    let mut places = Vec::new();
    // one by one: Python is only asked where nothing before it will do
    let sources: [Source; 4] = [installed, named, of_python, built];
    for (whose, folder) in sources.into_iter().filter_map(|source| source()) {
        let found = judge(&folder).and_then(|()| starts(engine, Some(&folder)));
        match found {
            Ok(()) => {
                engine.env(NAMES.1, path(&folder));
                return Ok(());
            }
            Err(why) => places.push(Place { name: format!("{}, {whose}", folder.display()), why }),
        }
    }
    starts(engine, None).map_err(|why| {
        places.push(Place { name: "the system's libraries".to_owned(), why });
        NoLibtorch { places }
    })
}

fn installed() -> Option<(&'static str, PathBuf)> {
    let this = env::current_exe().and_then(|path| path.canonicalize()).ok()?;
    Some(("installed with gemc", this.parent()?.parent()?.join(INSTALLED)))
}

fn named() -> Option<(&'static str, PathBuf)> {
    let set = |name| env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    let folder = set("LIBTORCH_LIB").or_else(|| set("LIBTORCH"))?;
    Some(("which LIBTORCH names", folder.join("lib")))
}

fn of_python() -> Option<(&'static str, PathBuf)> {
    let done =
        Command::new("python3").args(["-c", OF_PYTHON]).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    let said = String::from_utf8(done.stdout).ok().filter(|said| done.status.success() && !said.trim().is_empty())?;
    Some(("of python3", Path::new(said.trim()).parent()?.join("lib")))
}

fn built() -> Option<(&'static str, PathBuf)> {
    option_env!("GEMC_LIBTORCH_LIB").map(|folder| ("gemc was built with", PathBuf::from(folder)))
}

/// Says why a folder holds no libtorch of the right version.
fn judge(folder: &Path) -> Result<(), String> {
    if !folder.join(NAMES.0).is_file() {
        return Err(format!("there is no {}", NAMES.0));
    }
    match version(folder.parent().unwrap_or(folder)) {
        _ if env::var_os(ANY_VERSION).is_some() => Ok(()),
        Some(found) if found.split('.').take(2).eq(LIBTORCH.split('.')) => Ok(()),
        Some(found) => Err(format!("it is {found}")),
        None => Err("it does not say which version it is".to_owned()),
    }
}

/// Reads the version of a libtorch, out of a wheel or of the archive.
fn version(root: &Path) -> Option<String> {
    let wheel = fs::read_to_string(root.join("version.py")).ok();
    let said = wheel
        .as_deref()
        .and_then(|text| text.split_once("__version__ = '"))
        .and_then(|(_, rest)| rest.split('\'').next());
    let archive = || fs::read_to_string(root.join("build-version")).ok();
    said.map(str::to_owned).or_else(|| archive().map(|text| text.trim().to_owned()))
}

/// Says what `engine` lacks when libraries are looked for in `folder`, too. The system's loader is asked: it lists what it
/// would load and starts nothing.
#[cfg(target_os = "linux")]
fn starts(engine: &Command, folder: Option<&Path>) -> Result<(), String> {
    let mut ask = Command::new(engine.get_program());
    ask.env("LD_TRACE_LOADED_OBJECTS", "1").stdin(Stdio::null());
    if let Some(folder) = folder {
        ask.env(NAMES.1, path(folder));
    }
    // what cannot be started at all says so when it is
    let Ok(done) = ask.output() else { return Ok(()) };
    let said = [done.stdout, done.stderr].map(|said| String::from_utf8_lossy(&said).into_owned()).concat();
    let mut missing: Vec<&str> = said.lines().filter(|line| line.contains("not found")).map(str::trim).collect();
    missing.sort_unstable();
    missing.dedup();
    if missing.is_empty() { Ok(()) } else { Err(missing.join("; ")) }
}

/// Says nothing: elsewhere only starting tells.
#[cfg(not(target_os = "linux"))]
fn starts(_: &Command, _: Option<&Path>) -> Result<(), String> {
    Ok(())
}

/// Returns where libraries are looked for, `folder` first.
fn path(folder: &Path) -> OsString {
    let before = env::var_os(NAMES.1).filter(|path| !path.is_empty());
    let folders = [folder.to_path_buf()].into_iter().chain(before.iter().flat_map(env::split_paths));
    env::join_paths(folders).unwrap_or_else(|_| folder.into())
}
