//! Messages in their frames: `Content-Length: N`, an empty line, N bytes of JSON.

use std::io::{self, BufRead, Read, Write};

use super::compiler::Compiled;
use lsp_server::Message;

/// The longest message that is read, in bytes.
const LONGEST: u64 = 256 << 20;
/// The longest line of a header.
const LONGEST_LINE: u64 = 4 << 10;

/// What came in, and from where it does not matter.
#[derive(Debug)]
pub(super) enum Received {
    /// A message.
    Message(Message),
    /// A frame that holds none, and why; the next one may.
    Malformed(String),
    /// Something that is no frame, and why: where the next one begins nobody knows.
    Garbage(String),
    /// A text that was compiled here.
    Compiled(Compiled),
    /// Nothing: the input has ended.
    End,
}

/// Reads the next frame.
pub(super) fn receive(input: &mut impl BufRead) -> Received {
    let body = match frame(input) {
        Ok(Some(body)) => body,
        Ok(None) => return Received::End,
        Err(why) => return Received::Garbage(why.to_string()),
    };
    match serde_json::from_slice(&body) {
        Ok(message) => Received::Message(message),
        Err(why) => Received::Malformed(why.to_string()),
    }
}

fn frame(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let invalid = |why: &str| io::Error::new(io::ErrorKind::InvalidData, why.to_owned());
    let mut length = None;
    loop {
        let mut line = Vec::new();
        let read = input.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        if read == 0 {
            return if length.is_none() { Ok(None) } else { Err(invalid("the input ends in a header")) };
        }
        let line = String::from_utf8_lossy(&line);
        let Some((name, value)) = line.trim().split_once(':') else {
            if line.trim().is_empty() {
                break;
            }
            return Err(invalid("a header without a colon"));
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse::<u64>().ok();
        }
    }
    let length =
        length.filter(|length| *length <= LONGEST).ok_or_else(|| invalid("a frame without a length, or too long"))?;
    let mut body = Vec::new();
    input.by_ref().take(length).read_to_end(&mut body)?;
    if body.len() as u64 == length { Ok(Some(body)) } else { Err(invalid("the input ends in a message")) }
}

/// Writes a message, which is JSON, in its frame.
pub(super) fn send(out: &mut impl Write, message: &str) -> io::Result<()> {
    write!(out, "Content-Length: {}\r\n\r\n{message}", message.len())?;
    out.flush()
}
