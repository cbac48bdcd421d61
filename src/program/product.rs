//! Products of matrices: their sizes, and who multiplies on a CPU.

/// Multiply-adds up to which a product is made by tiles of gemc's own; larger ones reward the blocking that a library does.
const THIN: usize = 1 << 22;

/// Numbers in a register from which on that holds: with AVX2's eight a library was measured as fast, or faster,
const LANES: usize = 16;

/// but where one of the three sizes is no larger than this: there it took half as long again, or twice as long.
const VERY_THIN: usize = 4;

/// Cycles that a library takes before and after a product, whatever its size.
const CALL: usize = 8_000;

/// Sizes of a product of two matrices, and which of them lie transposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Product {
    /// Rows of the left matrix and of the result.
    pub rows: usize,
    /// Terms of each sum.
    pub inner: usize,
    /// Columns of the right matrix and of the result.
    pub columns: usize,
    /// Whether the left one lies as inner × rows.
    pub left_turned: bool,
    /// Whether the right one lies as columns × inner.
    pub right_turned: bool,
}

/// Products of matrices whose numbers lie side by side: a × b × B.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchedProduct {
    /// The sizes of each.
    pub product: Product,
    /// B.
    pub batch: usize,
}

impl Product {
    /// Tells whether tiles are faster than a library, on a processor with registers of `lanes` numbers: the product is thin,
    /// and little of it must be packed or padded.
    pub(crate) fn pays(self, lanes: usize) -> bool {
        let work = self.rows.saturating_mul(self.inner).saturating_mul(self.columns);
        let thinnest = self.rows.min(self.inner).min(self.columns);
        if work > THIN || (lanes < LANES && thinnest > VERY_THIN) {
            return false;
        }
        // a quarter more than what the multiply-adds alone take
        self.cycles(lanes).min(self.cycles_turned(lanes)) <= work / (2 * lanes) * 5 / 4 + CALL
    }

    /// Returns the product that has this one's result transposed, with left and right exchanged.
    pub(crate) fn turned(self) -> Self {
        let Self { rows, inner, columns, left_turned, right_turned } = self;
        Self { rows: columns, inner, columns: rows, left_turned: !right_turned, right_turned: !left_turned }
    }

    /// Estimates the cycles it takes with vectors along the columns: two multiply-adds a cycle, a number turned in one, and four
    /// copied, which those of the last panel are if they do not fill it.
    pub(crate) fn cycles(self, lanes: usize) -> usize {
        let vectors = self.columns.div_ceil(lanes);
        let (last, _) = Self::panel(vectors, Self::panels(vectors, lanes) - 1, lanes);
        let packed = match (self.right_turned, self.columns.is_multiple_of(lanes)) {
            (true, _) => self.inner * self.columns,
            (false, true) => 0,
            (false, false) => self.inner * (self.columns - last * lanes) / 4,
        };
        vectors * self.inner * self.rows / 2 + packed
    }

    /// Estimates the cycles it takes with vectors along the rows, and then to transpose the result.
    pub(crate) fn cycles_turned(self, lanes: usize) -> usize {
        self.turned().cycles(lanes) + self.rows * self.columns
    }

    /// Returns how many panels the registers are divided into.
    #[inline(always)]
    #[allow(clippy::inline_always)] // compiled for the registers of its caller
    pub(crate) fn panels(registers: usize, lanes: usize) -> usize {
        registers.div_ceil(if lanes >= 16 { 4 } else { 3 }).max(1)
    }

    /// Returns the first register of one of them, and the one behind its last.
    #[inline(always)]
    #[allow(clippy::inline_always)]
    pub(crate) fn panel(registers: usize, part: usize, lanes: usize) -> (usize, usize) {
        let parts = Self::panels(registers, lanes);
        (registers * part / parts, registers * (part + 1) / parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_much_packing_is_left_to_a_library() {
        let of = |rows, inner, columns, left_turned, right_turned| Product {
            rows,
            inner,
            columns,
            left_turned,
            right_turned,
        };
        assert!(of(784, 22, 64, false, false).pays(16));
        assert!(!of(784, 22, 64, false, false).pays(8), "registers are narrow");
        assert!(of(150, 4704, 3, true, false).pays(8), "three columns are too few for a library");
        assert!(of(22, 64, 22, false, true).pays(16), "the call alone takes longer");
        assert!(!of(22, 784, 64, true, true).pays(16), "the right one must be turned");
        assert!(!of(784, 784, 64, true, false).pays(16), "it is not thin");
    }
}
