"""All gates, in order, the same on every system and in CI: ``python -m tools.check [GATE ...]``.

Each gate is one command.  All of those asked for run, also after one has failed, so that one run tells everything;
the exit code is 0 only when all passed.  The last gate is the tests, whose closing line is then the last one.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence

from tools.environment import ROOT
from tools.launch import workers

GATES: dict[str, list[str]] = {  # what Python is asked to run
    "format": ["-m", "ruff", "format", "--check", "--quiet", "."],
    "lint": ["-m", "ruff", "check", "--quiet", "."],
    "types": ["-m", "mypy"],
    "imports": ["-c", "from importlinter.cli import lint_imports_command as check; check()", "--no-logo"],
    "house": ["-m", "pytest", "-q", "tests/house"],
    "tests": ["-m", "pytest", "-n", str(workers()), "--dist", "worksteal"],
}


def main(names: Sequence[str]) -> int:
    """Run the gates named, or all of them; give 0 when every one passed, else 1 (2 for a name that is no gate)."""
    unknown = [name for name in names if name not in GATES]
    if unknown:
        print(f"No such gate: {', '.join(unknown)}. There are: {', '.join(GATES)}", file=sys.stderr)
        return 2
    failed = [name for name in names or GATES if not passes(name)]
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def passes(name: str) -> bool:
    """Run one gate in the project's folder and tell whether it passed."""
    print(f"--- {name}", flush=True)
    began = time.monotonic()
    environment = {**os.environ, "PYTHONUTF8": "1", "PYTHONPATH": str(ROOT)}
    environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    code = subprocess.run([sys.executable, *GATES[name]], cwd=ROOT, env=environment, check=False).returncode
    print(f"    {name} {'passed' if code == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s", flush=True)
    return code == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
