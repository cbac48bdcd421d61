//! Nodes of the grammar → the head and the statements of the tree. `None` means that a node was not a whole statement.

use super::ast::{
    Argument, Attribute, Call, Connect, Genome, Interaction, Item, Let, ModelParameter, Population, Port, Start, Unroll,
};
use super::grammar::{Pair, Pairs, Rule};
use super::parse::Reader;
use crate::span::{Name, Span};

/// Returns the next of `nodes` that `rule` read.
fn next<'i>(nodes: &mut Pairs<'i>, rule: Rule) -> Option<Pair<'i>> {
    nodes.find(|node| node.as_rule() == rule)
}

impl Reader<'_> {
    /// Reads the model's name and parameters; nothing where a number does not fit.
    pub(super) fn head(&mut self, node: Pair<'_>) -> Option<(Name, Vec<ModelParameter>)> {
        let mut nodes = node.into_inner();
        let name = self.next_name(&mut nodes)?;
        let parameters = next(&mut nodes, Rule::parameters).map(Pair::into_inner).into_iter().flatten();
        let parameters = parameters.filter(|node| node.as_rule() == Rule::parameter);
        let parameters = parameters.map(|node| self.parameter(node)).collect::<Option<_>>()?;
        (!self.too_large).then_some((name, parameters))
    }

    fn parameter(&mut self, node: Pair<'_>) -> Option<ModelParameter> {
        let mut nodes = node.into_inner();
        let name = self.next_name(&mut nodes)?;
        let default = self.expression(next(&mut nodes, Rule::expression)?)?;
        Some(ModelParameter { name, default })
    }

    /// Reads one statement; nothing where the grammar could not.
    #[expect(clippy::wildcard_enum_match_arm, reason = "the other rules are no statements")]
    pub(super) fn item(&mut self, node: Pair<'_>) -> Option<Item> {
        let span = self.span(&node);
        match node.as_rule() {
            Rule::let_item => self.let_item(node.into_inner()).map(Item::Let),
            Rule::genome => self.genome(node.into_inner()).map(Item::Genome),
            Rule::interaction => self.interaction(node.into_inner()).map(Item::Interaction),
            Rule::population => self.population(node.into_inner()).map(Item::Population),
            Rule::connect => self.connect(node.into_inner(), span).map(Item::Connect),
            Rule::unroll => self.unroll(node.into_inner(), span).map(Item::Unroll),
            Rule::start => self.start(node.into_inner(), span).map(Item::Start),
            Rule::input => self.port(node.into_inner(), span).map(Item::Input),
            Rule::output => self.port(node.into_inner(), span).map(Item::Output),
            _ => None,
        }
    }

    fn let_item(&mut self, mut nodes: Pairs<'_>) -> Option<Let> {
        let name = self.next_name(&mut nodes)?;
        let value = self.expression(next(&mut nodes, Rule::expression)?)?;
        Some(Let { name, value })
    }

    fn genome(&mut self, mut nodes: Pairs<'_>) -> Option<Genome> {
        let name = self.next_name(&mut nodes)?;
        let node = next(&mut nodes, Rule::arguments)?;
        let arguments_span = self.span(&node);
        let arguments = self.arguments(node)?;
        Some(Genome { name, arguments, attributes: self.next_attributes(nodes)?, arguments_span })
    }

    fn interaction(&mut self, mut nodes: Pairs<'_>) -> Option<Interaction> {
        let name = self.next_name(&mut nodes)?;
        let genome = self.next_name(&mut nodes)?;
        Some(Interaction { name, genome, attributes: self.next_attributes(nodes)? })
    }

    fn population(&mut self, mut nodes: Pairs<'_>) -> Option<Population> {
        let name = self.next_name(&mut nodes)?;
        let shape = self.call(next(&mut nodes, Rule::call)?)?;
        Some(Population { name, shape, attributes: self.next_attributes(nodes)? })
    }

    fn connect(&mut self, mut nodes: Pairs<'_>, span: Span) -> Option<Connect> {
        let mut chain = Vec::new();
        let encoding = loop {
            let node = nodes.next()?;
            if node.as_rule() == Rule::name {
                chain.push(self.name(&node));
            } else if node.as_rule() == Rule::call {
                break self.call(node)?;
            }
        };
        Some(Connect { chain, encoding, attributes: self.next_attributes(nodes)?, span })
    }

    fn unroll(&mut self, mut nodes: Pairs<'_>, span: Span) -> Option<Unroll> {
        let ticks = self.expression(next(&mut nodes, Rule::expression)?)?;
        Some(Unroll { ticks, span })
    }

    fn start(&self, mut nodes: Pairs<'_>, span: Span) -> Option<Start> {
        Some(Start { rule: self.next_name(&mut nodes)?, span })
    }

    fn port(&mut self, mut nodes: Pairs<'_>, span: Span) -> Option<Port> {
        Some(Port { name: self.next_name(&mut nodes)?, attributes: self.next_attributes(nodes)?, span })
    }

    /// Reads a name, with or without arguments.
    pub(super) fn call(&mut self, node: Pair<'_>) -> Option<Call> {
        let span = self.span(&node);
        let mut nodes = node.into_inner();
        let name = self.next_name(&mut nodes)?;
        let arguments = match next(&mut nodes, Rule::arguments) {
            Some(node) => Some(self.arguments(node)?),
            None => None,
        };
        Some(Call { name, arguments, span })
    }

    fn arguments(&mut self, node: Pair<'_>) -> Option<Vec<Argument>> {
        let nodes = node.into_inner().filter(|node| node.as_rule() == Rule::argument);
        nodes.map(|node| self.argument(node)).collect()
    }

    fn argument(&mut self, node: Pair<'_>) -> Option<Argument> {
        let mut nodes = node.into_inner();
        let first = nodes.next()?;
        if first.as_rule() == Rule::name {
            let value = self.expression(nodes.next()?)?;
            Some(Argument { name: Some(self.name(&first)), value })
        } else {
            Some(Argument { name: None, value: self.expression(first)? })
        }
    }

    /// Reads the attributes among `nodes`, if there are any.
    fn next_attributes(&mut self, mut nodes: Pairs<'_>) -> Option<Vec<Attribute>> {
        let nodes = next(&mut nodes, Rule::attributes).map(Pair::into_inner).into_iter().flatten();
        let nodes = nodes.filter(|node| node.as_rule() == Rule::attribute);
        nodes.map(|node| self.attribute(node)).collect()
    }

    fn attribute(&mut self, node: Pair<'_>) -> Option<Attribute> {
        let mut nodes = node.into_inner();
        let key = self.next_name(&mut nodes)?;
        let value = match next(&mut nodes, Rule::expression) {
            Some(node) => Some(self.expression(node)?),
            None => None,
        };
        Some(Attribute { key, value })
    }

    fn next_name(&self, nodes: &mut Pairs<'_>) -> Option<Name> {
        next(nodes, Rule::name).map(|node| self.name(&node))
    }

    /// Takes the name as the raw text has it.
    fn name(&self, node: &Pair<'_>) -> Name {
        let span = self.span(node);
        Name::new(&self.text[span.start..span.end], span)
    }
}
