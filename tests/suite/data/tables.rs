//! Connectomes and gene expression from CSV files: what they hold, and every fault at its line.

use gemc::data::table::written;
use gemc::data::text_file::text_file;
use gemc::data::{Connectome, Expression};
use gemc::diag::{Problems, Report};

/// Reads a connectome, or returns the faults: code, line and column.
fn connectome(text: &str, known: Option<&[&str]>) -> Result<Connectome, Vec<(String, usize, usize)>> {
    let known: Option<Vec<String>> = known.map(|known| known.iter().map(|name| (*name).to_owned()).collect());
    let mut problems = Problems::new();
    let found = Connectome::read(text, known.as_deref(), &mut problems);
    found.ok_or_else(|| faults(text, problems))
}

fn expression(text: &str) -> Result<Expression, Vec<(String, usize, usize)>> {
    let mut problems = Problems::new();
    let found = Expression::read(text, &mut problems);
    found.ok_or_else(|| faults(text, problems))
}

fn faults(text: &str, problems: Problems) -> Vec<(String, usize, usize)> {
    let findings = Report::new("table.csv", text, problems).findings();
    assert!(findings.iter().all(|finding| finding.help.is_some()), "{findings:?}");
    findings.into_iter().map(|finding| (finding.code.replace("data::", ""), finding.line, finding.column)).collect()
}

fn fault(code: &str, line: usize, column: usize) -> (String, usize, usize) {
    (code.to_owned(), line, column)
}

#[test]
fn edges_and_matrices_are_the_same_connectome() {
    let list = "source,target\nAVA,AVB\nAVB,AVC\nAVC,AVC\n";
    let matrix = "\u{feff},AVA,AVB,AVC\r\n\r\nAVB,0,0,2\r\nAVA, 0 ,1,0.0\r\n\"AVC\",0,0,-1\r\n";
    let from_list = connectome(list, None).unwrap();
    assert_eq!(from_list.neurons(), ["AVA", "AVB", "AVC"]);
    assert_eq!(from_list.edges(), [(0, 1), (1, 2), (2, 2)]);
    assert_eq!(connectome(matrix, None).unwrap(), from_list);
    assert_eq!(connectome(&list.replace('\n', "\r\n"), None).unwrap(), from_list);
    // further columns are not read; neurons that nobody names are there where they are known
    let known = connectome("source, target ,weight\nb,a,x\n", Some(&["a", "b", "c"])).unwrap();
    assert_eq!((known.neurons().len(), known.edges()), (3, [(1, 0)].as_slice()));
}

#[test]
fn expression_is_read_in_the_order_of_its_rows() {
    let found = expression("name,unc-3,\"a, b\"\nAVA,1,-2.5e-1\nAVB,0,3\n").unwrap();
    assert_eq!(
        (found.genes(), found.neurons()),
        (["unc-3", "a, b"].map(String::from).as_slice(), ["AVA", "AVB"].map(String::from).as_slice())
    );
    assert_eq!(found.values(), [1.0, -0.25, 0.0, 3.0]);
    assert_eq!(found.of(&["AVB".to_owned()]), Some(vec![0.0, 3.0]));
    assert_eq!(found.of(&["AVC".to_owned()]), None);
}

#[test]
fn every_fault_of_a_connectome_is_told_at_its_place() {
    let wrong = |text: &str, known: Option<&[&str]>| connectome(text, known).unwrap_err();
    assert_eq!(wrong("", None), [fault("empty_table", 1, 1)]);
    assert_eq!(wrong("\n\n", None), [fault("empty_table", 1, 1)]);
    assert_eq!(wrong("source,target\n", None), [fault("empty_table", 1, 1)]);
    assert_eq!(wrong("source,target\na,b\na\na,b,c\n", None), [fault("ragged_row", 3, 1), fault("ragged_row", 4, 1)]);
    assert_eq!(wrong("source,target\na,b\nb,a\na,b\n", None), [fault("duplicate_edge", 4, 1)]);
    assert_eq!(wrong("source,target\na,\n , b\n", None), [fault("unnamed", 2, 3), fault("unnamed", 3, 2)]);
    assert_eq!(wrong("source,target\na,c\n", Some(&["a", "b"])), [fault("unknown_neuron", 2, 3)]);
    assert_eq!(wrong("source,target\na,a\n", None), [fault("no_edges", 1, 1)]);
    assert_eq!(wrong(",a,b\na,0,0\nb,0,0\n", None), [fault("no_edges", 1, 1)]);
    assert_eq!(
        wrong(",a,b\na,0,x\nb,inf,\n", None),
        ["not_a_number"; 3]
            .map(str::to_owned)
            .into_iter()
            .zip([(2, 5), (3, 3), (3, 7)])
            .map(|(code, (line, column))| (code, line, column))
            .collect::<Vec<_>>()
    );
    assert_eq!(wrong(",a,b\na,0,1\na,0,1\nb,0,1\n", None), [fault("duplicate_name", 3, 1)]);
    assert_eq!(wrong(",a,a\na,0,1\n", None), [fault("duplicate_name", 1, 4)]);
    assert_eq!(wrong(",a,b\na,0,1\nc,0,1\n", None), [fault("unknown_neuron", 1, 4), fault("unknown_neuron", 3, 1)]);
    assert_eq!(wrong(",a,b\na,0,1\nb,0,1\n", Some(&["a", "c"])), [fault("unknown_neuron", 1, 4)]);
    assert_eq!(wrong("a\n1\n", None), [fault("unknown_neuron", 2, 1)]);
}

#[test]
fn every_fault_of_expression_is_told_at_its_place() {
    let wrong = |text: &str| expression(text).unwrap_err();
    assert_eq!(wrong("name\na\n"), [fault("no_genes", 1, 1)]);
    assert_eq!(wrong("name,g\n"), [fault("empty_table", 1, 1)]);
    assert_eq!(wrong("name,g,g\na,1,2\n"), [fault("duplicate_name", 1, 8)]);
    assert_eq!(wrong("name,g\na,1\na,2\n"), [fault("duplicate_name", 3, 1)]);
    assert_eq!(wrong("name,g,\na,1,2\n"), [fault("unnamed", 1, 8)]);
    assert_eq!(wrong("name,g\na,1\nb,NaN\nc\n"), [fault("not_a_number", 3, 3), fault("ragged_row", 4, 1)]);
}

#[test]
fn a_table_of_faults_ends_soon() {
    let rows = |cells: &str| (0..100_000).fold(String::new(), |rows, row| rows + &format!("n{row},{cells}\n"));
    assert!(expression(&format!("name,g,h\n{}", rows("x,y"))).unwrap_err().len() < 200);
    assert!(connectome(&format!("source,target\n{}", rows("x")), Some(&["a"])).unwrap_err().len() < 200);
}

#[test]
fn what_is_no_text_is_told_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("table.csv");
    std::fs::write(&path, b"name,g\na,1\nb\xff,2\n").unwrap();
    let told = text_file(&path).unwrap_err().to_string();
    assert!(told.contains("line 3") && told.contains("0xff"), "{told}");
    assert!(text_file(&folder.path().join("none.csv")).unwrap_err().to_string().contains("none.csv"));
}

#[test]
fn what_is_written_reads_back() {
    let text = written([vec!["name", "a, b"], vec!["say \"x\"", "0.5"]]);
    let back = expression(&text).unwrap();
    assert_eq!(
        (back.genes()[0].as_str(), back.neurons()[0].as_str(), back.values()),
        ("a, b", "say \"x\"", [0.5].as_slice())
    );
}
