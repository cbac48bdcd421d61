//! `gemc data`: which data sets are known, where they lie, and whether their files are the published ones.

use std::path::PathBuf;

use serde_json::json;

use super::args::{DataVerb, RootArgs, SetArgs};
use super::data_paths::{UNPROVEN, UNVERIFIED, named, roots};
use super::exit::{Exit, Failure, Outcome, alone};
use super::numbers::{columns, grouped};
use super::screen::{Ink, Screen};
use crate::data::dataset_name::FOLDER;
use crate::data::known::published;
use crate::data::locate::locate;
use crate::data::own::{CSV, IDX, NPZ};
use crate::data::read::verify;
use crate::data::{DataError, DatasetName, ImageFolder, Standing, names};

/// Lists, verifies or finds data sets.
pub(super) fn run(screen: &Screen, verb: &DataVerb) -> Outcome {
    match verb {
        DataVerb::List(args) => list(screen, args),
        DataVerb::Verify(args) => check(screen, args),
        DataVerb::Path(args) => path(screen, args),
    }
}

fn list(screen: &Screen, args: &RootArgs) -> Outcome {
    let roots = roots(args.data_dir.as_deref());
    let (mut rows, mut objects) = (Vec::new(), Vec::new());
    for name in names() {
        let named = named(&name)?;
        let facts = named.facts().map_err(Failure::environment)?;
        let set = named.published();
        let found = set.and_then(|set| locate(set, &roots).ok());
        let (train, test) = set.map_or((None, None), |set| (Some(set.train), Some(set.test)));
        let place = match (set, &found) {
            (None, _) => "needs no file".to_owned(),
            (Some(set), Some(found)) if found.is_beyond_proof(set) => {
                format!("{}, {UNVERIFIED}", found.folder.display())
            }
            (Some(_), Some(found)) => found.folder.display().to_string(),
            (Some(_), None) => "downloaded on first use".to_owned(),
        };
        let folder = found.map(|found| found.folder);
        let samples = |count: Option<usize>| count.map_or_else(|| "any".to_owned(), |count| grouped(count as u64));
        rows.push([name.clone(), facts.sample(), grouped(facts.classes as u64), samples(train), samples(test), place]);
        objects.push(json!({
            "name": name, "height": facts.height, "width": facts.width, "channels": facts.channels,
            "classes": facts.classes, "train": train, "test": test, "path": folder,
        }));
    }
    if screen.is_json() {
        return screen.object(&json!({ "data": objects, "roots": roots })).map(|()| Exit::Done);
    }
    let head = ["data", "sample", "classes", "train", "test", "where"].map(str::to_owned);
    rows.insert(0, head);
    let mut lines = columns(&rows, &[2, 3, 4]);
    lines[0] = screen.paint(Ink::Faint, &lines[0]);
    lines.push(format!("\n{FOLDER}PATH is a folder with a folder of PNG or JPEG images for each class"));
    lines.push(format!("{NPZ}FILE holds arrays x and y, {CSV}FILE a table with one column of labels, {IDX}IMAGES,LABELS a pair of IDX files"));
    lines.push(format!("searched folders: {}", shown(&roots)));
    screen.print(&format!("{}\n", lines.join("\n")))?;
    Ok(Exit::Done)
}

fn shown(roots: &[PathBuf]) -> String {
    let roots: Vec<String> = roots.iter().map(|root| root.display().to_string()).collect();
    if roots.is_empty() { "none: name one with --data-dir".to_owned() } else { roots.join(", ") }
}

/// What verifying says of a data set.
#[derive(Debug)]
pub(super) enum Verdict {
    /// It needs no file.
    Drawn,
    /// No folder holds all of its files.
    Absent(Failure),
    /// It is in this folder; its standing, or the failure that tells what is damaged.
    There(PathBuf, Result<Standing, Failure>),
}

/// Looks for a data set and reads all of it.
pub(super) fn judge(set: &DatasetName, roots: &[PathBuf]) -> Verdict {
    let damaged = |fault: DataError| Failure::Fault(Exit::Environment, alone(fault));
    match set {
        DatasetName::Glyphs | DatasetName::GlyphsColor => Verdict::Drawn,
        DatasetName::Folder(path) => {
            match ImageFolder::open(path).and_then(|images| images.read()).map_err(DataError::from) {
                Err(absent) if !path.is_dir() => Verdict::Absent(damaged(absent)),
                read => Verdict::There(path.clone(), read.map(|images| images.standing).map_err(damaged)),
            }
        }
        DatasetName::Own(files) => match files.read().map_err(DataError::from) {
            Err(absent) if !files.path().is_file() => Verdict::Absent(damaged(absent)),
            read => Verdict::There(files.path().to_path_buf(), read.map(|data| data.standing).map_err(damaged)),
        },
        DatasetName::Published(set) => match locate(set, roots) {
            Err(absent) => Verdict::Absent(Failure::environment(absent)),
            Ok(found) => Verdict::There(found.folder.clone(), verify(set, &found).map_err(damaged)),
        },
    }
}

fn check(screen: &Screen, args: &SetArgs) -> Outcome {
    let roots = roots(args.roots.data_dir.as_deref());
    let names = match &args.name {
        Some(name) => vec![name.clone()],
        None => published().into_iter().map(|set| set.facts.name).collect(),
    };
    let (mut exit, mut rows, mut objects) = (Exit::Done, Vec::new(), Vec::new());
    for name in names {
        let verdict = judge(&named(&name)?, &roots);
        let (word, folder) = match &verdict {
            Verdict::Drawn => ("whole", None),
            Verdict::Absent(_) => ("absent", None),
            Verdict::There(found, Ok(Standing::Whole)) => ("whole", Some(found)),
            Verdict::There(found, Ok(Standing::Unverified)) => ("unverified", Some(found)),
            Verdict::There(found, Err(_)) => ("damaged", Some(found)),
        };
        objects.push(json!({ "name": name, "standing": word, "path": folder }));
        let shown = if word == "unverified" { UNVERIFIED } else { word };
        rows.push([name, shown.to_owned(), folder.map(|folder| folder.display().to_string()).unwrap_or_default()]);
        match verdict {
            Verdict::Absent(failure) if args.name.is_some() => exit = reported(screen, &failure),
            Verdict::There(_, Err(failure)) => exit = reported(screen, &failure),
            Verdict::Drawn | Verdict::Absent(_) | Verdict::There(..) => {}
        }
    }
    if screen.is_json() {
        screen.object(&json!({ "data": objects }))?;
        return Ok(exit);
    }
    let doubtful = rows.iter().any(|[_, word, _]| word == UNVERIFIED);
    screen.print(&format!("{}\n", columns(&rows, &[]).join("\n")))?;
    if doubtful {
        screen.remark(&screen.paint_remark(Ink::Faint, &format!("unverified: {UNPROVEN}")));
    }
    Ok(exit)
}

/// Shows what is wrong to people; scripts read it from the object.
fn reported(screen: &Screen, failure: &Failure) -> Exit {
    if screen.is_json() { failure.exit() } else { screen.failure(failure) }
}

fn path(screen: &Screen, args: &SetArgs) -> Outcome {
    let roots = roots(args.roots.data_dir.as_deref());
    let folder = match args.name.as_deref().map(named).transpose()? {
        None => roots.first().cloned(),
        Some(DatasetName::Glyphs | DatasetName::GlyphsColor) => None,
        Some(DatasetName::Folder(path)) => Some(path),
        Some(DatasetName::Own(files)) => Some(files.path().to_path_buf()),
        Some(DatasetName::Published(set)) => Some(locate(&set, &roots).map_err(Failure::environment)?.folder),
    };
    if screen.is_json() {
        screen.object(&json!({ "name": args.name, "path": folder }))?;
    } else if let Some(folder) = folder {
        screen.print(&format!("{}\n", folder.display()))?;
    } else {
        screen.remark("it has no folder: its samples are drawn when they are needed");
    }
    Ok(Exit::Done)
}
