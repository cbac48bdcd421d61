//! How the input takes a sample's numbers: what is taken away from them, and what they are divided by.

use super::Context;
use super::arguments::keys;
use super::const_eval::said;
use super::model::Intake;
use super::numeric::{Bounds, between, moderate};
use crate::syntax::ast::{Ast, Item, Port};

/// The attributes that the input has.
pub(super) const KEYS: &[&str] = &["mean", "deviation"];
const DEVIATIONS: Bounds = Bounds { least: 1e-4, most: 1e4, said: "from 0.0001 to 10,000" };

/// Reads the attributes of the first statement `input`; of others the port's rule speaks.
pub(super) fn intake(context: &mut Context, ast: &Ast) -> Intake {
    let Some(port) = ast.items.iter().find_map(as_input) else { return Intake::PLAIN };
    let mut intake = Intake::PLAIN;
    for attribute in keys("the input", &port.attributes, KEYS, None, context.problems) {
        let Some(value) = said(context, attribute, "a number") else { continue };
        if attribute.key.as_str() == "mean" {
            intake.mean = moderate(context, value, "`mean`").unwrap_or(intake.mean);
        } else {
            intake.deviation = between(context, value, "`deviation`", DEVIATIONS).unwrap_or(intake.deviation);
        }
    }
    intake
}

fn as_input(item: &Item) -> Option<&Port> {
    if let Item::Input(port) = item { Some(port) } else { None }
}
