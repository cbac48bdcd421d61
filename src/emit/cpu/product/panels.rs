//! Products by tiles: columns of the right matrix are taken panel by panel, or rows of the left one where that is cheaper.

use pulp::{Arch, Simd, WithSimd};

use super::tile::{Panel, Strips};
use super::transpose::{copy, transpose};
use super::{Part, lanes};
use crate::program::Product;

/// Room for what one thread packs.
#[derive(Debug, Default)]
pub(super) struct Packed {
    panel: Vec<f32>,
    made: Vec<f32>,
}

/// A matrix, or some of its rows or columns, as it lies.
#[derive(Clone, Copy)]
pub(super) struct Lying<'a> {
    pub(super) numbers: &'a [f32],
    /// Numbers from one row to the next.
    pub(super) apart: usize,
}

impl Part<'_> {
    pub(super) fn by_tiles(self, packed: &mut Packed) {
        Arch::new().dispatch(Job { part: self, packed });
    }
}

struct Job<'a> {
    part: Part<'a>,
    packed: &'a mut Packed,
}

impl WithSimd for Job<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self { part: Part { product: whole, first, left, right, out }, packed: Packed { panel, made } } = self;
        let Product { rows, inner, columns, left_turned, right_turned } = whole;
        let lanes = lanes::<S>();
        let product = Product { rows: out.len() / columns, ..whole };
        let left = if left_turned {
            Lying { numbers: &left[first..], apart: rows }
        } else {
            Lying { numbers: &left[first * inner..], apart: inner }
        };
        let right = Lying { numbers: right, apart: if right_turned { inner } else { columns } };
        if product.cycles(lanes) <= product.cycles_turned(lanes) {
            along(simd, product, (left, right), (out, columns), panel);
            return;
        }
        let turned = product.turned();
        let apart = turned.columns.next_multiple_of(lanes);
        let made = stretch(made, turned.rows * apart);
        along(simd, turned, (right, left), (made, apart), panel);
        transpose(made, (turned.rows, turned.columns), apart, out, turned.rows);
    }
}

/// Makes a product with vectors along the columns; rows of the result lie `apart` numbers from each other.
#[inline(always)]
fn along<S: Simd>(
    simd: S,
    product: Product,
    (left, right): (Lying<'_>, Lying<'_>),
    (out, apart): (&mut [f32], usize),
    scratch: &mut Vec<f32>,
) {
    let (lanes, Product { inner, columns, .. }) = (lanes::<S>(), product);
    let registers = columns.div_ceil(lanes);
    for part in 0..Product::panels(registers, lanes) {
        let (start, end) = Product::panel(registers, part, lanes);
        let (first, full) = (start * lanes, (end - start) * lanes);
        let width = full.min(columns - first);
        let lies = width == full && !product.right_turned;
        let (numbers, between) = if lies {
            (&right.numbers[first..], right.apart)
        } else {
            let packed = stretch(scratch, full * inner);
            pack(right, (first, width), product, packed, full);
            (&*packed, full)
        };
        // where the result's rows have room for them, columns beyond the last are written too
        let written = if first + full <= apart { full } else { width };
        let panel = Panel { numbers, apart: between, first, width: written };
        let strips = Strips { product, left, panel, apart };
        match end - start {
            1 => strips.make::<S, 1>(simd, out),
            2 => strips.make::<S, 2>(simd, out),
            3 => strips.make::<S, 3>(simd, out),
            _ => strips.make::<S, 4>(simd, out),
        }
    }
}

/// Packs columns of the right matrix, `first` and those behind it, into rows that are `full` long. Behind them come zeros:
/// what lay there before could be numbers so small that multiplying them takes long.
#[inline(always)]
fn pack(right: Lying<'_>, (first, width): (usize, usize), product: Product, packed: &mut [f32], full: usize) {
    let Lying { numbers, apart } = right;
    if product.right_turned {
        transpose(&numbers[first * apart..], (width, product.inner), apart, packed, full);
    } else {
        let rows = packed.chunks_exact_mut(full).zip(numbers.chunks(apart));
        rows.for_each(|(to, from)| copy(&from[first..], &mut to[..width]));
    }
    if width < full {
        packed.chunks_exact_mut(full).for_each(|row| row[width..].fill(0.0));
    }
}

/// Returns `length` numbers of `scratch`, whatever they are.
fn stretch(scratch: &mut Vec<f32>, length: usize) -> &mut [f32] {
    if scratch.len() < length {
        scratch.resize(length, 0.0);
    }
    &mut scratch[..length]
}

#[cfg(test)]
impl Packed {
    /// Returns room in which other numbers have been.
    pub(super) fn dirty() -> Self {
        Self { panel: vec![f32::NAN; 1 << 14], made: vec![f32::NAN; 1 << 14] }
    }
}
