//! Characters that a terminal obeys rather than shows, spelt out: what stands in a text or in a file's name moves no cursor,
//! changes no colour and turns no writing round.

use std::borrow::Cow;

/// Letters of a word that is still shown whole in a message.
const LONGEST: usize = 300;
/// Letters that are shown of the beginning and of the end of a longer one.
const ENDS: [usize; 2] = [60, 20];

/// Tells whether a character is obeyed rather than shown, line ends and tabs aside.
pub fn is_hidden(character: char) -> bool {
    let obeyed = character.is_control() && !matches!(character, '\n' | '\t');
    obeyed || turns(character) || matches!(character, '\u{200b}' | '\u{2028}' | '\u{2029}' | '\u{2060}' | '\u{feff}')
}

/// Tells whether a character changes the direction of writing.
fn turns(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Spells out what a terminal would obey, line ends and tabs aside: ESC becomes `\u{1b}`.
pub fn escaped(text: &str) -> Cow<'_, str> {
    spelt(text, is_hidden)
}

/// Spells out what a terminal would obey in something that stands within a line, such as the name of a file.
pub fn in_line(text: &str) -> Cow<'_, str> {
    spelt(text, |character| is_hidden(character) || matches!(character, '\n' | '\t'))
}

fn spelt(text: &str, is_spelt: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.chars().any(&is_spelt) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_spelt(character) { out.extend(character.escape_unicode()) } else { out.push(character) }
    }
    Cow::Owned(out)
}

/// Spells out a message, and leaves out the middle of words that nobody reads to their end.
pub(super) fn message(text: &str) -> String {
    let text = escaped(text);
    if text.split_whitespace().all(|word| word.len() <= LONGEST) {
        return text.into_owned();
    }
    text.split_inclusive(char::is_whitespace).map(shortened).collect()
}

/// Leaves out the middle of a long word; the space behind it stays.
fn shortened(word: &str) -> Cow<'_, str> {
    let (whole, space) = word.split_at(word.trim_end().len());
    let letters = whole.chars().count();
    if letters <= LONGEST {
        return Cow::Borrowed(word);
    }
    let [head, tail] = ENDS;
    let ends = whole.chars().take(head).chain(['…']).chain(whole.chars().skip(letters - tail));
    Cow::Owned(ends.chain(space.chars()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_cursors_is_spelt_out() {
        assert_eq!(escaped("a\x1b[2Jb\r\u{202e}\u{9b}c\td\n"), "a\\u{1b}[2Jb\\u{d}\\u{202e}\\u{9b}c\td\n");
        assert_eq!(in_line("a\nb\tc"), "a\\u{a}b\\u{9}c");
        assert!(matches!(escaped("plain → × é 漢\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn long_words_lose_their_middle() {
        let long = format!("no name `{}` here", "é".repeat(500));
        let short = message(&long);
        assert_eq!(short.chars().count(), "no name ".len() + 60 + 1 + 20 + " here".len());
        assert!(short.starts_with("no name `éé") && short.ends_with("éé` here"), "{short}");
        assert_eq!(message("a few words"), "a few words");
    }
}
