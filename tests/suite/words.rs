//! Pages list the words of the language as the tables of the code have them.

use gemc::check::{Owner, Vocabulary, markdown};

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
