//! What the server can do, as it tells an editor.

use gen_lsp_types::{
    CodeActionProvider, CodeLensOptions, CompletionOptions, DefinitionProvider, DocumentFormattingProvider,
    DocumentHighlightProvider, DocumentSymbolProvider, ExecuteCommandOptions, Full, HoverProvider, InitializeResult,
    InlayHintProvider, ReferencesProvider, RenameOptions, RenameProvider, SemanticTokensLegend, SemanticTokensOptions,
    SemanticTokensProvider, ServerCapabilities, ServerInfo, TextDocumentSync, TextDocumentSyncKind,
    TextDocumentSyncOptions,
};
use serde_json::Value;

use crate::editor::{LEGEND, PositionEncoding};

/// Returns the answer to `initialize`.
pub(super) fn capabilities(encoding: PositionEncoding) -> Value {
    let sync = TextDocumentSyncOptions {
        open_close: Some(true),
        change: Some(TextDocumentSyncKind::Incremental),
        ..TextDocumentSyncOptions::default()
    };
    let capabilities = ServerCapabilities {
        position_encoding: Some(encoding.kind()),
        text_document_sync: Some(TextDocumentSync::Options(sync)),
        hover_provider: Some(HoverProvider::Bool(true)),
        definition_provider: Some(DefinitionProvider::Bool(true)),
        references_provider: Some(ReferencesProvider::Bool(true)),
        document_highlight_provider: Some(DocumentHighlightProvider::Bool(true)),
        document_symbol_provider: Some(DocumentSymbolProvider::Bool(true)),
        code_action_provider: Some(CodeActionProvider::Bool(true)),
        code_lens_provider: Some(CodeLensOptions::default()),
        document_formatting_provider: Some(DocumentFormattingProvider::Bool(true)),
        inlay_hint_provider: Some(InlayHintProvider::Bool(true)),
        ..with_options()
    };
    let server_info = ServerInfo { name: "gemc".to_owned(), version: Some(env!("CARGO_PKG_VERSION").to_owned()) };
    serde_json::to_value(InitializeResult { capabilities, server_info: Some(server_info) }).unwrap_or_default()
}

/// Returns those that need more words than that they are there.
fn with_options() -> ServerCapabilities {
    let completion = CompletionOptions {
        trigger_characters: Some([" ", ":", "(", "{", ">"].map(str::to_owned).to_vec()),
        ..CompletionOptions::default()
    };
    let token_types = LEGEND.iter().map(|kind| (*kind).to_owned()).collect();
    let tokens = SemanticTokensOptions {
        legend: SemanticTokensLegend { token_types, token_modifiers: Vec::new() },
        full: Some(Full::Bool(true)),
        ..SemanticTokensOptions::default()
    };
    let rename = RenameOptions { prepare_provider: Some(true), ..RenameOptions::default() };
    let commands = vec!["gemc.explain".to_owned()];
    ServerCapabilities {
        completion_provider: Some(completion),
        rename_provider: Some(RenameProvider::RenameOptions(rename)),
        execute_command_provider: Some(ExecuteCommandOptions { commands, ..ExecuteCommandOptions::default() }),
        semantic_tokens_provider: Some(SemanticTokensProvider::SemanticTokensOptions(tokens)),
        ..ServerCapabilities::default()
    }
}
