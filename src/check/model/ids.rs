//! Ids that print: places in a model's lists, as every printed stage names them.

use std::fmt;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(crate) usize);

        impl $name {
            /// Returns its position in the model's list.
            pub fn index(self) -> usize {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0)
            }
        }
    };
}

id!(
    /// A genome; prints as `gen0`.
    GenomeId, "gen"
);
id!(
    /// An interaction matrix O; prints as `o1`.
    InteractionId, "o"
);
id!(
    /// A population; prints as `pop0`.
    PopId, "pop"
);
id!(
    /// A projection, one link of a `connect` chain; prints as `proj2`.
    ProjId, "proj"
);
