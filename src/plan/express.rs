//! Genes → identities and interactions: the tensors X and O of a model, each made once a step.

use rustc_hash::FxHashMap;

use super::builder::{Builder, Row, dotted, frozen};
use super::function::Function;
use super::gaussian::{self, Gaussians};
use super::op::{Op, Squares};
use super::parameter::Init;
use super::tensor::{Dim, Shape, TensorId};
use crate::check::{Expression, Genes, GenomeId, Interaction, InteractionId, Model, PopId, Population, Rule};
use crate::diag::Bug;
use crate::geometry::Space;

/// Which of a population's two identities is meant, where it is split.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Side {
    /// What it sends.
    Out,
    /// What it receives.
    In,
}

/// Who reads a tensor, and whether as it was at the start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    /// The connection or population, in the source's words.
    pub(super) name: &'a str,
    /// Whether it reads the start.
    pub(super) frozen: bool,
}

/// Makes X and O, and remembers them.
#[derive(Debug, Default)]
pub(super) struct Express {
    identities: FxHashMap<(PopId, GenomeId, Option<Side>, bool), TensorId>,
    interactions: FxHashMap<(InteractionId, bool), TensorId>,
    pools: FxHashMap<(PopId, TensorId), TensorId>,
}

/// Where one identity's rows get their names, sizes and reader from.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    prefix: &'a str,
    space: &'a Space,
    /// Whose positions are learned.
    moving: Option<&'a Population>,
    genes: usize,
    reader: Reader<'a>,
}

impl Express {
    /// Returns X of a population over a genome, R × N × G.
    pub(super) fn identity(
        &mut self,
        builder: &mut Builder,
        model: &Model,
        wanted: (PopId, GenomeId, Side),
        reader: Reader<'_>,
    ) -> Result<TensorId, Bug> {
        let (pop, genome, side) = wanted;
        let population = model.population(pop);
        let Some(identity) = population.identity(genome) else {
            let why = format!("{} does not express {}", population.name, model.genome(genome).name);
            return Err(Bug { pass: "lower", tensor: pop.to_string(), why });
        };
        if let (Expression::Pooled, Some(pool)) = (identity.expression, population.pool) {
            let source = self.identity(builder, model, (pool.source, genome, side), reader)?;
            return self.pooled(builder, model, wanted, source);
        }
        let side = identity.split.then_some(side);
        let prefix = [population.name.as_str(), ".", model.genome(genome).name.as_str(), suffix(side)].concat();
        let (space, moving) = (&population.shape.space(), population.learned_positions.then_some(population));
        let place = Place { prefix: &prefix, space, moving, genes: model.genome(genome).genes, reader };
        let key = (pop, genome, side, reader.frozen);
        if let Some(known) = self.identities.get(&key) {
            // names the further reader in every row
            rows(identity.expression, place).into_iter().try_for_each(|row| enter(builder, row, reader).map(drop))?;
            return Ok(*known);
        }
        let made = express(builder, identity.expression, place)?;
        self.identities.insert(key, made);
        Ok(made)
    }

    /// Returns the mean identities of the squares that a population pools.
    fn pooled(
        &mut self,
        builder: &mut Builder,
        model: &Model,
        (pop, genome, _): (PopId, GenomeId, Side),
        source: TensorId,
    ) -> Result<TensorId, Bug> {
        if let Some(known) = self.pools.get(&(pop, source)) {
            return Ok(*known);
        }
        let population = model.population(pop);
        let Some(pool) = population.pool else { return Ok(source) };
        let squares = Squares { grid: model.population(pool.source).shape.grid(), size: pool.size };
        let label = format!("{}.{}.X", population.name, model.genome(genome).name);
        let made = builder.push(Op::Pool(squares), &[source], &label)?;
        self.pools.insert((pop, source), made);
        Ok(made)
    }

    /// Returns O, R × G × G.
    pub(super) fn interaction(
        &mut self,
        builder: &mut Builder,
        model: &Model,
        id: InteractionId,
        reader: Reader<'_>,
    ) -> Result<TensorId, Bug> {
        let interaction = model.interaction(id);
        let genes = model.genome(interaction.genome).genes;
        let parameters = interaction_rows(interaction, genes)
            .into_iter()
            .map(|row| enter(builder, row, reader))
            .collect::<Result<Vec<TensorId>, Bug>>()?;
        if let Some(known) = self.interactions.get(&(id, reader.frozen)) {
            return Ok(*known);
        }
        let name = dotted(interaction.name.as_str(), "O");
        let whole = match (interaction.rule, parameters.as_slice()) {
            (Rule::Free | Rule::Frozen, &[entries]) => entries,
            (Rule::Symmetric, &[triangle]) => builder.push(Op::Symmetrize { size: genes }, &[triangle], &name)?,
            (Rule::Diagonal, &[diagonal]) => builder.push(Op::Diagonal, &[diagonal], &name)?,
            (Rule::Rank(_), &[left, right]) => builder.product(left, right, &name)?,
            _ => return Err(Bug { pass: "lower", tensor: name.into(), why: "an O of other rows".to_owned() }),
        };
        self.interactions.insert((id, reader.frozen), whole);
        Ok(whole)
    }
}

/// Returns the rows that an O over `genes` genes needs: its entries, or the two factors of one of low rank. Each entry of O
/// starts with variance 1.
fn interaction_rows(interaction: &Interaction, genes: usize) -> Vec<Row> {
    let row = |part: &str, sizes: &[usize], deviation: f64, holds| Row {
        name: dotted(interaction.name.as_str(), part),
        shape: Shape::per_run(sizes),
        start: Init::Normal { deviation },
        learned: interaction.rule != Rule::Frozen,
        rate: interaction.rate,
        holds,
    };
    match interaction.rule {
        Rule::Free | Rule::Frozen => vec![row("O", &[genes, genes], 1.0, "O")],
        Rule::Symmetric => vec![row("O", &[interaction.rule.learned(genes)], 1.0, "O's upper triangle")],
        Rule::Diagonal => vec![row("O", &[genes], 1.0, "O's diagonal")],
        Rule::Rank(rank) => {
            let deviation = (rank as f64).powf(-0.25);
            vec![
                row("O.left", &[genes, rank], deviation, "O's left factor"),
                row("O.right", &[rank, genes], deviation, "O's right factor"),
            ]
        }
    }
}

fn suffix(side: Option<Side>) -> &'static str {
    match side {
        None => "",
        Some(Side::Out) => ".out",
        Some(Side::In) => ".in",
    }
}

fn enter(builder: &mut Builder, row: Row, reader: Reader<'_>) -> Result<TensorId, Bug> {
    builder.parameter(if reader.frozen { frozen(row) } else { row }, reader.name)
}

/// Returns the rows that an expression needs: X itself, or the genes' centres and widths.
fn rows(expression: Expression, place: Place<'_>) -> Vec<Row> {
    let (genes, neurons, dims) = (place.genes, place.space.neurons(), place.space.dims());
    let row = |part: &str, sizes: &[usize], start, holds| Row {
        name: dotted(place.prefix, part),
        shape: Shape::per_run(sizes),
        start,
        learned: !matches!(expression, Expression::Random { .. }),
        rate: expression.rate(),
        holds,
    };
    let identity = Init::Normal { deviation: 1.0 };
    match expression {
        Expression::Pooled => Vec::new(),
        Expression::Free { .. } => vec![row("X", &[neurons, genes], identity, "X")],
        Expression::Random { genes: drawn } => {
            let start = if drawn == Genes::Contrasts { Init::Contrasts } else { identity };
            vec![row("X", &[neurons, genes], start, "X, drawn once")]
        }
        Expression::Gaussian { sigma, anisotropic, .. } => {
            let width = Init::Constant(sigma.ln());
            let widths = if anisotropic { vec![genes, dims] } else { vec![genes] };
            let own = [
                row("mu", &[genes, dims], Init::AtanhUniform, "atanh of the centre μ"),
                row("sigma", &widths, width, "log of the width σ"),
            ];
            own.into_iter().chain(positions(place)).collect()
        }
        Expression::InverseSquare { scale, .. } => {
            let own = [
                row("mu", &[genes, dims], Init::Uniform { bound: 1.0 }, "the centre μ"),
                row("sigma", &[genes, dims], Init::Normal { deviation: scale }, "the gradient σ"),
            ];
            own.into_iter().chain(positions(place)).collect()
        }
    }
}

/// Returns the row of a cloud's positions, where they are learned: one for all that the population expresses.
fn positions(place: Place<'_>) -> Option<Row> {
    let (Some(population), Space::Cloud(cloud)) = (place.moving, place.space) else { return None };
    Some(Row {
        name: dotted(population.name.as_str(), "positions"),
        shape: Shape::per_run(&[cloud.neurons, cloud.dims]),
        start: Init::Cloud(*cloud),
        learned: true,
        rate: 1.0,
        holds: "atanh of the positions",
    })
}

/// Appends what makes X of its rows: `semantics` of each expression, written out.
fn express(builder: &mut Builder, expression: Expression, place: Place<'_>) -> Result<TensorId, Bug> {
    let parameters = rows(expression, place)
        .into_iter()
        .map(|row| enter(builder, row, place.reader))
        .collect::<Result<Vec<TensorId>, Bug>>()?;
    let label = dotted(place.prefix, "X");
    let own = if expression.is_centred() { "" } else { label.as_str() };
    let made = uncentred(builder, (expression, place), &parameters, own)?;
    if expression.is_centred() { centred(builder, made, place.space.neurons(), &label) } else { Ok(made) }
}

/// Appends X without each gene's mean over the population.
fn centred(builder: &mut Builder, identity: TensorId, neurons: usize, label: &str) -> Result<TensorId, Bug> {
    let sum = builder.push(Op::Sum { axis: 1 }, &[identity], "")?;
    let mean = builder.scale(1.0 / neurons.max(1) as f64, sum)?;
    let mean = builder.push(Op::Unsqueeze { axis: 1 }, &[mean], "")?;
    builder.push(Op::Subtract, &[identity, mean], label)
}

/// Appends X as its rows make it.
fn uncentred(
    builder: &mut Builder,
    (expression, place): (Expression, Place<'_>),
    parameters: &[TensorId],
    label: &str,
) -> Result<TensorId, Bug> {
    match (expression, parameters) {
        (Expression::Gaussian { anisotropic, .. }, &[mu, sigma, ref learned @ ..]) => {
            let learned = learned.first().copied();
            Gaussians { space: place.space, learned, mu, sigma, anisotropic }.whole(builder, label)
        }
        (Expression::InverseSquare { .. }, &[mu, sigma, ref learned @ ..]) => {
            // (p − μ) · σ = p · σ − μ · σ: no number for each neuron, gene and axis
            let learned = learned.first().copied();
            let positions = gaussian::positions(builder, place.space, learned)?;
            let positions = match learned {
                None => builder.push(Op::Expand { axis: 0, length: Dim::Runs }, &[positions], "")?,
                Some(_) => positions,
            };
            let along = builder.product_with(positions, sigma, "")?;
            let weighted = builder.push(Op::Multiply, &[mu, sigma], "")?;
            let centre = builder.push(Op::Sum { axis: 2 }, &[weighted], "")?;
            let centre = builder.push(Op::Unsqueeze { axis: 1 }, &[centre], "")?;
            let along = builder.push(Op::Subtract, &[along, centre], "")?;
            builder.map(Function::Lorentzian, along, label)
        }
        (_, parameters) => parameters.first().copied().ok_or_else(|| Bug {
            pass: "lower",
            tensor: place.prefix.to_owned(),
            why: "an expression without rows".to_owned(),
        }),
    }
}
