//! The compiler as one page: a text goes in, a verified plan comes out, or a report of all that is wrong.

use miette::Diagnostic;
use thiserror::Error;

use crate::check::{Checked, Model, PartialModel, Symbols, check};
use crate::diag::{Bug, Problems, Report};
use crate::format::restyle;
use crate::options::{FewShot, Options, usual_batch_of};
use crate::plan::{Plan, lower};
use crate::syntax::ast::Ast;
use crate::syntax::parse;
use crate::wire::{Wiring, join, survey};

/// A text on its way through the compiler, with the product of every stage.
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
#[derive(Debug)]
pub struct Stages {
    /// The text as written.
    pub ast: Ast,
    /// The network as meant, who feeds whom, and when.
    pub wiring: Wiring,
    /// The tensor program.
    pub plan: Plan,
    /// How tasks are learned, where that is what the plan is for.
    pub few_shot: Option<FewShot>,
    /// Warnings; there are no errors among them.
    pub warnings: Report,
}

impl Stages {
    /// Returns the network as meant.
    pub fn model(&self) -> &Model {
        self.wiring.model()
    }
}

/// A fault of gemc itself, shown like any other.
#[derive(Debug, Error, Diagnostic)]
#[error(transparent)]
#[diagnostic(transparent)]
struct OurFault(Bug);

/// Compiles a text to a plan.
///
/// # Errors
///
/// All faults of the text in one report, in the order of the text.
pub fn compile(source: &str, options: &Options) -> Result<Plan, Report> {
    stages("model.gem", source, options).map(|stages| stages.plan)
}

/// Compiles a text, shown as `name` in reports, and keeps what every stage made.
///
/// # Errors
///
/// All faults of the text in one report, in the order of the text.
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub fn stages(name: &str, source: &str, options: &Options) -> Result<Stages, Report> {
    let mut problems = Problems::new();
    let Front { ast: Some(ast), model: Ok(wiring), .. } = front(source, options, &mut problems) else {
        return Err(Report::new(name, source, problems));
    };
    let usual = usual_batch_of(wiring.model().has_windows(), options.few_shot);
    match lower(&wiring, options.order, options.batch.unwrap_or(usual), options.few_shot) {
        Ok(plan) => {
            Ok(Stages { ast, wiring, plan, few_shot: options.few_shot, warnings: Report::new(name, source, problems) })
        }
        Err(bug) => {
            problems.push(OurFault(bug));
            Err(Report::new(name, source, problems))
        }
    }
}

/// Finds all faults and warnings of a text, without lowering it.
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub fn faults(name: &str, source: &str, options: &Options) -> Report {
    analyse(name, source, options).report
}

/// Returns a text, shown as `name` in reports, in the one style of `.gem` files. It compiles to the same plan.
///
/// # Errors
///
/// The faults that keep the text from being parsed; other faults do not matter.
pub fn formatted(name: &str, source: &str) -> Result<String, Report> {
    let mut problems = Problems::new();
    let ast = parse(source, &mut problems).filter(|_| !problems.has_errors());
    let Some(ast) = ast else { return Err(Report::new(name, source, problems)) };
    let text = restyle(source);
    if parse(&text, &mut problems).as_ref() != Some(&ast) || problems.has_errors() {
        let why = "the formatted text does not mean the same".to_owned();
        let mut problems = Problems::new();
        problems.push(OurFault(Bug { pass: "format", tensor: name.to_owned(), why }));
        return Err(Report::new(name, source, problems));
    }
    Ok(text)
}

/// What is known of a text, be it at fault or not.
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
#[derive(Debug)]
pub struct Analysis {
    /// The text as written, where it has a model at all; statements that do not parse are marked in it.
    pub ast: Option<Ast>,
    /// Who is called what, and where.
    pub symbols: Symbols,
    /// The network as meant, and who feeds whom, or of a text at fault what is known of it.
    pub model: Result<Wiring, Option<Box<PartialModel>>>,
    /// All faults and warnings, with what mends them.
    pub report: Report,
}

/// Reads and checks a text, shown as `name` in the report, and keeps all that was learned on the way.
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub fn analyse(name: &str, source: &str, options: &Options) -> Analysis {
    let mut problems = Problems::new();
    let Front { ast, symbols, model } = front(source, options, &mut problems);
    Analysis { ast, symbols, model, report: Report::new(name, source, problems) }
}

/// What the stages give at which a user's text may be at fault.
struct Front {
    ast: Option<Ast>,
    symbols: Symbols,
    model: Result<Wiring, Option<Box<PartialModel>>>,
}

/// The stages at which a user's text may be at fault.
fn front(source: &str, options: &Options, problems: &mut Problems) -> Front {
    // the text, statement by statement; one that does not parse hides no other
    let Some(ast) = parse(source, problems) else {
        return Front { ast: None, symbols: Symbols::default(), model: Err(None) };
    };
    // what it means: names, numbers, every rule that needs no wiring
    let Checked { symbols, skeleton, model } = check(&ast, options, problems);
    // who feeds whom, and when; looks at what is there even if the text has faults
    let schedule = survey(&skeleton, problems);
    // only a text without any fault becomes a wiring
    let model = match (model, schedule) {
        (Ok(model), Some(schedule)) if !problems.has_errors() => Ok(join(model, schedule).freeze(&options.freeze)),
        (Ok(model), _) => Err(Some(Box::new(model.into()))),
        (Err(partial), _) => Err(Some(partial)),
    };
    Front { ast: Some(ast), symbols, model }
}
