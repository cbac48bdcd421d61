//! `gemc reproduce`: a figure of the paper by a recipe that ships with gemc, ours against theirs.

use std::path::Path;

use miette::Diagnostic;
use thiserror::Error;

use super::all;
use super::args::ReproduceArgs;
use super::prepare::{RecipeText, prepare};
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::numbers::columns;
use crate::cli::screen::{Ink, Screen};
use crate::diag::{did_you_mean, list};

/// The files of `models/recipes/` by name, in alphabetical order; a test holds the list equal to the folder.
const SHIPPED: &[(&str, &str)] = &[
    ("fig1c", include_str!("../../../models/recipes/fig1c.yaml")),
    ("fig2c", include_str!("../../../models/recipes/fig2c.yaml")),
    ("fig2d", include_str!("../../../models/recipes/fig2d.yaml")),
    ("frontier_mlp", include_str!("../../../models/recipes/frontier_mlp.yaml")),
    ("frontier_slp", include_str!("../../../models/recipes/frontier_slp.yaml")),
    ("structure", include_str!("../../../models/recipes/structure.yaml")),
];

/// There is no figure of that name.
#[derive(Debug, Error, Diagnostic)]
#[error("gemc has no recipe `{name}`")]
#[diagnostic(code(recipe::no_figure))]
struct NoFigure {
    name: String,
    #[help]
    help: String,
}

/// Runs a recipe that ships, or lists all.
pub(in crate::cli) fn run(screen: &Screen, args: &ReproduceArgs) -> Outcome {
    let Some(name) = &args.name else { return listed(screen) };
    let Some((name, text)) = SHIPPED.iter().find(|(shipped, _)| shipped == name) else {
        let names = || SHIPPED.iter().map(|(name, _)| *name);
        let help = did_you_mean(name, names()).unwrap_or_else(|| format!("there are {}", list(names())));
        return Err(Failure::input(NoFigure { name: name.clone(), help }));
    };
    let (data_dir, quick) = (args.how.data_dir.as_deref(), args.how.quick);
    let from = RecipeText { name, text: (*text).to_owned(), folder: Path::new(""), data_dir, quick };
    let prepared = prepare(screen, from, args.how.quiet || screen.is_json())?;
    all(screen, &args.how, (&prepared, name), None)
}

/// Lists the recipes by their titles.
fn listed(screen: &Screen) -> Outcome {
    let titles: Vec<[String; 2]> = SHIPPED.iter().map(|(name, text)| [(*name).to_owned(), title(text)]).collect();
    if screen.is_json() {
        let figures: Vec<_> =
            titles.iter().map(|[name, title]| serde_json::json!({ "name": name, "title": title })).collect();
        screen.object(&serde_json::json!({ "figures": figures }))?;
    } else {
        let lines = columns(&titles, &[]).join("\n");
        screen.print(&format!("{lines}\n"))?;
        screen.remark(&screen.paint_remark(Ink::Faint, "`gemc reproduce NAME` runs one, `--quick` in minutes"));
    }
    Ok(Exit::Done)
}

fn title(text: &str) -> String {
    text.lines().find_map(|line| line.strip_prefix("title: ")).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_the_folder() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/recipes");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut files: Vec<String> = files.collect();
        files.sort();
        let listed: Vec<String> = SHIPPED.iter().map(|(name, _)| format!("{name}.yaml")).collect();
        assert_eq!(files, listed, "models/recipes/ and reproduce.rs differ");
        assert!(SHIPPED.iter().all(|(_, text)| !title(text).is_empty()));
    }
}
