//! Turns the places where libtorch lies, installed or as it was found, into an rpath of every binary, tells where the engine
//! will lie, and which commit this is.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What a program is made of, besides this file.
const SOURCES: &[&str] = &["Cargo.toml", "Cargo.lock", "src", "grammar", "models", "docs/errors.md"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if let Ok(lib) = std::env::var("DEP_TCH_LIBTORCH_LIB") {
        // the one that `make install` puts beside the programs first; a path that the environment names goes before both
        let mac = std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "macos");
        let (here, tags) = if mac { ("@loader_path", "") } else { ("$ORIGIN", "--enable-new-dtags,") };
        println!("cargo::rustc-link-arg=-Wl,{tags}-rpath,{here}/../lib/gemc/torch/lib,-rpath,{lib}");
        println!("cargo::rustc-env=GEMC_LIBTORCH_LIB={lib}");
    }
    // symbols of C++ that libtorch shares would be kept, and with them libtorch, in the program that needs neither
    if std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux") {
        println!("cargo::rustc-link-arg-bin=gemc=-Wl,--exclude-libs,ALL");
    }
    // OUT_DIR is PROFILE/build/gemc-HASH/out; programs lie in PROFILE
    let out = std::env::var("OUT_DIR").unwrap_or_default();
    if let Some(profile) = Path::new(&out).ancestors().nth(3) {
        println!("cargo::rustc-env=GEMC_BUILD_DIR={}", profile.display());
    }
    let root = PathBuf::from(std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default());
    let commit = checked_out(&root).or_else(|| packaged(&root)).unwrap_or_default();
    let version = std::env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let said = if commit.is_empty() { "commit unknown: not built from a git checkout" } else { &commit };
    println!("cargo::rustc-env=GEMC_COMMIT={commit}");
    println!("cargo::rustc-env=GEMC_VERSION={version} ({said})");
}

/// Returns the commit of a git checkout whose root is `root`, with `-dirty` where a source has changed since.
fn checked_out(root: &Path) -> Option<String> {
    // a package that was unpacked within someone's repository is not of that one
    let top = PathBuf::from(git(root, &["rev-parse", "--show-toplevel"])?);
    if top.canonicalize().ok()? != root.canonicalize().ok()? {
        return None;
    }
    watch(root);
    let commit = git(root, &["rev-parse", "--short=12", "HEAD"])?;
    let changed = git(root, &[&["status", "--porcelain", "--", "build.rs"], SOURCES].concat())?;
    Some(if changed.is_empty() { commit } else { commit + "-dirty" })
}

/// Has this run again where another commit is checked out, or a source changes. A commit, a checkout and a reset leave a
/// line in the log of HEAD; where git keeps none, its references tell.
fn watch(root: &Path) {
    let path = |name: &str| git(root, &["rev-parse", "--git-path", name]).map(|path| root.join(path));
    let there = |name: &&str| path(name).filter(|path| path.exists());
    let log = ["logs/HEAD"].iter().find_map(there).map(|log| vec![log]);
    let references = || ["refs/heads", "packed-refs"].iter().filter_map(there).collect();
    let state = log.unwrap_or_else(references).into_iter().chain(there(&"HEAD"));
    for path in state.chain(SOURCES.iter().map(|source| root.join(source))) {
        println!("cargo::rerun-if-changed={}", path.display());
    }
}

/// Returns what git says, without its last line end; `None` where there is no git, or it refuses.
fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let done = Command::new("git").arg("--no-optional-locks").args(arguments).current_dir(root).output().ok()?;
    done.status.success().then(|| String::from_utf8_lossy(&done.stdout).trim().to_owned())
}

/// Returns the commit that a package of cargo's was made from, which it notes in a file.
fn packaged(root: &Path) -> Option<String> {
    let noted = root.join(".cargo_vcs_info.json");
    let text = std::fs::read_to_string(&noted).ok()?;
    println!("cargo::rerun-if-changed={}", noted.display());
    let (_, after) = text.split_once("\"sha1\"")?;
    let hash: String =
        after.chars().skip_while(|c| !c.is_ascii_hexdigit()).take_while(char::is_ascii_hexdigit).collect();
    let dirty = if text.contains("\"dirty\": true") { "-dirty" } else { "" };
    (hash.len() >= 12).then(|| format!("{}{dirty}", &hash[..12]))
}
