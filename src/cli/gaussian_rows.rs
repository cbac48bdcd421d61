//! Where the Gaussian genes of a population lie, from the rows of the parameter table that hold their centres and widths.

use crate::check::{Expression, Model, Population};
use crate::cli::numbers::count;
use crate::geometry::Space;
use crate::report::GaussianOutline;

/// What is said of a cloud that a page cannot hold.
pub(super) const UNSEEN: &str = "along the third dimension and further ones nothing is drawn";

/// The rows of the Gaussian genes of one population, of one side where the sides differ.
pub(super) struct GaussianRows<'a> {
    population: &'a Population,
    /// What the names of its rows begin with: `pixels.g`, `near.g.out`.
    pub(super) prefix: String,
}

impl<'a> GaussianRows<'a> {
    /// Lists all of a model, in the order of the text.
    pub(super) fn all(model: &'a Model) -> Vec<Self> {
        let mut all = Vec::new();
        for population in model.populations() {
            for own in population.identities.iter().filter(|own| matches!(own.expression, Expression::Gaussian { .. }))
            {
                let sides: &[&str] = if own.split { &[".out", ".in"] } else { &[""] };
                let prefix = |side: &&str| format!("{}.{}{side}", population.name, model.genome(own.genome).name);
                all.extend(sides.iter().map(|side| Self { population, prefix: prefix(side) }));
            }
        }
        all
    }

    /// Returns the names of the rows of centres and of widths.
    pub(super) fn names(&self) -> [String; 2] {
        [format!("{}.mu", self.prefix), format!("{}.sigma", self.prefix)]
    }

    /// Tells whether the population is a line.
    pub(super) fn is_flat(&self) -> bool {
        self.population.shape.space().dims() < 2
    }

    /// Returns where genes lie: `mu` holds atanh of the centres, `sigma` the logarithm of the widths, one for `each` axis or one for all.
    pub(super) fn outlines(&self, mu: &[f32], sigma: &[f32], each: bool) -> Vec<GaussianOutline> {
        let axes = self.population.shape.space().dims();
        let centre = |gene: usize, axis: usize| mu.get(gene * axes + axis).map(|held| f64::from(held.tanh()));
        let width = |gene: usize, axis: usize| {
            sigma.get(if each { gene * axes + axis } else { gene }).map(|held| f64::from(held.exp()))
        };
        let [along, across] = if axes > 1 { [1, 0] } else { [0, 0] };
        let outline = |gene| {
            let centre = [centre(gene, along)?, if axes > 1 { centre(gene, across)? } else { 0.0 }];
            Some(GaussianOutline { centre, width: [width(gene, along)?, width(gene, across)?] })
        };
        (0..mu.len() / axes.max(1)).filter_map(outline).collect()
    }

    /// Says what a picture of this number of genes shows.
    pub(super) fn notes(&self, genes: usize) -> Vec<String> {
        let shown = if self.is_flat() {
            "a bar a gene, as far as 1 / e"
        } else {
            "an ellipse is where expression falls to 1 / e"
        };
        let shape = &self.population.shape;
        let mut notes = vec![format!("{} over {shape}, from −1 to 1", count(genes as u64, "gene")), shown.to_owned()];
        match shape.space() {
            Space::Grid(axes) if axes.get(2).is_some_and(|maps| *maps > 1) => {
                notes.push("along the third axis, the maps, nothing is drawn".to_owned());
            }
            Space::Cloud(cloud) if cloud.dims > 2 => notes.push(UNSEEN.to_owned()),
            Space::Grid(_) | Space::Cloud(_) => {}
        }
        notes
    }
}
