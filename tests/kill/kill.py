#!/usr/bin/env python3
"""Kills trainings at random moments, goes on with them, and compares them with undisturbed ones: records, metrics and genomes must be
equal, times aside.

    python3 tests/kill/kill.py target/release/gemc [--kills 100] [--seed 1] [one|five|few-shot|recipe]…

Works in a temporary folder. A checkpoint is written every 10 ms or oftener, so that many kills come while one is written. The few-shot
runs need Omniglot. Ends with 1 where anything differs. Linux only: the processes of a recipe are found by the folder they work in.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TRAIN = {
    "one": "sgem_mlp.gem --data glyphs --steps 4000 --eval-every 500",
    "five": "sgem_slp.gem --data glyphs --steps 6000 --runs 5 --eval-every 500",
    "few-shot": "omniglot_gem.gem --data omniglot --few-shot --set genes=10 --steps 60 --eval-every 20",
}
RECIPE = """title: kill
train: { data: glyphs, steps: 3000, eval-every: 500, checkpoint-every: 0.01 }
runs: 2
trials:
  - { model: sgem_slp.gem, label: S-GEM, set: { genes: [2, 4, 6] } }
  - { model: rb_slp.gem, label: random basis, set: { rows: [4] } }
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gemc", type=Path, help="the program")
    parser.add_argument("kinds", nargs="*", metavar="KIND", help="some of " + ", ".join([*TRAIN, "recipe"]) + "; all if none is named")
    parser.add_argument("--kills", type=int, default=100, help="of each kind, at least [100]")
    parser.add_argument("--seed", type=int, default=1, help="of the moments")
    asked = parser.parse_args()
    random.seed(asked.seed)
    gemc, wrong = asked.gemc.resolve(), 0
    for kind in asked.kinds or [*TRAIN, "recipe"]:
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            Path("kill.yaml").write_text(RECIPE)
            wrong += disturb(kind, lambda name: command(gemc, kind, name), asked.kills)
            os.chdir("/")
    return 1 if wrong else 0


def command(gemc, kind, name):
    """The command that begins what lies in the folder `name`, or goes on with it."""
    if kind == "recipe":
        return [gemc, *f"run kill.yaml --jobs 4 --quiet --store {name} --out {name}-results".split()]
    return [gemc, "train", *TRAIN[kind].split(), *f"--threads 1 --quiet --checkpoint-every 0.001 --resume --run-dir {name}".split()]


def disturb(kind, command, least):
    """Kills one after the other, once or several times each; returns how many came out otherwise."""
    began = time.time()
    finish(command("whole"))
    whole, wanted = time.time() - began, facts("whole")
    kills = wrong = number = 0
    while kills < least:
        name, number = f"run{number}", number + 1
        for _ in range(random.choice([1, 1, 2, 3])):
            kill(command(name), random.uniform(0.02, 0.25 if random.random() < 0.4 else whole))
            kills += 1
        finish(command(name))
        found = facts(name)
        if found != wanted:
            wrong += 1
            print(f"{kind}, {name}: differs in {[key for key in wanted.keys() | found.keys() if wanted.get(key) != found.get(key)]}")
    print(f"{kind}: {kills} kills, {number} runs, {wrong} of them differ", flush=True)
    return wrong


def finish(command):
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")


def kill(command, after):
    """Starts a command, and kills it with all that it has started."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    time.sleep(after)
    here = os.getcwd()
    for other in filter(str.isdigit, os.listdir("/proc")):
        try:
            if int(other) != os.getpid() and os.path.realpath(f"/proc/{other}/cwd").startswith(here):
                os.kill(int(other), signal.SIGKILL)
        except OSError:
            pass  # it has ended
    process.wait()


def facts(folder):
    """What runs in a folder came to, by file."""
    found = {}
    for genome in Path(folder).rglob("genome.safetensors"):
        run = genome.parent
        name = str(run.relative_to(folder))
        found[name, "genome"] = genome.read_bytes()
        found[name, "record"] = timeless(json.loads((run / "run.json").read_text()))
        found[name, "metrics"] = [timeless(json.loads(line)) for line in (run / "metrics.jsonl").read_text().splitlines()]
    return found


def timeless(value):
    """The same without times."""
    if isinstance(value, dict):
        timed = ("seconds", "ms_per_step", "started", "finished")
        return {key: timeless(value) for key, value in value.items() if key not in timed}
    return [timeless(value) for value in value] if isinstance(value, list) else value


if __name__ == "__main__":
    sys.exit(main())
