"""Compile ``requirements/*.in`` to ``*.txt``: every package pinned and hashed, for all systems and Pythons at once.

``python -m tools.requirements`` keeps the versions that still fit; with ``--upgrade`` it takes the newest.  The files
hold no address: where packages come from is each machine's own business.  Needs ``uv``.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence

from tools.environment import ROOT

KINDS = ("run", "carriers", "einvoice", "test", "check", "build")
OPTIONS = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]


def main(options: Sequence[str]) -> int:
    """Compile each kind, the smaller first, and give uv's exit code (0 when all went well)."""
    for kind in KINDS:
        command = ["pip", "compile", *OPTIONS, *options, f"requirements/{kind}.in", "-o", f"requirements/{kind}.txt"]
        # A larger kind takes over the smaller one's versions.
        command += ["-c", "requirements/run.txt"] if kind != "run" else []
        code = subprocess.run([sys.executable, "-m", "uv", *command], cwd=ROOT, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
