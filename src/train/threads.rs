//! How many threads share a step: more than one only where a short measurement says that they clearly help.

use crate::emit::Threads;

/// By how much a step must get faster for more threads to be taken: a busy machine can turn them into a loss.
const CLEARLY: f64 = 0.8;

/// Tries 1, 2, 4, … up to `most` threads, sets the best and returns it. `measure` returns the time of some steps, in any
/// unit; it is asked twice for each number, and the faster answer counts.
///
/// # Errors
///
/// What `measure` fails with; one thread is set then.
pub fn choose_threads<E>(most: usize, mut measure: impl FnMut() -> Result<f64, E>) -> Result<usize, E> {
    let mut best = (1, f64::INFINITY);
    for threads in std::iter::successors(Some(1_usize), |threads| threads.checked_mul(2)).take_while(|n| *n <= most) {
        Threads::set(threads);
        let time = measure().and_then(|first| Ok(first.min(measure()?)));
        match time {
            Ok(time) if time < CLEARLY * best.1 => best = (threads, time),
            // when two do not help, four do not either
            Ok(_) => break,
            Err(fault) => {
                Threads::set(1);
                return Err(fault);
            }
        }
    }
    Threads::set(best.0);
    Ok(best.0)
}
