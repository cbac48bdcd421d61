//! Where the engine's libtorch is looked for, and what is said where there is none.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use tempfile::{TempDir, tempdir};

use super::Said;
use crate::skips::{Lack, lacking};

/// An engine in C that prints where the libtorch lies that it was started with, and places where one may lie. It needs a
/// library that the libtorch of this build does not have.
struct Fake {
    folder: TempDir,
}

impl Fake {
    fn new() -> Self {
        let fake = Self { folder: tempdir().unwrap() };
        let program = "#include <stdio.h>\nconst char *place(void);\nint main(void) { return puts(place()) < 0; }\n";
        fs::write(fake.path("main.c"), program).unwrap();
        fake.lay("linked", "2.11.0");
        let lib = fake.path("linked/lib");
        fake.compile(&["-o", "engine", "main.c", &format!("-L{}", lib.display()), "-lgemc_fake"]);
        fs::remove_dir_all(fake.path("linked")).unwrap();
        fs::create_dir_all(fake.path("prefix/bin")).unwrap();
        fs::copy(assert_cmd::cargo::cargo_bin!("gemc"), fake.path("prefix/bin/gemc")).unwrap();
        fake
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn compile(&self, arguments: &[&str]) {
        let done = Command::new("cc").args(arguments).current_dir(self.folder.path()).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    /// Puts a libtorch of some version into a folder.
    fn lay(&self, folder: &str, version: &str) {
        let lib = self.path(folder).join("lib");
        fs::create_dir_all(&lib).unwrap();
        fs::write(self.path("lib.c"), format!("const char *place(void) {{ return \"{folder}\"; }}\n")).unwrap();
        self.compile(&["-shared", "-fPIC", "-o", &lib.join("libgemc_fake.so").display().to_string(), "lib.c"]);
        fs::write(lib.join("libtorch_cpu.so"), "").unwrap();
        fs::write(self.path(folder).join("version.py"), format!("__version__ = '{version}'\n")).unwrap();
        fs::write(self.path(folder).join("__init__.py"), "").unwrap();
    }

    /// Runs gemc with this engine, LIBTORCH and Python's path as given.
    fn run(&self, arguments: &[&str]) -> Said {
        let mut command = Command::new(self.path("prefix/bin/gemc"));
        command.args(arguments).current_dir(self.folder.path()).env_remove("LD_LIBRARY_PATH");
        command.env("GEMC_ENGINE", self.path("engine")).env("LIBTORCH", self.path("named"));
        Said::of(command.env("PYTHONPATH", self.path("wheels")).output().unwrap())
    }
}

#[test]
fn libtorch_is_looked_for_in_order() {
    let fake = Fake::new();
    let said = fake.run(&["bench", "sgem_slp.gem"]);
    assert_eq!((said.code, said.out.as_str()), (3, ""), "{}", said.err);
    for part in
        ["cli::no_libtorch", "prefix/lib/gemc/torch/lib", "named/lib", "libgemc_fake.so => not found", "pip install"]
    {
        assert!(said.err.contains(part), "{part} in {}", said.err);
    }
    // the last place first: whatever is laid down later goes before it
    for place in ["wheels/torch", "named", "prefix/lib/gemc/torch"] {
        if place == "wheels/torch" && Command::new("python3").arg("--version").output().is_err() {
            lacking(Lack::Python);
            continue;
        }
        fake.lay(place, "2.10.0");
        let before = fake.run(&["bench", "sgem_slp.gem"]);
        assert_ne!(before.out, format!("{place}\n"), "of another version");
        fake.lay(place, "2.11.1+cpu");
        assert_eq!(fake.run(&["bench", "sgem_slp.gem"]).out, format!("{place}\n"));
    }
}

#[test]
fn the_doctor_says_that_libtorch_is_missing() {
    let fake = Fake::new();
    let said = fake.run(&["doctor"]);
    assert_eq!(said.code, 3);
    assert!(said.out.contains("libtorch   none") && said.err.contains("cli::no_libtorch"), "{}{}", said.out, said.err);
    let said = fake.run(&["doctor", "--format", "json"]);
    assert_eq!((said.code, &said.object()["libtorch"]), (3, &Value::Null));
    fake.lay("named", "2.10.0");
    assert!(fake.run(&["doctor"]).err.contains("it is 2.10.0"));
}
