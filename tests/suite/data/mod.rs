//! Tests of the data room, a file per step of its story.

use std::error::Error;

mod bombs;
mod cifar;
mod fetch;
mod fetch_faults;
mod glyphs;
mod glyphs_color;
mod idx;
mod images;
mod images_faults;
mod load;
mod locate;
mod mnist;
mod padding;
mod server;
mod specimens;
mod tables;

/// How a test ends: any fault that it did not expect fails it.
type Outcome = Result<(), Box<dyn Error>>;
