//! `gemc lsp` as an editor meets it: a client that speaks over pipes.

mod clients;
mod edits;
mod features;
mod hostile;

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::{Value, json};

/// Where the text of a test is.
const URI: &str = "file:///model.gem";

/// A language server and what was said to it.
struct Client {
    server: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    asked: i64,
    told: VecDeque<Value>,
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Client {
    /// Starts a server, and says nothing.
    fn start() -> Self {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin!("gemc"));
        let pipes = command.arg("lsp").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut server = pipes.spawn().unwrap();
        let (input, output) = (server.stdin.take(), BufReader::new(server.stdout.take().unwrap()));
        Self { server, input, output, asked: 0, told: VecDeque::new() }
    }

    /// Starts a server that counts columns in one of these ways.
    fn agreed(encodings: &[&str]) -> Self {
        let mut client = Self::start();
        let capabilities = json!({ "general": { "positionEncodings": encodings } });
        client.request("initialize", &json!({ "processId": null, "rootUri": null, "capabilities": capabilities }));
        client.notify("initialized", &json!({}));
        client
    }

    /// Starts a server with an open text.
    fn with(text: &str) -> Self {
        let mut client = Self::agreed(&[]);
        client.open(text);
        client
    }

    fn open(&mut self, text: &str) {
        let document = json!({ "uri": URI, "languageId": "gem", "version": 1, "text": text });
        self.notify("textDocument/didOpen", &json!({ "textDocument": document }));
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        input.write_all(bytes).unwrap();
        input.flush().unwrap();
    }

    fn body(&mut self, body: &[u8]) {
        let head = format!("Content-Length: {}\r\n\r\n", body.len());
        self.bytes(&[head.as_bytes(), body].concat());
    }

    fn send(&mut self, message: &Value) {
        self.body(message.to_string().as_bytes());
    }

    fn notify(&mut self, method: &str, params: &Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Reads the next message.
    fn read(&mut self) -> Value {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the server is gone");
            match line.trim().split_once(": ") {
                Some(("Content-Length", value)) => length = value.parse().unwrap(),
                _ if line.trim().is_empty() => break,
                _ => panic!("a header of {line:?}"),
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    /// Asks, and returns the answer with its frame.
    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.asked += 1;
        let id = self.asked;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        loop {
            let message = self.read();
            if message["id"] == id {
                return message;
            }
            self.told.push_back(message);
        }
    }

    /// Asks, and returns what was answered.
    fn request(&mut self, method: &str, params: &Value) -> Value {
        let answer = self.ask(method, params);
        assert!(answer.get("error").is_none(), "{method} {params}: {answer}");
        answer["result"].clone()
    }

    /// Returns the next faults that are published.
    fn published(&mut self) -> Value {
        loop {
            let message = self.told.pop_front().unwrap_or_else(|| self.read());
            if message["method"] == "textDocument/publishDiagnostics" {
                return message["params"].clone();
            }
        }
    }

    /// Asks about a place of the open text.
    fn at(&mut self, method: &str, position: &Value) -> Value {
        self.request(
            method,
            &json!({ "textDocument": { "uri": URI }, "position": position, "context": { "includeDeclaration": true, "triggerKind": 1 } }),
        )
    }

    /// Asks about the open text.
    fn of(&mut self, method: &str) -> Value {
        let all = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9999, "character": 0 } });
        let options = json!({ "tabSize": 4, "insertSpaces": true });
        let context = json!({ "diagnostics": [] });
        self.request(
            method,
            &json!({ "textDocument": { "uri": URI }, "range": all, "options": options, "context": context }),
        )
    }

    /// Says goodbye, and returns the exit code.
    fn end(mut self) -> i32 {
        self.request("shutdown", &Value::Null);
        self.notify("exit", &Value::Null);
        self.server.wait().unwrap().code().unwrap()
    }

    /// Closes the server's input, and returns its exit code and what it said to standard error.
    fn hang_up(mut self) -> (i32, String) {
        drop(self.input.take());
        let code = self.server.wait().unwrap().code().unwrap();
        let mut said = String::new();
        self.server.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        (code, said)
    }
}

/// Returns line and column of a byte, in units of UTF-16.
fn position(text: &str, offset: usize) -> Value {
    let line = text[..offset].matches('\n').count();
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    json!({ "line": line, "character": text[start..offset].encode_utf16().count() })
}

/// Returns the byte at a line and column in units of UTF-16.
fn offset(text: &str, position: &Value) -> usize {
    let line = usize::try_from(position["line"].as_u64().unwrap()).unwrap();
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let mut left = position["character"].as_u64().unwrap();
    let mut at = start;
    for letter in text[start..].chars() {
        if left == 0 {
            break;
        }
        left -= letter.len_utf16() as u64;
        at += letter.len_utf8();
    }
    at
}

/// Returns the text that a range covers.
fn covered<'t>(text: &'t str, range: &Value) -> &'t str {
    &text[offset(text, &range["start"])..offset(text, &range["end"])]
}

/// Writes edits into a text.
fn edited(text: &str, edits: &Value) -> String {
    let mut edits = edits.as_array().unwrap().clone();
    edits.sort_by_key(|edit| std::cmp::Reverse(offset(text, &edit["range"]["start"])));
    edits.iter().fold(text.to_owned(), |new, edit| {
        let [start, end] = ["start", "end"].map(|end| offset(text, &edit["range"][end]));
        format!("{}{}{}", &new[..start], edit["newText"].as_str().unwrap(), &new[end..])
    })
}
