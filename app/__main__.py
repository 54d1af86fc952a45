"""The console command ``waybill``: without arguments the window, else one of the commands of app.cli."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from multiprocessing import freeze_support

FACES = {"window": "app.main", "tour": "app.tour"}
"""Words that open a window; everything else is answered without loading Qt."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for and return the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    face = FACES.get(words[0] if words else "window", "app.cli")
    code: int = import_module(face).run(words[1:] if face != "app.cli" else words)
    return code


if __name__ == "__main__":
    freeze_support()  # the packaged program starts itself for work that has a process of its own
    sys.exit(main())
