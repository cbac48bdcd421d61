//! Every answer of the language server, as snapshots.

use serde_json::{Value, json};

use super::{Client, URI, covered, edited, position};
use crate::cli::assert_shown;

/// A text without fault that has most of the language.
const GOOD: &str = "\
// A 😀 in a comment counts two columns.
model shown(genes = 4, side = 6) {
    let half = side / 2
    genome g(genes) { sparse: 1e-3 }
    interaction back over g { interaction: symmetric }

    population image = grid(side, side) { g: gaussian(sigma: 0.3) }
    /* 😀 */ population maps = grid(half * 2, half * 2, 2) { g: free, activation: tanh, bias: per_map }
    population pooled = average_pool(maps, 2)
    population answer = units(3) { g: random(contrasts) }

    connect image -> maps via back { window: 3, padding: 1 }
    connect pooled -> answer via g { density: 0.5, seed: 1 }

    input image
    output answer
}
";

/// A text with faults of several kinds.
const BAD: &str = "\
model faulty(genes = 4) {
    genome g(genes)
    let idle = 3
    population a = grid(4, 4) { g: gausian }
    population a = units(3)
    population b = units(2 { g: random }
    population c = grid(2, 3) { g: free, activation: tanh }
    connect a -> c via g
    connect a -> cc via g
    input a
    output c
}
";

/// Returns the place `shift` bytes behind the first byte of `needle`.
fn place(text: &str, needle: &str, shift: usize) -> Value {
    position(text, text.find(needle).unwrap_or_else(|| panic!("{needle}")) + shift)
}

#[test]
fn capabilities_are_told() {
    let mut client = Client::start();
    let mut told = client.request("initialize", &json!({ "processId": null, "rootUri": null, "capabilities": {} }));
    assert_eq!(told["serverInfo"]["version"], env!("CARGO_PKG_VERSION"));
    told["serverInfo"]["version"] = "X".into();
    assert_shown("lsp_capabilities", &format!("{told:#}"));
    assert_eq!(client.end(), 0);
}

#[test]
fn faults_are_published_with_their_places() {
    let mut client = Client::with(BAD);
    let mut shown = format!("{BAD}----\n");
    for fault in client.published()["diagnostics"].as_array().unwrap() {
        let at = |range: &Value| {
            format!("{}:{} `{}`", range["start"]["line"], range["start"]["character"], covered(BAD, range))
        };
        shown += &format!(
            "{} {} {}\n{}\n",
            fault["severity"],
            fault["code"],
            at(&fault["range"]),
            fault["message"].as_str().unwrap()
        );
        for related in fault["relatedInformation"].as_array().into_iter().flatten() {
            shown += &format!("  {}: {}\n", at(&related["location"]["range"]), related["message"]);
        }
        shown += if fault["tags"] == json!([1]) { "  unnecessary\n\n" } else { "\n" };
    }
    assert_shown("lsp_faults", &shown);
}

#[test]
fn words_are_explained() {
    let mut client = Client::with(GOOD);
    let mut shown = String::new();
    let places = [
        ("genes = 4", 0),
        ("half = side", 0),
        ("g(genes)", 1),
        ("back over", 2),
        ("image = grid", 0),
        ("maps = grid", 0),
        ("pooled = ", 0),
        ("pooled -> answer", 10),
        ("sparse:", 3),
        ("sigma: 0.3", 1),
        ("tanh", 0),
        ("density", 0),
        ("window: 3", 0),
        ("connect pooled", 0),
    ];
    for (needle, shift) in places {
        let hover = client.at("textDocument/hover", &place(GOOD, needle, shift));
        let text = hover["contents"]["value"].as_str().unwrap_or_else(|| panic!("{needle}: {hover}"));
        shown += &format!("==== `{}`\n{text}\n", covered(GOOD, &hover["range"]));
    }
    for (needle, shift) in [("// A", 4), ("4, side", 0), ("\n\n    population", 1)] {
        assert_eq!(client.at("textDocument/hover", &place(GOOD, needle, shift)), Value::Null, "{needle}");
    }
    assert_shown("lsp_hover", &shown);
}

#[test]
fn one_fault_takes_nothing_from_the_rest() {
    let mut client = Client::with(BAD);
    let hover = client.at("textDocument/hover", &place(BAD, "c = grid", 0));
    assert!(hover["contents"]["value"].as_str().unwrap().contains("6 neurons in `grid(2, 3)`"), "{hover}");
    let hover = client.at("textDocument/hover", &place(BAD, "gausian", 2));
    assert!(hover["contents"]["value"].as_str().unwrap().contains("gem::unknown_expression"), "{hover}");
    let hover = client.at("textDocument/hover", &place(BAD, "activation", 2));
    assert!(hover["contents"]["value"].as_str().unwrap().contains("`tanh`"), "{hover}");
    let found = client.at("textDocument/definition", &place(BAD, "-> c via", 3));
    assert_eq!(found["range"]["start"], place(BAD, "c = grid", 0));
    assert_eq!(client.of("textDocument/formatting"), json!([]));
    let refused = client.ask(
        "textDocument/rename",
        &json!({ "textDocument": { "uri": URI }, "position": place(BAD, "c = grid", 0), "newName": "d" }),
    );
    assert!(refused["error"]["message"].as_str().unwrap().contains("does not parse"), "{refused}");
}

#[test]
fn what_may_be_written_is_offered_by_place() {
    let lines = [
        "    |",
        "    pop|",
        "    population p = |",
        "    population p = gr|id(2)",
        "    population p = grid(|",
        "    population p = average_pool(|",
        "    population p = units(2) { | }",
        "    population p = units(2) { act|",
        "    population p = units(2) { activation: |",
        "    population p = units(2) { g: |",
        "    population p = units(2) { g: gaussian(|",
        "    population p = units(2) { g: gaussian(anisotropic: |",
        "    population p = units(2) { g: split(|",
        "    population p = units(2) { bias: expressed(|",
        "    connect |",
        "    connect image -> |",
        "    connect image |",
        "    connect image -> maps via |",
        "    connect image -> maps via g { weights: |",
        "    connect image -> maps via direct { |",
        "    connect image -> maps via gnetwork(|",
        "    genome h(|",
        "    genome h(2) { interaction: |",
        "    interaction i |",
        "    interaction i over |",
        "    let x = |",
        "    start |",
        "    unroll |",
        "    input |",
        "    input image { |",
        "    output |",
        "    // in a |comment",
        "    population p = units(2|",
    ];
    let mut shown = String::new();
    for line in lines {
        let text = GOOD.replace("    input image\n", &format!("{}\n    input image\n", line.replace('|', "")));
        let at = text.find("    input image\n").unwrap() - line.replace('|', "").len() - 1 + line.find('|').unwrap();
        let mut client = Client::with(&text);
        let items = client.at("textDocument/completion", &position(&text, at));
        let labels: Vec<&str> = items.as_array().unwrap().iter().map(|item| item["label"].as_str().unwrap()).collect();
        let replaced = items.get(0).map(|item| format!(" for `{}`", covered(&text, &item["textEdit"]["range"])));
        shown += &format!("{line}\n        {}{}\n", labels.join(" "), replaced.unwrap_or_default());
    }
    let mut client = Client::with("");
    let items = client.at("textDocument/completion", &json!({ "line": 0, "character": 0 }));
    assert_eq!(items[0]["label"], "model");
    assert_shown("lsp_completion", &shown);
}

#[test]
fn names_are_found_and_changed_everywhere() {
    let mut client = Client::with(GOOD);
    for (needle, shift, declared, uses) in
        [("-> maps", 3, "maps = grid", 3), ("half * 2, half", 10, "half = side", 3), ("via g {", 4, "g(genes)", 6)]
    {
        let at = place(GOOD, needle, shift);
        let found = client.at("textDocument/definition", &at);
        assert_eq!((&found["uri"], &found["range"]["start"]), (&json!(URI), &place(GOOD, declared, 0)), "{needle}");
        let all = client.at("textDocument/references", &at);
        assert_eq!(all.as_array().unwrap().len(), uses, "{needle}: {all}");
        assert_eq!(client.at("textDocument/documentHighlight", &at).as_array().unwrap().len(), uses);
        let prepared = client.at("textDocument/prepareRename", &at);
        assert_eq!(covered(GOOD, &prepared["range"]), prepared["placeholder"]);
        let mut rename = |name: &str| {
            client
                .ask("textDocument/rename", &json!({ "textDocument": { "uri": URI }, "position": at, "newName": name }))
        };
        let new = edited(GOOD, &rename("renamed")["result"]["changes"][URI]);
        let report = gemc::compile::faults("m.gem", &new, &gemc::Options::default());
        assert!(report.is_empty(), "{new}\n{report}");
        assert_eq!(new.matches("renamed").count(), uses, "{new}");
        for (name, why) in [
            ("2x", "is no name"),
            ("", "is no name"),
            ("genome", "word of the language"),
            ("image", "declared already"),
        ] {
            let refused = rename(name);
            assert!(refused["error"]["message"].as_str().unwrap().contains(why), "{name}: {refused}");
        }
    }
    assert_eq!(client.at("textDocument/definition", &place(GOOD, "tanh", 1)), Value::Null);
    assert_eq!(client.at("textDocument/references", &place(GOOD, "// A", 1)), json!([]));
}

#[test]
fn the_text_is_told_in_numbers_colours_and_an_outline() {
    let mut client = Client::with(GOOD);
    let mut shown = String::new();
    for lens in client.of("textDocument/codeLens").as_array().unwrap() {
        shown += &format!("lens `{}`: {}\n", covered(GOOD, &lens["range"]), lens["command"]["title"]);
    }
    for hint in client.of("textDocument/inlayHint").as_array().unwrap() {
        let line = GOOD.lines().nth(usize::try_from(hint["position"]["line"].as_u64().unwrap()).unwrap()).unwrap();
        shown += &format!("hint {} in `{}`\n", hint["label"], line.trim());
    }
    shown += &outline(&client.of("textDocument/documentSymbol"), 0);
    let legend = gemc::editor::LEGEND;
    let data = client.of("textDocument/semanticTokens/full");
    let (mut line, mut column) = (0, 0);
    for token in data["data"].as_array().unwrap().chunks(5) {
        let [down, right, length, kind] = [0, 1, 2, 3].map(|index| token[index].as_u64().unwrap());
        (line, column) = (line + down, if down == 0 { column + right } else { right });
        let at = |character: u64| json!({ "line": line, "character": character });
        let text = covered(GOOD, &json!({ "start": at(column), "end": at(column + length) })).to_owned();
        shown += &format!("{}{}[{text}]", if down > 0 { "\n" } else { " " }, legend[usize::try_from(kind).unwrap()]);
    }
    assert_shown("lsp_overview", &shown);
}

fn outline(symbols: &Value, depth: usize) -> String {
    let each = symbols.as_array().into_iter().flatten().map(|symbol| {
        let detail = symbol["detail"].as_str().unwrap_or_default();
        let covered = [covered(GOOD, &symbol["selectionRange"]), covered(GOOD, &symbol["range"])];
        assert!(covered[1].contains(covered[0]), "{symbol}");
        format!(
            "{}{} {detail}\n{}",
            "  ".repeat(depth),
            symbol["name"].as_str().unwrap(),
            outline(&symbol["children"], depth + 1)
        )
    });
    each.collect()
}

#[test]
fn texts_are_formatted_and_mended() {
    let untidy = GOOD.replace("    let", " let").replace(" -> ", "->");
    let mut client = Client::with(&untidy);
    let tidy = edited(&untidy, &client.of("textDocument/formatting"));
    assert_eq!(tidy, gemc::compile::formatted("m", &untidy).unwrap());
    let wrong = GOOD.replace("tanh", "tahn");
    let mut client = Client::with(&wrong);
    let actions = client.of("textDocument/codeAction");
    assert_eq!((&actions[0]["title"], &actions[0]["kind"]), (&json!("Write `tanh`"), &json!("quickfix")));
    assert_eq!(edited(&wrong, &actions[0]["edit"]["changes"][URI]), GOOD);
    let command = &actions[1]["command"];
    assert_eq!(command["title"], "Explain gem::unknown_activation");
    client.request(
        "workspace/executeCommand",
        &json!({ "command": command["command"], "arguments": command["arguments"] }),
    );
    let shown = client.told.iter().find(|message| message["method"] == "window/showMessage").unwrap();
    assert!(shown["params"]["message"].as_str().unwrap().contains("activation"), "{shown}");
}
