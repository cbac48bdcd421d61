//! A word as a shell reads it.

/// Quotes a word where a POSIX shell needs it.
pub(super) fn quoted(word: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./=:,+@%".contains(letter);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_would_read_them() {
        assert_eq!(
            ["genes=5", "a b", "it's", "", "$(x)"].map(quoted),
            ["genes=5", "'a b'", "'it'\\''s'", "''", "'$(x)'"]
        );
    }
}
