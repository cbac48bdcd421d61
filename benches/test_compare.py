#!/usr/bin/env python3
"""Tests compare.py with a gemc and a Python that only pretend, which needs no torch and no build.

Where this Python has torch, or JAX, or one is beside `.libtorch`, the ways of few-shot learning are compared too.
"""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().with_name("compare.py")
PAGE = "# Speed\n\nBefore.\n\n<!-- compare: begin -->\nold\n<!-- compare: end -->\n\nAfter.\n"

GEMC = """#!{python}
import json, sys
open({log!r}, "a").write("gemc " + " ".join(sys.argv[1:]) + "\\n")
if sys.argv[1] == "--version":
    print("gemc 9.9.9")
elif sys.argv[2] in {unknown!r}:
    finding = {{"code": "gem::not_supported_yet", "severity": "error", "message": "`window` | is not supported yet"}}
    print(json.dumps({{"files": [{{"path": sys.argv[2], "diagnostics": [finding]}}]}}))
    sys.exit(1)
else:
    print(json.dumps({{"ms_per_step": 2.0}}))
"""

TORCH = """#!{python}
import json, sys
open({log!r}, "a").write("torch " + " ".join(sys.argv[1:]) + "\\n")
if sys.argv[1] == "-c" and "jax" in sys.argv[2] and {no_jax}:
    sys.exit("No module named 'jax'")
elif sys.argv[1] == "-c":
    print("2.11.0+pretended")
elif {fails}:
    sys.exit("out of luck")
else:
    print(json.dumps({{"ms_per_step": 5.0}}))
"""


class Compare(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="compare-"))
        self.page = self.folder / "page.md"
        self.page.write_text(PAGE)
        self.log = self.folder / "log"
        self.pretend(unknown=["lenet.gem", "lenet_direct.gem"])

    def pretend(self, unknown=(), fails=False, no_jax=False):
        words = {"python": sys.executable, "log": str(self.log), "unknown": list(unknown), "fails": fails}
        words["no_jax"] = no_jax
        for name, text in (("gemc", GEMC), ("python", TORCH)):
            (self.folder / name).write_text(text.format(**words))
            (self.folder / name).chmod(0o755)

    def compare(self, *more, **other):
        programs = {"--gemc": self.folder / "gemc", "--python": self.folder / "python", "--page": self.page} | other
        command = [sys.executable, SCRIPT, *more, *(str(word) for pair in programs.items() for word in pair)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    def test_writes_the_whole_table_between_the_marks(self):
        done = self.compare("--rounds", "2")
        self.assertEqual(done.returncode, 0, done.stderr)
        text = self.page.read_text()
        self.assertTrue(text.startswith(PAGE.split("old")[0]), text)
        self.assertTrue(text.endswith(PAGE.split("old\n")[1]), text)
        self.assertIn("2 rounds, 1 thread, load ", text)
        self.assertIn("gemc 9.9.9, PyTorch 2.11.0+pretended, JAX 2.11.0+pretended", text)
        self.assertRegex(text, r"\| `sgem_mlp`, ten runs \| 64 \| JAX, [^|]* \| 2.00 \| 5.00 \| 2.50 ")
        self.assertIn("gemc bench sgem_mlp.gem --runs 10 --batch 64", self.log.read_text())
        row = r"\| `mlp` \| 64 \| fused Adam \| 2.00 \| 5.00 \| 2.50 \(2.50 to 2.50\) \| \d+ \| \d+ \|"
        self.assertRegex(text, row)
        self.assertNotIn("old", text)
        self.compare("--rounds", "1")
        self.assertEqual(self.page.read_text().count("compare: begin"), 1)

    def test_says_what_is_skipped_and_why(self):
        done = self.compare("--rounds", "2")
        self.assertEqual(self.log.read_text().count("gemc bench lenet.gem"), 2)  # once against each library
        self.assertEqual(self.log.read_text().count("lenet.py --variant innermost"), 1)
        self.assertEqual(self.log.read_text().count("mlp.py --variant sgem-eager"), 2)
        self.assertRegex(done.stdout, r"\| `lenet` \| 128 \| [^|]+ \| — \| 5.00 \| — \| — \| \d+ \|")
        self.assertEqual(done.stdout.count("`lenet` is skipped on gemc's side"), 1)
        self.assertIn("measured once on the other: `window` | is not supported yet", done.stdout)
        self.assertNotIn(".gem`", done.stdout)

    def test_takes_turns(self):
        self.compare("--rounds", "2", "--only", "mlp", "--threads", "2")
        sides = [line.split()[0] for line in self.log.read_text().splitlines()[3:]]
        self.assertEqual(sides, ["gemc", "torch"] * 6)
        self.assertIn("gemc bench mlp.gem --batch 64 --threads 2 --format json --device cpu", self.log.read_text())
        self.assertEqual(self.page.read_text(), PAGE)

    def test_begins_no_round_that_would_end_too_late(self):
        done = self.compare("--rounds", "500", "--seconds", "2", "--only", "direct")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("another would go beyond 2 s", done.stderr)

    def test_says_how_to_get_what_is_missing(self):
        nowhere = self.folder / "nowhere"
        for option, recipe in (("--gemc", "make build"), ("--python", "pip install torch==2.11.0")):
            done = self.compare(**{option: nowhere})
            self.assertEqual(done.returncode, 3)
            self.assertIn(recipe, done.stderr)
            self.assertNotIn("Traceback", done.stderr)
        self.page.write_text("no marks")
        self.assertIn("lacks the lines", self.compare().stderr)

    def test_a_python_without_torch_is_named(self):
        done = self.compare(**{"--python": "false"})
        self.assertEqual(done.returncode, 3)
        self.assertIn("cannot import torch", done.stderr)

    def test_a_measurement_that_fails_ends_it(self):
        self.pretend(fails=True)
        done = self.compare("--rounds", "1")
        self.assertEqual(done.returncode, 3)
        self.assertIn("out of luck", done.stderr)
        self.assertEqual(self.page.read_text(), PAGE)

    def test_knows_what_may_be_asked_for(self):
        done = self.compare("--only", "sgem")
        self.assertEqual(done.returncode, 2)
        self.assertIn("there is no sgem; known are", done.stderr)

    def test_measures_few_shot_learning_against_both(self):
        done = self.compare("--few-shot", "--rounds", "1")
        self.assertEqual(done.returncode, 0, done.stderr)
        text = self.page.read_text()
        self.assertIn("PyTorch 2.11.0+pretended, JAX 2.11.0+pretended", text)
        self.assertRegex(text, r"\| `omniglot_gem` \| 32 \| `vmap`[^|]* \| 2.00 \| 5.00 \| 2.50 \|")
        self.assertRegex(text, r"\| `omniglot_sgem` \| 32 \| JAX, [^|]* \| 2.00 \| 5.00 \| 2.50 \|")
        log = self.log.read_text()
        self.assertIn("gemc bench models/omniglot_direct.gem --few-shot --batch 32 --threads 1 --format json", log)
        self.assertIn("benches/jax/few_shot.py --variant direct-jax-rank --batch 32 --threads 1", log)
        self.assertNotIn("mlp", log)

    def test_leaves_jax_out_where_there_is_none(self):
        self.pretend(no_jax=True)
        done = self.compare("--rounds", "1")
        self.assertNotIn("JAX", done.stdout)
        self.assertEqual(self.page.read_text(), PAGE)
        done = self.compare("--few-shot", "--rounds", "1", "--only", "omniglot_gem")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("JAX is left out", done.stderr)
        self.assertIn("-m pip install jax", done.stderr)
        self.assertNotIn("benches/jax", self.log.read_text())
        self.assertNotIn("JAX", done.stdout)


class Ways(unittest.TestCase):
    """Each script compares the ways that it knows, on small nets or batches."""

    def agree(self, package, name, said):
        torch = SCRIPT.parents[1] / ".libtorch"
        path = [str(torch.resolve().parent), os.environ.get("PYTHONPATH", "")]
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, path[not torch.exists() :]))}
        python = {"capture_output": True, "text": True, "timeout": 300, "env": environment}
        if subprocess.run([sys.executable, "-c", f"import {package}; {package}.__version__"], **python).returncode != 0:
            self.skipTest(f"this Python cannot import {package}")
        script = SCRIPT.with_name("jax" if package == "jax" else "pytorch") / name
        done = subprocess.run([sys.executable, script, "--check"], **python)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(said, done.stderr)

    def test_few_shot_learning_in_pytorch(self):
        self.agree("torch", "few_shot.py", "sgem, rank, loss: ")

    def test_few_shot_learning_in_jax(self):
        self.agree("jax", "few_shot.py", "sgem, rank, loss: ")

    def test_nets_in_jax(self):
        for name, said in (("mlp.py", "factored, o: "), ("lenet.py", "unfolded, c3: "), ("connectome.py", "bcoo, g: ")):
            self.agree("jax", name, said)


if __name__ == "__main__":
    unittest.main()
