//! Faults and warnings of a text, with every place that they name; and what mends them.

use gen_lsp_types::{
    Code, CodeAction, CodeActionKind, Command, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity,
    DiagnosticTag, Message, Range, TextEdit, WorkspaceEdit,
};
use miette::{LabeledSpan, Severity};

use super::document::Document;
use crate::diag::{Fix, Problem};
use crate::span::Span;

/// The command that explains an error code; an editor hands it back.
const EXPLAIN: &str = "gemc.explain";

/// Returns all faults and warnings; of each kind a hundred at most.
pub fn diagnostics(document: &Document) -> Vec<Diagnostic> {
    document.known.report.with_fixes().map(|(problem, _)| diagnostic(document, problem)).collect()
}

fn labels(problem: &Problem) -> (Option<LabeledSpan>, Vec<LabeledSpan>) {
    let mut labels: Vec<LabeledSpan> = problem.labels().into_iter().flatten().collect();
    let primary = labels.iter().position(LabeledSpan::primary).unwrap_or(0);
    let first = (primary < labels.len()).then(|| labels.remove(primary));
    (first, labels)
}

fn span(label: &LabeledSpan) -> Span {
    Span::new(label.offset(), label.offset() + label.len())
}

/// Returns the first place of a fault; the text's beginning where it has none.
pub(super) fn place(problem: &Problem) -> Span {
    labels(problem).0.as_ref().map(span).unwrap_or_default()
}

pub(super) fn code(problem: &Problem) -> String {
    problem.code().map(|code| code.to_string()).unwrap_or_default()
}

fn diagnostic(document: &Document, problem: &Problem) -> Diagnostic {
    let (first, others) = labels(problem);
    let related = others.iter().map(|label| DiagnosticRelatedInformation {
        location: document.location(span(label)),
        message: label.label().unwrap_or("here").to_owned(),
    });
    let related: Vec<DiagnosticRelatedInformation> = related.collect();
    let label = first.as_ref().and_then(LabeledSpan::label).map(|label| format!(": {label}")).unwrap_or_default();
    let help = problem.help().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    let is_error = matches!(problem.severity(), None | Some(Severity::Error));
    let code = code(problem);
    Diagnostic {
        range: document.range(place(problem)),
        severity: Some(if is_error { DiagnosticSeverity::Error } else { DiagnosticSeverity::Warning }),
        tags: (code == "gem::unused_name").then(|| vec![DiagnosticTag::Unnecessary]),
        code: Some(Code::String(code)),
        source: Some("gemc".to_owned()),
        message: Message::String(format!("{problem}{label}{help}")),
        related_information: (!related.is_empty()).then_some(related),
        ..Diagnostic::default()
    }
}

/// Returns what mends the faults in a range, and where they are explained.
pub fn actions(document: &Document, range: Range) -> Vec<CodeAction> {
    let asked = document.lines.span(&document.text, range);
    let touches = |at: Span| at.start <= asked.end && asked.start <= at.end;
    let here = document.known.report.with_fixes().filter(|(problem, _)| touches(place(problem)));
    let mut actions = Vec::new();
    for (problem, fix) in here {
        actions.extend(fix.map(|fix| repair(document, problem, fix)));
        let code = code(problem);
        let title = format!("Explain {code}");
        let command = Command::new(title.clone(), None, EXPLAIN.to_owned(), Some(vec![code.into()]));
        actions.push(CodeAction { title, command: Some(command), ..CodeAction::default() });
    }
    actions
}

fn repair(document: &Document, problem: &Problem, fix: &Fix) -> CodeAction {
    let edit = TextEdit { range: document.range(fix.at), new_text: fix.replacement.clone() };
    CodeAction {
        title: format!("Write `{}`", fix.replacement),
        kind: Some(CodeActionKind::QuickFix),
        diagnostics: Some(vec![diagnostic(document, problem)]),
        is_preferred: Some(true),
        edit: Some(WorkspaceEdit {
            changes: Some([(document.uri.clone(), vec![edit])].into()),
            ..WorkspaceEdit::default()
        }),
        ..CodeAction::default()
    }
}
