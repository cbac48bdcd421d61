//! One binary with every test that needs libtorch. Models are texts; data is drawn, small, and learnt in seconds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod author;
mod bench;
mod calibrate;
mod cycles;
mod device;
mod evaluate;
mod few_shot;
mod few_shot_train;
mod fit;
mod folder;
mod gain;
mod gpu;
mod gradients;
mod intake;
mod interpreter;
mod kept;
mod limits;
mod look;
mod masks;
#[path = "../random/mod.rs"]
mod networks;
mod not_finite;
mod orders;
mod random;
mod rivals;
mod run;
mod runs;
mod same;
mod second;
#[path = "../skips/mod.rs"]
mod skips;
mod sparse;
mod stage;
mod steps;
mod train_state;
mod waves;
mod weights;
