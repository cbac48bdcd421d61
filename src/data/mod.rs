//! The data room: a name comes in, samples as bytes go out. It knows no tensor.
//!
//! [`load()`] is the whole story: a set is drawn ([`glyphs`]) or looked up ([`locate`](mod@locate)), downloaded where it
//! may be ([`fetch`](mod@fetch)), read ([`idx`]), checked ([`checksum`]) and handed out as a [`Dataset`]. Folders, a
//! reporter of progress and patience are given by the caller: nothing here prints or asks the environment.

pub mod checksum;
pub mod dataset;
mod download;
pub mod fetch;
mod glyph_hand;
mod glyph_strokes;
pub mod glyphs;
pub mod idx;
pub mod known;
pub mod load;
pub mod locate;
pub mod unpack;

pub use checksum::Standing;
pub use dataset::{Dataset, Split};

pub use crate::options::Facts;
pub use fetch::{Download, Patience, Progress, Silent};
pub use glyphs::Glyphs;
pub use load::{DataError, facts, load, names};
