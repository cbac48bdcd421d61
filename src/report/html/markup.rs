//! Foreign text → markup that a browser and an XML reader show as it was: signs of markup are escaped, hidden characters spelt out.

use std::borrow::Cow;
use std::fmt::Write;

use crate::diag::{escaped, in_line};

/// Returns a text that stands within a line, with hidden characters spelt out.
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    without_strangers(in_line(text))
}

/// Returns a text as the contents of an element or the value of an attribute, in one line.
pub(super) fn inline(text: &str) -> String {
    encoded(&clean(text))
}

/// Returns a text of several lines as the contents of an element.
pub(super) fn lines(text: &str) -> String {
    encoded(&without_strangers(escaped(text)))
}

/// Returns an element; `attributes` and `content` are markup already.
pub(super) fn tag(name: &str, attributes: &str, content: &str) -> String {
    let space = if attributes.is_empty() { "" } else { " " };
    format!("<{name}{space}{attributes}>{content}</{name}>")
}

/// Returns a paragraph of foreign text.
pub(super) fn paragraph(class: &str, text: &str) -> String {
    tag("p", &format!("class=\"{class}\""), &inline(text)) + "\n"
}

fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// Spells out what no XML may hold.
fn without_strangers(text: Cow<'_, str>) -> Cow<'_, str> {
    let stranger = |character: char| matches!(character, '\u{fffe}' | '\u{ffff}');
    if !text.contains(stranger) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if stranger(character) {
            // a String takes all that is written
            let _ = write!(out, "{}", character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_foreign_is_markup() {
        assert_eq!(
            inline("<b a='1' c=\"2\">&\u{202e}\n"),
            "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;\\u{202e}\\u{a}"
        );
        assert_eq!(lines("a\n\tb\u{1b}\u{ffff}"), "a\n\tb\\u{1b}\\u{ffff}");
    }
}
