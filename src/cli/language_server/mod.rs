//! `gemc lsp`: a language server over standard input and output. One thread reads messages, another answers them, a third compiles
//! texts whose sizes are asked for. Faults are published once no message is waiting, so that fast typing never waits for an analysis
//! that nobody will see; what needs a text compiled is answered after them, and may be cancelled until then.

mod answers;
mod capabilities;
mod compiler;
mod frames;
mod held;
mod session;

use std::io;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use clap::Args;

use self::frames::{Received, receive, send};
use self::session::{Flow, Session};
use super::exit::Exit;

/// `gemc lsp`.
#[derive(Debug, Args)]
pub(super) struct LspArgs {
    /// Speak over standard input and output, as it always does; some editors say so
    #[arg(long, hide = true)]
    stdio: bool,
}

/// Serves an editor until it says goodbye or is gone.
pub(super) fn run(_: &LspArgs) -> Exit {
    let (sender, incoming) = channel();
    let also = sender.clone();
    let compiler = compiler::start(move |made| also.send(Received::Compiled(made)).is_ok());
    // it ends with the input, or with the process
    thread::spawn(move || {
        let mut input = io::stdin().lock();
        loop {
            let received = receive(&mut input);
            let last = matches!(received, Received::Garbage(_) | Received::End);
            if sender.send(received).is_err() || last {
                break;
            }
        }
        let _ = sender.send(Received::End);
    });
    let mut session = Session::new(|message| send(&mut io::stdout().lock(), message).is_ok(), compiler);
    serve(&mut session, &incoming)
}

/// Handles messages until the end of the conversation.
fn serve(session: &mut Session<impl Fn(&str) -> bool>, incoming: &Receiver<Received>) -> Exit {
    loop {
        let next = incoming.try_recv().or_else(|_| {
            session.rest();
            incoming.recv()
        });
        match session.handle(next.unwrap_or(Received::End)) {
            Flow::GoOn => {}
            Flow::End(exit) => return exit,
        }
    }
}
