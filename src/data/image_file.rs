//! A file comes in; the image in it goes out, its size first and its pixels where they are wanted.
//! What the file holds tells whether it is PNG or JPEG, not its name; an image that is cut off or damaged is none.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};

use image::{ImageDecoder, ImageFormat, ImageReader, Limits};
use miette::Diagnostic;
use thiserror::Error;

use super::image_fault::{ImageTooLarge, ImagesFault};
use super::unpack::FileFault;

/// A file is no whole image.
#[derive(Debug, Error, Diagnostic)]
#[error("{}: is no whole PNG or JPEG image: {why}", file.display())]
#[diagnostic(code(data::broken_image), help("mend the file or take it out of its folder"))]
pub struct BrokenImage {
    /// The file.
    pub file: PathBuf,
    /// What is wrong with it.
    pub why: String,
}

/// The size of an image, and whether it has colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Rows, in pixels.
    pub height: usize,
    /// Columns, in pixels.
    pub width: usize,
    /// 1 for grey, 3 for colour; a channel of transparency does not count.
    pub channels: usize,
}

/// The last chunk of a PNG stream, with its sum.
const PNG_END: &[u8] = b"IEND\xae\x42\x60\x82";

/// Pixels of an image at most: 8,192 × 8,192.
pub(super) const MOST_PIXELS: u64 = 1 << 26;
/// Bytes of an image's file at most, and bytes that its decoder may take for anything but pixels.
const MOST_FILE: u64 = 1 << 28;
const MOST_BESIDE: u64 = 1 << 26;

/// Tells how an image looks, from its head alone.
///
/// # Errors
/// An [`ImagesFault`] where the file cannot be read, does not begin as an image does, or claims more than any sample has.
pub(super) fn look(file: &Path) -> Result<Look, ImagesFault> {
    look_at(BufReader::new(opened(file)?), file)
}

/// Tells how the image that `source` holds looks, as `look` does of a file, which faults call `file`.
///
/// # Errors
/// An [`ImagesFault`] as for `look`.
pub fn look_at(source: impl BufRead + Seek, file: &Path) -> Result<Look, ImagesFault> {
    let mut reader = ImageReader::new(source).with_guessed_format();
    if let Ok(reader) = &mut reader {
        let mut limits = Limits::default();
        limits.max_alloc = Some(MOST_BESIDE);
        reader.limits(limits);
    }
    let reader = reader.map_err(|why| FileFault::new(file, why, 0, 0))?;
    let decoder = reader.into_decoder().map_err(|why| broken(file, &why))?;
    let (width, height) = decoder.dimensions();
    let channels = if decoder.color_type().has_color() { 3 } else { 1 };
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        let (file, most) = (file.to_path_buf(), MOST_PIXELS);
        return Err(ImageTooLarge { file, height, width, most }.into());
    }
    Ok(Look { height: height as usize, width: width as usize, channels })
}

/// Opens a file that is no longer than an image's may be.
fn opened(file: &Path) -> Result<File, ImagesFault> {
    let unreadable = |why: io::Error| FileFault::new(file, why, 0, 0);
    let open = File::open(file).map_err(unreadable)?;
    if open.metadata().map_err(unreadable)?.len() > MOST_FILE {
        let why = format!("it has more than {MOST_FILE} bytes");
        return Err(BrokenImage { file: file.to_path_buf(), why }.into());
    }
    Ok(open)
}

/// Reads an image as bytes by row, column and channel: as grey where one channel is wanted, else as red, green and blue.
///
/// Transparency is left out, 16 bits become 8.
///
/// # Errors
/// An [`ImagesFault`] where the file cannot be read or holds no whole image.
pub(super) fn pixels(file: &Path, channels: usize) -> Result<(Look, Vec<u8>), ImagesFault> {
    let mut bytes = Vec::new();
    opened(file)?.take(MOST_FILE).read_to_end(&mut bytes).map_err(|why| FileFault::new(file, why, 0, 0))?;
    pixels_of(&bytes, file, channels)
}

/// Reads the image in these bytes, as `pixels` does a file's, which faults call `file`.
///
/// # Errors
/// An [`ImagesFault`] as for `pixels`.
pub fn pixels_of(bytes: &[u8], file: &Path, channels: usize) -> Result<(Look, Vec<u8>), ImagesFault> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format();
    let mut reader = reader.map_err(|why| FileFault::new(file, why, 0, 0))?;
    let flaw = match reader.format() {
        Some(ImageFormat::Jpeg) => jpeg_flaw(bytes),
        Some(ImageFormat::Png) if !bytes.windows(PNG_END.len()).any(|window| window == PNG_END) => Some(CUT_OFF),
        // the decoder says what else it may be
        _ => None,
    };
    if let Some(why) = flaw {
        return Err(BrokenImage { file: file.to_path_buf(), why: why.to_owned() }.into());
    }
    let mut limits = Limits::default();
    // 16 bits of four channels
    limits.max_alloc = Some(8 * MOST_PIXELS + MOST_BESIDE);
    reader.limits(limits);
    // whatever a decoder does not expect is the file's fault, not ours
    let decoded = panic::catch_unwind(AssertUnwindSafe(|| reader.decode()));
    let gave_up = |_| BrokenImage { file: file.to_path_buf(), why: "its decoder gave up".to_owned() };
    let image = decoded.map_err(gave_up)?.map_err(|why| broken(file, &why))?;
    let found = if image.color().has_color() { 3 } else { 1 };
    let look = Look { height: image.height() as usize, width: image.width() as usize, channels: found };
    Ok((look, if channels == 1 { image.into_luma8().into_raw() } else { image.into_rgb8().into_raw() }))
}

fn broken(file: &Path, why: &image::ImageError) -> ImagesFault {
    BrokenImage { file: file.to_path_buf(), why: why.to_string().trim().to_owned() }.into()
}

const CUT_OFF: &str = "it ends in the middle";

/// Returns why a JPEG stream is not decoded. What is missing of one that does not reach its end mark a decoder would paint grey;
/// one whose first component is not the one with the most samples, as no camera writes it, makes the decoder panic.
fn jpeg_flaw(bytes: &[u8]) -> Option<&'static str> {
    // behind the mark of the beginning
    let mut at = 2;
    while let Some(&[mark, kind]) = bytes.get(at..at + 2) {
        match (mark, kind) {
            (0xff, 0xd9) => return None,
            // a filling byte before a mark
            (0xff, 0xff) => at += 1,
            // in the midst of coded pixels: an escaped byte, a mark to restart at
            (0xff, 0x00 | 0x01 | 0xd0..=0xd7) => at += 2,
            (0xff, _) => {
                let Some(&[high, low]) = bytes.get(at + 2..at + 4) else { return Some(CUT_OFF) };
                let length = usize::from(u16::from_be_bytes([high, low]));
                let is_frame = matches!(kind, 0xc0..=0xcf) && !matches!(kind, 0xc4 | 0xc8 | 0xcc);
                if is_frame && is_odd_frame(bytes.get(at + 2..at + 2 + length).unwrap_or_default()) {
                    return Some("one of its colours has more samples than its brightness");
                }
                at += 2 + length;
            }
            _ => at += 1,
        }
    }
    Some(CUT_OFF)
}

/// Tells whether a frame's header gives a later component more samples along an axis than the first. From the eighth byte on it
/// says how many there are, and of each its name, its samples down and across, and a table.
fn is_odd_frame(header: &[u8]) -> bool {
    let components = header.get(8..).unwrap_or_default().chunks_exact(3);
    let samples: Vec<[u8; 2]> = components.map(|component| [component[1] >> 4, component[1] & 15]).collect();
    let Some(first) = samples.first() else { return false };
    samples.iter().any(|[across, down]| *across > first[0] || *down > first[1])
}
