"""``python -m tests.scenarios PATH... [--json FILE]``: run cases, print how each ended, exit 1 if one failed."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from tests.scenarios.cases import load
from tests.scenarios.running import Outcome, Result, run


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.scenarios", description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="a YAML file or a folder of them")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the outcomes there")
    options = parser.parse_args(arguments)
    try:
        cases = load(options.paths)
    except (OSError, ValueError) as error:
        print(f"cannot read the cases: {error}", file=sys.stderr)
        return 2
    outcomes = []
    for case in cases:
        outcomes.append(run(case))
        print(line(outcomes[-1]), flush=True)
    if options.json:
        rows = [{"id": each.id, "kind": each.kind, "result": each.result, "detail": each.detail} for each in outcomes]
        options.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    counts = Counter(outcome.result for outcome in outcomes)
    if counts[Result.NOT_COVERED]:
        print(f"{counts[Result.NOT_COVERED]} not covered")
    print(f"{counts[Result.PASSED]} passed, {counts[Result.FAILED]} failed")
    return 1 if counts[Result.FAILED] else 0


def line(outcome: Outcome) -> str:
    """``passed  TAX-001  totals  the title``, and why where it did not pass."""
    text = f"{outcome.result:<11}  {outcome.id}  {outcome.kind}  {outcome.title}"
    return f"{text}: {outcome.detail}" if outcome.detail else text


if __name__ == "__main__":
    sys.exit(main())
