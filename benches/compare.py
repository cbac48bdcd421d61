#!/usr/bin/env python3
"""Measures gemc against PyTorch and JAX, in turn on this machine, and writes the table of docs/performance.md.

Each pair is one network: `gemc bench MODEL` on one side, a script in `benches/pytorch` or `benches/jax` on the other.
They run by turns, gemc, PyTorch, gemc, JAX, for several rounds; medians count. A model that this gemc does not compile
is skipped, with the reason. The table goes to standard output too, all else to standard error. JAX is measured on a CPU
only. With `--few-shot` the networks are those that learn tasks of few samples, and the table is that of benches/README.md.

Exit codes: 0 done, 2 wrong usage, 3 something is missing on this machine, 130 interrupted.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import steps
from table import CPU, Fault, around, counted, gpu, table, tell, write

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "benches"
PAGE = ROOT / "docs" / "performance.md"
FEW_SHOT_PAGE = ROOT / "benches" / "README.md"
TORCH = "2.11"  # the libtorch that gemc is built against
LIMIT = 300  # seconds after which one measurement is given up
SKIPPED = 1  # gemc's exit code where the input is at fault
TELLS_SIZE_IN_BYTES = sys.platform == "darwin"


@dataclass
class Pair:
    """One network: as gemc knows it, and its counterparts in PyTorch or JAX."""

    model: str
    batch: int
    script: str
    variants: dict  # a script's variant → what the table calls it
    folder: str = ""  # where the model is, if gemc does not find it by its name alone
    more: tuple = ()  # what else `gemc bench` is asked
    note: str = ""  # what the table says after the model's name

    ours: list = field(default_factory=list)  # every measurement of gemc
    graphs: dict = field(default_factory=dict)  # more variants, which need a GPU
    rounds: dict = field(default_factory=dict)  # variant → [(gemc's or None, the other's), one a round]
    reason: str = ""  # why gemc's side is skipped

    def is_jax(self):
        return self.script.startswith("jax")


PAIRS = (
    Pair("sgem_mlp", 64, "pytorch/mlp.py", {
        "sgem-eager": "weights built, Adam",
        "sgem-compile": "weights built, `torch.compile`, fused Adam",
        "sgem-factored": "factored, fused Adam",
        "sgem-factored-compile": "factored, `torch.compile`, fused Adam",
        "direct-fused": "weights learned, not grown, fused Adam",
    }, graphs={
        "sgem-graphs": "weights built, `torch.compile` with CUDA graphs, fused Adam",
        "sgem-factored-graphs": "factored, `torch.compile` with CUDA graphs, fused Adam",
    }),
    Pair("mlp", 64, "pytorch/mlp.py", {"direct": "Adam", "direct-fused": "fused Adam"}),
    Pair("lenet", 128, "pytorch/lenet.py", {
        "eager": "O hoisted, Adam",
        "innermost": "O hoisted, batch innermost, fused Adam",
        "compile": "O hoisted, `torch.compile`, fused Adam",
    }, graphs={"graphs": "O hoisted, `torch.compile` with CUDA graphs, fused Adam"}),
    Pair("lenet_direct", 128, "pytorch/lenet.py", {"direct": "Adam", "direct-fused": "fused Adam"}),
    Pair("sgem_mlp", 64, "jax/mlp.py", {"jax-factored": "JAX, factored", "jax-built": "JAX, weights built"}),
    Pair("sgem_mlp", 64, "jax/mlp.py", {"jax-ten": "JAX, factored, `vmap`"}, more=("--runs", "10"), note=", ten runs"),
    Pair("mlp", 64, "jax/mlp.py", {"jax-direct": "JAX"}),
    Pair("lenet", 128, "jax/lenet.py", {"jax-grown": "JAX, O hoisted, batch innermost"}),
    Pair("lenet_direct", 128, "jax/lenet.py", {
        "jax-windows": "JAX, convolutions as products with windows",
        "jax-conv": "JAX, XLA's convolutions",
    }),
    Pair("connectome", 64, "jax/connectome.py", {"jax-dense": "JAX, dense, with a mask", "jax-bcoo": "JAX, BCOO"}),
)  # fmt: skip


def few_shot(name):
    """Returns the pairs of one few-shot model: with PyTorch, and with JAX."""
    torch_ways = {
        f"{name}-loop": "loop over tasks, weights of each",
        f"{name}-vmap": "`vmap`, weights of each task",
        f"{name}-rank": "rank form, no weights of tasks",
    }
    jax_ways = {
        f"{name}-jax-vmap": "JAX, `jit`, `vmap`, weights of each task",
        f"{name}-jax-rank": "JAX, `jit`, rank form, no weights of tasks",
    }
    scripts = (("pytorch/few_shot.py", torch_ways), ("jax/few_shot.py", jax_ways))
    asked = {"folder": "models/", "more": ("--few-shot",)}
    return [Pair(f"omniglot_{name}", 32, script, ways, **asked) for script, ways in scripts]


FEW_SHOT = tuple(pair for name in ("direct", "gem", "sgem") for pair in few_shot(name))


@dataclass
class Measured:
    """One process: milliseconds of a step, and the most memory it held, in MB, on the device that computes."""

    ms: float
    memory: float


def main():
    chosen = arguments()
    pairs = wanted(chosen)
    whole = not (chosen.only or chosen.no_compile)
    chosen.page = chosen.page or (FEW_SHOT_PAGE if chosen.few_shot else PAGE)
    device = CPU if chosen.device == "cpu" else gpu(chosen.device)
    if whole:
        around(chosen.page, device)  # found out before minutes are spent
    versions = f"{gemc_version(chosen.gemc)}, PyTorch {torch_version(chosen.python)}"
    if any(pair.is_jax() for pair in pairs):
        jax = jax_version(chosen.python)
        pairs = [pair for pair in pairs if jax or not pair.is_jax()]
        versions += f", JAX {jax}" if jax else ""
        whole = whole and bool(jax)
        steps.keep_to_processors(chosen.threads)  # JAX's scripts do so, and then all should
    load = os.getloadavg()[0]
    if load > os.cpu_count() / 2:
        say(f"warning: this machine is busy (load {load:.1f}); the numbers will be rough")
    made = measure(pairs, chosen)
    how = f"{counted(made, 'round')}, {counted(chosen.threads, 'thread')}, load {load:.1f} at the start"
    text = table(pairs, how, device, versions)
    print(text)
    if whole:
        write(chosen.page, device, text)
        say(f"wrote the table to {chosen.page.name}")
    else:
        say(f"{chosen.page.name} is left as it is: not everything was measured")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--python", default=sys.executable, help="a Python that can import torch [default: this one]")
    parser.add_argument("--gemc", default=built(), help="the program gemc [default: target/release/gemc]")
    parser.add_argument("--rounds", type=positive, default=3, help="rounds at most [default: 3]")
    parser.add_argument("--seconds", type=positive, default=300, help="begin no round that ends later [default: 300]")
    parser.add_argument("--threads", type=positive, default=1, help="threads of either side [default: 1]")
    parser.add_argument("--device", default="cpu", help="cpu, cuda or cuda:N, for either side [default: cpu]")
    parser.add_argument("--only", action="append", metavar="NAME", help="only this model or variant; may be repeated")
    parser.add_argument("--no-compile", action="store_true", help="leave out torch.compile, which starts slowly")
    parser.add_argument("--few-shot", action="store_true", help="measure few-shot learning, on a CPU")
    page = "write to this page [default: docs/performance.md; with --few-shot, benches/README.md]"
    parser.add_argument("--page", type=Path, help=page)
    return parser.parse_args()


def positive(word):
    number = int(word)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{word} is not a positive number")
    return number


def built():
    return str(ROOT / os.environ.get("CARGO_TARGET_DIR", "target") / "release" / "gemc")


def torch_version(python):
    """Returns the version of torch that a Python imports."""
    recipe = (
        "set one up with `python3 -m venv target/pytorch && target/pytorch/bin/pip install torch==2.11.0 numpy`, "
        "then give `--python target/pytorch/bin/python`"
    )
    try:
        done = subprocess.run([python, "-c", "import torch; print(torch.__version__)"], capture_output=True, text=True)
    except OSError as fault:
        raise Fault(f"{python} cannot be started ({fault.strerror}): {recipe}") from None
    if done.returncode != 0:
        raise Fault(f"{python} cannot import torch ({last_line(done.stderr)}): {recipe}")
    version = last_line(done.stdout)
    if not version.startswith(f"{TORCH}."):
        say(f"warning: PyTorch {version} is compared with a gemc that is built against {TORCH}")
    return version


def jax_version(python):
    """Returns the version of JAX that a Python imports; nothing where it has none, and then says so."""
    command = [python, "-c", "import jax; print(jax.__version__)"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        say(f"JAX is left out, {python} cannot import it: `{python} -m pip install jax`")
        return None
    return last_line(done.stdout)


def gemc_version(gemc):
    recipe = "build it with `make build`, or name one with `--gemc`"
    try:
        done = subprocess.run([gemc, "--version"], capture_output=True, text=True)
    except OSError as fault:
        raise Fault(f"{gemc} cannot be started ({fault.strerror}): {recipe}") from None
    if done.returncode != 0:
        raise Fault(f"{gemc} does not run ({last_line(done.stderr)}): {recipe}")
    return last_line(done.stdout)


def wanted(chosen):
    """Returns the pairs to measure, with those of their variants that were asked for."""
    names, pairs = set(chosen.only or []), FEW_SHOT if chosen.few_shot else PAIRS
    pairs = [pair for pair in pairs if chosen.device == "cpu" or not pair.is_jax()]
    for pair in pairs:
        pair.variants |= pair.graphs if chosen.device != "cpu" else {}
    known = {name for pair in pairs for name in (pair.model, *pair.variants)}
    if names - known:
        say(f"compare: there is no {', '.join(sorted(names - known))}; known are {', '.join(sorted(known))}")
        sys.exit(2)
    for pair in pairs:
        asked = {name for name in pair.variants if not names or pair.model in names or name in names}
        asked -= {name for name in pair.variants if chosen.no_compile and "compile" in name}
        pair.variants = {name: told for name, told in pair.variants.items() if name in asked}
    return [pair for pair in pairs if pair.variants]


def measure(pairs, chosen):
    """Measures round by round while there is time; returns how many rounds were made.

    Where gemc skips a model there is nothing to compare, and its counterparts are measured in the first round only.
    """
    began, took, made = time.monotonic(), {}, 0
    while made < chosen.rounds:
        left = [(pair, variant) for pair in pairs for variant in pair.variants if not pair.reason]
        spent, next_takes = time.monotonic() - began, sum(took.get((pair.model, name), 0) for pair, name in left)
        if not left:
            break
        if made and spent + next_takes > chosen.seconds:
            say(f"{counted(made, 'round')} took {spent:.0f} s, another would go beyond {chosen.seconds} s")
            break
        made += 1
        for pair, variant in left:
            start = time.monotonic()
            say(f"round {made}: {measure_one(pair, variant, chosen)}")
            took[pair.model, variant] = time.monotonic() - start
    return made


def measure_one(pair, variant, chosen):
    """Measures gemc, then its counterpart right after it; returns what to say about it."""
    ours = bench_gemc(pair, chosen)
    theirs = bench_script(pair, variant, chosen)
    pair.rounds.setdefault(variant, []).append((ours, theirs))
    return f"{pair.model}: gemc {f'{ours.ms:.2f} ms' if ours else 'skipped'}, {variant} {theirs.ms:.2f} ms"


def bench_gemc(pair, chosen):
    """Runs `gemc bench` once; nothing where this gemc does not compile the model, and then the reason is kept."""
    if pair.reason:
        return None
    asked = ["--batch", str(pair.batch), "--threads", str(chosen.threads), "--format", "json"]
    asked += ["--device", chosen.device]
    command = [chosen.gemc, "bench", f"{pair.folder}{pair.model}.gem", *pair.more, *asked]
    status, output, errors, memory = run(command, chosen.device)
    if status == SKIPPED:
        pair.reason = reason(pair.model, output)
    if pair.reason:
        return None
    found = Measured(number(command, status, output, errors), memory)
    pair.ours.append(found)
    return found


def bench_script(pair, variant, chosen):
    asked = ["--variant", variant, "--batch", str(pair.batch), "--threads", str(chosen.threads)]
    asked += ["--device", chosen.device]
    command = [chosen.python, str(SCRIPTS / pair.script), *asked]
    status, output, errors, memory = run(command, chosen.device)
    return Measured(number(command, status, output, errors), memory)


def run(command, device):
    """Runs a program to its end; returns its status, what it printed on both streams, and the MB it held at most."""
    held = None if device == "cpu" else Held(device)
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors, cwd=ROOT)
        late = threading.Timer(LIMIT, process.kill)
        late.start()
        try:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        except BaseException:
            process.kill()
            process.wait()
            raise
        finally:
            late.cancel()
        printed = []
        for stream in (output, errors):
            stream.seek(0)
            printed.append(stream.read().decode(errors="replace"))
    memory = usage.ru_maxrss / (1e6 if TELLS_SIZE_IN_BYTES else 1e6 / 1024)
    return process.returncode, *printed, held.most() if held else memory


class Held:
    """The most memory of a GPU that was held since this was made, beyond what was held before."""

    def __init__(self, device):
        self.device = device
        self.ended = threading.Event()
        self.before = self.peak = self.now()
        self.watch = threading.Thread(target=self.look, daemon=True)
        self.watch.start()

    def now(self):
        """Returns the MB that are held; nvidia-smi tells MiB."""
        return float(tell(self.device, "memory.used")) * 1.048576

    def look(self):
        while not self.ended.wait(0.05):
            self.peak = max(self.peak, self.now())

    def most(self):
        self.ended.set()
        self.watch.join()
        return self.peak - self.before


def number(command, status, output, errors):
    """Returns the milliseconds of a step that a program reported."""
    told = f"`{shlex.join(command)}`"
    if status != 0:
        raise Fault(f"{told} ended with {status}:\n{(errors.strip() or output.strip())[-2000:]}")
    try:
        return float(json.loads(output)["ms_per_step"])
    except (ValueError, KeyError, TypeError):
        raise Fault(f"{told} printed no measurement:\n{output.strip()[-2000:]}") from None


def reason(model, output):
    """Returns why gemc does not compile a model, in its own words; nothing where it did not say."""
    try:
        diagnostics = [one for file in json.loads(output)["files"] for one in file["diagnostics"]]
        first = next(one for one in diagnostics if one["severity"] == "error")
    except (ValueError, KeyError, TypeError, StopIteration):
        return ""
    if first["code"] == "gem::unreadable_file":
        return f"this gemc has no model `{model}`"
    return f"{first['message']} (`{first['code']}`)".replace(f"{model}.gem", model)


def last_line(text):
    return (text.strip().splitlines() or ["it said nothing"])[-1]


def say(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main()
    except Fault as fault:
        say(f"compare: {fault}")
        sys.exit(3)
    except KeyboardInterrupt:
        say("compare: interrupted; nothing was written")
        sys.exit(130)
