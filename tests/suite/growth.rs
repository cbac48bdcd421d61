//! Compiling takes memory, and steps that take memory, in proportion to the text. Counted, not timed: what one thread asks
//! the allocator for is the same in every run. A walk that only reads is not seen here; the bench `compile` sees it.
#![allow(unsafe_code)] // an allocator can only be written so; this one counts and passes on

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use gemc::Options;

#[path = "../../benches/models/generated.rs"]
mod generated;

thread_local! {
    static ASKED: Cell<Asked> = const { Cell::new(Asked { times: 0, bytes: 0 }) };
}

/// What a thread has asked for.
#[derive(Debug, Clone, Copy)]
struct Asked {
    times: u64,
    bytes: u64,
}

/// The system's allocator, with a count for each thread.
struct Counting;

#[global_allocator]
static COUNTING: Counting = Counting;

fn count(bytes: usize) {
    // a thread that ends has no count any more
    let _ = ASKED.try_with(|asked| {
        let Asked { times, bytes: before } = asked.get();
        asked.set(Asked { times: times + 1, bytes: before + bytes as u64 });
    });
}

// SAFETY: every call goes to the system's allocator unchanged; counting allocates nothing and cannot unwind
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        unsafe { System.realloc(memory, layout, size) }
    }
}

/// Returns what `work` asks for, for each of so many populations. All of it is done by one thread, the only one of its pool.
fn asked(populations: usize, work: impl Fn(&str) + Sync) -> (f64, f64) {
    let text = generated::model(populations);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let (before, after) = pool.install(|| {
        let before = ASKED.get();
        work(&text);
        (before, ASKED.get())
    });
    let each = |before: u64, after: u64| (after - before) as f64 / populations as f64;
    (each(before.times, after.times), each(before.bytes, after.bytes))
}

/// Holds that sixteen times the populations take sixteen times the work.
fn grows_linearly(work: impl Fn(&str) + Sync) {
    let ((times, bytes), (more_times, more_bytes)) = (asked(500, &work), asked(8_000, &work));
    assert!(more_times < 1.1 * times, "{times:.1} requests a population, then {more_times:.1}");
    // a list that grows doubles, so it may be half empty
    assert!(more_bytes < 2.0 * bytes, "{bytes:.0} bytes a population, then {more_bytes:.0}");
}

#[test]
fn checking_grows_linearly() {
    grows_linearly(|text| assert!(gemc::compile::faults("big.gem", text, &Options::default()).is_empty()));
}

#[test]
fn compiling_grows_linearly() {
    grows_linearly(|text| assert!(gemc::compile(text, &Options::default()).is_ok()));
}

#[test]
fn printing_a_plan_grows_linearly() {
    grows_linearly(|text| {
        let plan = gemc::compile(text, &Options::default()).unwrap();
        assert!(plan.to_string().len() > text.len());
    });
}
