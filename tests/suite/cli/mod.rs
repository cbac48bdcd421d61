//! The programs as users run them: every verb, every exit code, what goes where.

#[cfg(unix)]
mod bombs;
mod check;
mod compare;
mod compile;
mod data;
#[cfg(feature = "torch")]
mod doubts;
mod draw;
mod engine;
#[cfg(all(unix, feature = "torch"))]
mod engines;
#[cfg(feature = "torch")]
mod eval;
#[cfg(all(unix, feature = "torch"))]
mod experiments;
mod explain;
mod export;
mod few_shot;
#[cfg(feature = "torch")]
mod fit;
mod formatting;
#[cfg(feature = "torch")]
mod from_run;
mod help;
mod hidden;
#[cfg(all(unix, feature = "torch"))]
mod killed;
#[cfg(all(target_os = "linux", feature = "torch"))]
mod libtorch;
mod lsp;
mod manual;
mod out;
mod recipes;
mod remedies;
#[cfg(all(unix, feature = "torch"))]
mod repeated;
mod report;
#[cfg(all(unix, feature = "torch"))]
mod resume;
#[cfg(feature = "torch")]
mod runs;
#[cfg(feature = "torch")]
mod same;
#[cfg(feature = "torch")]
mod search;
mod snapshot;
#[cfg(feature = "torch")]
mod snapshots;
#[cfg(all(unix, feature = "torch"))]
mod stopped;
#[cfg(feature = "torch")]
mod sweep;
#[cfg(all(unix, feature = "torch"))]
mod taken_up;
#[cfg(feature = "torch")]
mod tamper;
#[cfg(feature = "torch")]
mod tensorboard;
mod terminal;
#[cfg(feature = "torch")]
mod train;

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;

/// A model without fault.
const GOOD: &str = "\
model small(genes = 8) {
    genome g(genes)
    population a = grid(4, 4) { g: gaussian }
    population b = units(2)   { g: random }
    connect a -> b via g
    input a
    output b
}
";

/// What a program said, and how it ended.
struct Said {
    out: String,
    err: String,
    code: i32,
}

impl Said {
    /// Reads what a program printed.
    fn of(done: std::process::Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Self { out: text(done.stdout), err: text(done.stderr), code: done.status.code().unwrap() }
    }

    /// Returns the object on standard output.
    fn object(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|why| panic!("{why}: {}\n{}", self.out, self.err))
    }

    /// Returns all of it as one text, the first of `names` hidden behind the second.
    fn shown(&self, names: &[(&str, &str)]) -> String {
        let text = format!("{}---- standard error\n{}---- exit {}\n", self.out, self.err, self.code);
        names.iter().fold(text, |text, (name, shown)| text.replace(name, shown))
    }
}

/// Returns a report's text as if the terminal were wide: lines that were wrapped are joined.
#[cfg(unix)]
fn unwrapped(report: &str) -> String {
    report.replace('│', " ").split_whitespace().collect::<Vec<&str>>().join(" ")
}

/// Returns `gemc` in `folder`, with nothing of the tester's environment that it listens to.
fn gemc_in(folder: &Path) -> Command {
    let mut gemc = assert_cmd::cargo::cargo_bin_cmd!("gemc");
    for name in ["NO_COLOR", "TERM", "GEMC_DATA", "GEMC_ENGINE"] {
        gemc.env_remove(name);
    }
    gemc.current_dir(folder).env("XDG_CACHE_HOME", folder.join("cache"));
    gemc
}

/// Runs `gemc` in `folder`.
fn run_in(folder: &Path, arguments: &[&str]) -> Said {
    Said::of(gemc_in(folder).args(arguments).output().unwrap())
}

/// Runs `gemc` in a folder that holds `good.gem`, `bad.gem` and nothing else.
fn run(arguments: &[&str]) -> Said {
    let folder = folder();
    run_in(folder.path(), arguments)
}

/// Returns a command that heeds signals, though whoever started the tests may have had them ignored, as `nohup` does.
#[cfg(all(unix, feature = "torch"))]
fn heeding(program: &str) -> std::process::Command {
    use std::process::Command;

    let ignored = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = ignored.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    // SIGHUP is 1, SIGINT 2, SIGTERM 15
    if mask & (1 | 1 << 1 | 1 << 14) == 0 {
        return Command::new(program);
    }
    let mut command = Command::new("env");
    command.args(["--default-signal=HUP,INT,TERM", program]);
    command
}

/// Makes a folder that holds `good.gem` and `bad.gem`.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("good.gem"), GOOD).unwrap();
    std::fs::write(folder.path().join("bad.gem"), GOOD.replace("connect a", "connect aa")).unwrap();
    folder
}

/// Copies the program into `folder`. Another process does it: were this one to hold the copy open for writing while
/// another test starts a program, that one would hold it open too, and the copy could not be run.
fn program_in(folder: &Path) -> PathBuf {
    let copy = folder.join("gemc");
    let program = assert_cmd::cargo::cargo_bin!("gemc");
    if !std::process::Command::new("cp").arg(program).arg(&copy).status().is_ok_and(|status| status.success()) {
        std::fs::copy(program, &copy).unwrap();
    }
    copy
}

/// Returns a file of the repository.
fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Compares with the snapshot `cli_{name}`.
fn assert_shown(name: &str, text: &str) {
    insta::with_settings!({snapshot_path => "../../snapshots", prepend_module_to_snapshot => false, omit_expression => true}, {
        insta::assert_snapshot!(format!("cli_{name}"), text);
    });
}
