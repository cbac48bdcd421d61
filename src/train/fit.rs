//! A measured connectome → O, and X where it is not given, so that H(X O Xᵀ) reproduces it: logistic regression of every pair
//! of neurons that is not held out, joined ones and others weighing the same in sum, by Adam on all of them at once.

use miette::Diagnostic;
use serde::Serialize;
use tch::no_grad_guard;
use thiserror::Error;

use super::adam::Adam;
use super::factorization::{Factorization, LinkTarget, numbers};
use super::link_metrics::{LinkMetrics, held_out, judge};
use super::run::Interrupt;
use crate::emit::{Place, TorchFault};
use crate::run_dir::Stopped;

/// Steps between two looks at the loss.
const LOOK: u64 = 25;
/// Tensors of neurons × neurons that a step holds at once.
const HELD: u64 = 6;
/// Copies of a parameter: itself, as it is given out, its gradient, two moments.
const LEARNED: u64 = 6;

/// The pairs that are learned from, or those that are held out, are all joined or all not.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("{found} of the {pairs} {which} pairs are joined")]
#[diagnostic(
    code(run::one_class),
    help("another `--seed` or `--validation` may divide the pairs better; a connectome needs enough edges for both")
)]
pub struct OneClass {
    /// `held-out` or `training`.
    pub which: &'static str,
    /// How many pairs those are.
    pub pairs: u64,
    /// How many of them are joined.
    pub found: u64,
}

/// Numbers became infinite, or none at all.
#[derive(Debug, Clone, PartialEq, Eq, Error, Diagnostic)]
#[error("the loss is not finite after step {step}")]
#[diagnostic(code(run::fit_not_finite), help("choose a smaller `--lr`"))]
pub struct FitNotFinite {
    /// The step.
    pub step: u64,
}

/// Why a connectome could not be fitted.
#[derive(Debug, Error, Diagnostic)]
pub enum FitFault {
    /// One part of the pairs has one class.
    #[error(transparent)]
    #[diagnostic(transparent)]
    OneClass(#[from] OneClass),
    /// The loss is no number.
    #[error(transparent)]
    #[diagnostic(transparent)]
    NotFinite(#[from] FitNotFinite),
    /// libtorch refuses.
    #[error(transparent)]
    #[diagnostic(
        code(run::torch),
        help("out of memory: fewer neurons or a smaller `--genes` take less; anything else is worth a report")
    )]
    Torch(#[from] TorchFault),
}

/// What is fitted.
#[derive(Debug, Clone, Copy)]
pub struct Measured<'a> {
    /// N.
    pub neurons: usize,
    /// Who is joined to whom.
    pub edges: &'a [(usize, usize)],
    /// G.
    pub genes: usize,
    /// X, N × G, where it is given; else it is learned.
    pub identities: Option<&'a [f64]>,
}

/// How it is fitted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct FitConfig {
    /// The part of the pairs that is held out; with 0 all are learned from.
    pub hold_out: f64,
    /// Of what is drawn: the held-out pairs, and X where it is learned.
    pub seed: u64,
    /// Steps of Adam.
    pub steps: u64,
    /// Its rate at the start; it falls along half a cosine.
    pub lr: f64,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Fitted {
    /// X, N × G.
    pub identities: Vec<f64>,
    /// O, G × G.
    pub interaction: Vec<f64>,
    /// The pairs that H(X O Xᵀ) joins.
    pub predicted: Vec<(usize, usize)>,
    /// How well the held-out pairs are told, if there are some.
    pub held_out: LinkMetrics,
    /// How well those are told that were learned from.
    pub training: LinkMetrics,
    /// Numbers that were learned.
    pub parameters: u64,
    /// The loss at the last look.
    pub loss: f64,
    /// Steps made.
    pub steps: u64,
    /// Why it ended.
    pub stopped: Stopped,
}

/// Returns the bytes that fitting these numbers of neurons and genes takes.
pub fn fit_bytes(neurons: usize, genes: usize) -> u64 {
    let (neurons, genes) = (neurons as u64, genes as u64);
    let square = |side: u64| side.saturating_mul(side);
    let learned = square(genes).saturating_add(neurons.saturating_mul(genes));
    square(neurons).saturating_mul(4 * HELD).saturating_add(learned.saturating_mul(4 * LEARNED))
}

/// Fits until all steps are made or `interrupt` says so; `watch` hears of the loss now and then.
///
/// # Errors
///
/// See [`FitFault`].
pub fn fit(
    measured: Measured<'_>,
    recipe: FitConfig,
    place: Place,
    watch: &mut dyn FnMut(u64, f64),
    interrupt: Interrupt<'_>,
) -> Result<Fitted, FitFault> {
    let _guard = no_grad_guard();
    let (joined, held) = divided(measured, recipe)?;
    let factors = Factorization::new(measured, recipe.seed, place)?;
    let target = LinkTarget::new(measured.neurons, &joined, &held, place)?;
    let (loss, steps, stopped) = learn(&factors, &target, recipe, (watch, interrupt))?;
    let scores = numbers::<f32>(&factors.scores()?.f_reshape(-1).map_err(TorchFault::from)?)?;
    let judged = |wanted: bool| {
        let pairs = scores.iter().zip(&joined).zip(&held).filter(|(_, held)| **held == wanted);
        judge(pairs.map(|((score, joined), _)| (*score, *joined)))
    };
    let ends = |pair: usize| (pair / measured.neurons, pair % measured.neurons);
    let predicted = scores.iter().enumerate().filter(|(_, score)| **score > 0.0).map(|(pair, _)| ends(pair)).collect();
    let (identities, interaction) = factors.found()?;
    let parameters = (interaction.len() + if factors.learns_identities { identities.len() } else { 0 }) as u64;
    let (held_out, training) = (judged(true), judged(false));
    Ok(Fitted { identities, interaction, predicted, held_out, training, parameters, loss, steps, stopped })
}

/// Who listens to how far it is, and what asks it to stop.
type FitHooks<'a, 'b> = (&'a mut dyn FnMut(u64, f64), Interrupt<'b>);

/// Makes the steps; returns the loss at the last look, how many steps there were, and why they ended.
fn learn(
    factors: &Factorization,
    target: &LinkTarget,
    recipe: FitConfig,
    (watch, interrupt): FitHooks<'_, '_>,
) -> Result<(f64, u64, Stopped), FitFault> {
    let mut adam = Adam::new(factors.learned())?;
    let (mut step, mut loss) = (0_u64, f64::NAN);
    loop {
        let part = step as f64 / recipe.steps.max(1) as f64;
        let rate = recipe.lr * 0.5 * (1.0 + (std::f64::consts::PI * part).cos());
        let look = step.is_multiple_of(LOOK) || step + 1 >= recipe.steps;
        let (gradients, found) = factors.loss_and_gradients(target, look)?;
        if let Some(found) = found {
            if !found.is_finite() {
                return Err(FitNotFinite { step }.into());
            }
            loss = found;
            watch(step, loss);
        }
        adam.step(&gradients, rate)?;
        step += 1;
        if let Some(stopped) = interrupt() {
            return Ok((loss, step, stopped));
        }
        if step >= recipe.steps {
            return Ok((loss, step, Stopped::Length));
        }
    }
}

/// Tells for every pair, row by row, whether it is joined, and whether it is held out.
fn divided(measured: Measured<'_>, recipe: FitConfig) -> Result<(Vec<bool>, Vec<bool>), OneClass> {
    let neurons = measured.neurons;
    let mut joined = vec![false; neurons * neurons];
    for (source, target) in measured.edges {
        if let Some(pair) = joined.get_mut(source * neurons + target) {
            *pair = true;
        }
    }
    let held = held_out(joined.len(), recipe.hold_out, recipe.seed);
    let parts = [("training", false), ("held-out", true)];
    // where all pairs are learned from, none is judged by
    for (which, wanted) in parts.into_iter().filter(|(_, wanted)| !wanted || recipe.hold_out > 0.0) {
        let part = || joined.iter().zip(&held).filter(|(_, held)| **held == wanted);
        let (pairs, found) = (part().count() as u64, part().filter(|(joined, _)| **joined).count() as u64);
        if found == 0 || found == pairs {
            return Err(OneClass { which, pairs, found });
        }
    }
    Ok((joined, held))
}
