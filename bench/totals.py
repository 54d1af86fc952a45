"""The totals engine: a whole document, and a long one of which one line changes."""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from app.models.tax import Tax
from app.services import totals
from app.services.totals import DiscountBase, Document, DocumentDiscount, Line, Rules, TaxRounding
from bench.results import Report

TITLE: Final = "Totals: five lines, and one change among many lines, in CPU milliseconds (median)"
FIVE_LINES_MOST: Final = 0.3
CHANGE_MOST: Final = 5.0
TAXES: Final = (Tax("V21", Decimal(21)), Tax("V6", Decimal(6)), Tax("I21", Decimal(21), included=True))


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of this benchmark."""
    parser.add_argument("--lines", type=int, default=1_000)
    parser.add_argument("--times", type=int, default=40)


def run(options: argparse.Namespace) -> Report:
    """Measure both roundings, with and without a document discount."""
    report = Report(("rounding", "discount", "5 lines", f"{options.lines} lines", "one of them changed"))
    chance = random.Random(7)
    for rounding in TaxRounding:
        for discount in (None, DocumentDiscount(Decimal(3), applies_to=DiscountBase.NET)):
            rules = Rules(tax_rounding=rounding, discount=discount)
            short, long = _document(chance, 5, rules), _document(chance, options.lines, rules)
            five = _median_ms(lambda document=short: totals.compute(document), options.times * 10)  # type: ignore[misc]
            whole = _median_ms(lambda document=long: totals.compute(document), options.times)  # type: ignore[misc]
            change = _median_ms(_changed(long), options.times)
            words = "none" if discount is None else f"{discount.percent} %"
            report.rows.append((rounding.value, words, f"{five:.3f}", f"{whole:.2f}", f"{change:.2f}"))
            report.limit(f"five lines, per {rounding}, discount {words}", five, FIVE_LINES_MOST)
            if discount is None:
                report.limit(f"one line of {options.lines} changed, per {rounding}", change, CHANGE_MOST)
    report.notes.append("A document discount touches every line, so a change then costs most of a whole document.")
    return report


def change_ms(lines: int, *, times: int) -> float:
    """Give the CPU milliseconds until a document's totals are right again after one quantity changed (median)."""
    document = _document(random.Random(7), lines, Rules(tax_rounding=TaxRounding.LINE))
    return _median_ms(_changed(document), times)


def _document(chance: random.Random, count: int, rules: Rules) -> Document:
    lines = (
        Line(
            Decimal(chance.randint(1, 50)),
            Decimal(chance.randint(100, 99_999)) / 100,
            (chance.choice(TAXES),),
            Decimal(chance.choice((0, 0, 5, 10))),
        )
        for _ in range(count)
    )
    return Document(tuple(lines), rules)


def _changed(document: Document) -> Callable[[], object]:
    """Give the work of an editor when one quantity changes."""
    amounts = [totals.line_amount(line, document.rules) for line in document.lines]
    place = len(amounts) // 2
    line = replace(document.lines[place], quantity=Decimal(7))

    def change() -> object:
        amounts[place] = totals.line_amount(line, document.rules)
        return totals.total(amounts, document.rules)

    return change


def _median_ms(work: Callable[[], object], times: int) -> float:
    work()
    found = []
    for _ in range(times):
        start = time.process_time_ns()
        work()
        found.append((time.process_time_ns() - start) / 1e6)
    return statistics.median(found)
