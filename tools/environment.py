"""The virtual environment beside the program: made once, brought up to date when the requirements change.

Standard library only: it runs before anything is installed.

A **kind** is one compiled file in ``requirements/``; every kind holds all that the smaller kinds hold::

    run < test < check

What is installed stands in a stamp, the hash of the requirements file, written last.  A note written first tells of
a set-up that was interrupted: pip takes a half-copied package for a whole one, so such an environment is made anew
(what was fetched is still in pip's cache).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".venv"
STAMP = "waybill-installed.json"
NOTE = "waybill-setting-up"
KINDS = ("run", "test", "check")
FETCHING = re.compile(r"^(?:Collecting|Requirement already satisfied:) ([A-Za-z0-9._-]+)")
SIZE = re.compile(r"^\s+Downloading \S+ \(([^)]+)\)")


class SetUpError(Exception):
    """The environment could not be made; its text says why and what to do next."""


def python_of(folder: Path) -> Path:
    """Give the interpreter of a virtual environment."""
    return folder / "Scripts" / "python.exe" if os.name == "nt" else folder / "bin" / "python"


def requirements_of(kind: str) -> Path:
    """Give the compiled requirements file of a kind."""
    return ROOT / "requirements" / f"{kind}.txt"


def hash_of(kind: str) -> str:
    """Give the SHA-256 of a kind's requirements, the same whatever the line ends."""
    return hashlib.sha256(requirements_of(kind).read_text(encoding="utf-8").encode()).hexdigest()


def installed(folder: Path) -> dict[str, str]:
    """Give what the stamp says: kind -> hash of its requirements; nothing where there is no readable stamp."""
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(kind): str(digest) for kind, digest in stamp.items()} if isinstance(stamp, dict) else {}


def is_ready(kind: str, folder: Path = FOLDER) -> bool:
    """Tell whether this kind, or a larger one, is installed as its file now says."""
    stamp = installed(folder)
    larger = KINDS[KINDS.index(kind) :]
    return not (folder / NOTE).exists() and any(stamp.get(each) == hash_of(each) for each in larger)


def runs(python: Path) -> bool:
    """Tell whether an interpreter is there, starts and is new enough (it may have been moved or uninstalled)."""
    question = "import sys; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([python, "-c", question], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@contextmanager
def only_one(root: Path = ROOT) -> Iterator[None]:
    """Let only one set-up work at a time; a second start waits for the first."""
    with (root / ".venv.lock").open("a+b") as lock:
        if sys.platform == "win32":
            while True:
                try:
                    lock.seek(0)
                    msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)  # gives up after ten seconds
                    break
                except OSError:
                    time.sleep(1)
        else:
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield  # closing the file gives the lock back


def ensure(kind: str, folder: Path = FOLDER) -> Path:
    """Bring the environment to a kind and give its interpreter.

    Raises SetUpError when it cannot be made or filled.
    """
    python = python_of(folder)
    if runs(python) and is_ready(kind, folder):
        return python
    with only_one(folder.parent):
        if runs(python) and is_ready(kind, folder):
            return python
        if (folder / NOTE).exists() or not runs(python):
            make(folder)
        fill(kind, folder)
    return python


def make(folder: Path) -> None:
    """Make an empty environment, in place of whatever lies there.

    Raises SetUpError when Python lacks its own ``venv`` or ``ensurepip``, or the disk refuses.
    """
    say(f"Waybill: making {folder} with Python {sys.version.split()[0]}")
    result = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", folder],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if result.returncode == 0:
        return
    output = (result.stdout + result.stderr).strip()
    if "ensurepip" in output:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        message = (
            "This Python has no venv module, which Waybill needs to set itself up. Nothing else was changed.\n"
            f"On Debian and Ubuntu install it with: sudo apt install python{version}-venv\n"
            "Then run start.py again."
        )
    else:
        message = f"The folder {folder} could not be made. What Python said:\n{output}\nThen run start.py again."
    raise SetUpError(message)


def fill(kind: str, folder: Path) -> None:
    """Install a kind's requirements, each file checked against its hash.

    Raises SetUpError when pip fails; what was fetched stays in pip's cache.
    """
    digest, began = hash_of(kind), time.monotonic()
    (folder / STAMP).unlink(missing_ok=True)
    (folder / NOTE).touch()
    command = [
        str(python_of(folder)),
        "-m",
        "pip",
        "install",
        "--require-hashes",
        "--no-deps",
        "--only-binary",
        ":all:",
    ]
    command += ["--disable-pip-version-check", "--no-input", "-r", str(requirements_of(kind))]
    said = run_pip(command, total=count(kind))
    if said is not None:
        message = (
            "Waybill could not install what it needs. Nothing outside the folder .venv was changed, and what was\n"
            "fetched is kept. Check the network connection and the free disk space, then run start.py again.\n"
            f"What pip said last:\n{said}"
        )
        raise SetUpError(message)
    (folder / STAMP).write_text(json.dumps({kind: digest}), encoding="utf-8")
    (folder / NOTE).unlink()
    say(f"Waybill: set up in {time.monotonic() - began:.0f} seconds")


def count(kind: str) -> int:
    """Give how many packages a kind lists (a few of them are for other systems)."""
    return requirements_of(kind).read_text(encoding="utf-8").count("==")


def run_pip(command: list[str], *, total: int) -> str | None:
    """Run pip and show how far it is; give its last lines when it failed, else nothing."""
    say(f"Waybill: installing {total} packages; the first time fetches some 200 MB and takes a few minutes")
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONHOME", "PYTHONPATH"}}
    environment["PYTHONIOENCODING"] = "utf-8"
    lines: list[str] = []
    name, done = "", 0
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=environment,
    ) as pip:
        for line in pip.stdout or ():
            lines.append(line)
            if fetching := FETCHING.match(line):
                name, done = fetching[1], done + 1
                progress(f"  {done} of {total}: {name}")
            elif size := SIZE.match(line):
                progress(f"  {done} of {total}: {name} ({size[1]})")
            elif line.startswith("Installing"):
                progress("  putting them in place")
    progress("")
    return None if pip.returncode == 0 else "".join(lines[-12:]).rstrip()


def progress(text: str) -> None:
    """Show a state in place on a terminal; elsewhere say nothing."""
    if sys.stdout.isatty():
        sys.stdout.write(f"\r{text:<78}\r" if not text else f"\r{text:<78}")
        sys.stdout.flush()


def say(text: str) -> None:
    """Tell the person at the terminal, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
