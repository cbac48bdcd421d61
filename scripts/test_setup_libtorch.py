#!/usr/bin/env python3
"""Tests setup_libtorch.py in throw-away folders, with a pip that lays down a small fake of torch. Needs no network."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import zipfile
from pathlib import Path

SCRIPT = Path(__file__).resolve().with_name("setup_libtorch.py")
WHEELS = ("libtorch-cpu.txt", "libtorch-full.txt")
LIBRARY = "libtorch_cpu.dylib" if sys.platform == "darwin" else "libtorch_cpu.so"

FAKE_PIP = """
import os, sys, time
from pathlib import Path
if "--version" in sys.argv:
    print("pip", os.environ.get("FAKE_PIP_VERSION", "99.0"))
    sys.exit()
with open(os.environ["FAKE_LOG"], "a") as log:
    print(*sys.argv[1:], file=log)
site = Path(sys.argv[sys.argv.index("--target") + 1])
wanted = Path(sys.argv[sys.argv.index("-r") + 1]).read_text().splitlines()
for pin in [line.split()[0] for line in wanted if line[0].isalpha()]:
    name, version = pin.replace("-", "_").split("==")
    files = {name + "/data": "x" * 100}
    if name == "torch":
        files = {"torch/lib/LIBRARY": "x" * 1000, "torch/version.py": f"__version__ = '{version}+fake'\\n"}
    info = site / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    for path, text in files.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_text(text)
        time.sleep(float(os.environ.get("FAKE_PAUSE", "0")))
    (info / "RECORD").write_text("".join(f"{path},,{len(text)}\\n" for path, text in files.items()) + "../../bin/x,,5\\n")
sys.exit(int(os.environ.get("FAKE_EXIT", "0")))
""".replace("LIBRARY", LIBRARY)


class Setup(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="gemc-setup-"))
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        (self.root / "repo" / "scripts").mkdir(parents=True)
        self.repo = self.root / "repo"
        for file in (SCRIPT, *(SCRIPT.with_name(name) for name in WHEELS)):
            shutil.copy(file, self.repo / "scripts")
        for path, text in {"pip/__init__.py": "", "pip/__main__.py": FAKE_PIP}.items():
            (self.root / "fake" / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / "fake" / path).write_text(text)
        for tool in ("cargo", "c++", "cc"):
            self.tool(tool, "echo 'tool 1.99.0'")
        self.packages = self.repo / ".torch-pkgs"
        self.library = self.packages / "torch" / "lib" / LIBRARY

    def tool(self, name, script):
        path = self.root / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def start(self, *arguments, **environment):
        kept = {"HOME": str(self.root), "PATH": f"{self.root / 'bin'}", "PYTHONPATH": str(self.root / "fake")}
        kept.update(FAKE_LOG=str(self.root / "log"), GEMC_TORCH="cpu")
        kept.update(environment)
        kept = {name: value for name, value in kept.items() if value is not None}
        command = [sys.executable, str(self.repo / "scripts" / SCRIPT.name), *arguments]
        return subprocess.Popen(command, env=kept, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def run_it(self, *arguments, code=0, says="", **environment):
        child = self.start(*arguments, **environment)
        said = "".join(child.communicate(timeout=60))
        self.assertEqual(child.returncode, code, said)
        self.assertIn(says, said)
        return said

    def installs(self):
        log = self.root / "log"
        return len(log.read_text().splitlines()) if log.exists() else 0

    def assert_whole(self, installs):
        self.assertEqual(os.readlink(self.repo / ".libtorch"), ".torch-pkgs/torch")
        self.assertEqual((self.repo / ".libtorch" / "lib" / LIBRARY).stat().st_size, 1000)
        self.assertEqual(sorted(p.name for p in self.repo.iterdir()), [".libtorch", ".torch-pkgs", ".torch-pkgs.lock", "scripts"])
        self.assertEqual(self.installs(), installs)
        self.assertEqual(self.run_it(), "", "quiet when there is nothing to do")
        self.assertEqual(self.installs(), installs)

    def test_installs_once(self):
        self.run_it(says="2.11.0+fake is in place")
        self.assert_whole(1)
        self.assertRegex((self.root / "log").read_text(), r"--no-deps --require-hashes -r \S+/scripts/libtorch-cpu.txt\n")

    def test_repairs_what_is_broken(self):
        damages = (
            lambda: self.library.unlink(),
            lambda: self.library.write_text("cut"),
            lambda: shutil.rmtree(self.packages / "torch-2.11.0.dist-info"),
            lambda: shutil.rmtree(self.packages),
            lambda: (self.packages / "torch-2.11.0.dist-info").rename(self.packages / "torch-2.10.0.dist-info"),
        )
        self.run_it()
        for count, damage in enumerate(damages, start=2):
            damage()
            self.run_it(says="is in place")
            self.assert_whole(count)

    def test_relinks_without_installing(self):
        self.run_it()
        link = self.repo / ".libtorch"
        for target in (None, "nowhere", "scripts"):
            link.unlink()
            if target:
                link.symlink_to(target)
            self.run_it()
            self.assert_whole(1)

    def test_adopts_an_install_without_a_stamp(self):
        self.run_it()
        (self.packages / "gemc-stamp.json").unlink()
        self.run_it()
        self.assert_whole(1)

    def test_drops_what_a_killed_run_left(self):
        (self.repo / ".torch-pkgs.new" / "site" / "torch").mkdir(parents=True)
        (self.repo / ".torch-pkgs.new" / "tmp").mkdir()
        self.run_it()
        self.assert_whole(1)

    def test_finishes_a_run_killed_between_its_renames(self):
        self.run_it()
        (self.repo / ".torch-pkgs.new" / "old" / "torch").mkdir(parents=True)
        self.packages.rename(self.repo / ".torch-pkgs.new" / "site")
        self.run_it()
        self.assert_whole(1)

    def test_keeps_the_old_one_when_pip_fails(self):
        self.run_it()
        said = self.run_it(code=3, says="pip could not install", GEMC_TORCH="full", FAKE_EXIT="1")
        self.assertIn("GEMC_TORCH=cpu", said)
        self.assert_whole(1 + 1)

    def test_runs_side_by_side(self):
        runs = [self.start(FAKE_PAUSE="0.1") for _ in range(4)]
        for run in runs:
            said = "".join(run.communicate(timeout=60))
            self.assertEqual(run.returncode, 0, said)
        self.assert_whole(1)

    def test_survives_being_stopped(self):
        for stop in ("terminate", "kill"):
            before = self.installs()
            run = self.start(FAKE_PAUSE="0.3")
            while self.installs() == before:
                time.sleep(0.02)
            getattr(run, stop)()
            run.communicate(timeout=60)
            self.assertEqual(run.returncode, {"terminate": 130, "kill": -9}[stop])
            self.assertFalse(self.packages.exists())
        self.run_it(says="is in place")  # after waiting for the pip that outlived the killed run
        self.assert_whole(3)

    def test_full_serves_for_cpu_and_cpu_asked_for_stays(self):
        self.tool("nvidia-smi", "echo 'GPU 0: fake'")
        self.run_it()
        self.assertEqual(self.run_it(GEMC_TORCH=None), "")
        self.run_it(says="with CUDA", GEMC_TORCH="full")
        self.assertRegex((self.root / "log").read_text().splitlines()[1], r"--require-hashes -r \S+/scripts/libtorch-full.txt$")
        self.assert_whole(2)

    @unittest.skipUnless(sys.platform == "linux", "CUDA is for Linux")
    def test_a_gpu_asks_for_full(self):
        self.tool("nvidia-smi", "echo 'GPU 0: fake'")
        self.run_it(says="with CUDA", GEMC_TORCH=None)
        self.assert_whole(1)

    def test_respects_libtorch(self):
        folder = self.root / "given"
        for part in ("lib", "include"):
            (folder / part).mkdir(parents=True)
        given = {"LIBTORCH": str(folder)}
        self.run_it(code=3, says=LIBRARY, **given)
        (folder / "lib" / LIBRARY).touch()
        self.run_it(code=3, says="unknown version", **given)
        (folder / "build-version").write_text("2.10.0+cpu\n")
        self.run_it(code=3, says="2.10.0+cpu, gemc needs 2.11.0", **given)
        self.run_it(says="2.10.0", LIBTORCH_BYPASS_VERSION_CHECK="1", **given)
        (folder / "build-version").write_text("2.11.0+cpu\n")
        self.run_it(says="libtorch 2.11.0+cpu from LIBTORCH", **given)
        self.run_it(code=3, says="absolute", LIBTORCH="given")
        self.run_it(code=3, says="absolute", LIBTORCH="")
        self.assertFalse(self.packages.exists())
        (self.repo / ".libtorch").symlink_to(folder)
        self.run_it(says="put there by hand", GEMC_TORCH=None)

    def test_respects_pytorch(self):
        self.tool("python3", f'exec "{sys.executable}" "$@"')
        self.run_it(code=3, says="has no torch", LIBTORCH_USE_PYTORCH="1")
        torch = self.root / "fake" / "torch"
        (torch / "lib").mkdir(parents=True)
        (torch / "lib" / LIBRARY).touch()
        (torch / "__init__.py").touch()
        (torch / "version.py").write_text("__version__ = '2.13.0'\n")
        self.run_it(code=3, says="2.13.0, gemc needs 2.11.0", LIBTORCH_USE_PYTORCH="1")
        (torch / "version.py").write_text("__version__ = '2.11.0'\n")
        self.run_it(says="from LIBTORCH_USE_PYTORCH", LIBTORCH_USE_PYTORCH="1")
        self.run_it(code=3, says="export LIBTORCH_USE_PYTORCH=1", FAKE_EXIT="1")

    def test_names_what_is_missing(self):
        (self.root / "bin" / "c++").unlink()
        self.run_it(code=3, says="Debian package g++")
        (self.root / "bin" / "cargo").unlink()
        said = self.run_it(code=3, says="Debian package rustup")
        self.assertIn("g++", said)
        self.tool("c++", "true")
        self.tool("cargo", "echo cargo 1.85.1")
        self.run_it(code=3, says="a newer cargo")

    def test_leaves_a_folder_that_is_not_ours(self):
        (self.repo / ".libtorch" / "mine").mkdir(parents=True)
        self.run_it(code=3, says="move it away")
        self.assertTrue((self.repo / ".libtorch" / "mine").is_dir())

    @unittest.skipIf(os.name == "posix" and os.geteuid() == 0, "root may write anywhere")
    def test_says_that_it_cannot_write(self):
        self.repo.chmod(0o555)
        self.run_it(code=3, says="cannot write")
        self.repo.chmod(0o755)
        self.run_it()
        self.repo.chmod(0o555)
        self.assertEqual(self.run_it(), "")

    def test_every_wheel_has_its_sum(self):
        for name in WHEELS:
            lines = [line for line in SCRIPT.with_name(name).read_text().splitlines() if not line.startswith("#")]
            *sums, last = [line for line in lines if line.startswith(" ")]
            for line in sums:
                self.assertRegex(line, r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")
            self.assertRegex(last, r"^    --hash=sha256:[0-9a-f]{64}$")
            named = [at for at, line in enumerate(lines) if not line.startswith(" ")]
            for at in named:
                self.assertRegex(lines[at], r'^[a-z][a-z0-9_-]*==[0-9.]+( ; sys_platform == "linux")? \\$')
            for at, following in zip(named, [*named[1:], len(lines)]):
                self.assertGreater(following, at + 1, f"{lines[at]} has no sum")
            torch = lines[: named[1]]
            # five versions of Python, two of them without a global lock too, on each system
            self.assertEqual(len(torch) - 1, 7 * (3 if name == "libtorch-cpu.txt" else 2))

    def test_pip_refuses_a_wheel_of_another_sum(self):
        """The real pip, with a wheel of the right name that holds something else."""
        if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False).returncode != 0:
            self.skipTest("this Python has no pip")
        wheel, text = self.root / "typing_extensions-4.16.0-py3-none-any.whl", "Wheel-Version: 1.0\nTag: py3-none-any\n"
        with zipfile.ZipFile(wheel, "w") as archive:
            info = "typing_extensions-4.16.0.dist-info"
            archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: typing_extensions\nVersion: 4.16.0\n")
            archive.writestr(f"{info}/WHEEL", text)
            archive.writestr(f"{info}/RECORD", "")
        lines = SCRIPT.with_name("libtorch-cpu.txt").read_text().splitlines()
        at = lines.index("typing_extensions==4.16.0 \\")
        (self.root / "only.txt").write_text("\n".join(lines[at : at + 2]).rstrip(" \\") + "\n")
        command = [sys.executable, "-m", "pip", "install", "--no-index", "--find-links", str(self.root), "--no-deps"]
        command += ["--require-hashes", "--target", str(self.root / "site"), "-r", str(self.root / "only.txt")]
        said = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertNotEqual(said.returncode, 0)
        self.assertIn("DO NOT MATCH THE HASHES", said.stderr + said.stdout)

    def test_refuses_an_unknown_kind(self):
        self.run_it(code=3, says="`cpu` or `full`", GEMC_TORCH="gpu")

    def test_removes_all_it_made(self):
        self.run_it()
        self.run_it("--remove")
        self.assertEqual(sorted(p.name for p in self.repo.iterdir()), [".torch-pkgs.lock", "scripts"])


if __name__ == "__main__":
    unittest.main()
