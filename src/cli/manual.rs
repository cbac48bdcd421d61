//! `gemc manual`: a folder → a page of the manual in it for gemc and for each of its commands. `make install` calls it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, Command, CommandFactory, ValueHint};
use clap_mangen::Man;

use super::args::Line;
use super::atomic_file;
use super::exit::{Exit, Failure, Outcome};

/// `gemc manual`.
#[derive(Debug, Args)]
pub(super) struct ManualArgs {
    /// The folder to write them into
    #[arg(value_name = "PATH", value_hint = ValueHint::DirPath)]
    folder: PathBuf,
}

/// Writes the pages.
pub(super) fn run(args: &ManualArgs) -> Outcome {
    let mut line = Line::command();
    line.build();
    fs::create_dir_all(&args.folder).map_err(|why| atomic_file::unwritable(&args.folder, why))?;
    pages(&args.folder, &line, "gemc")?;
    Ok(Exit::Done)
}

/// Writes the page of a command, called `name`, and those of the commands below it.
fn pages(folder: &Path, command: &Command, name: &str) -> Result<(), Failure> {
    // a page is called after all words of its command: gemc-data-list
    let titled = command.clone().display_name(name.to_owned()).disable_help_subcommand(true);
    let file = folder.join(format!("{name}.1"));
    let text = page(&Man::new(titled)).map_err(|why| atomic_file::unwritable(&file, why))?;
    atomic_file::write(&file, &text)?;
    let mut below = command.get_subcommands().filter(|below| !below.is_hide_set() && below.get_name() != "help");
    below.try_for_each(|below| pages(folder, below, &format!("{name}-{}", below.get_name())))
}

fn page(manual: &Man) -> io::Result<String> {
    let mut text = Vec::new();
    manual.render(&mut text)?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
