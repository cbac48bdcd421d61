//! A small HTTP server on this machine's loopback address that behaves, or misbehaves, as a test says.

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How a server answers one request for a file that it has.
#[derive(Debug, Clone, Copy)]
pub(super) enum Manner {
    /// As it should, going on where it is asked to.
    Well,
    /// Always with the whole file, whatever range is asked for.
    Deaf,
    /// With the right length but only so many bytes, going on where it is asked to.
    Cut(usize),
    /// With bytes that never end.
    Endless,
    /// Not at all: the line stays open.
    Mute,
    /// With this status and no file.
    Status(u16),
}

/// What a server was asked: the path, and the range if one was wanted.
pub(super) type Asked = (String, Option<String>);

/// A running server; it ends with the test's process.
pub(super) struct Server {
    /// The address of the folder it serves.
    pub(super) address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    /// Starts a server of gzip-compressed `files`; the first requests are answered as `manners` say, later ones as the
    /// last of them.
    pub(super) fn start(files: &[(String, Vec<u8>)], manners: &'static [Manner]) -> io::Result<Self> {
        let packed = files.iter().map(|(name, bytes)| Ok((format!("{name}.gz"), super::specimens::gzip(bytes)?)));
        Self::start_as_they_are(packed.collect::<io::Result<Vec<_>>>()?, manners)
    }

    /// Starts a server of `files` as they are.
    pub(super) fn start_as_they_are(files: Vec<(String, Vec<u8>)>, manners: &'static [Manner]) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = format!("http://{}/", listener.local_addr()?);
        let files = files.into_iter().map(|(name, bytes)| (format!("/{name}"), bytes)).collect::<HashMap<_, _>>();
        let files = Arc::new(files);
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, turn) = (Arc::clone(&asked), Arc::new(AtomicUsize::new(0)));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let at = turn.fetch_add(1, Ordering::SeqCst).min(manners.len() - 1);
                let (files, log) = (Arc::clone(&files), Arc::clone(&log));
                // A client that hangs up is part of some tests: its thread just ends.
                thread::spawn(move || drop(answer(stream, &files, manners[at], &log)));
            }
        });
        Ok(Self { address, asked })
    }

    /// Returns all that was asked so far.
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Returns an address at which nobody listens.
pub(super) fn nowhere() -> io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    Ok(format!("http://{}/", listener.local_addr()?))
}

fn answer(
    mut stream: TcpStream,
    files: &HashMap<String, Vec<u8>>,
    manner: Manner,
    log: &Mutex<Vec<Asked>>,
) -> io::Result<()> {
    let asked = request(&stream)?;
    log.lock().unwrap_or_else(PoisonError::into_inner).push(asked.clone());
    let (path, range) = asked;
    let Some(bytes) = files.get(&path) else { return head(&mut stream, 404, "Content-Length: 0") };
    let start = range.and_then(|range| range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok());
    match manner {
        Manner::Well => send(&mut stream, bytes, start, usize::MAX),
        Manner::Cut(most) => send(&mut stream, bytes, start, most),
        Manner::Deaf => send(&mut stream, bytes, None, usize::MAX),
        Manner::Status(status) => head(&mut stream, status, "Content-Length: 0"),
        Manner::Mute => {
            thread::sleep(Duration::from_secs(5));
            Ok(())
        }
        Manner::Endless => {
            head(&mut stream, 200, "Connection: close")?;
            (0..1000).try_for_each(|_| stream.write_all(&[7; 4096]))
        }
    }
}

/// Reads a request up to its empty line; returns its path and range.
fn request(stream: &TcpStream) -> io::Result<Asked> {
    let mut lines = BufReader::new(stream).lines();
    let first = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut range = None;
    for line in lines {
        let line = line?;
        match line.split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("range") => range = Some(value.to_owned()),
            _ if line.is_empty() => break,
            _ => {}
        }
    }
    Ok((path, range))
}

/// Sends `bytes` from `start` on, though no more than `most` of them.
fn send(stream: &mut TcpStream, bytes: &[u8], start: Option<usize>, most: usize) -> io::Result<()> {
    let total = bytes.len();
    let rest = match start {
        Some(start) if start >= total => {
            return head(stream, 416, &format!("Content-Range: bytes */{total}\r\nContent-Length: 0"));
        }
        Some(start) => {
            let rest = &bytes[start..];
            let range = format!("Content-Range: bytes {start}-{}/{total}", total - 1);
            head(stream, 206, &format!("{range}\r\nContent-Length: {}", rest.len()))?;
            rest
        }
        None => {
            head(stream, 200, &format!("Content-Length: {total}"))?;
            bytes
        }
    };
    stream.write_all(&rest[..most.min(rest.len())])
}

fn head(stream: &mut TcpStream, status: u16, headers: &str) -> io::Result<()> {
    write!(stream, "HTTP/1.1 {status} Told\r\n{headers}\r\n\r\n")
}
