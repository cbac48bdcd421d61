//! Downloads that end badly: each says what was wanted, what was tried and what to do, and leaves nothing false behind.

use std::error::Error;
use std::fs::{self, File};
use std::path::Path;
use std::time::{Duration, Instant};

use gemc::data::Patience;
use gemc::data::fetch::FetchFault;
use miette::Diagnostic;

use super::Outcome;
use super::fetch::{patience, run, served};
use super::server::{Manner, Server, nowhere};
use super::specimens::Small;

/// Returns the fault that downloading `small` must meet.
fn fault(small: &Small, into: &Path, patience: Patience) -> Result<FetchFault, Box<dyn Error>> {
    run(small, into, patience).err().ok_or_else(|| "the set was downloaded".into())
}

#[test]
fn refuses_and_deletes_another_file() -> Outcome {
    let mut small = Small::new(Vec::new())?;
    let mut others = small.files.clone();
    others[0].1[20] ^= 1;
    let server = Server::start(&others, &[Manner::Well])?;
    small.known.mirrors.push(server.address.clone());
    let root = tempfile::tempdir()?;
    let text = fault(&small, root.path(), patience())?.to_string();
    assert!(text.contains("SHA-256 of its unpacked bytes is") && text.contains("expected"), "{text}");
    assert_eq!(fs::read_dir(root.path().join("small"))?.count(), 0, "the wrong file is gone");
    assert_eq!(server.asked().len(), 1, "a whole file that is wrong is not asked for again");
    Ok(())
}

#[test]
fn tells_what_to_do_without_a_network() -> Outcome {
    let small = Small::new(vec![nowhere()?, nowhere()?])?;
    let root = tempfile::tempdir()?;
    let fault = fault(&small, root.path(), patience())?;
    let (text, folder) = (fault.to_string(), root.path().join("small"));
    assert!(text.contains("`small` is not on this machine and could not be downloaded"), "{text}");
    assert!(text.contains("wanted: train-images, train-labels, test-images, test-labels"), "{text}");
    assert!(text.contains(&format!("looked in: {}", folder.display())), "{text}");
    for mirror in &small.known.mirrors {
        assert!(text.contains(&format!("tried: {mirror}train-images.gz")), "{text}");
    }
    let help = fault.help().map(|help| help.to_string()).unwrap_or_default();
    assert!(help.contains(&format!("into {}", folder.display())), "{help}");
    assert_eq!(fs::read_dir(folder)?.count(), 0, "no empty part is left");
    Ok(())
}

#[test]
fn waits_only_so_long_for_a_mute_server() -> Outcome {
    let (small, _server) = served(&[Manner::Mute])?;
    let root = tempfile::tempdir()?;
    let begun = Instant::now();
    let short = Patience { silence: Duration::from_millis(200), ..patience() };
    assert!(matches!(fault(&small, root.path(), short)?, FetchFault::NotFetched(_)));
    assert!(begun.elapsed() < Duration::from_secs(4));
    Ok(())
}

#[test]
fn gives_up_on_a_server_that_always_cuts_at_once() -> Outcome {
    let (small, server) = served(&[Manner::Cut(0)])?;
    let root = tempfile::tempdir()?;
    assert!(matches!(fault(&small, root.path(), patience())?, FetchFault::NotFetched(_)));
    assert_eq!(server.asked().len(), 3);
    Ok(())
}

#[test]
fn names_the_folder_that_takes_no_files() -> Outcome {
    let (small, server) = served(&[Manner::Well])?;
    let root = tempfile::tempdir()?;
    let file = root.path().join("no-folder");
    fs::write(&file, "")?;
    let fault = fault(&small, &file, patience())?;
    assert!(matches!(fault, FetchFault::Unwritable(_)));
    assert!(fault.to_string().contains(&file.join("small").display().to_string()), "{fault}");
    assert_eq!(server.asked().len(), 0, "nothing was asked of the network");
    Ok(())
}

#[test]
fn leaves_the_file_to_a_process_that_is_at_it() -> Outcome {
    let (small, _server) = served(&[Manner::Well])?;
    let root = tempfile::tempdir()?;
    let folder = root.path().join("small");
    fs::create_dir_all(&folder)?;
    let part = File::create(folder.join("train-images.gz.part"))?;
    part.lock()?;
    assert!(matches!(fault(&small, root.path(), patience())?, FetchFault::Busy(_)));
    part.unlock()?;
    assert!(run(&small, root.path(), patience()).is_ok());
    Ok(())
}
