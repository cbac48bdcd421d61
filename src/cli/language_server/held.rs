//! The texts that an editor holds: what is known of each, and the requests that wait until it has been compiled.

use gen_lsp_types::{TextDocumentContentChangeEvent, Uri};
use indexmap::IndexMap;
use lsp_server::{Request, RequestId};

use super::compiler::{Compiled, Job};
use crate::compile::{Analysis, analyse};
use crate::editor::{Document, Knowledge, PositionEncoding, TextLines};
use crate::options::Options;

/// A text that an editor holds.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) text: String,
    pub(super) version: i32,
    /// Which text this is, of all that there were.
    revision: u64,
    /// What is known of it; nothing since it changed.
    document: Option<Document>,
    /// Whether its faults have been published.
    pub(super) published: bool,
    /// Whether it was compiled since it changed, or cannot be.
    compiled: bool,
    /// Whether this text or an earlier one is being compiled.
    compiling: bool,
    /// Requests that are answered when it has been compiled.
    waiting: Vec<Request>,
}

/// All texts that an editor holds.
#[derive(Debug, Default)]
pub(super) struct Texts {
    pub(super) encoding: PositionEncoding,
    held: IndexMap<String, Held>,
    revisions: u64,
}

impl Texts {
    fn revision(&mut self) -> u64 {
        self.revisions += 1;
        self.revisions
    }

    /// Takes a text; returns the requests that wait for an earlier one at the same address.
    pub(super) fn open(&mut self, uri: String, text: String, version: i32) -> Vec<Request> {
        let waiting = self.close(&uri).map(|held| held.waiting).unwrap_or_default();
        let revision = self.revision();
        let (published, compiled, compiling) = (false, false, false);
        let held =
            Held { text, version, revision, document: None, published, compiled, compiling, waiting: Vec::new() };
        self.held.insert(uri, held);
        waiting
    }

    /// Writes changes into a text.
    pub(super) fn change(&mut self, uri: &str, version: i32, changes: Vec<TextDocumentContentChangeEvent>) {
        let (encoding, revision) = (self.encoding, self.revision());
        let Some(held) = self.held.get_mut(uri) else { return };
        for change in changes {
            match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                    let at = TextLines::new(&held.text, encoding).span(&held.text, part.range);
                    held.text.replace_range(at.start..at.end, &part.text);
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => held.text = whole.text,
            }
        }
        (held.version, held.revision, held.document) = (version, revision, None);
        (held.published, held.compiled) = (false, false);
    }

    /// Gives a text up.
    pub(super) fn close(&mut self, uri: &str) -> Option<Held> {
        self.held.shift_remove(uri)
    }

    pub(super) fn get(&self, uri: &str) -> Option<&Held> {
        self.held.get(uri)
    }

    pub(super) fn get_mut(&mut self, uri: &str) -> Option<&mut Held> {
        self.held.get_mut(uri)
    }

    /// Returns the addresses of the texts of which something is true.
    pub(super) fn those(&self, which: impl Fn(&Held) -> bool) -> Vec<String> {
        self.held.iter().filter(|(_, held)| which(held)).map(|(uri, _)| uri.clone()).collect()
    }

    /// Returns a document with what is known of it, looking at it where it changed.
    pub(super) fn document(&mut self, uri: &str) -> Option<&Document> {
        let held = self.held.get_mut(uri)?;
        if held.document.is_none() {
            let Analysis { ast, symbols, model, report } = analyse(uri, &held.text, &Options::default());
            let model = match model {
                Ok(wiring) => Some(wiring.into_model().into()),
                Err(partial) => partial.map(|partial| *partial),
            };
            let known = Knowledge { ast, symbols, model, report, table: None };
            let lines = TextLines::new(&held.text, self.encoding);
            held.document = Some(Document::new(Uri(uri.to_owned()), held.text.clone(), lines, known));
        }
        held.document.as_ref()
    }

    /// Lets a request wait until its text has been compiled; gives it back where the text is not held.
    pub(super) fn wait(&mut self, uri: &str, request: Request) -> Option<Request> {
        match self.held.get_mut(uri) {
            Some(held) => {
                held.waiting.push(request);
                None
            }
            None => Some(request),
        }
    }

    /// Takes back a request that waits.
    pub(super) fn cancel(&mut self, id: &RequestId) -> Option<Request> {
        self.held.values_mut().find_map(|held| {
            let at = held.waiting.iter().position(|request| request.id == *id)?;
            Some(held.waiting.remove(at))
        })
    }

    /// Returns the requests that can be answered now, and the texts that have to be compiled for others.
    pub(super) fn due(&mut self) -> (Vec<Request>, Vec<Job>) {
        let (mut ready, mut jobs) = (Vec::new(), Vec::new());
        for uri in self.those(|held| !held.waiting.is_empty()) {
            let faulty = self.document(&uri).is_none_or(Document::has_errors);
            let Some(held) = self.held.get_mut(&uri) else { continue };
            if faulty || held.compiled {
                ready.append(&mut held.waiting);
            } else if !held.compiling {
                held.compiling = true;
                jobs.push(Job { uri, revision: held.revision, text: held.text.clone() });
            }
        }
        (ready, jobs)
    }

    /// Keeps what a text was compiled to, unless it has changed since.
    pub(super) fn take(&mut self, Compiled { uri, revision, table }: Compiled) {
        let Some(held) = self.held.get_mut(&uri) else { return };
        held.compiling = false;
        if held.revision == revision
            && let Some(document) = &mut held.document
        {
            document.set_table(table);
            held.compiled = true;
        }
    }

    /// Returns all requests that wait: nobody will compile for them.
    pub(super) fn give_up(&mut self) -> Vec<Request> {
        self.held.values_mut().flat_map(|held| std::mem::take(&mut held.waiting)).collect()
    }
}

impl Held {
    /// Returns the requests that waited for it.
    pub(super) fn into_waiting(self) -> Vec<Request> {
        self.waiting
    }
}
