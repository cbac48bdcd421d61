//! `gemc doctor`: what this machine has. It tells all it finds, and then, where gemc cannot train here, why.

use std::path::PathBuf;
use std::thread;

use serde_json::json;

use super::args::DoctorArgs;
use super::data::{Verdict, judge};
use super::data_paths::{UNVERIFIED, roots};
use super::engine_launcher::Tensors;
use super::exit::{Exit, Failure, Outcome};
use super::numbers::columns;
use super::screen::{Ink, Screen};
use super::version::{COMMIT, VERSION, WHOLE};
use crate::data::{DatasetName, Standing, names};

/// What libtorch says of itself.
#[derive(Debug, Clone)]
pub struct Libtorch {
    pub(super) version: String,
    /// How many GPUs can be used, or why none can.
    pub(super) gpus: Result<usize, String>,
    /// Whether kernels can be compiled for them.
    pub(super) kernels: bool,
}

/// One data set: its name, its folder, whether it is whole, and that in words.
struct Row {
    name: String,
    path: Option<String>,
    whole: bool,
    words: &'static str,
}

/// Tells what this machine has.
pub(super) fn run(screen: &Screen, tensors: &Tensors, args: &DoctorArgs) -> Outcome {
    let (libtorch, lacking) = match tensors.here() {
        Ok(live) => (Ok((live.look)()), None),
        Err(Failure::Fault(exit, said)) if said.is_empty() => return Ok(exit),
        // it is said in full below; a gemc that was built without libtorch lacks nothing
        Err(failure) if cfg!(feature = "torch") => (Err("no usable libtorch was found".to_owned()), Some(failure)),
        Err(failure) => (Err(reason(&failure)), None),
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let roots = roots(args.roots.data_dir.as_deref());
    let data: Vec<Row> = names().into_iter().filter_map(|name| row(name, &roots)).collect();
    let version = libtorch.as_ref().ok().map(|libtorch| libtorch.version.clone());
    let kernels = libtorch.as_ref().is_ok_and(|libtorch| libtorch.kernels);
    let gpus = libtorch.and_then(|libtorch| libtorch.gpus);
    if screen.is_json() {
        let data: Vec<_> =
            data.iter().map(|row| json!({ "name": row.name, "path": row.path, "whole": row.whole })).collect();
        let (usable, why) = (gpus.is_ok(), gpus.as_ref().err());
        let devices = gpus.as_ref().unwrap_or(&0);
        let cuda = json!({ "usable": usable, "why": why, "devices": devices, "kernels": kernels });
        let object = json!({
            "libtorch": version, "cuda": cuda, "threads": threads, "data": data,
            "roots": roots, "gemc": VERSION, "commit": COMMIT,
        });
        return screen.object(&object).map(|()| lacking.map_or(Exit::Done, |failure| failure.exit()));
    }
    let libtorch = version.unwrap_or_else(|| "none".to_owned());
    let gpu = match gpus {
        Ok(count) if kernels => format!("{count} usable"),
        Ok(count) => format!("{count} usable; NVRTC is missing, without it steps take several times as long"),
        Err(why) => format!("not usable: {}", why.trim_start_matches("no GPU: ")),
    };
    let mut lines =
        vec![("gemc", WHOLE.to_owned()), ("libtorch", libtorch), ("CUDA", gpu), ("threads", threads.to_string())];
    let cells = |row: &Row| [row.name.clone(), row.words.to_owned(), row.path.clone().unwrap_or_default()];
    let table = columns(&data.iter().map(cells).collect::<Vec<_>>(), &[]);
    lines.extend(table.into_iter().enumerate().map(|(index, line)| (if index == 0 { "data" } else { "" }, line)));
    let places = roots.iter().map(|root| root.display().to_string());
    lines.extend(places.enumerate().map(|(index, place)| (if index == 0 { "looked in" } else { "" }, place)));
    let line =
        |(title, text): (&str, String)| format!("{}  {text}\n", screen.paint(Ink::Faint, &format!("{title:<9}")));
    screen.print(&lines.into_iter().map(line).collect::<String>())?;
    lacking.map_or(Ok(Exit::Done), Err)
}

/// Returns the first line of what a failure says.
fn reason(failure: &Failure) -> String {
    let (Failure::Text(_, report) | Failure::Fault(_, report)) = failure;
    let message = report.findings().into_iter().next().map(|finding| finding.message).unwrap_or_default();
    message.lines().next().unwrap_or_default().to_owned()
}

fn row(name: String, roots: &[PathBuf]) -> Option<Row> {
    let (words, whole, folder) = match judge(&DatasetName::find(&name)?, roots) {
        Verdict::Drawn => ("needs no file", true, None),
        Verdict::Absent(_) => ("not on this machine", false, None),
        Verdict::There(found, Ok(Standing::Whole)) => ("whole", true, Some(found)),
        Verdict::There(found, Ok(Standing::Unverified)) => (UNVERIFIED, false, Some(found)),
        Verdict::There(found, Err(_)) => ("damaged: see `gemc data verify`", false, Some(found)),
    };
    Some(Row { name, path: folder.map(|folder| folder.display().to_string()), whole, words })
}
