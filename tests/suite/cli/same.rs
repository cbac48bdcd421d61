//! A run is what its seed gives, to the last bit, as users see it: alone, by `--runs`, in a sweep, with one thread and with two.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use safetensors::SafeTensors;

use super::{folder, run_in};

/// One of the texts that gave other digits beside other runs: few numbers beside very many, a product of middling size.
const MIXED: &str = "\
model mixed(genes = 6) {
    genome g(genes)
    population pixels = grid(28, 28)
    population hidden = units(192) { g: inverse_square(scale: 1e-3) }
    population digits = units(10)  { g: random }
    connect pixels -> hidden via direct
    connect hidden -> digits via g
    input pixels
    output digits
}
";

/// Bytes of every row of each run.
type Runs = Vec<BTreeMap<String, Vec<u8>>>;

/// Trains, and returns the genomes of the folder `kept` in the run's folder.
fn trained(folder: &Path, model: &str, more: &[&str], kept: &str) -> Runs {
    let into = tempfile::tempdir_in(folder).unwrap();
    let into = into.path().join("run");
    let path = into.to_str().unwrap();
    let usual =
        ["compile", model, "--train", "glyphs", "--steps", "20", "--eval-every", "5", "--batch", "16", "--quiet"];
    let said = run_in(folder, &[&usual, more, &["--run-dir", path]].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    let bytes = fs::read(into.join(kept).join("genome.safetensors")).unwrap();
    let genome = SafeTensors::deserialize(&bytes).unwrap();
    let runs = genome.iter().next().map_or(0, |(_, row)| row.shape()[0]);
    let of_run = |run: usize| {
        let own = genome.iter().map(|(name, row)| {
            let each = row.data().len() / runs;
            (name.to_owned(), row.data()[run * each..(run + 1) * each].to_vec())
        });
        own.collect()
    };
    (0..runs).map(of_run).collect()
}

#[test]
fn a_run_is_what_its_seed_gives() {
    let folder = folder();
    fs::write(folder.path().join("mixed.gem"), MIXED).unwrap();
    for model in ["mixed.gem", "sgem_slp.gem"] {
        let train = |more: &[&str], kept: &str| trained(folder.path(), model, more, kept);
        let beside = train(&["--runs", "3", "--seed", "5", "--threads", "1"], "");
        assert_eq!(beside.len(), 3);
        for (seed, run) in ["5", "6", "7"].iter().zip(&beside) {
            for threads in ["1", "2"] {
                let alone = train(&["--seed", seed, "--threads", threads], "");
                assert!(alone[0] == *run, "{model}, seed {seed}, {threads} threads");
            }
        }
        let shared = train(&["--runs", "3", "--seed", "5", "--threads", "2"], "");
        assert!(shared == beside, "{model}, two threads");
        let swept = train(&["--sweep", "genes=5,6", "--seed", "6", "--threads", "1"], "genes=6");
        let alone = train(&["--set", "genes=6", "--seed", "6", "--threads", "1"], "");
        assert!(swept == alone, "{model}, in a sweep");
    }
}
