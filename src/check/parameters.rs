//! The model's parameters: the text's default, a fact of the data set, or a value set from outside, in rising order of
//! precedence. Then the lets, from top to bottom.

use miette::Diagnostic;
use thiserror::Error;

use super::Context;
use super::const_eval::evaluate;
use super::model::{Origin, Setting, Value};
use super::symbols::Meaning;
use crate::diag::{did_you_mean, list};
use crate::options::{Facts, Options};
use crate::span::{Name, Span};
use crate::syntax::ast::{Ast, Item};

/// An override of a parameter that is not there.
#[derive(Debug, Error, Diagnostic)]
#[error("the model has no parameter `{name}` to set")]
#[diagnostic(code(gem::unknown_parameter))]
struct UnknownParameter {
    name: String,
    #[label(primary, "its parameters are declared here")]
    at: Span,
    #[help]
    help: String,
}

/// An override whose value does not fit its parameter.
#[derive(Debug, Error, Diagnostic)]
#[error("`{name}` cannot be set to `{value}`")]
#[diagnostic(code(gem::unfit_override), help("its default is `{default}`: give {wanted}"))]
struct UnfitOverride {
    name: String,
    value: String,
    default: Value,
    wanted: &'static str,
    #[label(primary, "{wanted} is wanted")]
    at: Span,
}

/// Evaluates parameters and lets, enters their values, and returns the parameters' settings.
pub(super) fn settings(context: &mut Context, ast: &Ast, options: &Options) -> Vec<Setting> {
    unknown_overrides(context, ast, options);
    let mut settings = Vec::new();
    for parameter in &ast.parameters {
        let default = evaluate(context, &parameter.default);
        let setting = default.map(|default| choose(context, &parameter.name, default, options));
        let meaning = setting.as_ref().map_or(Meaning::Broken, |setting| Meaning::Parameter(Some(setting.value)));
        context.symbols.set(&parameter.name, meaning);
        settings.extend(setting);
    }
    for item in &ast.items {
        if let Item::Let(item) = item {
            let value = evaluate(context, &item.value);
            context.symbols.set(&item.name, value.map_or(Meaning::Broken, |value| Meaning::Let(Some(value))));
        }
    }
    settings
}

fn unknown_overrides(context: &mut Context, ast: &Ast, options: &Options) {
    let names: Vec<&str> = ast.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    for (name, _) in &options.set {
        if !names.contains(&name.as_str()) {
            let help = did_you_mean(name, names.iter().copied())
                .unwrap_or_else(|| format!("its parameters: {}", list(names.iter().copied())));
            context.problems.push(UnknownParameter { name: name.clone(), at: ast.name.span, help });
        }
    }
}

fn choose(context: &mut Context, name: &Name, default: Value, options: &Options) -> Setting {
    let setting = |value, origin| Setting { name: name.to_string(), value, origin };
    if let Some((_, text)) = options.set.iter().rev().find(|(key, _)| key == name.as_str()) {
        return match read(text, default) {
            Ok(value) => setting(value, Origin::Set),
            Err(wanted) => {
                let fault =
                    UnfitOverride { name: name.to_string(), value: text.clone(), default, wanted, at: name.span };
                context.problems.push(fault);
                setting(default, Origin::Default)
            }
        };
    }
    match options.facts.as_ref().and_then(|facts| fact(facts, name.as_str())) {
        Some(value) => setting(value, Origin::Data),
        None => setting(default, Origin::Default),
    }
}

/// Reads an override as a value of the default's kind; says what is wanted where it is none.
fn read(text: &str, default: Value) -> Result<Value, &'static str> {
    let text = text.trim();
    match default {
        Value::Int(_) => text.parse().map(Value::Int).map_err(|_| "a whole number"),
        Value::Bool(_) => text.parse().map(Value::Bool).map_err(|_| "`true` or `false`"),
        Value::Float(_) => match text.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(Value::Float(value)),
            _ => Err("a number"),
        },
    }
}

fn fact(facts: &Facts, name: &str) -> Option<Value> {
    let size = match name {
        "height" => facts.height,
        "width" => facts.width,
        "channels" => facts.channels,
        "classes" => facts.classes,
        _ => return None,
    };
    i64::try_from(size).ok().map(Value::Int)
}
