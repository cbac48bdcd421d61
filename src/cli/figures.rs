//! A plan and a genome → the page that is drawn of them: which tensors are looked at, what they are called, how they are laid
//! out. Weights and O are the plan's own tensors, found by their names in the source; of genes the table's rows. The reference
//! interpreter computes them, and nothing else.

use indexmap::IndexMap;

use super::gaussian_rows::{GaussianRows, UNSEEN};
use crate::check::{Model, Projection};
use crate::cli::numbers::{count, grouped};
use crate::compile::Stages;
use crate::diag::Bug;
use crate::geometry::Space;
use crate::plan::{Array, Dim, Interpreter, Plan, TensorId};
use crate::report::{CloudPicture, Link, Matrix, Panel, Picture, Section, Tiles};

/// Receptive fields that are drawn of one connection.
const FIELDS: usize = 64;

/// Connections that are drawn within one cloud.
const STRONGEST: usize = 400;

/// One run's numbers of a tensor.
struct Numbers {
    /// Its sizes, without R.
    shape: Vec<usize>,
    /// Its elements, the last axis fastest.
    values: Vec<f32>,
}

/// What is drawn: numbers by their names in the source.
struct Figures<'a> {
    model: &'a Model,
    found: IndexMap<String, Numbers>,
}

/// Returns the sections of the page for one of the runs whose genome has these `rows`, [R, …] each.
pub(super) fn sections(stages: &Stages, rows: &[(String, Array)], run: usize) -> Result<Vec<Section>, Bug> {
    let (model, plan) = (stages.model(), &stages.plan);
    let named = named(plan, &wanted(model));
    let ids: Vec<TensorId> = named.values().copied().collect();
    let made = Interpreter::of_run(plan, rows, run)?.compute(&ids)?;
    let found = named.into_iter().zip(&made).map(|((name, id), made)| (name, numbers(plan, id, made)));
    let figures = Figures { model, found: found.collect() };
    let section = |title: &str, panels| Section { title: title.to_owned(), panels };
    Ok(vec![
        section("O: how genes of two ends meet", figures.interactions()),
        section("X: where Gaussian genes are expressed", figures.genes()),
        section("W: weights, and what neurons receive", figures.weights()),
    ])
}

/// Returns the names of all that is looked at, in the order of the text.
fn wanted(model: &Model) -> Vec<String> {
    let interactions = model.interactions().iter().map(|interaction| format!("{}.O", interaction.name));
    let gaussian = GaussianRows::all(model);
    let rows = gaussian.iter().flat_map(GaussianRows::names);
    let weights = model.projections().iter().map(|link| format!("{}.W", model.link_name(link)));
    let positions = model.populations().iter().map(|population| format!("{}.positions", population.name));
    interactions.chain(rows).chain(weights).chain(positions).collect()
}

/// Returns the tensor that bears each of `names`, of those that the loss is made of: of two with one name the later, which is
/// made of the other.
fn named(plan: &Plan, names: &[String]) -> IndexMap<String, TensorId> {
    let needed = plan.needed(&[plan.losses()]);
    let forward = plan.numbered().filter(|(id, _)| needed[id.index()]);
    let labels: std::collections::HashMap<&str, TensorId> =
        forward.map(|(id, tensor)| (tensor.label.as_str(), id)).collect();
    names.iter().filter_map(|name| Some((name.clone(), *labels.get(name.as_str())?))).collect()
}

/// Returns a tensor as it is drawn: in single precision, without R.
fn numbers(plan: &Plan, id: TensorId, made: &Array) -> Numbers {
    let own = match plan.tensor(id).shape.dims().first() {
        Some(Dim::Runs) => 1,
        Some(Dim::Batch | Dim::Samples(_) | Dim::Size(_)) | None => 0,
    };
    #[allow(clippy::cast_possible_truncation)]
    let values = made.numbers().iter().map(|number| *number as f32).collect();
    Numbers { shape: made.sizes()[own..].to_vec(), values }
}

impl Figures<'_> {
    fn interactions(&self) -> Vec<Panel> {
        let panel = |interaction: &crate::check::Interaction| {
            let name = format!("{}.O", interaction.name);
            let notes = vec!["rows: genes of the source; columns: genes of the target".to_owned()];
            let matrix = matrix(self.found.get(&name)?)?;
            Some(Panel { title: name, notes, picture: Picture::Matrix(matrix) })
        };
        self.model.interactions().iter().filter_map(panel).collect()
    }

    fn genes(&self) -> Vec<Panel> {
        GaussianRows::all(self.model).iter().filter_map(|rows| self.gaussians(rows)).collect()
    }

    fn gaussians(&self, rows: &GaussianRows<'_>) -> Option<Panel> {
        let [mu, sigma] = rows.names();
        let (mu, sigma) = (self.found.get(&mu)?, self.found.get(&sigma)?);
        let genes = rows.outlines(&mu.values, &sigma.values, sigma.shape.len() > 1);
        let (title, notes) = (rows.prefix.clone(), rows.notes(genes.len()));
        let picture = if rows.is_flat() { Picture::Line(genes) } else { Picture::Grid(genes) };
        Some(Panel { title, notes, picture })
    }

    fn weights(&self) -> Vec<Panel> {
        let panels = |link: &Projection| {
            let name = format!("{}.W", self.model.link_name(link));
            let found = self.found.get(&name)?;
            Some(match link.window {
                None => {
                    [self.whole(link, &name, found), self.columns(link, &name, found), self.cloud(link, &name, found)]
                }
                Some(window) => [self.windows(link, &name, found, window.size), None, None],
            })
        };
        self.model.projections().iter().filter_map(panels).flatten().flatten().collect()
    }

    fn whole(&self, link: &Projection, name: &str, found: &Numbers) -> Option<Panel> {
        let matrix = matrix(found)?;
        let end = |id| &self.model.population(id).name;
        let (rows, columns) = (grouped(matrix.rows as u64), grouped(matrix.columns as u64));
        let notes = vec![format!("{rows} rows: {}; {columns} columns: {}", end(link.source), end(link.target))];
        Some(Panel { title: name.to_owned(), notes, picture: Picture::Matrix(matrix) })
    }

    /// Draws columns of the matrix over the source's grid, where it has one.
    fn columns(&self, link: &Projection, name: &str, found: &Numbers) -> Option<Panel> {
        let &[rows, columns] = found.shape.as_slice() else { return None };
        let source = self.model.population(link.source);
        let grid = source.shape.grid();
        if grid[0] < 2 || grid[1] < 2 || grid.iter().product::<usize>() != rows {
            return None;
        }
        let column =
            |neuron: usize| -> Vec<f32> { found.values.iter().skip(neuron).step_by(columns.max(1)).copied().collect() };
        let tiles = chosen(columns).map(|neuron| spread(&column(neuron), grid)).collect();
        let notes = vec![
            self.chosen_of(link, columns),
            format!("each over the {} of {}{}", source.shape, source.name, side_by_side(grid[2])),
        ];
        let tiles = Tiles { rows: grid[0], columns: grid[1] * grid[2], tiles };
        Some(Panel { title: format!("{name}, by neuron"), notes, picture: Picture::Tiles(tiles) })
    }

    /// Draws the strongest connections of a cloud to itself.
    fn cloud(&self, link: &Projection, name: &str, found: &Numbers) -> Option<Panel> {
        let source = self.model.population(link.source);
        let space = source.shape.space();
        let (Space::Cloud(_), true) = (&space, link.source == link.target) else { return None };
        // the table holds atanh of positions that are learned
        let learned = self.found.get(&format!("{}.positions", source.name));
        let learned = learned.map(|rows| rows.values.iter().map(|held| f64::from(held.tanh())).collect());
        let (dims, positions): (usize, Vec<f64>) = (space.dims(), learned.unwrap_or_else(|| space.positions()));
        let place = |of: &[f64]| match *of {
            [down, right, ..] => [right, down],
            [right] => [right, 0.0],
            [] => [0.0, 0.0],
        };
        let places: Vec<[f64; 2]> = positions.chunks_exact(dims.max(1)).map(place).collect();
        let neurons = places.len();
        let strength = |pair: &usize| found.values.get(*pair).map_or(0.0, |weight| weight.abs());
        let mut pairs: Vec<usize> = (0..found.values.len()).filter(|pair| strength(pair) > 0.0).collect();
        let all = grouped(pairs.len() as u64);
        pairs.sort_by(|one, other| strength(other).total_cmp(&strength(one)));
        pairs.truncate(STRONGEST);
        let link = |pair: usize| Link { from: pair / neurons, to: pair % neurons, weight: found.values[pair] };
        let links: Vec<Link> = pairs.into_iter().map(link).collect();
        let mut notes = vec![
            format!("{} of {}, where they lie, from −1 to 1", grouped(neurons as u64), source.name),
            format!("the {} strongest of {all} connections that are not 0", grouped(links.len() as u64)),
        ];
        if dims > 2 {
            notes.push(UNSEEN.to_owned());
        }
        Some(Panel {
            title: format!("{name}, in the cloud"),
            notes,
            picture: Picture::Cloud(CloudPicture { places, links }),
        })
    }

    /// Draws what neurons receive through their windows: places × maps × K, or one kernel a map.
    fn windows(&self, link: &Projection, name: &str, found: &Numbers, size: usize) -> Option<Panel> {
        let (seen, neurons) = found.shape.split_last()?;
        let neurons: usize = neurons.iter().product();
        let maps = seen.checked_div(size * size).filter(|maps| *maps > 0)?;
        let grid = [size, size, maps];
        let tiles = chosen(neurons).filter_map(|neuron| found.values.get(neuron * seen..(neuron + 1) * seen));
        let tiles = tiles.map(|values| spread(values, grid)).collect();
        let shared = found.shape.len() == 2;
        let first = if shared { count(neurons as u64, "kernel") } else { self.chosen_of(link, neurons) };
        let notes = vec![first, format!("each its window of {size} × {size}{}", side_by_side(maps))];
        let tiles = Tiles { rows: size, columns: size * maps, tiles };
        Some(Panel { title: format!("{name}, by neuron"), notes, picture: Picture::Tiles(tiles) })
    }

    fn chosen_of(&self, link: &Projection, neurons: usize) -> String {
        let (target, all) = (&self.model.population(link.target).name, grouped(neurons as u64));
        if neurons <= FIELDS {
            format!("what all {all} neurons of {target} receive")
        } else {
            format!("what {FIELDS} of {all} neurons of {target}, evenly chosen, receive")
        }
    }
}

/// Returns the neurons that are drawn, evenly chosen.
fn chosen(neurons: usize) -> impl Iterator<Item = usize> {
    let shown = neurons.min(FIELDS);
    (0..shown).map(move |index| index * neurons / shown)
}

/// Lays neurons, the map fastest, out by rows, the maps side by side.
fn spread(values: &[f32], [rows, columns, maps]: [usize; 3]) -> Vec<f32> {
    let entry = |row: usize, map: usize, column: usize| values.get((row * columns + column) * maps + map).copied();
    let places = (0..rows).flat_map(|row| (0..maps).map(move |map| (row, map)));
    places.flat_map(|(row, map)| (0..columns).map(move |column| entry(row, map, column).unwrap_or(f32::NAN))).collect()
}

fn side_by_side(maps: usize) -> String {
    if maps > 1 { format!(", {maps} maps side by side") } else { String::new() }
}

fn matrix(found: &Numbers) -> Option<Matrix> {
    match *found.shape.as_slice() {
        [rows, columns] => Some(Matrix { rows, columns, values: found.values.clone() }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_lie_side_by_side() {
        // two rows, two columns, three maps, the map fastest
        let values: Vec<f32> = (0..12_u8).map(f32::from).collect();
        let laid = spread(&values, [2, 2, 3]);
        assert_eq!(laid, [0.0, 3.0, 1.0, 4.0, 2.0, 5.0, 6.0, 9.0, 7.0, 10.0, 8.0, 11.0]);
    }

    #[test]
    fn neurons_are_chosen_evenly() {
        assert_eq!(chosen(10).collect::<Vec<_>>(), (0..10).collect::<Vec<_>>());
        let many: Vec<usize> = chosen(784).collect();
        assert_eq!((many.len(), many[0], many[1], many[63]), (FIELDS, 0, 12, 771));
    }
}
