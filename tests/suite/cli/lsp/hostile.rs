//! What a language server is never told by a good editor: it answers with an error, or ends, and never panics.

use serde_json::{Value, json};

use super::{Client, URI};

#[test]
fn nothing_comes_before_the_beginning_or_after_the_end() {
    let mut client = Client::start();
    assert_eq!(client.ask("textDocument/hover", &json!({}))["error"]["code"], -32002);
    client.notify("textDocument/didOpen", &json!({}));
    client.request("initialize", &json!({ "capabilities": {} }));
    assert_eq!(client.ask("initialize", &json!({ "capabilities": {} }))["error"]["code"], -32600);
    client.request("shutdown", &Value::Null);
    assert_eq!(client.ask("textDocument/hover", &json!({}))["error"]["code"], -32600);
    client.notify("exit", &Value::Null);
    assert_eq!(client.server.wait().unwrap().code(), Some(0));
    let mut client = Client::agreed(&[]);
    client.notify("exit", &Value::Null);
    assert_eq!(client.server.wait().unwrap().code(), Some(1));
}

#[test]
fn malformed_messages_cost_one_answer() {
    let mut client = Client::with("model m {\n}\n");
    client.published();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let bodies: [&[u8]; 7] =
        [b"", b"{", b"[1, 2]", b"\xff\xfe", b"{\"jsonrpc\":\"2.0\"}", b"{\"id\":{},\"method\":3}", deep.as_bytes()];
    for body in bodies {
        client.body(body);
        let answer = client.read();
        assert_eq!((&answer["id"], &answer["error"]["code"]), (&Value::Null, &json!(-32700)), "{answer}");
    }
    assert_eq!(client.ask("textDocument/dance", &json!({}))["error"]["code"], -32601);
    for params in
        [json!({}), json!([]), json!("x"), json!({ "textDocument": { "uri": 3 }, "position": {} }), Value::Null]
    {
        for method in ["hover", "completion", "rename", "codeLens", "semanticTokens/full", "formatting", "codeAction"] {
            assert_eq!(
                client.ask(&format!("textDocument/{method}"), &params)["error"]["code"],
                -32602,
                "{method} {params}"
            );
        }
        client.notify("textDocument/didChange", &params);
        client.notify("textDocument/didClose", &params);
        client.notify("$/cancelRequest", &params);
    }
    client.send(&json!({ "jsonrpc": "2.0", "id": 77, "result": null }));
    assert_eq!(client.end(), 0);
}

#[test]
fn what_is_no_frame_ends_the_conversation() {
    for garbage in [
        "hello\r\n\r\n",
        "Content-Length: -3\r\n\r\n",
        "Content-Length: 99999999999999\r\n\r\n{}",
        "X: 1\r\n\r\n",
        "Content-Length: 10\r\n\r\n{}",
    ] {
        let mut client = Client::agreed(&[]);
        client.bytes(garbage.as_bytes());
        let (code, said) = client.hang_up();
        assert_eq!((code, said.as_str()), (1, ""), "{garbage:?}");
    }
}

#[test]
fn places_and_texts_that_are_not_there_are_no_fault() {
    let mut client = Client::with("model m {\r\n  population a = units(2)\r\n");
    for (line, character) in [(0, 4_000_000_000_u64), (4_000_000_000_u64, 0), (1, 25), (2, 7)] {
        let position = json!({ "line": line, "character": character });
        for method in ["hover", "completion", "definition", "references", "documentHighlight"] {
            client.at(&format!("textDocument/{method}"), &position);
        }
    }
    let elsewhere =
        json!({ "textDocument": { "uri": "file:///other.gem" }, "position": { "line": 0, "character": 0 } });
    for method in ["hover", "completion", "definition", "documentSymbol", "codeLens", "prepareRename"] {
        assert_eq!(client.request(&format!("textDocument/{method}"), &elsewhere), Value::Null);
    }
    let backwards = json!({ "start": { "line": 9, "character": 9 }, "end": { "line": 0, "character": 2 } });
    let change = json!({ "textDocument": { "uri": URI, "version": 2 }, "contentChanges": [{ "range": backwards, "text": "}" }] });
    client.notify("textDocument/didChange", &change);
    let other =
        json!({ "textDocument": { "uri": "file:///other.gem", "version": 2 }, "contentChanges": [{ "text": "}" }] });
    client.notify("textDocument/didChange", &other);
    client.notify("textDocument/didClose", &json!({ "textDocument": { "uri": URI } }));
    while client.published()["version"] != Value::Null {}
    assert_eq!(client.end(), 0);
}

#[test]
fn what_needs_compiling_comes_after_the_faults_and_can_be_cancelled() {
    let text = "model m {\n  population a = units(2)\n  population b = units(3)\n  connect a -> b via direct\n  input a\n  output b\n}\n";
    let mut client = Client::with(text);
    client.published();
    let document = json!({ "uri": URI, "version": 2 });
    let lens = |id: i64| json!({ "jsonrpc": "2.0", "id": id, "method": "textDocument/codeLens", "params": { "textDocument": { "uri": URI } } });
    let cancel = |id: i64| json!({ "jsonrpc": "2.0", "method": "$/cancelRequest", "params": { "id": id } });
    let change =
        json!({ "textDocument": document, "contentChanges": [{ "text": text.replace("units(3)", "units(4)") }] });
    // all in one piece, so that the server has them before it has compiled anything
    let change = json!({ "jsonrpc": "2.0", "method": "textDocument/didChange", "params": change });
    let messages = [
        change,
        lens(901),
        lens(902),
        cancel(901),
        cancel(77),
        json!({ "jsonrpc": "2.0", "method": "$/cancelRequest" }),
    ];
    let frames =
        messages.iter().map(ToString::to_string).map(|body| format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    client.bytes(frames.collect::<String>().as_bytes());
    let told: Vec<Value> = (0..3).map(|_| client.read()).collect();
    let of = |id: i64| told.iter().position(|message| message["id"] == id).unwrap();
    let published = told.iter().position(|message| message["params"]["version"] == 2).unwrap();
    assert_eq!(told[of(901)]["error"]["code"], -32800);
    assert!(published < of(902), "{told:?}");
    assert_eq!(told[of(902)]["result"][0]["command"]["title"], "8 parameters, 8 weights, compressed 1.0 times");
    // what still waits at the end is refused
    client.send(&lens(903));
    client.notify("textDocument/didClose", &json!({ "textDocument": { "uri": URI } }));
    assert!(client.end() == 0);
}
