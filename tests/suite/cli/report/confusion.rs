//! What `gemc eval` has kept, as a matrix and a table; what is not there, or of another genome, is told with the command that makes it.

use std::fs;

use super::{assert_alone, page, parsed, report, said, with_class};
use crate::cli::draw::{keep, keep_evaluation};
use crate::cli::folder;

/// Returns the lines of the page that name the command.
fn told(page: &str) -> Vec<String> {
    said(&parsed(page), "p").into_iter().filter(|line| line.contains("gemc eval")).collect()
}

#[test]
fn an_evaluation_becomes_a_matrix_and_a_table() {
    let folder = folder();
    keep(folder.path());
    keep_evaluation(folder.path(), None, &[]);
    assert_eq!(report(folder.path(), &[]).code, 0);
    let text = page(folder.path());
    assert_alone(&text);
    assert_eq!(told(&text), Vec::<String>::new());
    let document = parsed(&text);
    let cells = with_class(&document, "cell").count();
    let titles = said(&document, "title");
    // both seeds added up: 30 right ones of each, and one each as 3 and as 6
    assert!(titles.iter().any(|title| title.contains("0 predicted as 0: 60 of 64 (93.75 %)")), "{titles:?}");
    assert!(titles.iter().any(|title| title.contains("9 predicted as 0: 80 of 80 (100.00 %)")));
    assert_eq!(with_class(&document, "share").count(), cells, "each cell that is drawn has its number");
    assert_eq!(with_class(&document, "right").count(), 9);
    let shade = with_class(&document, "cell").find_map(|cell| cell.attribute("fill-opacity"));
    assert_eq!(shade, Some("0.938"));
    let captions = said(&document, "caption");
    assert!(captions.iter().any(|caption| caption.starts_with("Accuracy by class on ")), "{captions:?}");
    let rows = said(&document, "td");
    assert!(rows.windows(4).any(|row| row[..2] == ["9", "0.00 ± 0.00 %"] && row[3] == "0 (100.00 %)"), "{rows:?}");
}

#[test]
fn classes_are_called_by_their_names() {
    let folder = folder();
    keep(folder.path());
    let long = "a class with a name that is long <b>";
    let names = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", long];
    keep_evaluation(folder.path(), None, &names);
    assert_eq!(report(folder.path(), &[]).code, 0);
    let text = page(folder.path());
    assert_alone(&text);
    let document = parsed(&text);
    assert!(said(&document, "td").iter().any(|cell| cell == long));
    let ticks: Vec<&str> = with_class(&document, "tick").filter_map(|tick| tick.text()).map(str::trim).collect();
    assert!(ticks.contains(&"seven") && ticks.contains(&"a class with a na…"), "{ticks:?}");
}

#[test]
fn what_is_not_there_or_of_another_genome_is_told() {
    let folder = folder();
    keep(folder.path());
    report(folder.path(), &[]);
    let command = "`gemc eval runs/small-1` makes one.";
    assert_eq!(told(&page(folder.path())), [format!("No confusion matrix is kept of this run: {command}")]);
    keep_evaluation(folder.path(), Some("0123"), &[]);
    report(folder.path(), &[]);
    let text = page(folder.path());
    assert_eq!(told(&text), [format!("eval-test.json is of another genome than that of the run: {command}")]);
    assert_eq!(with_class(&parsed(&text), "matrix").count(), 0);
    fs::write(folder.path().join("runs/small-1/eval-test.json"), "{}").unwrap();
    assert_eq!(report(folder.path(), &[]).code, 0);
    let lines = told(&page(folder.path()));
    assert!(lines.len() == 1 && lines[0].starts_with("eval-test.json is not used: "), "{lines:?}");
}
