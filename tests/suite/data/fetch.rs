//! Downloads that end well: at once, resumed, restarted, or from the second mirror.

use std::cell::RefCell;
use std::fs;
use std::path::Path;
use std::time::Duration;

use gemc::data::fetch::{FetchFault, fetch};
use gemc::data::load::load_known;
use gemc::data::locate::{Located, locate};
use gemc::data::{Download, Patience, Progress, Silent};

use super::Outcome;
use super::server::{Manner, Server, nowhere};
use super::specimens::{Small, gzip};

/// Waits that are right for a server on this machine.
pub(super) fn patience() -> Patience {
    let [connect, silence, exchange] = [2000, 2000, 5000].map(Duration::from_millis);
    Patience { connect, silence, exchange, pause: Duration::ZERO, tries: 3 }
}

/// Downloads what `into` lacks of `small`.
pub(super) fn run(small: &Small, into: &Path, patience: Patience) -> Result<Located, FetchFault> {
    match locate(&small.known, &[into.to_path_buf()]) {
        Ok(located) => Ok(located),
        Err(lacking) => fetch(&small.known, lacking, &Download { into, progress: &Silent, patience }),
    }
}

/// Makes a small set with one server of it.
pub(super) fn served(manners: &'static [Manner]) -> Result<(Small, Server), Box<dyn std::error::Error>> {
    let mut small = Small::new(Vec::new())?;
    let server = Server::start(&small.files, manners)?;
    small.known.mirrors.push(server.address.clone());
    Ok((small, server))
}

/// Checks that exactly the set's files lie in its folder, whole.
pub(super) fn check(small: &Small, root: &Path) -> Outcome {
    let folder = root.join("small");
    for (name, bytes) in &small.files {
        assert_eq!(fs::read(folder.join(format!("{name}.gz")))?, gzip(bytes)?, "{name}");
    }
    assert_eq!(fs::read_dir(folder)?.count(), small.files.len());
    Ok(())
}

#[derive(Default)]
struct Log(RefCell<Vec<String>>);

impl Progress for Log {
    fn begin(&self, name: &str, total: Option<u64>) {
        self.0.borrow_mut().push(format!("begin {name} {total:?}"));
    }

    fn advance(&self, bytes: u64) {
        self.0.borrow_mut().push(format!("advance {bytes}"));
    }

    fn done(&self) {
        self.0.borrow_mut().push("done".to_owned());
    }
}

#[test]
fn downloads_and_reports() -> Outcome {
    let (small, server) = served(&[Manner::Well])?;
    let root = tempfile::tempdir()?;
    let log = Log::default();
    let download = Download { into: root.path(), progress: &log, patience: patience() };
    let dataset = load_known(&small.known, &[], Some(&download))?;
    assert_eq!((dataset.train.len(), dataset.test.len()), (6, 3));
    check(&small, root.path())?;
    assert_eq!(server.asked().len(), 4);
    let length = gzip(&small.files[0].1)?.len();
    let begin = [format!("begin train-images Some({length})"), "advance 0".into(), format!("advance {length}")];
    assert_eq!(log.0.borrow()[..3], begin);
    assert_eq!(log.0.borrow().iter().filter(|line| *line == "done").count(), 4);
    Ok(())
}

#[test]
fn brings_only_what_is_lacking() -> Outcome {
    let (small, server) = served(&[Manner::Well])?;
    let root = tempfile::tempdir()?;
    let folder = small.store(root.path(), true)?;
    fs::remove_file(folder.join("test-images.gz"))?;
    run(&small, root.path(), patience())?;
    check(&small, root.path())?;
    assert_eq!(server.asked(), [("/test-images.gz".to_owned(), None)]);
    Ok(())
}

#[test]
fn resumes_after_a_cut() -> Outcome {
    let (small, server) = served(&[Manner::Cut(30), Manner::Cut(10), Manner::Well])?;
    let root = tempfile::tempdir()?;
    run(&small, root.path(), patience())?;
    check(&small, root.path())?;
    let ranges = server.asked().into_iter().take(3).map(|(_, range)| range).collect::<Vec<_>>();
    assert_eq!(ranges, [None, Some("bytes=30-".to_owned()), Some("bytes=40-".to_owned())]);
    Ok(())
}

#[test]
fn keeps_the_part_for_the_next_run() -> Outcome {
    let (small, server) = served(&[Manner::Cut(30), Manner::Well])?;
    let root = tempfile::tempdir()?;
    assert!(run(&small, root.path(), Patience { tries: 1, ..patience() }).is_err());
    assert_eq!(fs::read(root.path().join("small/train-images.gz.part"))?.len(), 30);
    run(&small, root.path(), patience())?;
    check(&small, root.path())?;
    assert_eq!(server.asked()[1].1.as_deref(), Some("bytes=30-"));
    Ok(())
}

#[test]
fn restarts_where_the_server_knows_no_ranges() -> Outcome {
    let (small, server) = served(&[Manner::Cut(30), Manner::Deaf])?;
    let root = tempfile::tempdir()?;
    run(&small, root.path(), patience())?;
    check(&small, root.path())?;
    assert_eq!(server.asked().len(), 5);
    Ok(())
}

#[test]
fn takes_a_complete_part_as_it_is() -> Outcome {
    let (small, server) = served(&[Manner::Well])?;
    let root = tempfile::tempdir()?;
    let folder = small.store(root.path(), true)?;
    fs::rename(folder.join("train-images.gz"), folder.join("train-images.gz.part"))?;
    run(&small, root.path(), patience())?;
    check(&small, root.path())?;
    assert_eq!(server.asked().len(), 1, "only asked for what follows the last byte");
    Ok(())
}

#[test]
fn starts_anew_where_the_part_is_another_files() -> Outcome {
    for junk in [vec![1; 20], vec![1; 5000]] {
        let (small, _server) = served(&[Manner::Well])?;
        let root = tempfile::tempdir()?;
        let folder = root.path().join("small");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("train-images.gz.part"), &junk)?;
        run(&small, root.path(), patience())?;
        check(&small, root.path())?;
    }
    Ok(())
}

#[test]
fn goes_to_the_next_mirror() -> Outcome {
    for manner in [&[Manner::Status(404)], &[Manner::Status(503)], &[Manner::Endless]] {
        let (mut small, _first) = served(manner)?;
        let second = Server::start(&small.files, &[Manner::Well])?;
        small.known.mirrors.push(second.address.clone());
        let root = tempfile::tempdir()?;
        run(&small, root.path(), patience())?;
        check(&small, root.path())?;
        assert_eq!(second.asked().len(), 4);
    }
    Ok(())
}

#[test]
fn passes_a_mirror_where_nobody_listens() -> Outcome {
    let (mut small, _server) = served(&[Manner::Well])?;
    small.known.mirrors.insert(0, nowhere()?);
    let root = tempfile::tempdir()?;
    run(&small, root.path(), patience())?;
    check(&small, root.path())
}
