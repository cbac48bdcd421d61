"""What all scripts share that are measured, in `pytorch` and in `jax`: arguments, and how long a step takes.

Needs neither of both. A step is measured as `gemc bench` measures its own: 20 steps to warm up, then 15 blocks of at
least 50 ms each; the median block counts. With steps of a second that would take minutes: warming up ends after three
seconds, and the blocks after ten, but neither before three steps or blocks.
"""

import argparse
import math
import os
import statistics
import sys
import time

WARM_UP, WARM_UP_ENDS = 20, 3.0  # steps, and seconds after which it ends
BLOCKS, BLOCKS_END = 15, 10.0
FEWEST = 3
BLOCK = 0.05  # seconds that a block takes at least

# By itself, glibc gives the memory of large tensors back to the system, and takes new pages, filled with zeros, for the
# next ones. These keep what was once taken, in huge pages. Measured once with GEM in PyTorch, ms of CPU time a step, loop
# and vmap: 660 and 1,335 as glibc is; 533 and 1,370 with MALLOC_MMAP_THRESHOLD_ at its most, 32 MiB; 1,146 and 614 with
# PyTorch's THP_MEM_ALLOC_ENABLE; 576 and 510 with the first three lines; 458 and 446 with huge pages too. The rank form
# gains a little. One arena is for JAX, whose threads would get small heaps of their own.
ALLOCATOR = {
    "MALLOC_MMAP_MAX_": "0",
    "MALLOC_TRIM_THRESHOLD_": str(1 << 40),
    "MALLOC_TOP_PAD_": str(1 << 26),
    "MALLOC_ARENA_MAX": "1",
    "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
}


def parser(about, variants, batch):
    """Returns a parser of the command line; `variants` are names, the first is the default."""
    made = argparse.ArgumentParser(description=about.strip().splitlines()[0])
    made.add_argument("--variant", choices=list(variants), default=next(iter(variants)))
    made.add_argument("--threads", type=positive, default=1)
    made.add_argument("--device", default="cpu", help="cpu, cuda or cuda:N [default: cpu]")
    made.add_argument("--batch", type=positive, default=batch)
    made.add_argument("--steps", type=positive, help="steps of a block; without it, as many as take 50 ms")
    made.add_argument("--check", action="store_true", help="compare with a slow, plain computation; measure nothing")
    return made


def positive(word):
    number = int(word)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{word} is not a positive number")
    return number


def keep_memory(**more):
    """Starts this script again with an allocator that keeps its memory, and more of the environment, unless set."""
    wanted = {name: value for name, value in (ALLOCATOR | more).items() if name not in os.environ}
    if wanted and sys.platform == "linux":
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | wanted)


def keep_to_processors(count):
    """Lets this process, and those that it starts, run on `count` processors only, where the system can."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-count:])


def start_jax(about, variants, batch):
    """Reads the command line and prepares this process for JAX, which must not be imported yet; returns what was chosen."""
    chosen = parser(about, variants, batch).parse_args()
    keep_memory(JAX_PLATFORMS=chosen.device.partition(":")[0])
    keep_to_processors(chosen.threads)  # JAX makes two threads at least, whatever it is told
    return chosen


def median_block(step, steps, now=time.perf_counter):
    """Returns the milliseconds of a step in the median block, and how many steps were timed."""
    step()  # the first also sets things up, and may compile
    began, warm = now(), 0
    while warm < WARM_UP - 1 and (warm < FEWEST or now() - began < WARM_UP_ENDS):
        step()
        warm += 1
    steps = steps or max(1, math.ceil(BLOCK / ((now() - began) / warm)))
    blocks, first = [], now()
    while len(blocks) < BLOCKS and (len(blocks) < FEWEST or now() - first < BLOCKS_END):
        began = now()
        for _ in range(steps):
            step()
        blocks.append(1e3 * (now() - began) / steps)
    return statistics.median(blocks), len(blocks) * steps
