//! The rules of the house, read off the sources: who may use whom, how long a file may be, which faults have their case and
//! their story. `docs/architecture.md` says why.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::crates::CRATES;
use crate::pages::{pages, repository};

/// Rooms, and whose products each may use besides the ground floor's.
const ROOMS: &[(&str, &[&str])] = &[
    ("syntax", &[]),
    ("format", &["syntax"]),
    ("check", &["syntax"]),
    ("wire", &["check"]),
    ("plan", &["check", "wire"]),
    ("program", &["plan"]),
    ("run_dir", &["plan", "program"]),
    ("emit", &["plan", "program", "run_dir"]),
    ("train", &["plan", "program", "run_dir", "emit"]),
    ("export", &["check", "plan"]),
    ("editor", &["syntax", "check", "plan"]),
    ("recipe", &[]),
    ("report", &[]),
    ("data", &[]),
    ("compile", &["syntax", "format", "check", "wire", "plan"]),
    ("trainer", &["syntax", "check", "wire", "plan", "emit", "train", "data", "compile"]),
    (
        "cli",
        &[
            "syntax", "check", "wire", "plan", "program", "run_dir", "emit", "train", "report", "data", "compile",
            "trainer", "recipe", "export", "editor",
        ],
    ),
];

/// What every room may use.
const GROUND: &[&str] = &["span", "diag", "options", "random", "geometry", "parallel", "proto", "statistics"];

/// Rooms that may call functions of other rooms.
const CALLERS: &[&str] = &["compile", "trainer", "cli"];

/// Functions of other rooms that may be called all the same: they only put into words.
const WORDING: &[&str] = &["words"];

/// What only the shell does: it asks the environment and the clock.
const SHELL: &[&str] = &["std::env::", "use std::env;", "Instant::now", "SystemTime::now"];

/// Lines of a file at most.
const LONGEST: usize = 300;
/// Lines of a program's own file at most.
const THIN: usize = 25;

/// Facts about programs that have one owner each: the file, and what only it may say.
const OWNERS: &[(&str, &[&str])] = &[
    ("src/program/liveness.rs", &[".ends =", "last_use", "mark_last"]),
    ("src/program/aliases.rs", &[".is_view()", "fn owners"]),
    ("src/program/buffers.rs", &["next_multiple_of(STEP)", "free: Vec<(usize, usize)>"]),
    ("src/program/fuse/loops.rs", &["LoopStep {", "then_some(LoopInput::Rows"]),
    ("src/program/fuse/mod.rs", &["const AGAIN"]),
    ("src/program/legalize.rs", &["=> Kernel::Own", "=> Kernel::Gemm", "=> Kernel::Pairs"]),
];

/// Faults that no case can have: their files are no text.
const WITHOUT_TEXT: &[&str] = &["gem::not_utf8", "gem::unreadable_file"];

/// One file of Rust.
struct Source {
    /// Its path from the repository's root.
    path: String,
    /// The room it is in, or its own name where it is a file at the root of `src/`.
    room: String,
    /// All of it.
    text: String,
    /// Its code, without comments and without its own tests.
    code: String,
}

/// Returns every file of Rust below `folder`, sorted.
fn sources(folder: &str) -> Vec<Source> {
    let mut open = vec![repository(folder)];
    let mut found: Vec<PathBuf> = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path());
            // what building the fuzz targets leaves there is nobody's text
            open.extend(entries.filter(|path| !path.ends_with("target")));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found.iter().map(|path| source(path)).collect()
}

fn source(path: &Path) -> Source {
    let text = fs::read_to_string(path).unwrap();
    let path = path.strip_prefix(repository("")).unwrap().display().to_string();
    let room = path.split('/').nth(1).unwrap_or_default().trim_end_matches(".rs").to_owned();
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    let lines = text.lines().take_while(|line| line.trim() != "#[cfg(test)]").filter(is_code);
    let code = lines.collect::<Vec<&str>>().join("\n");
    Source { path, room, text, code }
}

/// Returns the codes of faults that the sources define, such as `gem::cycle`.
fn codes() -> BTreeSet<String> {
    let codes = |source: Source| -> Vec<String> {
        let found = source.code.split("code(").skip(1).filter_map(|rest| rest.split(')').next());
        found.filter(|code| code.contains("::")).map(str::to_owned).collect()
    };
    sources("src").into_iter().flat_map(codes).collect()
}

/// Returns whole paths that begin with `root::`, and what follows in braces up to the statement's end.
fn uses<'a>(code: &'a str, root: &str) -> Vec<&'a str> {
    let root = format!("{root}::");
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let whole = |at: &usize| !code[..*at].ends_with(|c: char| is_word(c) || c == ':');
    let path = |at: usize| {
        let rest = &code[at + root.len()..];
        let braced = rest.find(|c: char| !is_word(c) && c != ':').filter(|end| rest[*end..].starts_with('{'));
        let end = match braced {
            Some(_) => rest.find('}'),
            None => rest.find(|c: char| !is_word(c) && c != ':'),
        };
        &rest[..end.unwrap_or(rest.len())]
    };
    code.match_indices(&root).map(|(at, _)| at).filter(whole).map(path).collect()
}

#[test]
fn rooms_look_left_only() {
    let mut wrong = Vec::new();
    for source in sources("src") {
        let Some((_, left)) = ROOMS.iter().find(|(room, _)| *room == source.room) else {
            let named = uses(&source.code, "crate");
            let is_root = ["lib", "main", "engine"].contains(&source.room.as_str());
            assert!(is_root || GROUND.contains(&source.room.as_str()));
            let allowed = |path: &&str| GROUND.contains(&path.split("::").next().unwrap_or_default());
            wrong.extend(named.iter().filter(|path| !allowed(path)).map(|path| format!("{}: {path}", source.path)));
            continue;
        };
        // what the engine alone reaches lies in one folder, so that `gemc` is linked to no libtorch
        let links_nothing = source.room == "cli" && !source.path.starts_with("src/cli/torch/");
        for path in uses(&source.code, "crate") {
            let room = path.split("::").next().unwrap_or_default();
            let hidden = links_nothing && ["emit", "train", "trainer"].contains(&room);
            if hidden || room != source.room && !left.contains(&room) && !GROUND.contains(&room) {
                wrong.push(format!("{}: {path}", source.path));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "these look at a room that is not to their left");
}

#[test]
fn rooms_use_products_and_call_nobody() {
    let mut wrong = Vec::new();
    for source in sources("src").iter().filter(|source| !CALLERS.contains(&source.room.as_str())) {
        for path in uses(&source.code, "crate") {
            let room = path.split("::").next().unwrap_or_default();
            if room == source.room || GROUND.contains(&room) {
                continue;
            }
            let names = path.split([',', '{']).map(str::trim).filter(|name| !name.is_empty() && !name.ends_with("::"));
            let last = names.filter_map(|name| name.rsplit("::").next());
            let functions = last.filter(|name| name.starts_with(char::is_lowercase) && *name != "self");
            let calls = functions.filter(|name| !WORDING.contains(name));
            wrong.extend(calls.map(|name| format!("{}: {room}'s {name}", source.path)));
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "only src/compile.rs and src/cli/ may call what rooms do");
}

#[test]
fn crates_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for source in sources("src") {
        for (name, rooms) in CRATES {
            if !rooms.contains(&source.room.as_str()) && !uses(&source.code, name).is_empty() {
                wrong.push(format!("{}: {name}", source.path));
            }
        }
        let reads_clock = |word: &&&str| source.room == "trainer" && **word == "Instant::now";
        if source.room != "cli" {
            let words = SHELL.iter().filter(|word| source.code.contains(*word) && !reads_clock(word));
            wrong.extend(words.map(|word| format!("{}: {word}", source.path)));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn files_say_what_they_are_and_stay_short() {
    for source in ["src", "tests", "examples"].into_iter().flat_map(sources) {
        let Source { path, text, .. } = &source;
        assert!(text.starts_with("//! "), "{path} does not begin with a sentence about itself");
        let lines = text.lines().count();
        assert!(lines <= LONGEST, "{path} has {lines} lines");
        if ["src/main.rs", "src/engine.rs"].contains(&path.as_str()) {
            assert!(lines <= THIN, "{path} has {lines} lines, a program's own file at most {THIN}");
        }
    }
}

#[test]
fn nothing_is_put_off() {
    // in two pieces, so that this file does not hold them
    let everywhere =
        [concat!("todo", "!"), concat!("unimplemented", "!"), concat!("#[ign", "ore"), concat!("FIX", "ME")];
    let in_sources = [concat!(".unwrap", "()"), concat!(".expect", "(")];
    for source in ["src", "tests", "examples"].into_iter().flat_map(sources) {
        let found = everywhere.iter().find(|word| source.text.contains(*word));
        assert_eq!(found, None, "{}", source.path);
        let found = in_sources.iter().find(|word| source.path.starts_with("src/") && source.code.contains(*word));
        assert_eq!(found, None, "{}", source.path);
    }
}

#[test]
fn every_public_type_has_a_name_of_its_own() {
    let mut types: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in sources("src") {
        for line in source.code.lines() {
            let words: Vec<&str> = line.trim_start().split(|letter: char| !letter.is_alphanumeric()).collect();
            if let ["pub", "struct" | "enum" | "trait" | "type" | "union", name, ..] = words[..] {
                types.entry(name.to_owned()).or_default().push(source.path.clone());
            }
        }
    }
    assert!(types.len() > 100);
    // a thing as written, and as meant
    let is_pair = |places: &[String]| matches!(places, [meant, written] if meant.starts_with("src/check/model/") && written == "src/syntax/ast.rs");
    let twice: Vec<_> = types.iter().filter(|(_, places)| places.len() > 1 && !is_pair(places)).collect();
    assert!(twice.is_empty(), "{twice:#?}");
}

#[test]
fn tests_that_skip_say_so_in_one_place() {
    let owner = "tests/skips/mod.rs";
    // in two pieces, so that this file does not hold them
    let words = [concat!("skip", "ped:"), concat!("\"C", "I\"")];
    for Source { path, code, .. } in sources("tests").iter().filter(|source| source.path != owner) {
        assert_eq!(words.iter().find(|word| code.contains(*word)), None, "{path} says what {owner} says");
    }
}

#[test]
fn every_fault_of_a_text_has_its_case() {
    let cases = fs::read_dir(repository("tests/cases/bad")).unwrap().map(|entry| entry.unwrap().path());
    let cases: BTreeSet<String> = cases.map(|path| format!("gem::{}", path.file_stem().unwrap().display())).collect();
    let of_text = |code: &String| code.starts_with("gem::") && !WITHOUT_TEXT.contains(&code.as_str());
    assert_eq!(cases, codes().into_iter().filter(of_text).collect());
}

#[test]
fn every_fault_has_its_story() {
    let page = pages().into_iter().find(|page| page.name == "docs/errors.md").unwrap();
    let told = page.headings();
    let set: BTreeSet<String> = told.iter().cloned().collect();
    assert_eq!(set.len(), told.len(), "a fault is told twice");
    assert_eq!(set, codes());
}

#[test]
fn facts_about_programs_have_one_owner() {
    let sources = sources("src");
    for (owner, words) in OWNERS {
        for word in *words {
            let says = |source: &&Source| source.code.contains(word) && source.path != "src/plan/op.rs";
            let found: Vec<&str> = sources.iter().filter(says).map(|source| source.path.as_str()).collect();
            assert!(found.iter().all(|path| path == owner), "`{word}` belongs to {owner}, found in {found:?}");
        }
    }
    for (owner, words) in OWNERS {
        let own = sources.iter().find(|source| source.path == *owner).unwrap();
        assert!(words.iter().any(|word| own.code.contains(word)), "{owner} says none of {words:?}");
    }
}
