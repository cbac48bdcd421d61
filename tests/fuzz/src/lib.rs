//! What the targets share: a limit of time for one input, measured on the processor, so that a busy machine is no finding; and
//! an author of models.

mod author;

use std::fs;
use std::time::{Duration, Instant};

pub use self::author::well_formed;

/// Processor time that one input may take.
const LIMIT: Duration = Duration::from_secs(1);

/// Tells whether a report on this input is to be drawn, which takes far longer than finding what is in it: one of 128 is.
pub fn is_drawn(bytes: &[u8]) -> bool {
    bytes.iter().fold(0_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(*byte)) % 128 == 0
}

/// Does something with one input.
///
/// # Panics
///
/// Where it takes more than a second of this thread's processor time.
pub fn timed(mut action: impl FnMut()) {
    let begun = Instant::now();
    action();
    if begun.elapsed() > LIMIT {
        // the clock on the wall may have counted others' work: once more, by the processor's
        let before = processor_time();
        action();
        let taken = processor_time().saturating_sub(before);
        assert!(taken < LIMIT, "one input takes {taken:?} of processor time");
    }
}

/// Returns how long this thread has been on a processor.
fn processor_time() -> Duration {
    let said = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(said.split_whitespace().next().and_then(|first| first.parse().ok()).unwrap_or_default())
}
