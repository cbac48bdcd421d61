#!/usr/bin/env python3
"""Tests crates.py: licences are read as SPDX means them, and what does not fit is named."""

import tempfile
import unittest
from pathlib import Path

import crates

LOCK = """
[[package]]
name = "one"
version = "1.0.0"
source = "registry+https://github.com/rust-lang/crates.io-index"
checksum = "{sum}"

[[package]]
name = "two"
version = "2.0.0"
source = "{source}"
""".replace("{sum}", "a" * 64)


class Crates(unittest.TestCase):
    def test_reads_expressions(self):
        allowed = {"MIT", "Apache-2.0 WITH LLVM-exception", "ISC"}
        for licence in ("MIT", "GPL-3.0/MIT", "(GPL-3.0 OR MIT) AND ISC", "Apache-2.0 WITH LLVM-exception OR GPL-3.0", "ISC AND MIT"):
            self.assertTrue(crates.fits(licence, allowed), licence)
        for licence in ("GPL-3.0", "MIT AND GPL-3.0", "Apache-2.0", "(MIT OR ISC", "MIT ISC", "", "(GPL-3.0 OR MIT) AND BSL-1.0"):
            self.assertFalse(crates.fits(licence, allowed), licence)

    def test_reads_the_list(self):
        allowed, exceptions, registries = crates.rules((crates.ROOT / "deny.toml").read_text(encoding="utf-8"))
        self.assertIn("Apache-2.0 WITH LLVM-exception", allowed)
        self.assertEqual(exceptions["option-ext"], {"MPL-2.0"})
        self.assertNotIn("MPL-2.0", allowed)
        self.assertEqual(registries, {"https://github.com/rust-lang/crates.io-index"})

    def faults(self, source, licence):
        listed = [
            {"name": "one", "version": "1.0.0", "license": licence, "manifest_path": "/one/Cargo.toml"},
            {"name": "two", "version": "2.0.0", "license": "MIT", "manifest_path": "/two/Cargo.toml"},
        ]
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "Cargo.lock").write_text(LOCK.replace("{source}", source))
            return list(crates.check(Path(folder), listed))

    def test_names_what_does_not_fit(self):
        index = "registry+https://github.com/rust-lang/crates.io-index"
        self.assertEqual(self.faults(index, "MIT"), ["two 2.0.0 has no checksum in Cargo.lock"])
        said = self.faults("git+https://example.org/two", "GPL-3.0-only")
        self.assertEqual(said[0], "two 2.0.0 comes from git+https://example.org/two, which deny.toml does not allow")
        self.assertEqual(said[1], "one 1.0.0 is licensed under GPL-3.0-only, which deny.toml does not allow")
        self.assertEqual(self.faults("", None)[0], "two 2.0.0 comes from a folder outside of the repository")
        self.assertEqual(self.faults("", None)[1], "one 1.0.0 names no licence")


if __name__ == "__main__":
    unittest.main()
