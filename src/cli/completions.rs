//! `gemc completions`: a shell → the script that completes gemc's commands in it.

use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::Shell;
use serde_json::json;

use super::args::Line;
use super::exit::{Exit, Outcome};
use super::screen::Screen;

/// `gemc completions`.
#[derive(Debug, Args)]
pub(super) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the script.
pub(super) fn run(screen: &Screen, args: &CompletionsArgs) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Line::command(), "gemc", &mut script);
    let script = String::from_utf8_lossy(&script);
    if screen.is_json() {
        let shell = args.shell.to_possible_value().map(|value| value.get_name().to_owned());
        screen.object(&json!({ "shell": shell, "script": script }))?;
    } else {
        screen.print(&script)?;
    }
    Ok(Exit::Done)
}
