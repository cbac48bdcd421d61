//! The conversation with an editor: what was agreed on, the documents that it holds, and which of them have not been looked at
//! since they changed.

use std::panic::{AssertUnwindSafe, catch_unwind};

use gen_lsp_types::{
    Diagnostic, DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams, InitializeParams,
    PublishDiagnosticsParams, TextDocumentContentChangeEvent, Uri,
};
use indexmap::IndexMap;
use lsp_server::{ErrorCode, Message, Notification, Request, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::answers::{Refusal, answer};
use super::capabilities::capabilities;
use super::frames::Received;
use crate::cli::exit::Exit;
use crate::compile::{Analysis, analyse, stages};
use crate::editor::{Document, Knowledge, PositionEncoding, TextLines, diagnostics};
use crate::options::Options;

/// Whether the conversation goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    GoOn,
    End(Exit),
}

/// How far the conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing was agreed on yet.
    Begun,
    /// Documents are opened and asked about.
    Running,
    /// The editor said that it will end.
    Closing,
}

/// A text that an editor holds.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) text: String,
    version: i32,
    /// What is known of it; nothing since it changed.
    document: Option<Document>,
    /// Whether its faults have been published.
    published: bool,
    /// Whether it was compiled since it changed.
    compiled: bool,
}

/// A conversation; `say` sends a message, and tells whether someone reads it.
pub(super) struct Session<Say> {
    stage: Stage,
    encoding: PositionEncoding,
    held: IndexMap<String, Held>,
    say: Say,
}

impl<Say: Fn(&Value) -> bool> Session<Say> {
    /// Begins a conversation.
    pub(super) fn new(say: Say) -> Self {
        Self { stage: Stage::Begun, encoding: PositionEncoding::default(), held: IndexMap::new(), say }
    }

    /// Does what a message asks for.
    pub(super) fn handle(&mut self, received: Received) -> Flow {
        match received {
            Received::Message(Message::Request(request)) => self.request(request),
            Received::Message(Message::Notification(told)) => return self.notification(told),
            // nothing was asked of the editor
            Received::Message(Message::Response(_)) => {}
            Received::Malformed(why) | Received::Garbage(why) => {
                let error = json!({ "code": ErrorCode::ParseError as i32, "message": why });
                (self.say)(&json!({ "jsonrpc": "2.0", "id": null, "error": error }));
            }
        }
        Flow::GoOn
    }

    fn request(&mut self, Request { id, method, params }: Request) {
        let refused = |code: ErrorCode, why: &str| Err(Refusal { code: code as i32, why: why.to_owned() });
        let result = match (self.stage, method.as_str()) {
            (Stage::Begun, "initialize") => Ok(self.initialize(params)),
            (Stage::Begun, _) => refused(ErrorCode::ServerNotInitialized, "`initialize` comes first"),
            (Stage::Closing, _) => refused(ErrorCode::InvalidRequest, "after `shutdown` comes `exit`"),
            (Stage::Running, "initialize") => refused(ErrorCode::InvalidRequest, "this was agreed on already"),
            (Stage::Running, "shutdown") => {
                self.stage = Stage::Closing;
                Ok(Value::Null)
            }
            // a fault of gemc costs one answer, not the conversation
            (Stage::Running, method) => catch_unwind(AssertUnwindSafe(|| answer(self, method, params)))
                .unwrap_or_else(|_| refused(ErrorCode::InternalError, "a bug in gemc")),
        };
        let response = match result {
            Ok(value) => Response::new_ok(id, value),
            Err(Refusal { code, why }) => Response::new_err(id, code, why),
        };
        let mut message = serde_json::to_value(response).unwrap_or_default();
        message["jsonrpc"] = json!("2.0");
        (self.say)(&message);
    }

    fn initialize(&mut self, params: Value) -> Value {
        let wanted: Option<InitializeParams> = serde_json::from_value(params).ok();
        let general = wanted.and_then(|params| params.capabilities.general);
        let offered = general.and_then(|general| general.position_encodings).unwrap_or_default();
        self.encoding = PositionEncoding::chosen(&offered);
        self.stage = Stage::Running;
        capabilities(self.encoding)
    }

    fn notification(&mut self, Notification { method, params }: Notification) -> Flow {
        match (method.as_str(), self.stage) {
            ("exit", stage) => return Flow::End(if stage == Stage::Closing { Exit::Done } else { Exit::Input }),
            ("textDocument/didOpen", Stage::Running) => self.open(params),
            ("textDocument/didChange", Stage::Running) => self.change(params),
            ("textDocument/didClose", Stage::Running) => self.close(params),
            // what is not known, or comes before its time, needs no answer
            _ => {}
        }
        Flow::GoOn
    }

    fn open(&mut self, params: Value) {
        let Some(DidOpenTextDocumentParams { text_document: opened }) = read(params) else { return };
        let (text, version) = (opened.text, opened.version);
        self.held.insert(opened.uri.0, Held { text, version, document: None, published: false, compiled: false });
    }

    fn change(&mut self, params: Value) {
        let Some(DidChangeTextDocumentParams { text_document: changed, content_changes }) = read(params) else {
            return;
        };
        let Some(held) = self.held.get_mut(&changed.text_document_identifier.uri.0) else { return };
        for change in content_changes {
            match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                    let at = TextLines::new(&held.text, self.encoding).span(&held.text, part.range);
                    held.text.replace_range(at.start..at.end, &part.text);
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => held.text = whole.text,
            }
        }
        (held.version, held.document) = (changed.version, None);
        (held.published, held.compiled) = (false, false);
    }

    fn close(&mut self, params: Value) {
        let Some(DidCloseTextDocumentParams { text_document: closed }) = read(params) else { return };
        if self.held.shift_remove(&closed.uri.0).is_some() {
            self.publish_one(closed.uri, None, Vec::new());
        }
    }

    /// Publishes the faults of every document that changed.
    pub(super) fn publish(&mut self) {
        let due = |held: &Held| !held.published;
        let uris: Vec<String> = self.held.iter().filter(|(_, held)| due(held)).map(|(uri, _)| uri.clone()).collect();
        for uri in uris {
            let found = catch_unwind(AssertUnwindSafe(|| self.document(&uri).map(diagnostics)));
            let Some(held) = self.held.get_mut(&uri) else { continue };
            held.published = true;
            let version = held.version;
            self.publish_one(Uri(uri), Some(version), found.ok().flatten().unwrap_or_default());
        }
    }

    fn publish_one(&self, uri: Uri, version: Option<i32>, diagnostics: Vec<Diagnostic>) {
        self.tell("textDocument/publishDiagnostics", &json!(PublishDiagnosticsParams { uri, version, diagnostics }));
    }

    /// Sends a notification.
    pub(super) fn tell(&self, method: &str, params: &Value) {
        (self.say)(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Returns a document with what is known of it, looking at it where it changed.
    pub(super) fn document(&mut self, uri: &str) -> Option<&Document> {
        let held = self.held.get_mut(uri)?;
        if held.document.is_none() {
            let Analysis { ast, symbols, model, report } = analyse(uri, &held.text, &Options::default());
            let model = match model {
                Ok(wiring) => Some(wiring.model().clone().into()),
                Err(partial) => partial.map(|partial| *partial),
            };
            let known = Knowledge { ast, symbols, model, report, table: None };
            let lines = TextLines::new(&held.text, self.encoding);
            held.document = Some(Document::new(Uri(uri.to_owned()), held.text.clone(), lines, known));
        }
        held.document.as_ref()
    }

    /// Returns a document with its learned tensors, where it has no errors.
    pub(super) fn compiled(&mut self, uri: &str) -> Option<&Document> {
        let has_errors = self.document(uri)?.has_errors();
        let held = self.held.get_mut(uri)?;
        if !has_errors && !held.compiled {
            held.compiled = true;
            let table = stages(uri, &held.text, &Options::default()).ok().map(|stages| stages.plan.table());
            held.document.as_mut()?.set_table(table);
        }
        held.document.as_ref()
    }

    /// Returns the text of a document.
    pub(super) fn text(&self, uri: &str) -> Option<&str> {
        self.held.get(uri).map(|held| held.text.as_str())
    }
}

/// Reads parameters; nothing where they are malformed.
fn read<T: DeserializeOwned>(params: Value) -> Option<T> {
    serde_json::from_value(params).ok()
}
