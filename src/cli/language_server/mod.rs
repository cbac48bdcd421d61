//! `gemc lsp`: a language server over standard input and output. One thread reads messages, the other answers them; faults are
//! published once no message is waiting, so that fast typing never waits for an analysis that nobody will see.

mod answers;
mod capabilities;
mod frames;
mod session;

use std::io;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
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
    let (sender, receiver) = channel();
    // it ends with the input, or with the process
    thread::spawn(move || {
        let mut input = io::stdin().lock();
        while let Some(received) = receive(&mut input) {
            let last = matches!(received, Received::Garbage(_));
            if sender.send(received).is_err() || last {
                break;
            }
        }
    });
    let mut session = Session::new(|message| send(&mut io::stdout().lock(), message).is_ok());
    serve(&mut session, &receiver)
}

/// Handles messages until the end of the conversation.
fn serve(session: &mut Session<impl Fn(&serde_json::Value) -> bool>, incoming: &Receiver<Received>) -> Exit {
    loop {
        let next = incoming.try_recv().or_else(|why| match why {
            TryRecvError::Empty => {
                session.publish();
                incoming.recv().map_err(|_| TryRecvError::Disconnected)
            }
            TryRecvError::Disconnected => Err(why),
        });
        match next.map(|received| session.handle(received)) {
            Ok(Flow::GoOn) => {}
            Ok(Flow::End(exit)) => return exit,
            // an editor that is gone without a word
            Err(_) => return Exit::Input,
        }
    }
}
