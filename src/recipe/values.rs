//! `1..30`, `[1, 2, 4]` or `8` → the values that something is given in turn, each once.

use std::collections::HashSet;

/// Values of one name at most.
const MOST: usize = 4096;

/// Reads values with commas between, `A..B` standing for all whole numbers from A to B.
///
/// # Errors
///
/// Says what is wrong; nothing where the text is empty or no such thing.
pub fn values(text: &str) -> Result<Vec<String>, Option<String>> {
    let mut values: Vec<String> = Vec::new();
    for part in text.split(',').map(str::trim) {
        match part.split_once("..") {
            None if part.is_empty() => return Err(None),
            None => match dashed(part) {
                Some((low, high)) => return Err(Some(format!("`{part}` is no number: write {low}..{high}"))),
                None => values.push(part.to_owned()),
            },
            Some((low, high)) => {
                let (low, high) = (whole(low).ok_or(None)?, whole(high).ok_or(None)?);
                if low > high {
                    return Err(Some(format!("{low}..{high} holds no number: write {high}..{low}")));
                }
                values.extend((low..=high).take(MOST + 1).map(|value| value.to_string()));
            }
        }
        if values.len() > MOST {
            return Err(Some(format!("a sweep has at most {MOST} values")));
        }
    }
    once(values).map_err(Some)
}

/// Checks that each value is there once.
pub(super) fn once(values: Vec<String>) -> Result<Vec<String>, String> {
    let mut seen = HashSet::new();
    match values.iter().find(|value| !seen.insert(value.as_str())) {
        Some(twice) => Err(format!("{twice} is there twice")),
        None => Ok(values),
    }
}

/// Reads `A-B`, as many write all numbers from A to B.
fn dashed(text: &str) -> Option<(i64, i64)> {
    let (low, high) = text.split_once('-')?;
    Some((whole(low)?, whole(high)?))
}

fn whole(text: &str) -> Option<i64> {
    text.trim().parse().ok()
}
