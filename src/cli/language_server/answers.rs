//! A request → the answer of the room `editor`. A document that is not open has no answer: `null`.

use gen_lsp_types::{
    CodeActionParams, CodeLensParams, CompletionParams, DefinitionParams, DocumentFormattingParams,
    DocumentHighlightParams, DocumentSymbolParams, ExecuteCommandParams, HoverParams, InlayHintParams,
    PrepareRenameParams, ReferenceParams, RenameParams, SemanticTokens, SemanticTokensParams,
    TextDocumentPositionParams, TextEdit,
};
use lsp_server::ErrorCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::session::Session;
use crate::cli::error_docs::explanations;
use crate::compile::formatted;
use crate::editor::{
    Document, Unnameable, actions, completion, definition, highlights, hints, hover, lenses, outline, references,
    rename, renamed, tokens,
};

/// Why there is no answer.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) code: i32,
    pub(super) why: String,
}

impl From<Unnameable> for Refusal {
    fn from(why: Unnameable) -> Self {
        Self { code: ErrorCode::RequestFailed as i32, why: why.to_string() }
    }
}

/// The answer in JSON, written at once: as a tree of values a long one would take ten times as long.
type Answer = Result<String, Refusal>;

/// Answers a request.
pub(super) fn answer<Say: Fn(&str) -> bool>(session: &mut Session<Say>, method: &str, params: Value) -> Answer {
    match method {
        "textDocument/hover" => {
            let HoverParams { text_document_position_params: at, .. } = read(params)?;
            let explain = |code: &str| explained(code);
            Ok(of(session.document(&at.text_document.uri.0), |document| hover(document, at.position, &explain)))
        }
        "textDocument/completion" => {
            let CompletionParams { text_document_position_params: at, .. } = read(params)?;
            Ok(at_place(session, &at, |document| completion(document, at.position)))
        }
        "textDocument/definition" => {
            let DefinitionParams { text_document_position_params: at, .. } = read(params)?;
            Ok(at_place(session, &at, |document| definition(document, at.position)))
        }
        "textDocument/references" => {
            let ReferenceParams { text_document_position_params: at, context, .. } = read(params)?;
            Ok(at_place(session, &at, |document| references(document, at.position, context.include_declaration)))
        }
        "textDocument/documentHighlight" => {
            let DocumentHighlightParams { text_document_position_params: at, .. } = read(params)?;
            Ok(at_place(session, &at, |document| highlights(document, at.position)))
        }
        "textDocument/prepareRename" => {
            let PrepareRenameParams { text_document_position_params: at, .. } = read(params)?;
            let Some(document) = session.document(&at.text_document.uri.0) else { return Ok(written(&Value::Null)) };
            let (range, placeholder) = renamed(document, at.position)?;
            Ok(written(&json!({ "range": range, "placeholder": placeholder })))
        }
        "textDocument/rename" => {
            let RenameParams { text_document_position_params: at, new_name, .. } = read(params)?;
            let Some(document) = session.document(&at.text_document.uri.0) else { return Ok(written(&Value::Null)) };
            Ok(written(&rename(document, at.position, &new_name)?))
        }
        _ => of_document(session, method, params),
    }
}

/// Answers a request about a whole document, or a range of it.
fn of_document<Say: Fn(&str) -> bool>(session: &mut Session<Say>, method: &str, params: Value) -> Answer {
    match method {
        "textDocument/documentSymbol" => {
            let DocumentSymbolParams { text_document: asked, .. } = read(params)?;
            Ok(of(session.document(&asked.uri.0), outline))
        }
        "textDocument/codeAction" => {
            let CodeActionParams { text_document: asked, range, .. } = read(params)?;
            Ok(of(session.document(&asked.uri.0), |document| actions(document, range)))
        }
        "textDocument/codeLens" => {
            let CodeLensParams { text_document: asked, .. } = read(params)?;
            Ok(of(session.document(&asked.uri.0), lenses))
        }
        "textDocument/inlayHint" => {
            let InlayHintParams { text_document: asked, range, .. } = read(params)?;
            Ok(of(session.document(&asked.uri.0), |document| hints(document, range)))
        }
        "textDocument/semanticTokens/full" => {
            let SemanticTokensParams { text_document: asked, .. } = read(params)?;
            Ok(of(session.document(&asked.uri.0), |document| SemanticTokens {
                result_id: None,
                data: tokens(document),
            }))
        }
        _ => act(session, method, params),
    }
}

/// Formats a document, or does what a command asks for.
fn act<Say: Fn(&str) -> bool>(session: &mut Session<Say>, method: &str, params: Value) -> Answer {
    match method {
        "textDocument/formatting" => {
            let DocumentFormattingParams { text_document: asked, .. } = read(params)?;
            let uri = &asked.uri.0;
            // a text that does not parse is left as it is: its faults have been published
            let new = session.text(uri).and_then(|text| formatted(uri, text).ok().filter(|new| new != text));
            Ok(of(session.document(uri), |document| {
                new.map(|new_text| vec![TextEdit { range: document.whole(), new_text }]).unwrap_or_default()
            }))
        }
        "workspace/executeCommand" => {
            let ExecuteCommandParams { command, arguments, .. } = read(params)?;
            let code = arguments.unwrap_or_default().first().and_then(Value::as_str).and_then(explained);
            let text = code.filter(|_| command == "gemc.explain");
            if let Some(text) = text {
                session.tell("window/showMessage", &json!({ "type": 3, "message": text }));
            }
            Ok(written(&Value::Null))
        }
        _ => Err(Refusal { code: ErrorCode::MethodNotFound as i32, why: format!("no such method: {method}") }),
    }
}

fn at_place<T: Serialize, Say: Fn(&str) -> bool>(
    session: &mut Session<Say>,
    at: &TextDocumentPositionParams,
    act: impl FnOnce(&Document) -> T,
) -> String {
    of(session.document(&at.text_document.uri.0), act)
}

fn of<T: Serialize>(document: Option<&Document>, act: impl FnOnce(&Document) -> T) -> String {
    written(&document.map(act))
}

fn written(answer: &impl Serialize) -> String {
    serde_json::to_string(answer).unwrap_or_else(|_| "null".to_owned())
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, Refusal> {
    serde_json::from_value(params)
        .map_err(|why| Refusal { code: ErrorCode::InvalidParams as i32, why: why.to_string() })
}

/// Returns what `gemc explain` tells of a code.
fn explained(code: &str) -> Option<String> {
    explanations().into_iter().find(|found| found.code == code).map(|found| found.text.to_owned())
}
