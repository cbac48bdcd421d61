#!/usr/bin/env python3
"""Puts libtorch where the build looks for it: `.libtorch`, a link into `.torch-pkgs`.

    python3 scripts/setup_libtorch.py            make it whole; quick and silent when it is
    python3 scripts/setup_libtorch.py --remove   take it away

LIBTORCH or LIBTORCH_USE_PYTORCH in the environment: that libtorch is checked, nothing is installed.
GEMC_TORCH=cpu | full: the small set, or the one with CUDA; unset, a GPU on this machine decides.

What is then true: `.torch-pkgs` is a finished install of the pinned version, every file of the size pip
recorded, or it was never there. An install grows in `.torch-pkgs.new`, gets its stamp last and is renamed into place. Every
wheel had the sum that scripts/libtorch-cpu.txt or scripts/libtorch-full.txt names.
"""

import csv
import json
import os
import platform
import re
import shlex
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What is installed: pip's requirements, each wheel of them by its sum.
WHEELS = {kind: ROOT / "scripts" / f"libtorch-{kind}.txt" for kind in ("cpu", "full")}


def pins(path):
    """Reads the requirements that hold on this system, as `name==version`."""
    lines = [line.rstrip(" \\") for line in path.read_text(encoding="utf-8").splitlines() if re.match(r"\w", line)]
    split = [line.partition(" ; ") for line in lines]
    return tuple(pin.strip() for pin, _, where in split if not where or f'"{sys.platform}"' in where)


PINS = {kind: pins(path) for kind, path in WHEELS.items()}
TORCH = PINS["cpu"][0].split("==")[1]
ROOM = {"cpu": 2.0, "full": 8.0}  # GB on disk at the peak: wheels and what is unpacked from them
PYTHONS = ((3, 10), (3, 14))  # that have wheels of this torch
OLDEST_CARGO = (1, 90)
OLDEST_PIP = (20, 3)  # the first that knows today's wheel names
LIBRARY = "libtorch_cpu.dylib" if sys.platform == "darwin" else "libtorch_cpu.so"

LINK = ROOT / ".libtorch"
PACKAGES = ROOT / ".torch-pkgs"
NEW = ROOT / ".torch-pkgs.new"
LOCK = ROOT / ".torch-pkgs.lock"
LEADS_TO = f"{PACKAGES.name}/torch"
STAMP = "gemc-stamp.json"


class Fault(Exception):
    """Something about this machine that the user can put right."""


def main(arguments):
    if arguments == ["--remove"]:
        return remove()
    if arguments:
        print(__doc__.strip())
        return 0 if arguments in (["-h"], ["--help"]) else 2
    look_for_tools()
    if given():
        return 0
    kind = wanted()
    if serves(kind):
        return 0
    with lock() as held:
        finish_or_forget()
        if not serves(kind):
            if fault(PACKAGES, kind):
                install(kind, held)
            link()
    return 0


# --- what is there already


def given():
    """Checks a libtorch named by the environment; tells whether there is one."""
    if "LIBTORCH_USE_PYTORCH" in os.environ:
        python = "python" if "VIRTUAL_ENV" in os.environ else "python3"
        folder, named = torch_of(python), f"LIBTORCH_USE_PYTORCH ({python})"
        if folder is None:
            raise Fault(f"LIBTORCH_USE_PYTORCH is set, but `{python}` has no torch: install it there, or unset the variable")
        lib = folder
    elif "LIBTORCH" in os.environ:
        folder, named = Path(os.environ["LIBTORCH"]), f"LIBTORCH={os.environ['LIBTORCH']}"
        if not folder.is_absolute():
            raise Fault(f"{named}: must be an absolute path; give one, or unset it to have libtorch installed here")
        lib = Path(os.environ.get("LIBTORCH_LIB", folder))
        include = Path(os.environ.get("LIBTORCH_INCLUDE", folder)) / "include"
        if not include.is_dir():
            raise Fault(f"{named}: there is no {include}; it must be a libtorch folder with lib/ and include/")
    else:
        return False
    if not (lib / "lib" / LIBRARY).is_file():
        raise Fault(f"{named}: there is no {lib / 'lib' / LIBRARY}")
    version = version_of(folder)
    if not right(version) and "LIBTORCH_BYPASS_VERSION_CHECK" not in os.environ:
        raise Fault(
            f"{named}: this is libtorch {version or 'of unknown version'}, gemc needs {TORCH}\n"
            "  unset the variable to have it installed here, or set LIBTORCH_BYPASS_VERSION_CHECK=1 to try it all the same"
        )
    say(f"libtorch {version or 'of unknown version'} from {named}")
    return True


def serves(kind):
    """Tells whether the link leads to a libtorch that will do, and nothing is left to be done."""
    if os.path.islink(LINK) and os.readlink(LINK) == LEADS_TO:
        return read_stamp(PACKAGES) is not None and not fault(PACKAGES, kind)
    if not (LINK / "lib" / LIBRARY).is_file() or not right(version_of(LINK)):
        return False
    if os.environ.get("GEMC_TORCH") and LINK.is_symlink():
        return False  # asked for one of ours
    say(f"libtorch {version_of(LINK)} from {LINK.resolve()}, put there by hand")
    return True


def fault(folder, kind):
    """Tells what keeps `folder` from being a whole install of `kind`; None if nothing does."""
    stamp = read_stamp(folder)
    if kind == "full" and (stamp is None or stamp["kind"] != "full"):
        return "the CUDA libraries are missing"
    if stamp is None:
        return lacking(folder, kind) or damaged(folder, packages_in(folder))
    return lacking(folder, stamp["kind"]) or damaged(folder, stamp["packages"])


def lacking(folder, kind):
    for pin in PINS[kind]:
        name, version = pin.split("==")
        if not (folder / f"{name.replace('-', '_')}-{version}.dist-info" / "RECORD").is_file():
            return f"{pin} is missing"
    version = version_of(folder / "torch")
    return None if right(version) else f"it is of version {version}"


def damaged(folder, packages):
    """Compares every file of some packages with the size in pip's record of it."""
    for package in packages:
        try:
            with open(folder / package / "RECORD", encoding="utf-8", newline="") as record:
                for path, _, size in csv.reader(record):
                    if size and not path.startswith("..") and os.stat(f"{folder}/{path}").st_size != int(size):
                        return f"{path} is damaged"
        except FileNotFoundError as error:
            return f"{os.path.relpath(error.filename, folder)} is missing"
        except (OSError, ValueError) as error:
            return f"{package}: {error}"
    return None


def packages_in(folder):
    return sorted(path.name for path in folder.glob("*.dist-info"))


def read_stamp(folder):
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        return stamp if stamp["kind"] in PINS and isinstance(stamp["packages"], list) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_stamp(folder, kind):
    stamp = {"kind": kind, "asked": bool(os.environ.get("GEMC_TORCH")), "packages": packages_in(folder)}
    part = folder / f"{STAMP}.part"
    part.write_text(json.dumps(stamp) + "\n", encoding="utf-8")
    os.replace(part, folder / STAMP)


def version_of(folder):
    """Reads the version of a libtorch folder, of a wheel or of the zip; None if it does not say."""
    for name, pattern in (("version.py", r"^__version__ = ['\"]([^'\"]+)"), ("build-version", r"^(\S+)")):
        try:
            found = re.search(pattern, (folder / name).read_text(encoding="utf-8"), re.MULTILINE)
        except (OSError, UnicodeDecodeError):
            continue
        if found:
            return found.group(1)
    return None


def right(version):
    return version is not None and version.split(".")[:2] == TORCH.split(".")[:2]


def torch_of(python):
    """Finds the torch folder of a Python without the seconds that importing it takes."""
    code = "import importlib.util as u; s = u.find_spec('torch'); print(s.origin if s and s.origin else '')"
    said = output([python, "-c", code])
    return Path(said).parent if said else None


# --- what is wanted


def wanted():
    asked = os.environ.get("GEMC_TORCH", "")
    if asked in PINS:
        return asked
    if asked:
        raise Fault(f"GEMC_TORCH={asked}: it is `cpu` or `full`, or unset")
    stamp = read_stamp(PACKAGES)
    if stamp and (stamp["kind"] == "full" or stamp.get("asked")):
        return stamp["kind"]
    return "full" if sys.platform == "linux" and has_gpu() else "cpu"


def has_gpu():
    try:
        if os.listdir("/proc/driver/nvidia/gpus"):
            return True
    except OSError:
        pass
    return bool(shutil.which("nvidia-smi")) and "GPU 0" in (output(["nvidia-smi", "-L"]) or "")


def look_for_tools():
    missing = []
    if not shutil.which("cargo"):
        missing.append("cargo, 1.90 or newer: the Debian package rustup, then `rustup default stable`")
    elif older(output(["cargo", "--version"]), OLDEST_CARGO):
        missing.append("a newer cargo (1.90): `rustup update stable`, or the Debian package rustup in place of cargo")
    compiler = shlex.split(os.environ.get("CXX", "")) or ["c++"]
    if not shutil.which(compiler[0]):
        missing.append(f"a C++ compiler (`{compiler[0]}`): the Debian package g++")
    if not shutil.which("cc"):
        missing.append("a linker (`cc`): the Debian package gcc")
    if missing:
        raise Fault("this machine lacks\n" + "\n".join(f"  - {what}" for what in missing))


def look_at_platform(kind):
    here = f"{platform.system()} {platform.machine()}"
    known = ("Linux x86_64", "Linux aarch64", "Darwin arm64")
    if here not in known or sys.maxsize < 2**32:
        raise Fault(
            f"there is no ready-made libtorch for {here}{'' if sys.maxsize > 2**32 else ' (32 bits)'}, only for {', '.join(known)}\n"
            f"  build libtorch {TORCH} and export LIBTORCH=/its/folder, or build without it: cargo build --no-default-features --features cli"
        )
    library, version = platform.libc_ver()
    if sys.platform == "linux" and (library != "glibc" or older(version, (2, 28))):
        raise Fault(f"the ready-made libtorch needs glibc 2.28 or newer, this is {library or 'another C library'} {version}")
    if kind == "full" and sys.platform != "linux":
        raise Fault("GEMC_TORCH=full is for Linux; unset it")


def look_at_disk(kind):
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < ROOM[kind]:
        smaller = "\n  GEMC_TORCH=cpu needs less, and leaves the GPU unused" if kind == "full" else ""
        raise Fault(f"libtorch needs about {ROOM[kind]:.0f} GB of disk in {ROOT}, {free:.1f} GB are free{smaller}")


def older(said, oldest):
    """Tells whether the first `a.b` in some text is below a version; text without one is let through."""
    found = re.search(r"(\d+)\.(\d+)", said or "")
    return bool(found) and tuple(map(int, found.groups())) < oldest


def output(command):
    """Runs a command and returns what it printed; None if it cannot be run or fails."""
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode(errors="replace").strip() if done.returncode == 0 else None


# --- changes, made by one run at a time


@contextmanager
def lock():
    """Holds the lock; pip inherits it, so that a pip that outlives a killed run is waited for."""
    import fcntl

    try:
        held = os.open(LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise Fault(f"cannot write in {ROOT}: {error.strerror}") from error
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another set-up is at work here, waiting for it")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield held
    finally:
        os.close(held)


def finish_or_forget():
    """Puts an install in place that was stopped after its stamp, adopts one without a stamp, drops any other leftovers."""
    site = NEW / "site"
    stamp = read_stamp(site)
    if stamp and fault(PACKAGES, stamp["kind"]) and not fault(site, stamp["kind"]):
        swap(site)
    sweep(NEW)
    if PACKAGES.is_dir() and read_stamp(PACKAGES) is None and not fault(PACKAGES, "cpu"):
        write_stamp(PACKAGES, "cpu")


def install(kind, held):
    look_at_platform(kind)
    look_at_disk(kind)
    if PACKAGES.exists():
        say(f"the install in {PACKAGES.name} will not do ({fault(PACKAGES, kind)}): replacing it")
    site, temporary = NEW / "site", NEW / "tmp"
    try:
        temporary.mkdir(parents=True)
        size, also = ("0.5 GB", "") if kind == "cpu" else ("2.5 GB", " with CUDA; GEMC_TORCH=cpu installs the small one")
        say(f"installing libtorch {TORCH} into {PACKAGES.name} (about {size} to download{also})")
        command = [*pip(), "install", "--target", str(site), "--no-compile", "--only-binary=:all:", "--no-input"]
        command += ["--disable-pip-version-check"]
        if not PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
            command += ["--python-version", "3.12"]
        # the list names all that is linked against; a wheel that it does not know is refused
        command += ["--no-deps", "--require-hashes", "-r", str(WHEELS[kind])]
        # TMPDIR: beside the target, so that files are renamed and a small /tmp does not matter.
        # PIP_*: settings for installs into a Python, which this is not.
        ours = {"TMPDIR": str(temporary), "PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_ROOT_USER_ACTION": "ignore"}
        if run(command, {**os.environ, **ours}, held) != 0:
            raise Fault("pip could not install libtorch, see above" + hints(kind))
        broken = lacking(site, kind) or damaged(site, packages_in(site))
        if broken:
            raise Fault(f"pip finished, but the install is not whole: {broken}")
        write_stamp(site, kind)
        swap(site)
        say(f"libtorch {version_of(PACKAGES / 'torch')} is in place")
    except OSError as error:
        raise Fault(f"cannot install in {ROOT}: {error}") from error
    finally:
        sweep(NEW)


def pip():
    """Finds a pip; without a good one in this Python, takes the one of a venv."""
    said = output([sys.executable, "-m", "pip", "--version"])
    if said and not older(said, OLDEST_PIP):
        return [sys.executable, "-m", "pip"]
    venv = NEW / "venv"
    if output([sys.executable, "-m", "venv", str(venv)]) is not None:
        return [str(venv / "bin" / "python"), "-m", "pip"]
    what = "has no pip" if said is None else f"has a pip older than {OLDEST_PIP[0]}.{OLDEST_PIP[1]}"
    raise Fault(f"{sys.executable} {what}: install the Debian package python3-pip (or python3-venv)")


def run(command, environment, held):
    """Runs pip in view of the user; stops it when this run is stopped."""
    child = subprocess.Popen(command, env=environment, cwd=ROOT, pass_fds=(held,))
    try:
        return child.wait()
    except KeyboardInterrupt:
        child.terminate()
        try:
            child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        raise


def hints(kind):
    lines = ["no network or another index? pip obeys its own configuration (pip config, PIP_INDEX_URL)"]
    lines.append(f"another sum than expected? That wheel is not the one {WHEELS[kind].name} names; torch {TORCH} of PyPI is wanted")
    if kind == "full":
        lines.append("GEMC_TORCH=cpu installs the small set, without CUDA")
    for python in ("python3", "python"):
        folder = torch_of(python)
        if folder and right(version_of(folder)):
            lines.append(f"`{python}` has torch {version_of(folder)}: export LIBTORCH_USE_PYTORCH=1 to build with that one")
            break
    return "".join(f"\n  - {line}" for line in lines)


def swap(site):
    """Puts `site` in the place of the old install."""
    sweep(NEW / "old")
    if PACKAGES.exists() or PACKAGES.is_symlink():
        os.replace(PACKAGES, NEW / "old")
    os.replace(site, PACKAGES)


def link():
    if LINK.exists() and not LINK.is_symlink():
        raise Fault(f"{LINK} is not a link and no libtorch {TORCH}: move it away, then run this again")
    fresh = ROOT / f"{LINK.name}.new"
    try:
        sweep(fresh)
        os.symlink(LEADS_TO, fresh)
        os.replace(fresh, LINK)
    except OSError as error:
        raise Fault(f"cannot write in {ROOT}: {error.strerror}") from error


def remove():
    with lock():
        for path in (NEW, PACKAGES):
            sweep(path)
        if LINK.is_symlink():
            LINK.unlink()
    return 0  # the lock stays: another run may be waiting on it


def sweep(path):
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path, ignore_errors=True)


def say(text):
    print(f"setup: {text}", file=sys.stderr, flush=True)


def interrupted(*_):
    raise KeyboardInterrupt


if __name__ == "__main__":
    for name in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(name) != signal.SIG_IGN:  # as under nohup
            signal.signal(name, interrupted)
    try:
        sys.exit(main(sys.argv[1:]))
    except Fault as fault_:
        say(str(fault_))
        sys.exit(3)
    except KeyboardInterrupt:
        say("interrupted; run it again to finish")
        sys.exit(130)
