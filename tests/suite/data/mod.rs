//! Tests of the data room, a file per step of its story.

use std::error::Error;

mod area_average;
mod bombs;
mod cifar;
mod class_samples;
mod fetch;
mod fetch_faults;
mod few_shot;
mod glyphs;
mod glyphs_color;
mod idx;
mod images;
mod images_faults;
mod load;
mod locate;
mod mnist;
mod omniglot;
mod omniglot_faults;
mod own;
mod padding;
mod server;
mod specimens;
mod tables;

/// How a test ends: any fault that it did not expect fails it.
type Outcome = Result<(), Box<dyn Error>>;
