//! Connectomes and gene expression from CSV files: what they hold, and every fault at its line.

use gemc::data::table::written;
use gemc::data::text_file::text_file;
use gemc::data::{Columns, Connectome, Duplicates, GeneExpression, Reading};
use gemc::diag::{Problems, Report};

/// Reads a connectome, or returns the faults: code, line and column.
fn connectome(text: &str, known: Option<&[&str]>) -> Result<Connectome, Vec<(String, usize, usize)>> {
    let known: Option<Vec<String>> = known.map(|known| known.iter().map(|name| (*name).to_owned()).collect());
    read(text, &Reading { known: known.as_deref(), ..Reading::default() })
}

fn read(text: &str, reading: &Reading<'_>) -> Result<Connectome, Vec<(String, usize, usize)>> {
    let mut problems = Problems::new();
    let found = Connectome::read(text, reading, &mut problems);
    found.ok_or_else(|| faults(text, problems))
}

/// Returns the messages of the faults that reading must meet.
fn told(text: &str, reading: &Reading<'_>) -> Vec<String> {
    let mut problems = Problems::new();
    assert_eq!(Connectome::read(text, reading, &mut problems), None);
    Report::new("table.csv", text, problems).findings().into_iter().map(|finding| finding.message).collect()
}

/// Asks for these columns.
fn columns(source: Option<&str>, target: Option<&str>, weight: Option<&str>) -> Reading<'static> {
    let [source, target, weight] = [source, target, weight].map(|name| name.map(str::to_owned));
    Reading { columns: Columns { source, target, weight }, ..Reading::default() }
}

fn expression(text: &str) -> Result<GeneExpression, Vec<(String, usize, usize)>> {
    let mut problems = Problems::new();
    let found = GeneExpression::read(text, &mut problems);
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
    let from_matrix = connectome(matrix, None).unwrap();
    assert_eq!((from_matrix.neurons(), from_matrix.edges()), (from_list.neurons(), from_list.edges()));
    assert_eq!(connectome(&list.replace('\n', "\r\n"), None).unwrap(), from_list);
    // further columns are not read; neurons that nobody names are there where they are known
    let known = connectome("source, target ,kind\nb,a,x\n", Some(&["a", "b", "c"])).unwrap();
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
    assert_eq!(wrong("source,target\na,b\na\na,b,c\n", None), [fault("ragged_row", 3, 1)]);
    assert_eq!(wrong("source,target\na,b\nb,a\na,b\n", None), [fault("duplicate_edge", 4, 1)]);
    assert_eq!(wrong("source,target\na,\n , b\n", None), [fault("unnamed", 2, 3)]);
    assert_eq!(wrong("source,target\na,c\n", Some(&["a", "b"])), [fault("unknown_neuron", 2, 3)]);
    assert_eq!(wrong("source,target\na,a\n", None), [fault("no_edges", 1, 1)]);
    assert_eq!(wrong(",a,b\na,0,0\nb,0,0\n", None), [fault("no_edges", 1, 1)]);
    assert_eq!(wrong(",a,b\na,0,x\nb,inf,\n", None), [fault("not_a_number", 2, 5)]);
    assert_eq!(wrong(",a,b\na,0,1\na,0,1\nb,0,1\n", None), [fault("duplicate_name", 3, 1)]);
    assert_eq!(wrong(",a,a\na,0,1\n", None), [fault("duplicate_name", 1, 4)]);
    assert_eq!(wrong(",a,b\na,0,1\nc,0,1\n", None), [fault("unknown_neuron", 1, 4), fault("unknown_neuron", 3, 1)]);
    assert_eq!(wrong(",a,b\na,0,1\nb,0,1\n", Some(&["a", "c"])), [fault("unknown_neuron", 1, 4)]);
    assert_eq!(wrong("a\n1\n", None), [fault("unknown_columns", 1, 1)]);
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
fn many_faults_of_one_kind_are_one_report() {
    let rows = |cells: &str| (0..100_000).fold(String::new(), |rows, row| rows + &format!("n{row},{cells}\n"));
    let of = |found: Result<GeneExpression, _>| found.unwrap_err();
    assert_eq!(of(expression(&format!("name,g,h\n{}", rows("x,y")))), [fault("not_a_number", 2, 4)]);
    let known = ["a".to_owned()];
    let reading = Reading { known: Some(&known), ..Reading::default() };
    let text = format!("source,target\n{}", rows("x"));
    assert_eq!(
        told(&text, &reading),
        ["100,001 neurons are not in the file of gene expression: `n0`, `x`, `n1`, `n2` and 99,997 more"]
    );
    let twice = "source,target\na,b\nb,a\n".to_owned() + &"a,b\n".repeat(50_000);
    assert_eq!(told(&twice, &Reading::default()), ["50,000 rows repeat an earlier edge, the first from `a` to `b`"]);
    let mut problems = Problems::new();
    Connectome::read(&twice, &Reading::default(), &mut problems);
    let report = Report::new("edges.csv", &twice, problems).to_string();
    assert!(report.contains("`--duplicates sum`"), "{report}");
    let ragged = "source,target\n".to_owned() + &"a\n".repeat(70) + "a,b,c\n";
    let said = "71 rows have another number of cells than the header, which has 2; the first, line 2, has 1";
    assert_eq!(told(&ragged, &Reading::default()), [said]);
    assert_eq!(told("source,target\n,b\na,\n", &Reading::default()), ["2 names are missing, the first on line 2"]);
    assert_eq!(
        told(",a,b,a,b\na,0,1,0,1\nb,0,1,0,1\n", &Reading::default()),
        ["2 names repeat an earlier one: `a`, `b`"]
    );
}

#[test]
fn separators_are_found() {
    let list = "source,target\nAVA,AVB\nAVB,AVC\n";
    let plain = connectome(list, None).unwrap();
    for separator in [";", "\t"] {
        let text = format!("\u{feff}\r\n{}", list.replace(',', separator).replace('\n', "\r\n"));
        assert_eq!(connectome(&text, None).unwrap(), plain, "{text:?}");
    }
    let found = expression("name;\"a, b\";c\nAVA;1;2\nAVB;3;4\n").unwrap();
    assert_eq!(
        (found.genes(), found.values()),
        (["a, b", "c"].map(String::from).as_slice(), [1.0, 2.0, 3.0, 4.0].as_slice())
    );
    let found = expression("name\tgene; one\tgene, two\nAVA\t1\t2\n").unwrap();
    assert_eq!(found.genes(), ["gene; one", "gene, two"]);
    let quoted = connectome("\"pre\";\"post\"\n\"a;1\";\"b \"\"x\"\"\"\n", None).unwrap();
    assert_eq!(quoted.neurons(), ["a;1", "b \"x\""]);
    // places are told all the same
    assert_eq!(expression("name\tg\th\na\t1\tx\n").unwrap_err(), [fault("not_a_number", 2, 5)]);
}

#[test]
fn columns_are_known_by_their_names() {
    let rows = "a,b,3,x\nb,c,0,y\n";
    for header in [
        "pre,post,synapses,kind",
        "Source,Target,Weight,kind",
        "FROM,To,count,kind",
        "pre_root_id,post_root_id,syn_count,neuropil",
        "bodyId_pre,bodyId_post,weight,roi",
        "Neuron 1,Neuron 2,Nbr,Type",
        "source,target,n,note",
    ] {
        let found = connectome(&format!("{header}\n{rows}"), None).unwrap();
        assert_eq!((found.neurons().len(), found.edges()), (3, [(0, 1)].as_slice()), "{header}: {}", found.form());
    }
    // anywhere in the header; what is not known as a weight is not read
    let found = connectome("id,kind,to,from\n1,x,b,a\n2,y,c,b\n", None).unwrap();
    assert_eq!(
        (found.neurons(), found.edges()),
        (["a", "b", "c"].map(String::from).as_slice(), [(0, 1), (1, 2)].as_slice())
    );
    let text = "cell,partner,strength\na,b,2\nb,c,0\n";
    let found = read(text, &columns(Some("Cell"), Some("partner"), Some("strength"))).unwrap();
    assert_eq!(found.edges(), [(0, 1)]);
    assert_eq!(found.form(), "edges from `cell` to `partner`, but where `strength` is 0");
    let back = read(text, &columns(Some("partner"), Some("cell"), None)).unwrap();
    assert_eq!(
        (back.neurons(), back.edges()),
        (["b", "a", "c"].map(String::from).as_slice(), [(0, 1), (2, 0)].as_slice())
    );
    let half = "pre,partner\na,b\n";
    assert_eq!(read(half, &columns(None, Some("partner"), None)).unwrap().edges(), [(0, 1)]);
    let both = "source,target,pre,post\na,b,c,d\n";
    assert_eq!(read(both, &columns(Some("pre"), Some("post"), None)).unwrap().neurons(), ["c", "d"]);
    let wrong = |text: &str, reading: &Reading<'_>| read(text, reading).unwrap_err();
    assert_eq!(wrong(text, &Reading::default()), [fault("unknown_columns", 1, 1)]);
    assert_eq!(wrong(both, &Reading::default()), [fault("unknown_columns", 1, 1)]);
    assert_eq!(wrong(text, &columns(Some("cell"), None, None)), [fault("unknown_columns", 1, 1)]);
    assert_eq!(wrong(text, &columns(None, None, Some("strength"))), [fault("unknown_columns", 1, 1)]);
    assert_eq!(wrong(text, &columns(Some("sell"), Some("partner"), None)), [fault("no_such_column", 1, 1)]);
    assert_eq!(wrong(text, &columns(Some("cell"), Some("cell"), None)), [fault("same_column", 1, 1)]);
    assert_eq!(wrong(text, &columns(Some("cell"), Some("partner"), Some("partner"))), [fault("same_column", 1, 1)]);
    assert_eq!(wrong("pre,post,n\na,b,many\n", &Reading::default()), [fault("not_a_number", 2, 5)]);
}

#[test]
fn rows_of_the_same_neurons_are_summed_up_where_that_is_asked_for() {
    let sum = Reading { duplicates: Duplicates::Sum, ..Reading::default() };
    let found = read("pre,post,weight\na,b,2\nb,a,1\na,b,3\nb,a,-1\n", &sum).unwrap();
    // what cancels out joins nobody
    assert_eq!((found.edges(), found.repeated()), ([(0, 1)].as_slice(), 2));
    let found = read("pre,post\na,b\na,b\na,b\n", &sum).unwrap();
    assert_eq!((found.edges(), found.repeated()), ([(0, 1)].as_slice(), 2));
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
