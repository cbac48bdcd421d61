//! Texts that change: however they were typed, what is known of them is what is known of the text itself.

use gemc::random::RandomStream;
use serde_json::{Value, json};

use super::{Client, URI, offset, position};

const BASE: &str = "model m(size = 3) {\n    // ä 😀 𝒳\n    genome g(size)\n    population a = grid(4, 4) { g: gaussian }\n    population b = units(2)   { g: random }\n    connect a -> b via g\n    input a\n    output b\n}\n";

const PIECES: &[&str] = &[
    "",
    "\n",
    "}",
    "{",
    "(",
    ")",
    " ",
    "population c = units(2)\n",
    "😀",
    "ä",
    "/*",
    "*/",
    "//",
    ":",
    ",",
    "g",
    "->",
    "\r\n",
    "3",
    "via",
];

fn changed(client: &mut Client, version: usize, changes: &Value) {
    client.notify(
        "textDocument/didChange",
        &json!({ "textDocument": { "uri": URI, "version": version }, "contentChanges": changes }),
    );
}

/// Returns the faults of the open text, once its last version has been looked at.
fn faults(client: &mut Client, version: usize) -> Value {
    loop {
        let published = client.published();
        if published["version"] == version {
            return published["diagnostics"].clone();
        }
    }
}

#[test]
fn thousands_of_edits_leave_what_was_typed() {
    let mut chance = RandomStream::new(11, "edits");
    let mut below = |bound: usize| usize::try_from(chance.permutation(bound.max(1))[0]).unwrap();
    let (mut client, mut text) = (Client::with(BASE), BASE.to_owned());
    for version in 2..3_000 {
        if below(12) == 0 {
            text = BASE.to_owned();
            changed(&mut client, version, &json!([{ "text": text }]));
            continue;
        }
        let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let first = below(starts.len());
        let last = (first + below(4)).min(starts.len() - 1);
        // a place within `\r\n` cannot be named in lines and columns
        let [start, end] = [first, last].map(|index| position(&text, starts[index]));
        if text.contains('\r') || offset(&text, &start) != starts[first] {
            text = BASE.to_owned();
            changed(&mut client, version, &json!([{ "text": text }]));
            continue;
        }
        let piece = PIECES[below(PIECES.len())];
        text.replace_range(starts[first]..starts[last], piece);
        changed(&mut client, version, &json!([{ "range": { "start": start, "end": end }, "text": piece }]));
        if version % 100 == 0 {
            let found = faults(&mut client, version);
            let mut fresh = Client::with(&text);
            assert_eq!(found, fresh.published()["diagnostics"], "{text}");
            client.at("textDocument/hover", &position(&text, starts[first]));
            client.of("textDocument/semanticTokens/full");
        }
    }
    assert_eq!(client.end(), 0);
}

#[test]
fn columns_are_counted_as_agreed() {
    let line = BASE.lines().nth(1).unwrap().replace("// ä 😀 𝒳", "/* ä 😀 𝒳 */ population c = units(size)");
    let text = BASE.replacen(BASE.lines().nth(1).unwrap(), &line, 1);
    let before = &line[..line.find("size").unwrap()];
    let counted = [before.len(), before.encode_utf16().count(), before.chars().count()];
    for (offered, wanted, column) in [
        (&["utf-8", "utf-16"][..], "utf-8", counted[0]),
        (&["utf-16"], "utf-16", counted[1]),
        (&["utf-32", "utf-8"], "utf-32", counted[2]),
        (&["utf-7"], "utf-16", counted[1]),
        (&[], "utf-16", counted[1]),
    ] {
        let mut client = Client::start();
        let capabilities = json!({ "general": { "positionEncodings": offered } });
        let told =
            client.request("initialize", &json!({ "processId": null, "rootUri": null, "capabilities": capabilities }));
        assert_eq!(told["capabilities"]["positionEncoding"], wanted);
        client.open(&text);
        let found = client.at("textDocument/hover", &json!({ "line": 1, "character": column + 1 }));
        let range =
            json!({ "start": { "line": 1, "character": column }, "end": { "line": 1, "character": column + 4 } });
        assert_eq!(found["range"], range, "{offered:?}");
        let change = json!([{ "range": range, "text": "siez" }]);
        changed(&mut client, 2, &change);
        let fault = &faults(&mut client, 2)[0];
        assert_eq!((&fault["code"], &fault["range"]), (&json!("gem::unknown_name"), &range), "{fault}");
    }
}
