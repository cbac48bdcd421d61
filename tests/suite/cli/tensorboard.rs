//! Event files for TensorBoard hold what the metrics hold: by a reader of our own, and by the real TensorBoard.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::{folder, run_in};
use crate::skips::{Lack, lacking};

/// Trains two runs in `folder/a`, with three evaluations each.
fn trained(folder: &Path, more: &[&str]) {
    let usual = ["train", "sgem_slp.gem", "--data", "glyphs", "--threads", "1", "--quiet", "--run-dir", "a"];
    let short = ["--steps", "60", "--eval-every", "20", "--runs", "2", "--tensorboard"];
    let said = run_in(folder, &[&usual[..], &short, more].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("tensorboard --logdir a") || said.out.contains("by genes"), "{}", said.out);
}

/// CRC-32C, bit by bit.
fn crc32c(bytes: &[u8]) -> u32 {
    let bit = |sum: u32| if sum & 1 == 1 { sum >> 1 ^ 0x82f6_3b78 } else { sum >> 1 };
    let byte = |sum: u32, byte: &u8| (0..8).fold(sum ^ u32::from(*byte), |sum, _| bit(sum));
    !bytes.iter().fold(!0, byte)
}

/// Splits a file into records, each of which must have both of its sums.
fn records(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let masked = |bytes: &[u8]| {
        let sum = crc32c(bytes);
        sum.rotate_right(15).wrapping_add(0xa282_ead8)
    };
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let (head, rest) = bytes.split_at(12);
        let length = usize::try_from(u64::from_le_bytes(head[..8].try_into().unwrap())).unwrap();
        assert_eq!(u32::from_le_bytes(head[8..].try_into().unwrap()), masked(&head[..8]), "the sum of a length");
        let (data, rest) = rest.split_at(length);
        assert_eq!(u32::from_le_bytes(rest[..4].try_into().unwrap()), masked(data), "the sum of a record");
        found.push(data.to_vec());
        bytes = &rest[4..];
    }
    found
}

fn metrics(run: &Path) -> Vec<Value> {
    let text = fs::read_to_string(run.join("metrics.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn records_are_framed_and_summed() {
    assert_eq!(crc32c(b"123456789"), 0xe306_9283);
    let folder = folder();
    trained(folder.path(), &[]);
    let run = folder.path().join("a");
    for k in 0..2 {
        let bytes = fs::read(run.join(format!("tensorboard/run-{k}/events.out.tfevents.gemc"))).unwrap();
        let records = records(&bytes);
        assert_eq!(records.len(), 4, "a version and three evaluations");
        assert!(records[0].ends_with(b"brain.Event:2"));
        for tag in ["loss", "accuracy", "learning_rate"] {
            assert!(records[3].windows(tag.len()).any(|part| part == tag.as_bytes()), "{tag}");
        }
        let of_run: Vec<Value> = metrics(&run).into_iter().filter(|line| line["run"] == k).collect();
        // single precision, the lowest byte first
        #[allow(clippy::cast_possible_truncation)]
        let accuracy = (of_run[2]["accuracy"].as_f64().unwrap() as f32).to_le_bytes();
        assert!(records[3].windows(4).any(|part| part == accuracy));
    }
    let record: Value = serde_json::from_slice(&fs::read(run.join("run.json")).unwrap()).unwrap();
    assert!(record["tensorboard"].as_f64().unwrap() > 1.7e9, "{record:#}");
    assert_eq!(record["missing"], json!([]));
}

#[test]
fn a_sweep_has_event_files_for_each_value() {
    let folder = folder();
    trained(folder.path(), &["--sweep", "genes=2,3"]);
    for value in ["genes=2", "genes=3"] {
        assert!(folder.path().join("a").join(value).join("tensorboard/run-1/events.out.tfevents.gemc").is_file());
    }
}

/// Prints what TensorBoard reads of a folder.
const READ: &str = r#"
import json, sys
from tensorboard.backend.event_processing.event_multiplexer import EventMultiplexer
runs = EventMultiplexer().AddRunsFromDirectory(sys.argv[1])
runs.Reload()
tags = ["loss", "accuracy", "learning_rate"]
print(json.dumps({run: {tag: [[s.step, s.value, s.wall_time] for s in runs.Scalars(run, tag)] for tag in tags}
                  for run in runs.Runs()}))
"#;

/// Returns a command of Python that can import TensorBoard, which is installed beside the tests where it is missing.
fn python() -> Option<Command> {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python-tensorboard");
    let python = || {
        let mut python = Command::new("python3");
        python.env("PYTHONPATH", &place);
        python
    };
    let done = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
    let imports = || done(python().args(["-c", "import tensorboard.backend.event_processing.event_multiplexer"]));
    let install =
        || done(python().args(["-m", "pip", "install", "--quiet", "--target"]).arg(&place).arg("tensorboard"));
    (imports() || install() && imports()).then(python)
}

#[test]
fn the_real_tensorboard_reads_them() {
    let Some(mut python) = python() else { return lacking(Lack::TensorBoard) };
    let folder = folder();
    trained(folder.path(), &[]);
    let run = folder.path().join("a");
    let output = python.args(["-c", READ]).arg(run.join("tensorboard")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();
    let began = serde_json::from_slice::<Value>(&fs::read(run.join("run.json")).unwrap()).unwrap();
    let began = began["tensorboard"].as_f64().unwrap();
    assert_eq!(read.as_object().unwrap().keys().collect::<Vec<_>>(), ["run-0", "run-1"]);
    for line in metrics(&run) {
        let at = usize::try_from(line["step"].as_u64().unwrap() / 20 - 1).unwrap();
        for tag in ["loss", "accuracy"] {
            let scalar = &read[format!("run-{}", line["run"])][tag][at];
            assert_eq!(scalar[0], line["step"]);
            assert!((scalar[1].as_f64().unwrap() - line[tag].as_f64().unwrap()).abs() < 1e-6, "{tag} {scalar} {line}");
            assert!((scalar[2].as_f64().unwrap() - began - line["seconds"].as_f64().unwrap()).abs() < 1e-3);
        }
    }
    // the rate of the first step is the whole one
    let rates = &read["run-0"]["learning_rate"];
    assert!(rates[0][1].as_f64() > rates[2][1].as_f64(), "{rates}");
}
