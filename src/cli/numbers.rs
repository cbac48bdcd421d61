//! Numbers as people read them, and columns that line up.

pub(super) use crate::diag::{count, grouped};

/// Writes 1010.55 as `1,010.6`: one decimal, groups of three before it.
pub(super) fn ratio(number: f64) -> String {
    let text = format!("{number:.1}");
    match text.split_once('.') {
        Some((whole, rest)) => match whole.parse() {
            Ok(whole) => format!("{}.{rest}", grouped(whole)),
            Err(_) => text,
        },
        None => text,
    }
}

/// Writes a fraction in percent, without the sign.
pub(super) fn percent(fraction: f64) -> String {
    format!("{:.2}", 100.0 * fraction)
}

/// Writes a mean accuracy with its standard deviation, in a table: `–` where there is none.
pub(super) fn accuracy(mean: Option<f64>, sd: Option<f64>) -> String {
    match (mean, sd) {
        (None, _) => "–".to_owned(),
        (Some(mean), None) => format!("{} %", percent(mean)),
        (Some(mean), Some(sd)) => format!("{} ± {} %", percent(mean), percent(sd)),
    }
}

/// Lines up cells in columns with two spaces between; those of a column in `right` end together, others begin together.
pub(super) fn columns<const N: usize>(rows: &[[String; N]], right: &[usize]) -> Vec<String> {
    let letters = |text: &str| text.chars().count();
    let widths: [usize; N] =
        std::array::from_fn(|column| rows.iter().map(|row| letters(&row[column])).max().unwrap_or(0));
    let line = |row: &[String; N]| {
        let mut line = String::new();
        for (column, cell) in row.iter().enumerate().filter(|(column, _)| widths[*column] > 0) {
            let space = " ".repeat(widths[column] - letters(cell));
            let gap = if line.is_empty() { "" } else { "  " };
            line.push_str(gap);
            line.extend(if right.contains(&column) { [&space, cell] } else { [cell, &space] }.map(String::as_str));
        }
        line.truncate(line.trim_end().len());
        line
    };
    rows.iter().map(line).collect()
}
