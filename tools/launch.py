"""What start.py does: set up, then hand over to the window, the tour, the tests, the gates or a command.

Standard library only.
"""

from __future__ import annotations

import ast
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools import environment, system
from tools.environment import ROOT, SetUpError, say

TOUR = ROOT / "tour"
WINDOWED = {"window", "tour", "test"}


def main(words: Sequence[str]) -> int:
    """Do what the words ask and give the exit code: that of the program started, 2 if it could not be set up."""
    word, *rest = words or ["window"]
    if word in {"-h", "--help", "help"}:
        say(f"{words_of_start()}\n")
        word = "--help"
    kind = {"test": "test", "gates": "check"}.get(word, "run")
    display = system.has_display()
    try:
        is_first = not environment.is_ready(kind)
        python = environment.ensure(kind)
    except SetUpError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(
            f"Waybill sets itself up in its own folder, {ROOT}, and cannot write there: {error}\n"
            "Nothing else was changed. Copy the folder to a place of your own, or free some space, then run start.py.\n"
        )
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. Run start.py again: it begins the set-up anew with what was fetched.\n")
        return 130
    if is_first and word in WINDOWED and (reason := system.explain(python, display=display)):
        sys.stderr.write(f"{reason}\n")
        return 2
    code = run(python, command(word, rest, display=display), display=display, own=kind != "run")
    if code and word in WINDOWED and (reason := system.explain(python, display=display)):
        sys.stderr.write(f"\n{reason}\n")
    return code


def words_of_start() -> str:
    """Give what start.py says about its own words."""
    said = ast.get_docstring(ast.parse((ROOT / "start.py").read_text(encoding="utf-8"))) or ""
    return said.partition("\n\nThis file")[0]


def command(word: str, rest: list[str], *, display: bool) -> list[str]:
    """Give the module and arguments that a word stands for."""
    if word == "window" and not display:
        say(f"There is no display here, so no window can open. The tour is taken instead; see {TOUR}")
        word, rest = "tour", []  # what was said about the window, such as its company, is nothing to the tour
    if word == "test":
        return ["pytest", *(rest or ["-n", str(workers()), "--dist", "worksteal"])]
    if word == "gates":
        return ["tools.check", *rest]
    if word == "tour" and not any(each == "--out" or each.startswith("--out=") for each in rest):
        rest = ["--out", str(TOUR), *rest]
    return ["app", word, *rest]


def workers() -> int:
    """Give how many processes share the tests: two at least, as on the smallest machine they are tuned for."""
    return max(2, min(6, os.cpu_count() or 2))


def run(python: Path, module: list[str], *, display: bool, own: bool) -> int:
    """Run a module in the environment and give its exit code.

    Tests and gates run in the project's folder; the program runs where the person stands, so that the paths they
    type mean what they think.
    """
    values = {name: value for name, value in os.environ.items() if name != "PYTHONHOME"}
    values |= {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    if not display:
        values.setdefault("QT_QPA_PLATFORM", "offscreen")
    with subprocess.Popen([python, "-P", "-m", *module], env=values, cwd=ROOT if own else None) as child:
        # Ctrl+C reaches the program too, which ends in its own way; a request to end us is passed on.
        before = signal.signal(signal.SIGINT, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        code = child.wait()
        signal.signal(signal.SIGINT, before)
    return code if code >= 0 else 128 - code
