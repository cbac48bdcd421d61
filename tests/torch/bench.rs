//! The measuring of steps: fields and their sense, never their speed.

use std::time::Instant;

use gemc::emit::Place;
use gemc::train::bench;

use crate::stage::{SMALL, stepper};

#[test]
fn a_bench_has_the_promised_fields() {
    let began = Instant::now();
    let mut stepper = stepper(SMALL, &[1, 2], Place::CPU, 0.01);
    let found = bench(&mut stepper, 16, 3, &|| began.elapsed().as_secs_f64()).unwrap();
    assert!(found.ms_per_step > 0.0 && found.gflops > 0.0 && found.peak_gflops > found.gflops);
    let object = serde_json::to_value(&found).unwrap();
    let fields: Vec<&String> = object.as_object().unwrap().keys().collect();
    let wanted = [
        "model",
        "batch",
        "runs",
        "threads",
        "device",
        "ms_per_step",
        "mflop_per_step",
        "gflops",
        "peak_gflops",
        "efficiency",
        "parts",
        "slowest",
        "compared",
    ];
    assert_eq!(fields, wanted);
    assert_eq!(object["parts"].as_array().unwrap().len(), 6);
    let slow: Vec<f64> = found.slowest.iter().map(|slow| slow.ms).collect();
    assert!(slow.len() == 3 && slow.is_sorted_by(|one, next| one >= next));
}
