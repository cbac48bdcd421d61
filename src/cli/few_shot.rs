//! The options of few-shot learning as types; their doc comments are the help that users read.

use clap::{Args, ValueEnum};

use super::parse::{inner_steps, queries, shots, ways};
use crate::data::FewShotSplit;
use crate::options::{self, FewShot};

/// Whether a network learns tasks, and how.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Few-shot learning")]
pub(super) struct FewShotArgs {
    /// Learn to learn tasks of few samples: the weights of each task take gradient steps, and gradients go through them (MAML)
    #[arg(long)]
    pub(super) few_shot: bool,
    /// Classes of a task [default: 5]
    #[arg(long, value_name = "N", requires = "few_shot", allow_negative_numbers = true, value_parser = ways)]
    ways: Option<u32>,
    /// Samples of each class that a task is learned from [default: 1]
    #[arg(long, value_name = "N", requires = "few_shot", allow_negative_numbers = true, value_parser = shots)]
    shots: Option<u32>,
    /// Samples of each class by which a task is judged [default: 1]
    #[arg(long, value_name = "N", requires = "few_shot", allow_negative_numbers = true, value_parser = queries)]
    queries: Option<u32>,
    /// Gradient steps on the samples of a task [default: 2]
    #[arg(long, value_name = "N", requires = "few_shot", allow_negative_numbers = true, value_parser = inner_steps)]
    inner_steps: Option<u32>,
    /// Leave out second derivatives: gradients do not go through the inner ones
    #[arg(long, requires = "few_shot")]
    first_order: bool,
    /// Which connections learn a task [default: all]
    #[arg(long, value_enum, value_name = "CONNECTIONS", requires = "few_shot")]
    adapt: Option<Adapt>,
}

/// Which connections learn a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Adapt {
    /// All but frozen ones
    All,
    /// Those to the output
    Readout,
    /// None
    None,
}

/// How the classes of the data are used.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Few-shot learning")]
pub(super) struct ClassArgs {
    /// How the classes of the data are split: `paper`, `paper-validated`, `lake` or `small` [default: paper]
    #[arg(long, value_name = "SPLIT", requires = "few_shot", value_parser = split)]
    pub(super) split: Option<FewShotSplit>,
    /// Make four classes of each class that is trained on, by rotations of 90 degrees
    #[arg(long, requires = "few_shot")]
    pub(super) rotations: bool,
}

fn split(text: &str) -> Result<FewShotSplit, String> {
    text.parse().map_err(|_| "a split is `paper`, `paper-validated`, `lake` or `small`".to_owned())
}

impl FewShotArgs {
    /// Returns how tasks are learned, where they are.
    pub(super) fn wanted(&self) -> Option<FewShot> {
        let usual = FewShot::default();
        let number = |asked: Option<u32>, usual: usize| asked.map_or(usual, |number| number as usize);
        self.few_shot.then(|| FewShot {
            ways: number(self.ways, usual.ways),
            shots: number(self.shots, usual.shots),
            queries: number(self.queries, usual.queries),
            inner_steps: number(self.inner_steps, usual.inner_steps),
            first_order: self.first_order,
            adapt: match self.adapt {
                None | Some(Adapt::All) => options::Adapt::All,
                Some(Adapt::Readout) => options::Adapt::Readout,
                Some(Adapt::None) => options::Adapt::None,
            },
        })
    }
}
