//! A YAML text → a tree in which every key and every value has its place.

use std::fmt;

use miette::Diagnostic;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_yaml::{Location, Spanned};
use thiserror::Error;

use crate::diag::{Problems, in_line};
use crate::span::{Name, Span};

/// A text is no YAML.
#[derive(Debug, Error, Diagnostic)]
#[error("this is no YAML: {why}")]
#[diagnostic(
    code(recipe::syntax),
    help("a recipe is lines of `key: value`, lists in `[…]` or with `- `, indented by spaces")
)]
struct Syntax {
    why: String,
    #[label(primary, "here")]
    at: Option<Span>,
}

/// A value with its place.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) at: Span,
    pub(super) value: Value,
}

/// A value.
#[derive(Debug)]
pub(super) enum Value {
    /// Nothing stands there.
    Nothing,
    /// A text, a number or a truth value, as it is written.
    Scalar(String),
    List(Vec<Node>),
    Map(Vec<(Name, Node)>),
}

impl Node {
    /// Reads a text; pushes what is wrong with it.
    pub(super) fn read(text: &str, problems: &mut Problems) -> Option<Self> {
        match serde_yaml::from_str::<Spanned<Raw>>(text) {
            Ok(root) => Some(node(root, text)),
            Err(fault) => {
                let said = fault.without_snippet().to_string();
                let why = in_line(said.lines().next().unwrap_or_default()).into_owned();
                problems.push(Syntax { why, at: fault.location().and_then(|place| span(place, text)) });
                None
            }
        }
    }

    /// Says what kind of value it is.
    pub(super) fn kind(&self) -> &'static str {
        match self.value {
            Value::Nothing => "nothing",
            Value::Scalar(_) => "a single value",
            Value::List(_) => "a list",
            Value::Map(_) => "a map of keys to values",
        }
    }
}

/// A value as the library reads it: what is no text is read again as it is written.
enum Raw {
    Nothing,
    Text(String),
    Other,
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

fn node(raw: Spanned<Raw>, text: &str) -> Node {
    let at = span(raw.referenced, text).unwrap_or_default();
    let value = match raw.value {
        Raw::Nothing => Value::Nothing,
        Raw::Text(text) => Value::Scalar(text),
        // an alias stands for what is written elsewhere
        Raw::Other => Value::Scalar(written(span(raw.defined, text).unwrap_or(at), text)),
        Raw::List(items) => Value::List(items.into_iter().map(|item| node(item, text)).collect()),
        Raw::Map(entries) => Value::Map(entries.into_iter().map(|(key, value)| entry(key, value, text)).collect()),
    };
    Node { at, value }
}

fn entry(key: Spanned<String>, value: Spanned<Raw>, text: &str) -> (Name, Node) {
    let at = span(key.referenced, text).unwrap_or_default();
    (Name::new(key.value, at), node(value, text))
}

fn written(at: Span, text: &str) -> String {
    text.get(at.start..at.end).unwrap_or_default().trim().to_owned()
}

/// Returns a place as bytes of the text; a character at least, where there is one.
fn span(place: Location, text: &str) -> Option<Span> {
    let span = place.span();
    let start = usize::try_from(span.byte_offset()?).ok()?.min(text.len());
    let length = usize::try_from(span.byte_len()?).ok()?;
    let rest = text.get(start..)?;
    let first = rest.chars().next().map_or(0, char::len_utf8);
    let end = start.saturating_add(length.max(first)).min(text.len());
    let whole = text.get(start..end)?;
    // block values reach to the next key
    Some(Span::new(start, if whole.trim_end().is_empty() { end } else { start + whole.trim_end().len() }))
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        text.write_str("a value, a list or a map")
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Raw, E> {
        Ok(Raw::Other)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Raw, E> {
        Ok(Raw::Other)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Raw, E> {
        Ok(Raw::Other)
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<Raw, E> {
        Ok(Raw::Other)
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<Raw, E> {
        Ok(Raw::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Raw, E> {
        Ok(Raw::Other)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Raw, E> {
        Ok(Raw::Nothing)
    }

    fn visit_none<E: Error>(self) -> Result<Raw, E> {
        Ok(Raw::Nothing)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Raw, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Raw::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Raw, A::Error> {
        let mut map = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            map.push(entry);
        }
        Ok(Raw::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(node: &Node, text: &str) -> String {
        let at = &text[node.at.start..node.at.end];
        match &node.value {
            Value::Nothing => "nothing".to_owned(),
            Value::Scalar(value) => format!("{value}@{at}"),
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(|item| shown(item, text)).collect();
                format!("[{}]", items.join(" "))
            }
            Value::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| {
                    let at = &text[key.span.start..key.span.end];
                    format!("{}@{at}: {}", key.as_str(), shown(value, text))
                });
                format!("{{{}}}", entries.collect::<Vec<_>>().join(" "))
            }
        }
    }

    #[test]
    fn everything_has_its_place() {
        let text = "title: Ä b\nset: { genes: 1..30, 'x y': 0.10, on: true }\nlist:\n  - 1e-3\n  - \"q\"\nno:\n";
        let mut problems = Problems::new();
        let root = Node::read(text, &mut problems).unwrap();
        assert_eq!(
            shown(&root, text),
            "{title@title: Ä b@Ä b set@set: {genes@genes: 1..30@1..30 x y@'x y': 0.10@0.10 on@on: true@true} \
             list@list: [1e-3@1e-3 q@\"q\"] no@no: nothing}"
        );
    }
}
