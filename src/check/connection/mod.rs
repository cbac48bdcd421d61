//! Connections: a chain becomes one projection for each link; both ends must express the genes that a synthesized one
//! needs, and no two may be the same.

pub(in crate::check) mod encodings;
pub(in crate::check) mod masks;
pub(in crate::check) mod receptive_field;
mod weight_generators;
mod weight_range;
mod window_fit;

use miette::Diagnostic;
use rustc_hash::{FxHashMap, FxHashSet};
use thiserror::Error;

use self::encodings::encoding;
use self::masks::Wish;
use self::receptive_field::{ReceptiveField, field};
use self::weight_generators::chunked;
use self::weight_range::weights;
use self::window_fit::misfits;
use crate::check::Context;
use crate::check::arguments::keys;
use crate::check::const_eval::said;
use crate::check::genomes::GeneSets;
use crate::check::model::{Encoding, PopId, Population, Projection};
use crate::check::numeric::switch;
use crate::check::schema::{FROZEN, GAIN, Owner};
use crate::check::symbols::as_population;
use crate::span::{Name, Span};
use crate::syntax::ast::{Ast, Attribute, Connect, Item};

/// A connection's end does not express the genes its weights are made of.
#[derive(Debug, Error, Diagnostic)]
#[error("`{population}` does not express `{genome}`")]
#[diagnostic(
    code(gem::missing_expression),
    help("add `{genome}: gaussian` to `{population}`, or connect via a genome that both ends express")
)]
struct MissingExpression {
    population: Name,
    genome: Name,
    #[label(primary, "connected via `{genome}` here")]
    at: Span,
    #[label("declared here")]
    declared: Span,
}

/// Two connections join the same populations in the same way.
#[derive(Debug, Error, Diagnostic)]
#[error("`{source_population}` is connected to `{target}` via `{encoding}` twice")]
#[diagnostic(
    code(gem::duplicate_connection),
    help("remove one of the two; a second connection needs another genome, encoding, window or mask")
)]
struct DuplicateConnection {
    source_population: Name,
    target: Name,
    encoding: Name,
    #[label(primary, "connected again here")]
    at: Span,
    #[label("first connected here")]
    first: Span,
}

/// Weights that no genes make are to start with another deviation.
#[derive(Debug, Error, Diagnostic)]
#[error("the start of weights made by `{encoding}` has no gain")]
#[diagnostic(code(gem::gain_without_genes), help("remove `gain`, or connect via a genome"))]
struct GainWithoutGenes {
    encoding: Name,
    #[label(primary, "only weights that genes make can start with another deviation")]
    at: Span,
    #[label("makes its weights in another way")]
    via: Span,
}

/// One link as far as it could be read.
#[derive(Debug)]
pub(in crate::check) struct Link {
    /// Where it comes from, by its place among populations.
    pub(in crate::check) source: usize,
    /// Where it goes.
    pub(in crate::check) target: usize,
    /// Where the text says so.
    pub(in crate::check) span: Span,
    /// What its weights are made by, where that much is without fault.
    encoding: Option<Encoding>,
    /// All of it, where it is without fault by itself.
    pub(in crate::check) projection: Option<Projection>,
}

/// Links that have been seen: by ends and encoding, and of each the manners, and where.
type KnownLinks<'a> = FxHashMap<(usize, usize, &'a str), FxHashMap<String, Span>>;

/// All links, and whether any was lost to a fault.
#[derive(Debug)]
pub(in crate::check) struct Links {
    pub(in crate::check) list: Vec<Link>,
    pub(in crate::check) gaps: bool,
}

/// Checks every connection.
pub(in crate::check) fn connections(
    context: &mut Context,
    ast: &Ast,
    genes: &GeneSets,
    populations: &[Option<Population>],
) -> Links {
    let mut links = Links { list: Vec::new(), gaps: populations.iter().any(Option::is_none) };
    let (mut seen, mut lacking) = (KnownLinks::default(), FxHashSet::default());
    for item in &ast.items {
        if let Item::Connect(connect) = item {
            let (mut read, field, wish) = links_of(context, connect, genes);
            links.gaps |= read.len() + 1 < connect.chain.len();
            fitting(context, (field, wish), &read, populations);
            for link in &mut read {
                if !matches!(field, ReceptiveField::Faulty) {
                    repeated(context, connect, link, &mut seen);
                }
                expressed(context, link, (genes, populations), &mut lacking);
            }
            links.list.extend(read);
        }
        links.gaps |= matches!(item, Item::Broken(_));
    }
    links
}

/// Reads one chain, its receptive fields and its mask; links with an end that is not there are left out.
fn links_of(context: &mut Context, connect: &Connect, genes: &GeneSets) -> (Vec<Link>, ReceptiveField, Wish) {
    let resolve = |name| context.symbols.resolve(name, "population", as_population, context.problems);
    let ends: Vec<Option<usize>> = connect.chain.iter().map(resolve).collect();
    let encoding = encoding(context, &connect.encoding, genes);
    let attributes = attributes(context, connect);
    let frozen = frozen(context, &attributes);
    let field = field(context, connect, encoding, &attributes);
    let (wish, weights) = (masks::wish(context, &attributes), weights(context, &attributes));
    let gain = gain(context, connect, encoding, &attributes);
    let window = match field {
        ReceptiveField::Whole => Some(None),
        ReceptiveField::Square(window, _) => Some(Some(window)),
        ReceptiveField::Faulty => None,
    };
    let link = |(ends, names): (&[Option<usize>], &[Name])| {
        let (source, target) = (ends[0]?, ends[1]?);
        let span = names[0].span.to(names[1].span);
        let (from, to) = (PopId(source), PopId(target));
        let purpose = || format!("{}->{} via {}", names[0], names[1], connect.encoding.name);
        let whole = encoding.zip(window);
        let projection = whole.map(|(encoding, window)| Projection {
            source: from,
            target: to,
            encoding,
            window,
            mask: wish.mask(purpose),
            synapses: 0,
            weights,
            gain,
            again: false,
            namesake: false,
            frozen,
            span,
        });
        Some(Link { source, target, span, encoding, projection })
    };
    (ends.windows(2).zip(connect.chain.windows(2)).filter_map(link).collect(), field, wish)
}

/// Returns the attributes that a connection may have.
fn attributes<'a>(context: &mut Context, connect: &'a Connect) -> Vec<&'a Attribute> {
    let owners = [Owner::Connection, Owner::Window, Owner::Mask];
    keys(("a connection", &owners), &connect.attributes, None, context.problems)
}

fn frozen(context: &mut Context, attributes: &[&Attribute]) -> bool {
    let frozen = attributes.iter().find(|attribute| attribute.key.as_str() == FROZEN.key);
    frozen.and_then(|frozen| switch(context, frozen.value.as_ref())).unwrap_or(false)
}

/// Returns how many times the usual deviation the weights start with.
fn gain(context: &mut Context, connect: &Connect, encoding: Option<Encoding>, attributes: &[&Attribute]) -> f64 {
    let Some(attribute) = attributes.iter().find(|attribute| attribute.key.as_str() == GAIN.key) else { return 1.0 };
    if encoding.is_some_and(|encoding| !matches!(encoding, Encoding::Genes(_))) {
        let (encoding, at, via) = (connect.encoding.name.clone(), attribute.key.span, connect.encoding.span);
        context.problems.push(GainWithoutGenes { encoding, at, via });
        return 1.0;
    }
    let value = said(context, attribute, "a number");
    value.and_then(|value| GAIN.read(context, Some(value))).unwrap_or(1.0)
}

/// Reports windows and masks that do not fit the populations of their links.
fn fitting(
    context: &mut Context,
    (field, wish): (ReceptiveField, Wish),
    links: &[Link],
    populations: &[Option<Population>],
) {
    let find = |index: usize| populations.get(index)?.as_ref();
    let ends = |link: &Link| Some([find(link.source)?, find(link.target)?]);
    links.iter().filter_map(|link| Some((link, ends(link)?))).for_each(|(link, ends)| chunked(context, link, ends));
    let ends: Vec<[&Population; 2]> = links.iter().filter_map(ends).collect();
    if let ReceptiveField::Square(window, at) = field {
        misfits(context, (window, at), &ends);
    }
    for ends in ends {
        masks::fits(context, wish, ends);
    }
}

/// Reports a link that is there already, and marks one that is there in another manner, or by an encoding that calls one of its
/// matrices the same.
fn repeated<'a>(context: &mut Context, connect: &'a Connect, link: &mut Link, seen: &mut KnownLinks<'a>) {
    let encoding = &connect.encoding.name;
    let namesake = match link.encoding {
        Some(Encoding::Basis(_)) => Some("subspace"),
        Some(Encoding::Subspace(_)) => Some("basis"),
        Some(Encoding::Genes(_) | Encoding::Direct | Encoding::GNetwork(_) | Encoding::Sine(_)) | None => None,
    };
    let shares = namesake.is_some_and(|other| seen.contains_key(&(link.source, link.target, other)));
    let alike = seen.entry((link.source, link.target, encoding.as_str())).or_default();
    let manner = link.projection.as_ref().map_or(String::new(), Projection::manner);
    if let Some(projection) = &mut link.projection {
        (projection.again, projection.namesake) = (!alike.is_empty(), shares);
    }
    if let Some(first) = alike.insert(manner, link.span) {
        let name = |index: usize| connect.chain.iter().find(|name| context.symbols.is_population(name, index));
        if let (Some(source), Some(target)) = (name(link.source), name(link.target)) {
            context.problems.push(DuplicateConnection {
                source_population: source.clone(),
                target: target.clone(),
                encoding: encoding.clone(),
                at: link.span,
                first,
            });
        }
    }
}

/// Reports an end that does not express what the weights are made of, once for each population and genome.
fn expressed(
    context: &mut Context,
    link: &Link,
    declared: (&GeneSets, &[Option<Population>]),
    lacking: &mut FxHashSet<(usize, usize)>,
) {
    let (genes, populations) = declared;
    let Some(Encoding::Genes(interaction)) = link.encoding else { return };
    let Some(interaction) = &genes.interactions[interaction.index()] else { return };
    for end in [link.source, link.target] {
        let Some(Some(population)) = populations.get(end) else { continue };
        if population.identity(interaction.genome).is_none() && lacking.insert((end, interaction.genome.index())) {
            context.problems.push(MissingExpression {
                population: population.name.clone(),
                genome: genes.genomes[interaction.genome.index()].name.clone(),
                at: link.span,
                declared: population.name.span,
            });
        }
    }
}

/// Counts the synapses of all links, where nothing is at fault so far.
pub(in crate::check) fn count(
    context: &mut Context,
    links: &mut Links,
    populations: &[Option<Population>],
    work_limit: u64,
) {
    let budget = &mut masks::Budget::new(work_limit);
    for projection in links.list.iter_mut().filter_map(|link| link.projection.as_mut()) {
        let [source, target] = [projection.source, projection.target].map(|id| populations.get(id.index()));
        if let (Some(Some(source)), Some(Some(target))) = (source, target) {
            projection.synapses = masks::synapses(context, projection, [&source.shape, &target.shape], budget);
        }
    }
}
