//! Runs whose files were cut off or altered: each is refused by name, and whatever the bytes, nothing aborts or hangs.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::{folder, gemc_in, run_in, unwrapped};

const MODEL: &str = "model own(genes = 3) {
    genome g(genes)
    population a = grid(4, 3) { g: gaussian }
    population b = units(2) { g: random }
    connect a -> b via g
    input a
    output b
}
";

/// Trains on a folder of small images, and returns where the run is kept.
fn trained(folder: &Path) -> PathBuf {
    for (class, bright) in [("ant", 0), ("bee", 2)] {
        let path = folder.join("pets").join(class);
        fs::create_dir_all(&path).unwrap();
        for at in 0..12 {
            let pixel = |x: u32, _| image::Luma([if x == bright { 200 + at } else { at }]);
            image::GrayImage::from_fn(3, 4, pixel).save(path.join(format!("{at}.png"))).unwrap();
        }
    }
    fs::write(folder.join("own.gem"), MODEL).unwrap();
    let train = ["compile", "own.gem", "--train", "folder:pets", "--threads", "1", "--steps", "60", "--batch", "5"];
    let said = run_in(folder, &[&train[..], &["--run-dir", "run"]].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    folder.join("run")
}

/// A genome's header and what follows it.
struct Genome {
    header: String,
    rows: Vec<u8>,
}

impl Genome {
    fn read(bytes: &[u8]) -> Self {
        let length = usize::try_from(u64::from_le_bytes(bytes[..8].try_into().unwrap())).unwrap();
        let header = String::from_utf8(bytes[8..8 + length].to_vec()).unwrap();
        Self { header, rows: bytes[8 + length..].to_vec() }
    }

    fn with(&self, change: impl Fn(&str) -> String) -> Vec<u8> {
        let header = change(&self.header);
        [&(header.len() as u64).to_le_bytes(), header.as_bytes(), &self.rows].concat()
    }
}

/// Checks that these verbs refuse the run by this code, and by these words.
fn refused(folder: &Path, verbs: &[&str], (code, words): (&str, &str), what: &str) {
    for verb in verbs {
        let said = run_in(folder, &[verb, "run"]);
        assert_eq!((said.code, said.out.as_str()), (1, ""), "{what}: {verb}\n{}", said.err);
        assert!(said.err.contains(code) && unwrapped(&said.err).contains(words), "{what}: {verb}\n{}", said.err);
        assert!(said.err.contains("help:"), "{what}: {verb}\n{}", said.err);
    }
}

#[test]
fn a_run_is_measured_on_its_own_data() {
    let folder = folder();
    let run = trained(folder.path());
    let said = run_in(folder.path(), &["eval", "run"]);
    assert_eq!((said.code, said.err.as_str()), (0, ""));
    assert_eq!(said.out, run_in(folder.path(), &["eval", "run", "--data", "folder:pets"]).out);
    let record: serde_json::Value = serde_json::from_slice(&fs::read(run.join("run.json")).unwrap()).unwrap();
    let measured = run_in(folder.path(), &["eval", "run", "--format", "json"]).object();
    assert_eq!((&measured["accuracy"], &measured["data"]), (&record["best_accuracy"], &record["data"]));
    // what has become of the data is said
    fs::copy(folder.path().join("pets/ant/1.png"), folder.path().join("pets/bee/x.png")).unwrap();
    let said = run_in(folder.path(), &["eval", "run"]);
    assert!(
        said.code == 0 && unwrapped(&said.err).contains("holds other samples than when this run was trained"),
        "{}",
        said.err
    );
    fs::remove_dir_all(folder.path().join("pets")).unwrap();
    let said = run_in(folder.path(), &["eval", "run"]);
    assert!(said.code == 3 && said.err.contains("data::unreadable"), "{}", said.err);
}

#[test]
fn a_genome_that_was_tampered_with_is_refused() {
    let folder = folder();
    let file = trained(folder.path()).join("genome.safetensors");
    let whole = fs::read(&file).unwrap();
    let genome = Genome::read(&whole);
    let claims = |length: u64| [&length.to_le_bytes(), &whole[8..]].concat();
    let number = |bytes: [u8; 4]| {
        let mut altered = whole.clone();
        let at = altered.len() - 4;
        altered[at..].copy_from_slice(&bytes);
        altered
    };
    let replaced = |from: &'static str, to: &'static str| {
        genome.with(|header| {
            assert!(header.contains(from), "{header} lacks {from}");
            header.replacen(from, to, 1)
        })
    };
    let cases: Vec<(&str, Vec<u8>, &str, &str)> = vec![
        ("cut off", whole[..whole.len() - 9].to_vec(), "run::damaged", "genome.safetensors: "),
        ("empty", Vec::new(), "run::cannot_read", "genome.safetensors"),
        ("a header beyond the file", claims(whole.len() as u64), "run::damaged", "its header claims"),
        ("a header beyond all", claims(u64::MAX), "run::damaged", "its header claims 18446744073709551615 bytes"),
        ("no header", claims(3), "run::damaged", "expected whole safetensors"),
        ("more bytes", [&whole[..], &[0; 64]].concat(), "run::damaged", "expected"),
        ("a megabyte more", [&whole[..], &[0; 1 << 20]].concat(), "run::damaged", "bytes; expected at most"),
        ("not a number", number(f32::NAN.to_le_bytes()), "run::damaged", "is not finite"),
        ("infinite", number(f32::NEG_INFINITY.to_le_bytes()), "run::damaged", "is not finite"),
        ("another number", number(0.5_f32.to_le_bytes()), "run::damaged", "SHA-256 of its rows is"),
        ("another shape", replaced("[1,3,3]", "[1,9,1]"), "run::genome_mismatch", "`g.O` is [1, 9, 1] in the genome"),
        ("a huge shape", replaced("[1,3,3]", "[9223372036854775807,4]"), "run::damaged", "expected whole safetensors"),
        ("an empty shape", replaced("[1,3,3]", "[0,9223372036854775807]"), "run::damaged", "expected"),
        ("another kind", replaced("F32", "I32"), "run::genome_mismatch", "expected F32 or F64"),
        ("another name", replaced("\"g.O\"", "\"g.Q\""), "run::genome_mismatch", "`g.O` is not in the genome"),
        ("an offset", replaced("\"data_offsets\":[0,", "\"data_offsets\":[4,"), "run::damaged", "expected"),
        ("no hash", replaced("\"graph\"", "\"grape\""), "run::damaged", "its header does not say `graph`"),
        (
            "a header of blanks",
            genome.with(|header| header.to_owned() + &" ".repeat(1 << 20)),
            "run::damaged",
            "for this model",
        ),
        (
            "a row too many",
            genome.with(|header| {
                header.replacen("\"g.O\"", "\"x\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},\"g.O\"", 1)
            }),
            "run::genome_mismatch",
            "the model has no such row",
        ),
    ];
    for (what, bytes, code, words) in cases {
        fs::write(&file, bytes).unwrap();
        // both verbs read a run by one function
        let verbs: &[&str] = if what == "cut off" { &["eval", "draw"] } else { &["eval"] };
        refused(folder.path(), verbs, (code, words), what);
    }
    assert!(!folder.path().join("run/picture.svg").exists());
    fs::write(&file, &whole).unwrap();
    assert_eq!(run_in(folder.path(), &["draw", "run"]).code, 0);
}

#[test]
fn a_record_or_a_text_that_was_tampered_with_is_refused() {
    let folder = folder();
    let run = trained(folder.path());
    let other = |from: &str, to: &str, name: &str| {
        let text = fs::read_to_string(run.join(name)).unwrap();
        assert!(text.contains(from), "{text} lacks {from}");
        text.replacen(from, to, 1).into_bytes()
    };
    let seeds = format!("\"seeds\": [{}0", "0, ".repeat(10_000));
    let cases: Vec<(&str, Vec<u8>, &str, &str)> = vec![
        ("run.json", b"{\"model\": \"own\"".to_vec(), "run::damaged", "the record that gemc writes of a run"),
        ("run.json", vec![b' '; 33 << 20], "run::damaged", "bytes; expected at most"),
        ("run.json", b"[".repeat(100_000), "run::damaged", "run.json: "),
        ("run.json", other("\"runs\": 1", "\"runs\": 2", "run.json"), "run::damaged", "it has 1 seeds of 2 runs"),
        ("run.json", other("\"seeds\": [\n    0", &seeds, "run.json"), "run::damaged", "seeds of 1 runs"),
        ("run.json", other("\"batch\": 5", "\"batch\": 0", "run.json"), "run::damaged", "the batch is 0"),
        ("run.json", other("\"height\": 4", "\"height\": 18446744073709551615", "run.json"), "run::damaged", "a size"),
        (
            "run.json",
            other("\"height\": 4", "\"height\": 3", "run.json"),
            "run::altered",
            "the hash of what was trained",
        ),
        ("run.json", other("\"settings\": {}", "\"settings\": {\"genes\": \"2\"}", "run.json"), "run::altered", ""),
        ("run.json", other("\"seeds\": [\n    0", "\"seeds\": [\n    7", "run.json"), "run::altered", ""),
        ("run.json", other("\"graph\": \"", "\"graph\": \"f", "run.json"), "run::altered", "the hash of the graph"),
        ("run.json", other("\"model\": \"own\"", "\"model\": \"its\"", "run.json"), "run::other_model", "`its`"),
        ("model.gem", other("random", "gaussian", "model.gem"), "run::altered", "model.gem and run.json"),
        ("model.gem", other("own(genes = 3)", "own(genes = 300000)", "model.gem"), "run::altered", ""),
        ("model.gem", b"model \xff".to_vec(), "run::damaged", "no character begins at byte 6; expected UTF-8 text"),
    ];
    for (name, bytes, code, words) in cases {
        let whole = fs::read(run.join(name)).unwrap();
        let what = String::from_utf8_lossy(&bytes).chars().take(80).collect::<String>();
        fs::write(run.join(name), bytes).unwrap();
        refused(folder.path(), &["eval"], (code, words), &what);
        fs::write(run.join(name), whole).unwrap();
    }
    for name in ["run.json", "model.gem", "genome.safetensors"] {
        let whole = fs::read(run.join(name)).unwrap();
        fs::remove_file(run.join(name)).unwrap();
        refused(folder.path(), &["eval", "draw"], ("run::cannot_read", name), "gone");
        fs::create_dir(run.join(name)).unwrap();
        refused(folder.path(), &["eval"], ("run::cannot_read", "it is no file"), "a folder");
        fs::remove_dir(run.join(name)).unwrap();
        fs::write(run.join(name), whole).unwrap();
    }
    assert_eq!(run_in(folder.path(), &["eval", "run"]).code, 0);
}

#[test]
fn bytes_at_random_are_refused_or_do_no_harm() {
    let folder = folder();
    let run = trained(folder.path());
    let mut draw = ChaCha8Rng::seed_from_u64(17);
    let mut below = |most: usize| usize::try_from(draw.next_u64() % most as u64).unwrap();
    let (mut refused, names) = (0, ["run.json", "model.gem", "genome.safetensors"]);
    for round in 0..45 {
        let file = run.join(names[round % names.len()]);
        let whole = fs::read(&file).unwrap();
        let mut bytes = whole.clone();
        if round % 5 == 0 {
            bytes.truncate(below(whole.len()));
        } else {
            for _ in 0..=below(3) {
                let (at, bit) = (below(bytes.len()), below(8));
                bytes[at] ^= 1 << bit;
            }
        }
        fs::write(&file, &bytes).unwrap();
        let mut eval = gemc_in(folder.path());
        let done = eval.args(["eval", "run", "--threads", "1"]).timeout(Duration::from_secs(30)).output().unwrap();
        let told = String::from_utf8_lossy(&done.stderr).into_owned();
        let kept = String::from_utf8_lossy(&bytes).into_owned();
        assert!(matches!(done.status.code(), Some(0 | 1 | 3)), "round {round}: {}\n{told}\n{kept}", done.status);
        assert!(done.status.success() || told.contains("help:"), "round {round}: {told}\n{kept}");
        refused += i32::from(!done.status.success());
        fs::write(&file, whole).unwrap();
    }
    assert!(refused > 30, "only {refused} of 45 were refused");
}
