//! The conversation with an editor: what was agreed on, what is answered at once, and what waits until nothing else is to be done.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Sender;

use gen_lsp_types::{
    CancelParams, Diagnostic, DidChangeTextDocumentParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams, Id,
    InitializeParams, PublishDiagnosticsParams, Uri,
};
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::answers::{Refusal, answer};
use super::capabilities::capabilities;
use super::compiler::Job;
use super::frames::Received;
use super::held::Texts;
use crate::cli::exit::Exit;
use crate::editor::{Document, PositionEncoding, diagnostics};

/// Requests whose answers need what a text is compiled to.
const COMPILED: &[&str] = &["textDocument/hover", "textDocument/codeLens"];

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

/// A conversation; `say` sends a message, and tells whether someone reads it.
pub(super) struct Session<Say> {
    stage: Stage,
    texts: Texts,
    say: Say,
    compiler: Sender<Job>,
}

impl<Say: Fn(&str) -> bool> Session<Say> {
    /// Begins a conversation; texts are handed to `compiler`.
    pub(super) fn new(say: Say, compiler: Sender<Job>) -> Self {
        Self { stage: Stage::Begun, texts: Texts::default(), say, compiler }
    }

    /// Does what a message asks for.
    pub(super) fn handle(&mut self, received: Received) -> Flow {
        match received {
            Received::Message(Message::Request(request)) => self.request(request),
            Received::Message(Message::Notification(told)) => return self.notification(told),
            // nothing was asked of the editor
            Received::Message(Message::Response(_)) => {}
            Received::Compiled(compiled) => self.texts.take(compiled),
            Received::Malformed(why) | Received::Garbage(why) => {
                let error = json!({ "code": ErrorCode::ParseError as i32, "message": why });
                (self.say)(&json!({ "jsonrpc": "2.0", "id": null, "error": error }).to_string());
            }
            // an editor that is gone without a word
            Received::End => return Flow::End(Exit::Input),
        }
        Flow::GoOn
    }

    fn request(&mut self, request: Request) {
        let refused = |code: ErrorCode, why: &str| Err(Refusal { code: code as i32, why: why.to_owned() });
        let result = match (self.stage, request.method.as_str()) {
            (Stage::Begun, "initialize") => Ok(self.initialize(request.params)),
            (Stage::Begun, _) => refused(ErrorCode::ServerNotInitialized, "`initialize` comes first"),
            (Stage::Closing, _) => refused(ErrorCode::InvalidRequest, "after `shutdown` comes `exit`"),
            (Stage::Running, "initialize") => refused(ErrorCode::InvalidRequest, "this was agreed on already"),
            (Stage::Running, "shutdown") => {
                self.stage = Stage::Closing;
                let given_up = self.texts.give_up();
                self.refuse_all(given_up);
                Ok("null".to_owned())
            }
            (Stage::Running, method) if COMPILED.contains(&method) => {
                let uri = request.params["textDocument"]["uri"].as_str().unwrap_or_default().to_owned();
                if let Some(request) = self.texts.wait(&uri, request) {
                    self.answer(request);
                }
                return;
            }
            (Stage::Running, _) => return self.answer(request),
        };
        self.respond(&request.id, result);
    }

    /// Answers a request.
    fn answer(&mut self, Request { id, method, params }: Request) {
        // a fault of gemc costs one answer, not the conversation
        let result = catch_unwind(AssertUnwindSafe(|| answer(self, &method, params)));
        let bug = || Refusal { code: ErrorCode::InternalError as i32, why: "a bug in gemc".to_owned() };
        self.respond(&id, result.unwrap_or_else(|_| Err(bug())));
    }

    fn respond(&self, id: &RequestId, result: Result<String, Refusal>) {
        let outcome = match result {
            Ok(answer) => format!("\"result\":{answer}"),
            Err(Refusal { code, why }) => format!("\"error\":{}", json!({ "code": code, "message": why })),
        };
        (self.say)(&format!("{{\"jsonrpc\":\"2.0\",\"id\":{},{outcome}}}", json!(id)));
    }

    /// Says of requests that waited that they are not answered.
    fn refuse_all(&self, requests: Vec<Request>) {
        for request in requests {
            let why = "the request was cancelled".to_owned();
            self.respond(&request.id, Err(Refusal { code: ErrorCode::RequestCanceled as i32, why }));
        }
    }

    fn initialize(&mut self, params: Value) -> String {
        let wanted: Option<InitializeParams> = serde_json::from_value(params).ok();
        let general = wanted.and_then(|params| params.capabilities.general);
        let offered = general.and_then(|general| general.position_encodings).unwrap_or_default();
        self.texts.encoding = PositionEncoding::chosen(&offered);
        self.stage = Stage::Running;
        capabilities(self.texts.encoding).to_string()
    }

    fn notification(&mut self, Notification { method, params }: Notification) -> Flow {
        match (method.as_str(), self.stage) {
            ("exit", stage) => return Flow::End(if stage == Stage::Closing { Exit::Done } else { Exit::Input }),
            ("textDocument/didOpen", Stage::Running) => self.open(params),
            ("textDocument/didChange", Stage::Running) => self.change(params),
            ("textDocument/didClose", Stage::Running) => self.close(params),
            ("$/cancelRequest", Stage::Running) => self.cancel(params),
            // what is not known, or comes before its time, needs no answer
            _ => {}
        }
        Flow::GoOn
    }

    fn open(&mut self, params: Value) {
        let Some(DidOpenTextDocumentParams { text_document: opened }) = read(params) else { return };
        let given_up = self.texts.open(opened.uri.0, opened.text, opened.version);
        self.refuse_all(given_up);
    }

    fn change(&mut self, params: Value) {
        let Some(DidChangeTextDocumentParams { text_document: changed, content_changes }) = read(params) else {
            return;
        };
        self.texts.change(&changed.text_document_identifier.uri.0, changed.version, content_changes);
    }

    fn close(&mut self, params: Value) {
        let Some(DidCloseTextDocumentParams { text_document: closed }) = read(params) else { return };
        if let Some(held) = self.texts.close(&closed.uri.0) {
            self.refuse_all(held.into_waiting());
            self.publish_one(closed.uri, None, Vec::new());
        }
    }

    /// Gives up a request that waits; one that has been answered is none.
    fn cancel(&mut self, params: Value) {
        let Some(CancelParams { id }) = read(params) else { return };
        let id = match id {
            Id::Int(number) => RequestId::from(number),
            Id::String(name) => RequestId::from(name),
        };
        let given_up = self.texts.cancel(&id);
        self.refuse_all(given_up.into_iter().collect());
    }

    /// Does what waited until no message is there: publishes the faults of every document that changed, then answers what needs a
    /// text compiled, or has it compiled.
    pub(super) fn rest(&mut self) {
        self.publish();
        let due = catch_unwind(AssertUnwindSafe(|| self.texts.due()));
        let (ready, jobs) = due.unwrap_or_else(|_| (self.texts.give_up(), Vec::new()));
        for request in ready {
            self.answer(request);
        }
        for job in jobs {
            if self.compiler.send(job).is_err() {
                let given_up = self.texts.give_up();
                self.refuse_all(given_up);
            }
        }
    }

    fn publish(&mut self) {
        for uri in self.texts.those(|held| !held.published) {
            let found = catch_unwind(AssertUnwindSafe(|| self.document(&uri).map(diagnostics)));
            let Some(held) = self.texts.get_mut(&uri) else { continue };
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
        (self.say)(&json!({ "jsonrpc": "2.0", "method": method, "params": params }).to_string());
    }

    /// Returns a document with what is known of it, looking at it where it changed.
    pub(super) fn document(&mut self, uri: &str) -> Option<&Document> {
        self.texts.document(uri)
    }

    /// Returns the text of a document.
    pub(super) fn text(&self, uri: &str) -> Option<&str> {
        self.texts.get(uri).map(|held| held.text.as_str())
    }
}

/// Reads parameters; nothing where they are malformed.
fn read<T: DeserializeOwned>(params: Value) -> Option<T> {
    serde_json::from_value(params).ok()
}
