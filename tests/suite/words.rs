//! Pages list the words of the language as the tables of the code have them.

use gemc::check::{Owner, SchemaRow, Vocabulary, markdown, schema};
use gemc::compile::analyse;
use gemc::options::Options;

use crate::pages::{Page, pages};

fn page(name: &str) -> Page {
    pages().into_iter().find(|page| page.name == name).unwrap()
}

/// Returns a text with one blank between any two words.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<&str>>().join(" ")
}

#[test]
fn stories_of_unknown_words_list_those_that_are_known() {
    let errors = page("docs/errors.md").text;
    for known in Vocabulary::all() {
        let heading = format!("\n## {}\n", known.code);
        let (_, below) = errors.split_once(&heading).expect(known.code);
        let story = flat(below.split("\n## ").next().unwrap());
        let listed = known.listed();
        assert!(story.contains(&listed), "docs/errors.md, {}: `{listed}` is missing", known.code);
    }
}

#[test]
fn the_reference_tells_every_word() {
    let language = page("docs/language.md").text;
    let reserved: Vec<String> = Vocabulary::all().remove(0).words.iter().map(|word| format!("`{word}`")).collect();
    let bullet = format!("Reserved are {}.", reserved.join(", "));
    assert!(flat(&language).contains(&bullet), "docs/language.md: `{bullet}` is missing");
    for known in Vocabulary::all().iter().skip(1) {
        for word in &known.words {
            let told = ["`", "(", ":"].iter().any(|end| language.contains(&format!("`{word}{end}")));
            assert!(told, "docs/language.md does not tell `{word}`, {}", known.what);
        }
    }
}

#[test]
fn the_reference_has_the_tables_of_the_schema() {
    let language = page("docs/language.md").text;
    let statements = [
        &[Owner::Genome][..],
        &[Owner::Population],
        &[Owner::Connection],
        &[Owner::Mask],
        &[Owner::Window],
        &[Owner::Input],
        Owner::CALLS,
    ];
    for owners in statements {
        let table = markdown(owners);
        assert!(language.contains(&format!("\n\n{table}\n")), "docs/language.md lacks this table:\n{table}");
    }
}

/// Returns a text in which a property is written, or left out where `written` is empty.
fn with(row: &SchemaRow, written: &str) -> String {
    let says = |owner: Owner, before: &str| {
        if row.owner == owner && !written.is_empty() { format!("{before}{written}") } else { String::new() }
    };
    let call = |owner: Owner, name: &str, first: &str| {
        let said = [first.to_owned(), says(owner, "")].into_iter().filter(|part| !part.is_empty());
        format!("{name}({})", said.collect::<Vec<_>>().join(", "))
    };
    let (free, random) = (call(Owner::Free, "free", ""), call(Owner::Random, "random", ""));
    let (gaussian, inverse) = (call(Owner::Gaussian, "gaussian", ""), call(Owner::InverseSquare, "inverse_square", ""));
    format!(
        "model m {{\n  genome g(4) {{ sparse: 0{genome} }}\n  population a = grid(4, 4) {{ g: {gaussian} }}\n  \
         population b = grid(3, 3) {{ g: {inverse}{population} }}\n  population c = {cloud} {{ g: {free} }}\n  \
         population d = units(2) {{ g: {random} }}\n  connect a -> b via g {{ window: 2{window} }}\n  \
         connect b -> c via g {{ frozen: false{connection} }}\n  connect c -> d via direct {{ density: 0.5{mask} }}\n  \
         connect a -> d via {network}\n  input a {{ mean: 0{input} }}\n  output d\n}}\n",
        genome = says(Owner::Genome, ", "),
        population = says(Owner::Population, ", "),
        cloud = call(Owner::Cloud, "cloud", "5"),
        window = says(Owner::Window, ", "),
        connection = says(Owner::Connection, ", "),
        mask = says(Owner::Mask, ", "),
        network = call(Owner::GNetwork, "gnetwork", "hidden: 3"),
        input = says(Owner::Input, ", "),
    )
}

#[test]
fn what_the_schema_calls_a_default_is_what_holds_where_nothing_is_written() {
    let model = |text: &str| {
        let analysis = analyse("m.gem", text, &Options::default());
        let wiring = analysis.model.unwrap_or_else(|_| panic!("{text}\n{}", analysis.report));
        wiring.model().to_string()
    };
    // what the base text writes by itself says nothing of a default
    let base = ["sparse", "frozen", "mean"];
    let mut compared = 0;
    for row in schema().iter().filter(|row| !row.default.is_empty() && !base.contains(&row.key)) {
        let Some(default) = row.default.split(';').next().map(|default| default.trim_matches('`')) else { continue };
        if default == "must be given" {
            continue;
        }
        assert_eq!(model(&with(row, &format!("{}: {default}", row.key))), model(&with(row, "")), "{}", row.written());
        compared += 1;
    }
    assert!(compared > 20, "{compared}");
}
