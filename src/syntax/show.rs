//! Tree → text, one way for each: a statement a line, four spaces of indentation, parentheses only where they are
//! needed. What is printed reads back as the same tree.

use std::fmt::{self, Display, Formatter};

use super::ast::{Argument, Ast, Attribute, Broken, Call, Connect, Expr, Genome, Item, Scale, Sign};

impl Display for Ast {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "model {}", self.name)?;
        if !self.parameters.is_empty() {
            f.write_str("(")?;
            commas(f, &self.parameters, |f, parameter| write!(f, "{} = {}", parameter.name, parameter.default))?;
            f.write_str(")")?;
        }
        f.write_str(" {\n")?;
        for item in &self.items {
            writeln!(f, "    {item}")?;
        }
        f.write_str("}\n")
    }
}

impl Display for Item {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Let(item) => write!(f, "let {} = {}", item.name, item.value),
            Self::Genome(Genome { name, arguments: genes, attributes, .. }) => {
                write!(f, "genome {name}")?;
                arguments(f, genes)?;
                braces(f, attributes)
            }
            Self::Interaction(item) => {
                write!(f, "interaction {} over {}", item.name, item.genome)?;
                braces(f, &item.attributes)
            }
            Self::Population(item) => {
                write!(f, "population {} = {}", item.name, item.shape)?;
                braces(f, &item.attributes)
            }
            Self::Connect(Connect { chain, encoding, attributes, .. }) => {
                f.write_str("connect ")?;
                separated(f, chain, " -> ", |f, name| name.fmt(f))?;
                write!(f, " via {encoding}")?;
                braces(f, attributes)
            }
            Self::Unroll(item) => write!(f, "unroll {}", item.ticks),
            Self::Start(item) => write!(f, "start {}", item.rule),
            Self::Input(port) => {
                write!(f, "input {}", port.name)?;
                braces(f, &port.attributes)
            }
            Self::Output(port) => write!(f, "output {}", port.name),
            Self::Broken(Broken { keyword, declares, .. }) => {
                f.write_str("// unreadable:")?;
                keyword.iter().chain(declares).try_for_each(|word| write!(f, " {word}"))
            }
        }
    }
}

impl Display for Call {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        self.arguments.as_ref().map_or(Ok(()), |list| arguments(f, list))
    }
}

impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(value, _) => write!(f, "{value}"),
            Self::Float(value, _) => float(f, *value),
            Self::Bool(value, _) => write!(f, "{value}"),
            Self::Call(call) => write!(f, "{call}"),
            Self::Negate(value, _) => {
                f.write_str("-")?;
                operand(f, value, Strength::Value)
            }
            Self::Sum(first, rest, _) => {
                operand(f, first, Strength::Product)?;
                rest.iter().try_for_each(|(sign, term)| {
                    f.write_str(if *sign == Sign::Plus { " + " } else { " - " })?;
                    operand(f, term, Strength::Product)
                })
            }
            Self::Product(first, rest, _) => {
                operand(f, first, Strength::Negation)?;
                rest.iter().try_for_each(|(scale, factor)| {
                    f.write_str(if *scale == Scale::Times { " * " } else { " / " })?;
                    operand(f, factor, Strength::Negation)
                })
            }
        }
    }
}

/// How tightly an expression holds together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Sum,
    Product,
    Negation,
    Value,
}

fn strength(expr: &Expr) -> Strength {
    match expr {
        Expr::Sum(..) => Strength::Sum,
        Expr::Product(..) => Strength::Product,
        Expr::Negate(..) => Strength::Negation,
        Expr::Int(..) | Expr::Float(..) | Expr::Bool(..) | Expr::Call(_) => Strength::Value,
    }
}

/// Writes `expr`, in parentheses where it holds together less tightly than its place needs.
fn operand(f: &mut Formatter<'_>, expr: &Expr, needed: Strength) -> fmt::Result {
    if strength(expr) < needed { write!(f, "({expr})") } else { write!(f, "{expr}") }
}

/// Writes `value` so that it reads back to the same bits, with an exponent where that is shorter to read.
fn float(f: &mut Formatter<'_>, value: f64) -> fmt::Result {
    if value != 0.0 && !(0.01..1e6).contains(&value.abs()) { write!(f, "{value:e}") } else { write!(f, "{value:?}") }
}

fn arguments(f: &mut Formatter<'_>, arguments: &[Argument]) -> fmt::Result {
    f.write_str("(")?;
    commas(f, arguments, |f, argument| {
        argument.name.iter().try_for_each(|name| write!(f, "{name}: "))?;
        write!(f, "{}", argument.value)
    })?;
    f.write_str(")")
}

fn braces(f: &mut Formatter<'_>, attributes: &[Attribute]) -> fmt::Result {
    if attributes.is_empty() {
        return Ok(());
    }
    f.write_str(" { ")?;
    commas(f, attributes, |f, attribute| {
        write!(f, "{}", attribute.key)?;
        attribute.value.iter().try_for_each(|value| write!(f, ": {value}"))
    })?;
    f.write_str(" }")
}

fn commas<T>(f: &mut Formatter<'_>, list: &[T], show: impl Fn(&mut Formatter<'_>, &T) -> fmt::Result) -> fmt::Result {
    separated(f, list, ", ", show)
}

fn separated<T>(
    f: &mut Formatter<'_>,
    list: &[T],
    between: &str,
    show: impl Fn(&mut Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    list.iter().enumerate().try_for_each(|(index, one)| {
        f.write_str(if index == 0 { "" } else { between })?;
        show(f, one)
    })
}
