//! The bytes of an `npy` file → an array of numbers. What the header claims is bounded before anything is read, memory grows only as
//! bytes arrive, and nothing is unpickled: an array of objects is a fault.

use std::io::Read;
use std::path::Path;

use super::fault::{BrokenNpz, OwnDataFault, PickledArray, WrongArray};

/// Bytes of a header at most.
const MOST_HEADER: usize = 64 << 10;
/// Bytes of an array at most.
const MOST_BYTES: usize = 1 << 30;
/// Numbers at most that are not bytes.
const MOST_NUMBERS: usize = 1 << 27;
/// Axes at most.
const MOST_AXES: usize = 4;

/// An array.
#[derive(Debug, Clone, PartialEq)]
pub struct NpyArray {
    /// The lengths of its axes.
    pub sizes: Vec<usize>,
    /// Its numbers, the last axis fastest.
    pub numbers: NpyNumbers,
}

/// Numbers of one kind.
#[derive(Debug, Clone, PartialEq)]
pub enum NpyNumbers {
    /// Bytes from 0 to 255.
    Bytes(Vec<u8>),
    /// True or false, as 1 or 0.
    Truths(Vec<u8>),
    /// Other whole numbers; those beyond 2⁵³ are rounded.
    Whole(Vec<f64>),
    /// Numbers with a point.
    Floats(Vec<f64>),
}

/// What a header says.
struct Header {
    /// The order of bytes, the kind and the width: `<f4`.
    kind: String,
    fortran: bool,
    sizes: Vec<usize>,
}

/// Reads an array, called `name` in faults, of `file`.
///
/// # Errors
/// [`BrokenNpz`] where the bytes are no whole `npy` file, [`PickledArray`] for objects, [`WrongArray`] for other numbers than bytes,
/// whole numbers and floats, another order than C's, or more numbers than are read.
pub fn npy_array(mut source: impl Read, file: &Path, name: &str) -> Result<NpyArray, OwnDataFault> {
    let broken = |why: String| BrokenNpz { file: file.to_path_buf(), why: format!("`{name}` {why}") };
    let wrong = |found: String, expected: &str| WrongArray {
        file: file.to_path_buf(),
        name: name.to_owned(),
        found,
        expected: expected.to_owned(),
    };
    let text = header(&mut source).map_err(broken)?;
    let Header { kind, fortran, sizes } =
        read_header(&text).ok_or_else(|| broken("has a header that is not understood".to_owned()))?;
    if kind.contains('O') {
        return Err(PickledArray { file: file.to_path_buf(), name: name.to_owned() }.into());
    }
    let Some((swapped, letter, width)) = known(&kind) else {
        return Err(wrong(format!("of kind `{kind}`"), "bytes, whole numbers or floats of 32 or 64 bits").into());
    };
    if fortran && sizes.len() > 1 {
        return Err(wrong("in Fortran's order".to_owned(), "C's order, as `numpy.ascontiguousarray` makes it").into());
    }
    let count = sizes.iter().try_fold(1_usize, |count, size| count.checked_mul(*size));
    let most = if width == 1 { MOST_BYTES } else { MOST_NUMBERS };
    let Some(count) = count.filter(|count| *count <= most && sizes.len() <= MOST_AXES) else {
        return Err(wrong(
            format!("of sizes {sizes:?}"),
            "at most four axes and 134,217,728 numbers, or a GiB of bytes",
        )
        .into());
    };
    let mut bytes = Vec::new();
    let read = source.take((count * width) as u64 + 1).read_to_end(&mut bytes);
    read.map_err(|why| broken(format!("cannot be unpacked: {why}")))?;
    if bytes.len() != count * width {
        let more = if bytes.len() > count * width { "more" } else { "fewer" };
        return Err(broken(format!("has {more} bytes than its header says")).into());
    }
    Ok(NpyArray { sizes, numbers: numbers(bytes, (letter, width), swapped) })
}

/// Reads the text of the header.
fn header(source: &mut impl Read) -> Result<String, String> {
    let mut start = [0; 8];
    let short = |_| "ends within its header".to_owned();
    source.read_exact(&mut start).map_err(short)?;
    if &start[..6] != b"\x93NUMPY" || !(1..=3).contains(&start[6]) {
        return Err("does not begin as an npy file does".to_owned());
    }
    let mut length = [0; 4];
    let width = if start[6] == 1 { 2 } else { 4 };
    source.read_exact(&mut length[..width]).map_err(short)?;
    let length = usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX);
    if length > MOST_HEADER {
        return Err(format!("claims a header of {length} bytes"));
    }
    let mut text = vec![0; length];
    source.read_exact(&mut text).map_err(short)?;
    String::from_utf8(text).map_err(|_| "has a header that is no text".to_owned())
}

/// Reads `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`.
fn read_header(text: &str) -> Option<Header> {
    let behind = |key: &str| {
        let rest = text.split_once(&format!("'{key}'"))?.1.trim_start();
        Some(rest.strip_prefix(':')?.trim_start())
    };
    let kind = behind("descr")?;
    let kind = match kind.strip_prefix('\'') {
        Some(rest) => rest.split_once('\'')?.0.to_owned(),
        // records of several kinds
        None => kind.split_once(']').map_or("records", |(records, _)| records).to_owned(),
    };
    let order = behind("fortran_order")?;
    let fortran = order.starts_with("True");
    let shape = behind("shape")?.strip_prefix('(')?.split_once(')')?.0;
    let sizes = shape.split(',').map(str::trim).filter(|size| !size.is_empty());
    let sizes = sizes.map(|size| size.trim_end_matches('L').parse().ok()).collect::<Option<Vec<usize>>>()?;
    (fortran || order.starts_with("False")).then_some(Header { kind, fortran, sizes })
}

/// Takes a kind apart: whether the big end comes first, the letter of the kind, and the bytes of a number.
fn known(kind: &str) -> Option<(bool, char, usize)> {
    let mut letters = kind.chars();
    let (order, letter) = (letters.next()?, letters.next()?);
    let width: usize = letters.as_str().parse().ok()?;
    let fits = matches!((letter, width), ('b' | 'u' | 'i', 1) | ('u' | 'i', 2) | ('u' | 'i' | 'f', 4 | 8));
    (fits && ['<', '>', '|', '='].contains(&order)).then_some((order == '>', letter, width))
}

fn numbers(bytes: Vec<u8>, (letter, width): (char, usize), swapped: bool) -> NpyNumbers {
    match (letter, width) {
        ('b', _) => return NpyNumbers::Truths(bytes.into_iter().map(|byte| u8::from(byte != 0)).collect()),
        ('u', 1) => return NpyNumbers::Bytes(bytes),
        _ => {}
    }
    let one = |bytes: &[u8]| {
        let mut own = [0; 8];
        for (place, byte) in bytes.iter().enumerate() {
            // the lowest byte first
            own[if swapped { width - 1 - place } else { place }] = *byte;
        }
        let bits = u64::from_le_bytes(own);
        let shift = 64 - 8 * u32::try_from(width).unwrap_or(8);
        match (letter, width) {
            ('f', 4) => f64::from(f32::from_le_bytes([own[0], own[1], own[2], own[3]])),
            ('f', _) => f64::from_bits(bits),
            ('u', _) => bits as f64,
            _ => ((bits << shift).cast_signed() >> shift) as f64,
        }
    };
    let all: Vec<f64> = bytes.chunks_exact(width).map(one).collect();
    if letter == 'f' { NpyNumbers::Floats(all) } else { NpyNumbers::Whole(all) }
}
