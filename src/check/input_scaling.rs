//! How the input takes a sample's numbers: what is taken away from them, and what they are divided by.

use super::Context;
use super::arguments::keys;
use super::const_eval::said;
use super::model::Intake;
use super::schema::{DEVIATION, MEAN, Owner};
use crate::syntax::ast::{Ast, Item, Port};

/// Reads the attributes of the first statement `input`; of others the port's rule speaks.
pub(super) fn intake(context: &mut Context, ast: &Ast) -> Intake {
    let Some(port) = ast.items.iter().find_map(as_input) else { return Intake::PLAIN };
    let mut intake = Intake::PLAIN;
    for attribute in keys(("the input", &[Owner::Input]), &port.attributes, None, context.problems) {
        let Some(value) = said(context, attribute, "a number") else { continue };
        if attribute.key.as_str() == MEAN.key {
            intake.mean = MEAN.read(context, Some(value)).unwrap_or(intake.mean);
        } else {
            intake.deviation = DEVIATION.read(context, Some(value)).unwrap_or(intake.deviation);
        }
    }
    intake
}

fn as_input(item: &Item) -> Option<&Port> {
    if let Item::Input(port) = item { Some(port) } else { None }
}
