//! The options of training → the numbers of the protocol: the model's usual ones, but for what was asked for.

use super::training::{Rate, TrainArgs};
use crate::options::FewShot;
use crate::run_dir::{BadConfig, EPOCHS, LrSchedule, TrainConfig};

fn schedule(rate: Rate) -> LrSchedule {
    match rate {
        Rate::Constant => LrSchedule::Constant,
        Rate::Cosine => LrSchedule::Cosine,
    }
}

/// Returns the protocol: the model's usual one, but for what was asked for. Without `--eval-every` a length in epochs is
/// evaluated after each.
pub(super) fn recipe(
    args: &TrainArgs,
    few_shot: Option<FewShot>,
    windows: bool,
    samples: usize,
) -> Result<TrainConfig, BadConfig> {
    let usual = few_shot.map_or_else(|| TrainConfig::usual(windows, samples), TrainConfig::usual_few_shot);
    let number = |asked: Option<u32>, usual: usize| asked.map_or(usual, |number| number as usize);
    let mut recipe = TrainConfig {
        batch: number(args.batch, usual.batch),
        lr: args.lr.unwrap_or(usual.lr),
        seed: args.seed.unwrap_or(usual.seed),
        runs: number(args.runs, usual.runs),
        patience: args.patience.or(usual.patience),
        min_delta: args.min_delta.unwrap_or(usual.min_delta),
        schedule: args.schedule.map_or(usual.schedule, schedule),
        length: usual.length,
        eval_every: usual.eval_every,
        few_shot,
    };
    if let Some(epochs) = args.epochs {
        recipe = recipe.for_epochs(epochs, samples);
    } else if args.batch.is_some() && windows && few_shot.is_none() {
        // an epoch has another number of steps
        recipe = recipe.for_epochs(EPOCHS, samples);
    }
    recipe.length = args.steps.unwrap_or(recipe.length);
    recipe.eval_every = args.eval_every.unwrap_or(recipe.eval_every);
    recipe.check(samples)?;
    args.snapshots.map_or(Ok(()), |steps| steps.check(recipe.length))?;
    Ok(recipe)
}
