//! Metrics → TensorBoard's event files, one for each run: `tensorboard/run-0/events.out.tfevents.gemc`. They hold nothing that
//! `metrics.jsonl` does not hold, and are made from its lines, so that a run which goes on has those up to its checkpoint.
//!
//! A file is a list of records: length, the masked CRC-32C of the length, bytes, the masked CRC-32C of the bytes. The bytes are an
//! `Event` of TensorFlow's `event.proto`.

use std::fs;

use crc::{CRC_32_ISCSI, Crc};

use super::early_stopping::Metric;
use super::run_dir::RunDir;
use super::whole_file::append;
use crate::proto::Message;
use crate::run_dir::{TENSORBOARD, TrainConfig};

/// The name of each file: TensorBoard looks for `tfevents` in it.
const FILE: &str = "events.out.tfevents.gemc";
/// What the first record of a file says.
const VERSION: &str = "brain.Event:2";
/// What a masked sum has more than the rotated one.
const MASK: u32 = 0xa282_ead8;

/// The event files of runs, as they lie in the folder or should.
#[derive(Debug, Default)]
pub(super) struct EventFiles {
    /// When training began, in seconds since 1970.
    began: f64,
    /// The bytes of each run's file.
    runs: Vec<Vec<u8>>,
}

impl EventFiles {
    /// Begins the files of as many runs.
    pub(super) fn new(began: f64, runs: usize) -> Self {
        let first = record(&Message::new().double(1, began).bytes(3, VERSION).into_bytes());
        Self { began, runs: vec![first; runs] }
    }

    /// Appends what evaluations found, of training by `recipe`.
    fn add(&mut self, metrics: &[Metric], recipe: &TrainConfig) {
        for metric in metrics {
            let Some(file) = self.runs.get_mut(metric.run) else { continue };
            // the rate of the step before, which was the last
            let rate = recipe.rate(metric.step.saturating_sub(1));
            let scalars = [("loss", metric.loss), ("accuracy", metric.accuracy), ("learning_rate", rate)];
            let summary = scalars.into_iter().fold(Message::new(), |summary, (tag, value)| {
                // single precision is all that TensorBoard keeps of a scalar
                #[allow(clippy::cast_possible_truncation)]
                let value = Message::new().bytes(1, tag).single(2, value as f32);
                summary.message(1, value)
            });
            let event = Message::new().double(1, self.began + metric.seconds).whole(2, metric.step);
            file.extend(record(&event.message(5, summary).into_bytes()));
        }
    }
}

impl RunDir {
    /// Notes what evaluations found, to be written when the folder is this process's again.
    pub(super) fn note_events(&mut self, metrics: &[Metric]) {
        if let Some(mut events) = self.events.take() {
            events.add(metrics, &self.record().recipe);
            self.events = Some(events);
        }
    }

    /// Writes what evaluations found into the event files, where there are any; those that are not as they were left are written anew.
    pub(super) fn write_events(&mut self, metrics: &[Metric]) {
        let Some(mut events) = self.events.take() else { return };
        let lengths: Vec<usize> = events.runs.iter().map(Vec::len).collect();
        events.add(metrics, &self.record().recipe);
        let mut lost = None;
        for (run, (bytes, before)) in events.runs.iter().zip(lengths).enumerate() {
            let name = format!("{TENSORBOARD}/run-{run}/{FILE}");
            let path = self.path().join(&name);
            let whole = fs::metadata(&path).is_ok_and(|file| file.is_file() && file.len() == before as u64);
            if whole && append(&path, &bytes[before..], before as u64).is_ok() {
                continue;
            }
            let made = path.parent().map_or(Ok(()), fs::create_dir_all).map_err(|why| why.to_string());
            if let Err(why) = made.and_then(|()| self.write_anew(&name, bytes)) {
                lost = lost.or(Some(why));
            }
        }
        match lost {
            None => self.found(TENSORBOARD),
            Some(why) => self.lose(TENSORBOARD, &why),
        }
        self.events = Some(events);
    }
}

/// Frames the bytes of an event.
fn record(bytes: &[u8]) -> Vec<u8> {
    let length = (bytes.len() as u64).to_le_bytes();
    [&length[..], &masked_sum(&length).to_le_bytes(), bytes, &masked_sum(bytes).to_le_bytes()].concat()
}

/// Returns CRC-32C, rotated right by 15 bits, plus a constant.
fn masked_sum(bytes: &[u8]) -> u32 {
    let sum = Crc::<u32>::new(&CRC_32_ISCSI).checksum(bytes);
    sum.rotate_right(15).wrapping_add(MASK)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of RFC 3720, B.4, and of TensorFlow's `crc32c_test.cc`.
    #[test]
    fn sums_are_those_that_are_published() {
        let sum = |bytes: &[u8]| Crc::<u32>::new(&CRC_32_ISCSI).checksum(bytes);
        assert_eq!(sum(&[0; 32]), 0x8a91_36aa);
        assert_eq!(sum(&[0xff; 32]), 0x62a8_ab43);
        let rising: Vec<u8> = (0..32).collect();
        assert_eq!(sum(&rising), 0x46dd_794e);
        assert_eq!(sum(b"123456789"), 0xe306_9283);
        // unmasked by TensorFlow's own formula
        let rotated = masked_sum(b"foo").wrapping_sub(MASK);
        assert_eq!(rotated.rotate_left(15), sum(b"foo"));
    }

    #[test]
    fn a_record_has_its_length_and_two_sums() {
        let bytes = record(b"event");
        assert_eq!(bytes.len(), 8 + 4 + 5 + 4);
        assert_eq!(bytes[..8], 5_u64.to_le_bytes());
        assert_eq!(bytes[8..12], masked_sum(&bytes[..8]).to_le_bytes());
        assert_eq!(bytes[17..], masked_sum(b"event").to_le_bytes());
    }
}
