#!/usr/bin/env python3
"""Tests install.py in throw-away folders, with small fakes of the programs, of libtorch and of the loader."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().with_name("install.py")
GEMC = """#!/bin/sh
case $1 in
manual) for page in gemc gemc-compile; do echo page > "$2/$page.1"; done ;;
completions) echo "completions for $2" ;;
esac
"""


class Install(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="gemc-install-")).resolve()
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        self.built, self.prefix = self.root / "built", self.root / "opt" / "gemc"
        self.tool(self.built / "gemc", GEMC)
        self.tool(self.built / "gemc-torch", "#!/bin/sh\n")
        self.site = self.root / "site"
        self.lay("torch/version.py", "__version__ = '2.11.0+fake'\n")
        self.lay("torch/lib/libunused.so")
        self.lay("torch-2.11.0.dist-info/licenses/LICENSE")
        loaded = [self.lay(f"torch/lib/{name}") for name in ("libtorch_cpu.so", "libc10.so")]
        loaded.append(self.lay("nvidia/cu13/lib/libcudart.so.13"))
        lines = [f"\t{path.name} => {path} (0x00007f)" for path in loaded]
        lines += ["\tlibm.so.6 => /lib/libm.so.6 (0x00007f)", "\tlinux-vdso.so.1 (0x00007f)"]
        self.tool(self.root / "bin" / "ldd", "#!/bin/sh\ncat <<E\n" + "\n".join(lines) + "\nE\n")

    def tool(self, path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def lay(self, name, text="library"):
        path = self.site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def run_it(self, *arguments, code=0, says=""):
        command = [sys.executable, str(SCRIPT), *arguments]
        environment = {**os.environ, "PATH": f"{self.root / 'bin'}:{os.environ['PATH']}"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=False)
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, code, said)
        self.assertIn(says, said)

    def install(self, *more, **expected):
        self.run_it("install", "--prefix", str(self.prefix), "--built", str(self.built), *more, **expected)

    def files(self, folder):
        return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}

    @unittest.skipUnless(sys.platform == "linux", "libtorch is installed along on Linux only")
    def test_installs_what_is_loaded_and_nothing_else(self):
        self.install(says=f"{self.prefix}/bin/gemc")
        files = self.files(self.prefix)
        libraries = {name for name in files if name.startswith("lib/gemc/")}
        cuda, torch = "lib/gemc/nvidia/cu13/lib/libcudart.so.13", "lib/gemc/torch/"
        expected = {"lib/gemc/installed.txt", cuda, torch + "version.py", torch + "lib/libtorch_cpu.so", torch + "lib/libc10.so"}
        self.assertEqual(libraries, expected)
        for name in ("bin/gemc", "bin/gemc-torch"):
            self.assertTrue(os.access(self.prefix / name, os.X_OK))
        for name in ("share/man/man1/gemc-compile.1", "share/zsh/site-functions/_gemc", "share/doc/gemc/LICENSE-MIT"):
            self.assertIn(name, files)
        self.assertIn("share/doc/gemc/torch-LICENSE", files)

    def test_takes_away_what_it_put_there(self):
        mine = self.prefix / "share" / "man" / "man1" / "mine.1"
        mine.parent.mkdir(parents=True)
        mine.write_text("mine")
        self.install("--torch", "no")
        self.assertFalse((self.prefix / "lib" / "gemc" / "torch").exists())
        self.run_it("uninstall", "--prefix", str(self.prefix), says="removed gemc")
        self.assertEqual(self.files(self.prefix), {"share/man/man1/mine.1"})
        self.assertEqual(sorted(path.name for path in self.prefix.iterdir()), ["share"])
        self.run_it("uninstall", "--prefix", str(self.prefix), code=3, says="nothing of gemc is installed")

    @unittest.skipUnless(sys.platform == "linux", "libtorch is installed along on Linux only")
    def test_an_install_replaces_the_one_before(self):
        self.install()
        self.install("--torch", "no")
        self.assertFalse((self.prefix / "lib" / "gemc" / "torch").exists())

    def test_lays_a_package_below_destdir(self):
        self.install("--torch", "no", "--destdir", str(self.root / "package"))
        self.assertFalse(self.prefix.exists())
        self.assertIn("bin/gemc", self.files(Path(f"{self.root}/package{self.prefix}")))
        self.run_it("uninstall", "--prefix", str(self.prefix), "--destdir", str(self.root / "package"))
        self.assertEqual(self.files(self.root / "package"), set())

    def test_a_list_leads_nowhere_else(self):
        self.install("--torch", "no")
        outside = self.root / "opt" / "precious"
        outside.write_text("mine")
        listed = self.prefix / "lib" / "gemc" / "installed.txt"
        listed.write_text(listed.read_text() + f"../precious\n{outside}\n")
        self.run_it("uninstall", "--prefix", str(self.prefix))
        self.assertTrue(outside.is_file())

    def test_says_what_is_missing(self):
        self.run_it("install", "--prefix", "here", "--built", str(self.built), code=3, says="absolute")
        (self.built / "gemc-torch").unlink()
        self.install(code=3, says="make build")
        self.assertFalse(self.prefix.exists())
        self.tool(self.built / "gemc-torch", "#!/bin/sh\n")
        self.tool(self.root / "bin" / "ldd", "#!/bin/sh\n")
        if sys.platform == "linux":
            self.install(code=3, says="TORCH=no")


if __name__ == "__main__":
    unittest.main()
