//! One binary with every test that needs libtorch. Models are texts; data is drawn, small, and learnt in seconds.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod adam;
mod bench;
mod device;
mod evaluate;
mod folder;
mod gain;
mod gradients;
mod limits;
mod look;
mod not_finite;
mod orders;
mod run;
mod runs;
mod stage;
mod weights;
