"""``python -m bench`` lists the benchmarks; ``python -m bench NAME`` runs one and keeps its results."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bench import charts, forecast, lists, money, o2c, papers, replenish, results, source, takeover, totals
from bench.results import Report


@dataclass(frozen=True, slots=True)
class Bench:
    """A benchmark: what it measures, its own options, and how it is run."""

    title: str
    add_options: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], Report]


BENCHES: Final = {
    "charts": Bench(charts.TITLE, charts.add_options, charts.run),
    "forecast": Bench(forecast.TITLE, forecast.add_options, forecast.run),
    "lists": Bench(lists.TITLE, lists.add_options, lists.run),
    "money": Bench(money.TITLE, money.add_options, money.run),
    "o2c": Bench(o2c.TITLE, o2c.add_options, o2c.run),
    "papers": Bench(papers.TITLE, papers.add_options, papers.run),
    "replenish": Bench(replenish.TITLE, replenish.add_options, replenish.run),
    "source": Bench(source.TITLE, source.add_options, source.run),
    "takeover": Bench(takeover.TITLE, takeover.add_options, takeover.run),
    "totals": Bench(totals.TITLE, totals.add_options, totals.run),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what the command line asks for; return 0, or 1 when a limit was passed."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    names = parser.add_subparsers(dest="name", metavar="NAME")
    for name, bench in BENCHES.items():
        options = names.add_parser(name, help=bench.title, description=bench.title)
        options.add_argument("--keep", action="store_true", help="write the results to bench/results.md")
        bench.add_options(options)
    chosen = parser.parse_args(arguments)
    if not chosen.name:
        parser.print_help()
        return 0
    report = BENCHES[chosen.name].run(chosen)
    print("\n".join(report.lines()))
    if chosen.keep:
        results.keep(chosen.name, BENCHES[chosen.name].title, report)
    return 0 if report.is_within_limits else 1


if __name__ == "__main__":
    sys.exit(main())
