//! The day, in UTC. `SOURCE_DATE_EPOCH` sets it, as reproducible builds do: then the same runs give the same page.

use std::env;
use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds of a day.
const DAY: u64 = 24 * 60 * 60;

/// Returns today's date: `2026-11-30`.
pub(super) fn date() -> String {
    let asked = env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse::<u64>().ok());
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    of_day(asked.unwrap_or_else(now) / DAY)
}

/// Returns the date of a day, counted from 1970-01-01, by the Gregorian calendar.
fn of_day(day: u64) -> String {
    // the four centuries that repeat begin in March
    let shifted = day + 719_468;
    let (era, day) = (shifted / 146_097, shifted % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) = (400 * era + year + u64::from(month > 9), if month > 9 { month - 9 } else { month + 3 });
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_dates() {
        let dates = [0, 59, 11_016, 20_787, 19_782].map(of_day);
        assert_eq!(dates, ["1970-01-01", "1970-03-01", "2000-02-29", "2026-11-30", "2024-02-29"]);
    }
}
