//! The same work on many things, by all cores where there is much of it. Results come in the order of the things, whatever
//! the number of cores.

use std::error::Error as _;
use std::sync::LazyLock;

use rayon::ThreadPoolBuilder;
use rayon::prelude::*;

/// Whether there are threads to work with. A system that gives none is no fault: then one core does everything.
static THREADS: LazyLock<bool> = LazyLock::new(|| {
    let started = ThreadPoolBuilder::new().build_global();
    // what has no cause has been started by somebody else
    started.map_or_else(|fault| fault.source().is_none(), |()| true)
});

/// Tells whether the work on a number of things is done by all cores: from `worth` on.
fn by_all(things: usize, worth: usize) -> bool {
    things >= worth && *THREADS
}

/// Does some work on each of many things, by all cores from `worth` things on.
pub(crate) fn each<T: Sync, U: Send>(things: &[T], worth: usize, work: impl Fn(&T) -> U + Send + Sync) -> Vec<U> {
    if by_all(things.len(), worth) { things.par_iter().map(work).collect() } else { things.iter().map(work).collect() }
}

/// Returns what is found first among many things, by all cores from `worth` things on.
pub(crate) fn first<T: Sync, U: Send>(
    things: &[T],
    worth: usize,
    find: impl Fn((usize, &T)) -> Option<U> + Send + Sync,
) -> Option<U> {
    if by_all(things.len(), worth) {
        things.par_iter().enumerate().find_map_first(find)
    } else {
        things.iter().enumerate().find_map(find)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_core_and_all_say_the_same() {
        let things: Vec<usize> = (0..10_000).collect();
        let squares = |worth| each(&things, worth, |thing| thing * thing);
        assert_eq!(squares(0), squares(usize::MAX));
        let found = |worth| first(&things, worth, |(index, thing)| (thing % 97 == 96).then_some(index));
        assert_eq!((found(0), found(usize::MAX)), (Some(96), Some(96)));
    }
}
