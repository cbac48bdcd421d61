//! Bytes → the record, the evaluations and the genome of a run, and the results of a recipe, as they are read from their folders.

#![no_main]

use std::fs;
use std::hint::black_box;
use std::path::PathBuf;
use std::sync::LazyLock;

use gemc::run_dir::{Evaluation, GenomeFile, Manifest, ReadResults};
use gemc::{Options, Plan, compile};
use gemc_fuzz::timed;
use libfuzzer_sys::fuzz_target;

/// The run's folder, in memory where the system has a place for that.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = PathBuf::from("/dev/shm");
    let place = if memory.is_dir() { memory } else { std::env::temp_dir() };
    let folder = place.join(format!("gemc-fuzz-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder in memory");
    folder
});

/// What the seed's genome is one of.
static PLAN: LazyLock<Plan> = LazyLock::new(|| {
    let text = include_str!("../../../models/sgem_slp.gem");
    let options = Options { set: vec![("genes".to_owned(), "2".to_owned())], ..Options::default() };
    compile(text, &options).expect("a shipped model")
});

fuzz_target!(|bytes: &[u8]| {
    // a record is text in braces; nothing else of a genome begins so
    let record = bytes.first() == Some(&b'{');
    let file = FOLDER.join(if record { "run.json" } else { "genome.safetensors" });
    fs::write(&file, bytes).expect("a file in memory");
    if record {
        for name in ["metrics.jsonl", "results.json"] {
            fs::write(FOLDER.join(name), bytes).expect("a file in memory");
        }
    }
    timed(|| {
        if record {
            black_box(Manifest::read(&FOLDER).is_ok());
            black_box(Evaluation::read_all(&FOLDER).is_ok());
            black_box(ReadResults::read(&FOLDER).is_ok());
        } else if let Ok(genome) = GenomeFile::open(&FOLDER, 1000) {
            black_box(genome.rows(&PLAN, 1).is_ok());
        }
    });
});
