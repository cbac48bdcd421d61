//! An address and a partial file come in; after one HTTP exchange the partial file holds more of it, or all.
//! Bytes that were already there are asked for only where the server cannot go on after them.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::time::Duration;

use ureq::http::{Response, StatusCode};
use ureq::{Agent, Body};

use super::fetch::{Patience, Progress};

/// Why one exchange did not bring the whole file.
#[derive(Debug)]
pub(super) enum Setback {
    /// The server cannot be reached or will not give the file: asking it again is no use.
    Refused(String),
    /// The exchange broke: what arrived is kept, and asking again may bring the rest.
    Broken(String),
    /// The partial file cannot be written.
    Unwritable(io::Error),
}

/// One file to be downloaded from one mirror.
pub(super) struct Exchange<'a> {
    /// What speaks HTTP.
    pub(super) client: &'a Agent,
    /// The file's address.
    pub(super) address: &'a str,
    /// The file's name, for the progress report.
    pub(super) name: &'a str,
    /// The most bytes that the file can have.
    pub(super) most: u64,
    /// Whom to tell how far it is.
    pub(super) progress: &'a dyn Progress,
}

/// Makes a client that waits no longer than `patience` says.
pub(super) fn client(patience: &Patience) -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .user_agent(concat!("gemc/", env!("CARGO_PKG_VERSION")))
        .timeout_resolve(Some(patience.connect))
        .timeout_connect(Some(patience.connect))
        .timeout_send_request(Some(patience.silence))
        .timeout_recv_response(Some(patience.silence))
        .timeout_per_read(Some(patience.silence))
        .timeout_recv_body(Some(patience.exchange))
        // An idle connection is of no use between files and would outlive a mirror that closes it.
        .max_idle_connections(0)
        .max_idle_age(Duration::ZERO);
    config.build().into()
}

impl Exchange<'_> {
    /// Asks for what `part` lacks and appends it; returns once the file is complete, which its sum has yet to prove.
    ///
    /// # Errors
    /// A [`Setback`]; `part` then holds a beginning of the file, perhaps empty.
    pub(super) fn run(&self, part: &mut File) -> Result<(), Setback> {
        let have = part.seek(SeekFrom::End(0)).map_err(Setback::Unwritable)?;
        let mut request = self.client.get(self.address);
        if have > 0 {
            request = request.header("Range", format!("bytes={have}-"));
        }
        let response = request.call().map_err(|why| Setback::Refused(why.to_string()))?;
        let range = Range::of(&response);
        match response.status() {
            StatusCode::OK => self.receive(response, emptied(part)?, 0),
            StatusCode::PARTIAL_CONTENT if range.start == Some(have) => self.receive(response, part, have),
            // All of it is there already: a server answers so when asked for what follows the last byte.
            StatusCode::RANGE_NOT_SATISFIABLE if have > 0 && range.total.is_none_or(|total| total == have) => Ok(()),
            status => turn_down(status, part),
        }
    }

    /// Appends the answer's body to `part`, which holds the first `have` bytes.
    fn receive(&self, response: Response<Body>, part: &mut File, have: u64) -> Result<(), Setback> {
        let total = response.body().content_length().map(|rest| have + rest);
        self.progress.begin(self.name, total);
        self.progress.advance(have);
        let end = self.pour(response.into_body().into_reader(), part, have);
        self.progress.done();
        let have = end?;
        match total {
            Some(total) if have < total => Err(Setback::Broken(format!("it ended after {have} of {total} bytes"))),
            _ => part.sync_all().map_err(Setback::Unwritable),
        }
    }

    /// Moves bytes from `source` to `part` until the source ends; returns how many `part` then holds.
    fn pour(&self, mut source: impl Read, part: &mut File, mut have: u64) -> Result<u64, Setback> {
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = match source.read(&mut buffer) {
                Ok(0) => return Ok(have),
                Ok(count) => count,
                Err(why) if why.kind() == io::ErrorKind::Interrupted => continue,
                Err(why) => return Err(Setback::Broken(format!("it broke after {have} bytes: {why}"))),
            };
            have += count as u64;
            if have > self.most {
                emptied(part)?;
                return Err(Setback::Refused(format!("it sends more than the {} bytes the file can have", self.most)));
            }
            part.write_all(&buffer[..count]).map_err(Setback::Unwritable)?;
            self.progress.advance(count as u64);
        }
    }
}

/// Sorts out an answer that brings no usable bytes.
fn turn_down(status: StatusCode, part: &mut File) -> Result<(), Setback> {
    let why = format!("the server answered {status}");
    match status {
        StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
            // The beginning does not fit the server's file: the next exchange starts anew.
            emptied(part)?;
            Err(Setback::Broken(why))
        }
        StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_MANY_REQUESTS => Err(Setback::Broken(why)),
        _ if status.is_server_error() => Err(Setback::Broken(why)),
        _ => Err(Setback::Refused(why)),
    }
}

/// Empties `part` and stands at its beginning.
fn emptied(part: &mut File) -> Result<&mut File, Setback> {
    part.set_len(0).and_then(|()| part.rewind()).map_err(Setback::Unwritable)?;
    Ok(part)
}

/// What an answer's `Content-Range` says: `bytes 100-199/200`, `bytes 100-199/*` or `bytes */200`.
struct Range {
    start: Option<u64>,
    total: Option<u64>,
}

impl Range {
    fn of(response: &Response<Body>) -> Self {
        let text = response.headers().get("content-range").and_then(|value| value.to_str().ok());
        let (span, total) = text.and_then(|text| text.strip_prefix("bytes ")?.split_once('/')).unwrap_or(("", ""));
        let start = span.split_once('-').and_then(|(start, _)| start.trim().parse().ok());
        Self { start, total: total.trim().parse().ok() }
    }
}
