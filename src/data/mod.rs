//! The data room: a name comes in, samples as bytes go out. It knows no tensor.
//!
//! [`load()`] is the whole story: a set is drawn ([`glyphs`], [`glyphs_color`]) or looked up ([`locate`](mod@locate)), downloaded where it
//! may be ([`fetch`](mod@fetch)), read ([`read`](mod@read)), checked ([`checksum`]) and handed out as a [`Dataset`]. Folders, a
//! reporter of progress and patience are given by the caller: nothing here prints or asks the environment.
//!
//! [`load_few_shot`] hands the same sets out by class, and those whose classes are too many for labels: a [`FewShotSet`].
//!
//! A measured [`Connectome`] and the gene [`GeneExpression`] of its neurons come from CSV files, whose faults point into the text.

#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod archive;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod checksum;
mod cifar;
mod class_names;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod class_samples;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod columns;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod connectome;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod dataset;
#[cfg(feature = "download")]
mod download;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod drawings;
mod edges;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod expression;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod fault;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod fetch;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod few_shot;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod few_shot_split;
#[cfg(feature = "download")]
mod file_download;
mod flaws;
mod glyph_hand;
mod glyph_page;
mod glyph_strokes;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod glyphs;

#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod dataset_name;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod glyphs_color;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod hold_out;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod idx;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod image_fault;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod image_file;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod image_folder;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod image_samples;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod known;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod load;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod locate;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod own;
mod places;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod read;
mod strangers;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod table;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod text_file;
#[cfg_attr(not(feature = "unstable"), doc(hidden))]
pub mod unpack;

#[doc(inline)]
pub use checksum::Standing;
#[doc(inline)]
pub use class_samples::{ClassSamples, ClassSize};
#[doc(inline)]
pub use columns::Columns;
#[doc(inline)]
pub use connectome::{Connectome, Reading};
#[doc(inline)]
pub use dataset::{Dataset, Split};
#[doc(inline)]
pub use edges::Duplicates;

pub use crate::options::Facts;
#[doc(inline)]
pub use dataset_name::{DatasetName, names};
#[doc(inline)]
pub use expression::GeneExpression;
#[doc(inline)]
pub use fault::DataError;
#[doc(inline)]
pub use fetch::{Download, Patience, Progress, Silent};
#[doc(inline)]
pub use few_shot::{FewShotSet, load_few_shot};
#[doc(inline)]
pub use few_shot_split::FewShotSplit;
#[doc(inline)]
pub use glyphs::Glyphs;
#[doc(inline)]
pub use glyphs_color::GlyphsColor;
#[doc(inline)]
pub use image_folder::ImageFolder;
#[doc(inline)]
pub use image_samples::{image_files, image_sample};
#[doc(inline)]
pub use load::{describe, facts, load};
#[doc(inline)]
pub use own::OwnData;
