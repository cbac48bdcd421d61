//! The data room: a name comes in, samples as bytes go out. It knows no tensor.
//!
//! [`load()`] is the whole story: a set is drawn ([`glyphs`], [`glyphs_color`]) or looked up ([`locate`](mod@locate)), downloaded where it
//! may be ([`fetch`](mod@fetch)), read ([`read`](mod@read)), checked ([`checksum`]) and handed out as a [`Dataset`]. Folders, a
//! reporter of progress and patience are given by the caller: nothing here prints or asks the environment.
//!
//! [`load_few_shot`] hands the same sets out by class, and those whose classes are too many for labels: a [`FewShotSet`].
//!
//! A measured [`Connectome`] and the gene [`GeneExpression`] of its neurons come from CSV files, whose faults point into the text.

pub mod archive;
pub mod checksum;
mod cifar;
mod class_names;
pub mod class_samples;
pub mod columns;
pub mod connectome;
pub mod dataset;
#[cfg(feature = "download")]
mod download;
pub mod drawings;
mod edges;
pub mod expression;
pub mod fault;
pub mod fetch;
pub mod few_shot;
pub mod few_shot_split;
#[cfg(feature = "download")]
mod file_download;
mod flaws;
mod glyph_hand;
mod glyph_page;
mod glyph_strokes;
pub mod glyphs;

pub mod dataset_name;
pub mod glyphs_color;
pub mod hold_out;
pub mod idx;
pub mod image_fault;
pub mod image_file;
pub mod image_folder;
pub mod image_samples;
pub mod known;
pub mod load;
pub mod locate;
pub mod own;
mod places;
pub mod read;
mod strangers;
pub mod table;
pub mod text_file;
pub mod unpack;

pub use checksum::Standing;
pub use class_samples::{ClassSamples, ClassSize};
pub use columns::Columns;
pub use connectome::{Connectome, Reading};
pub use dataset::{Dataset, Split};
pub use edges::Duplicates;

pub use crate::options::Facts;
pub use dataset_name::{DatasetName, names};
pub use expression::GeneExpression;
pub use fault::DataError;
pub use fetch::{Download, Patience, Progress, Silent};
pub use few_shot::{FewShotSet, load_few_shot};
pub use few_shot_split::FewShotSplit;
pub use glyphs::Glyphs;
pub use glyphs_color::GlyphsColor;
pub use image_folder::ImageFolder;
pub use image_samples::{image_files, image_sample};
pub use load::{describe, facts, load};
pub use own::OwnData;
