//! A text, written in another way: blanks, line ends and comments between its tokens, drawn at random. And its comments, read off
//! letter by letter.

use gemc::random::RandomStream;

/// Takes a text apart: what is comment and what is not, in the order of the text.
fn parts(text: &str) -> Vec<(bool, &str)> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let code = [rest.find("//"), rest.find("/*")].into_iter().flatten().min().unwrap_or(rest.len());
        parts.push((false, &rest[..code]));
        rest = &rest[code..];
        let end = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        };
        parts.push((true, &rest[..end]));
        rest = &rest[end..];
    }
    parts
}

/// Returns the comments of a text, without the blanks at their ends.
pub(super) fn comments(text: &str) -> Vec<String> {
    let found = parts(text).into_iter().filter(|(comment, text)| *comment && !text.is_empty());
    found.map(|(_, comment)| comment.replace("\r\n", "\n").trim_end().to_owned()).collect()
}

/// Returns a text without its comments.
pub(super) fn without_comments(text: &str) -> String {
    parts(text).into_iter().filter(|(comment, _)| !comment).map(|(_, code)| code).collect()
}

/// Returns the tokens of a text that has no comments; each line end is one.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_matches([' ', '\t']);
    while let Some(first) = rest.chars().next() {
        let word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '.';
        let length = match first {
            _ if rest.starts_with("->") => 2,
            _ if word(first) => rest.find(|letter| !word(letter)).unwrap_or(rest.len()),
            _ => first.len_utf8(),
        };
        // the sign of an exponent belongs to its number
        let number = first.is_ascii_digit() && rest[..length].ends_with('e');
        let length =
            if number { length + 1 + rest[length + 1..].find(|letter| !word(letter)).unwrap_or(0) } else { length };
        tokens.push(&rest[..length]);
        rest = rest[length..].trim_start_matches([' ', '\t']);
    }
    tokens
}

const INSIDE: &[&str] = &[
    "\n",
    " // why\n",
    "\n\n\n  // two // words\n",
    "\n/* a\n   b */\n",
    "\t/* c */ /* d */ // e\n",
    "\r\n",
    "\n/* f */ ",
];
const ANYWHERE: &[&str] = &[" ", " ", "   ", "\t", " /* g */ ", " /* a\n b */ ", " /* h *//* i */ "];
const ENDS: &[&str] =
    &["\n", "\n\n\n", "  // end\n", "\n// below\n", " /* j */\n\n/* k */ // l\n", "\r\n", "\n  /* m */ "];

/// Writes a text without comments in another way, which says the same.
pub(super) fn scrambled(text: &str, seed: u64) -> String {
    let mut chance = RandomStream::new(seed, "scramble");
    let mut below = |bound: usize| usize::try_from(chance.permutation(bound)[0]).unwrap();
    let busy = 2 + below(12);
    let mut one = |of: &[&'static str]| if below(busy) == 0 { of[below(of.len())] } else { "" };
    let tokens = tokens(text);
    let (mut out, mut open, mut in_head) = (one(ENDS).to_owned(), 0_usize, true);
    for (index, token) in tokens.iter().enumerate() {
        let next = tokens.get(index + 1).copied().unwrap_or_default();
        match *token {
            "{" if in_head && open == 0 => in_head = false,
            "(" | "{" => open += 1,
            ")" | "}" => open = open.saturating_sub(1),
            _ => {}
        }
        if *token == "\n" {
            let inside = in_head || open > 0;
            let drawn = one(if inside { INSIDE } else { ENDS });
            out += if drawn.is_empty() { "\n" } else { drawn };
            continue;
        }
        out += token;
        let wordy = |text: &str| text.starts_with(|letter: char| letter.is_ascii_alphanumeric() || letter == '_');
        let drawn = match next {
            "\n" | "" => "",
            _ if in_head || open > 0 => {
                if one(&["x"]).is_empty() {
                    one(ANYWHERE)
                } else {
                    one(INSIDE)
                }
            }
            _ => one(ANYWHERE),
        };
        out += if drawn.is_empty() && wordy(token) && wordy(next) { " " } else { drawn };
    }
    out
}
