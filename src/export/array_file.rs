//! One array → a file of `NumPy` or of comma-separated numbers.

use super::forward::{ForwardConstant, single};

/// Returns the bytes of an `npy` file, version 1.0, in single precision and C order.
pub fn npy(constant: &ForwardConstant) -> Vec<u8> {
    let sizes: Vec<String> = constant.stored_sizes().iter().map(|size| format!("{size},")).collect();
    let mut header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}), }}", sizes.join(" "));
    // magic, version and length take ten bytes; the header ends with a line, at a multiple of 64 bytes
    let whole = (10 + header.len() + 1).next_multiple_of(64) - 10;
    header.extend(std::iter::repeat_n(' ', whole - 1 - header.len()));
    header.push('\n');
    let length = u16::try_from(header.len()).unwrap_or(u16::MAX).to_le_bytes();
    let numbers = single(&constant.stored_numbers());
    let numbers: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), &numbers].concat()
}

/// Returns the numbers as lines of comma-separated values: a line for each place of the last axis but one. Arrays of more axes are
/// written matrix after matrix, without a line between them.
pub fn csv(constant: &ForwardConstant) -> String {
    let columns = constant.stored_sizes().last().copied().unwrap_or(1).max(1);
    let numbers = single(&constant.stored_numbers());
    let line = |numbers: &[f32]| numbers.iter().map(ToString::to_string).collect::<Vec<String>>().join(",") + "\n";
    numbers.chunks(columns).map(line).collect()
}
