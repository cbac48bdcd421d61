//! Where output goes: files that appear whole, pipes that close, disks that are full.

use std::fs::{self, OpenOptions};
use std::process::Stdio;

use super::{folder, run_in};
#[cfg(unix)]
use crate::skips::{Lack, lacking};

#[test]
fn out_writes_what_would_be_printed() {
    let folder = folder();
    let printed = run_in(folder.path(), &["compile", "good.gem", "--emit", "plan"]);
    let said = run_in(folder.path(), &["compile", "good.gem", "--emit", "plan", "--out", "plan.txt"]);
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (0, "", "wrote plan.txt\n"));
    assert_eq!(fs::read_to_string(folder.path().join("plan.txt")).unwrap(), printed.out);
    let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 3, "nothing else is left behind: {names:?}");
}

#[test]
fn out_keeps_what_was_there_until_it_is_whole() {
    let folder = folder();
    fs::write(folder.path().join("plan.txt"), "before").unwrap();
    let said = run_in(folder.path(), &["compile", "bad.gem", "--emit", "plan", "--out", "plan.txt"]);
    assert_eq!(said.code, 1);
    assert_eq!(fs::read_to_string(folder.path().join("plan.txt")).unwrap(), "before");
}

#[test]
fn out_that_cannot_be_written_is_three() {
    let folder = folder();
    for path in ["gone/plan.txt", "."] {
        let said = run_in(folder.path(), &["compile", "good.gem", "--emit", "plan", "--out", path]);
        assert_eq!(said.code, 3, "{path}");
        assert!(said.err.contains("cli::unwritable"), "{}", said.err);
    }
    let object =
        run_in(folder.path(), &["compile", "good.gem", "--emit", "plan", "--out", ".", "--format", "json"]).object();
    assert_eq!(object["error"]["code"], "cli::unwritable");
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_three() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let closed = folder.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(closed.join("probe"), "").is_ok() {
        return lacking(Lack::Permissions);
    }
    let said = run_in(folder.path(), &["compile", "good.gem", "--emit", "plan", "--out", "closed/plan.txt"]);
    assert_eq!(said.code, 3);
    assert!(said.err.contains("cli::unwritable"), "{}", said.err);
}

#[cfg(unix)]
#[test]
fn out_follows_links_and_spares_devices() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    fs::write(folder.path().join("real.txt"), "before").unwrap();
    fs::set_permissions(folder.path().join("real.txt"), fs::Permissions::from_mode(0o640)).unwrap();
    std::os::unix::fs::symlink("real.txt", folder.path().join("link.txt")).unwrap();
    assert_eq!(run_in(folder.path(), &["compile", "good.gem", "--emit", "plan", "--out", "link.txt"]).code, 0);
    assert!(folder.path().join("link.txt").is_symlink());
    assert!(fs::read_to_string(folder.path().join("real.txt")).unwrap().starts_with("plan small"));
    let mode = fs::metadata(folder.path().join("real.txt")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
    let said = run_in(folder.path(), &["compile", "good.gem", "--emit", "plan", "--out", "/dev/stdout"]);
    assert!(said.code == 0 && said.out.starts_with("plan small"), "{}{}", said.out, said.err);
    assert!(fs::metadata("/dev/null").unwrap().file_type() != fs::metadata(folder.path()).unwrap().file_type());
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    let folder = folder();
    let program = assert_cmd::cargo::cargo_bin!("gemc");
    for arguments in
        [&["compile", "good.gem", "--emit", "json"][..], &["explain"], &["--help"], &["completions", "bash"]]
    {
        let mut command = std::process::Command::new(program);
        command.args(arguments).current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        let done = child.wait_with_output().unwrap();
        assert_eq!(done.status.code(), Some(0), "{arguments:?}");
        assert_eq!(String::from_utf8_lossy(&done.stderr), "", "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_three() {
    let folder = folder();
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let program = assert_cmd::cargo::cargo_bin!("gemc");
    let mut command = std::process::Command::new(program);
    let done = command.args(["compile", "good.gem"]).current_dir(folder.path()).stdout(full).output().unwrap();
    assert_eq!(done.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&done.stderr).contains("cli::output"));
}
