"""The lines of a bank statement matched with what is open, against a bare look-up of numbers."""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, TypeVar
from uuid import UUID

from app.models.base import new_id
from app.services.banking.matching import Confidence, OpenItem, OpenItems
from bench.results import Report

MATCH_MOST: Final = 3_000.0
INDEX_MOST: Final = 3_000.0
RATIO_MOST: Final = 60.0
T = TypeVar("T")
DAY: Final = date(2026, 11, 20)


@dataclass(frozen=True, slots=True)
class _Line:
    """A bank line whose truth is known: the items it pays."""

    amount: Decimal
    currency: str
    booked_on: date
    name: str
    counterparty: str
    reference: str
    text: str
    paid: frozenset[UUID]


def measure(report: Report, line_count: int, item_count: int) -> None:
    """Match one statement; what is sure is compared with the truth."""
    chance = random.Random(5)
    items = _items(chance, item_count)
    lines = [_line(chance, items) for _ in range(line_count)]
    index, index_ms = _timed(lambda: OpenItems(items))
    found, match_ms = _timed(lambda: [index.propose(line) for line in lines])
    _, bare_ms = _timed(lambda: _bare(items, lines))
    for words, spent in (("open item indexed", index_ms), ("line matched", match_ms), ("line looked up", bare_ms)):
        count = item_count if spent is index_ms else line_count
        report.rows.append((words, str(count), f"{spent / count:.3f}", f"{count * 1000 / spent:,.0f}"))
    wrong = sum(
        1
        for line, one in zip(lines, found, strict=True)
        if one.confidence == Confidence.SURE and {key for part in one.parts for key, _ in part.allocations} != line.paid
    )
    told = Counter(one.confidence for one in found)
    report.limit(f"CPU ms to match {line_count} lines with {item_count} open items", match_ms, MATCH_MOST)
    report.limit("CPU ms to index these", index_ms, INDEX_MOST)
    report.limit("matching to the bare look-up of one number per line", match_ms / bare_ms, RATIO_MOST)
    report.limit("lines matched for sure, and wrongly", wrong, 0)
    counts = ", ".join(f"{count} {confidence}" for confidence, count in sorted(told.items()))
    report.notes.append(f"Lines matched: {counts}.  Looked up: each word asked of a dictionary of numbers.")


def _items(chance: random.Random, count: int) -> list[OpenItem]:
    customers = [(new_id(), f"Customer {n} Ltd") for n in range(max(count // 6, 1))]
    found = []
    for n in range(1, count + 1):
        key, name = chance.choice(customers)
        amount = Decimal(chance.choice((chance.randint(1_000, 999_999), 10_000, 25_000))) / 100
        due = DAY + timedelta(days=chance.randint(-60, 30))
        found.append(OpenItem(new_id(), f"INV-{n:05}", key, name, "EUR", amount, due, (f"SO-{n:05}",)))
    return found


def _line(chance: random.Random, items: list[OpenItem]) -> _Line:
    """Pay one or two items of the list, named as people do: whole, cut in pieces, by name only, or not at all."""
    paid = chance.sample(items, chance.choice((1, 1, 1, 2)))
    amount = sum((one.open_amount for one in paid), Decimal(0))
    numbers = " ".join(one.number for one in paid)
    text = chance.choice(
        (numbers, numbers, numbers.replace("-", " "), f"{numbers[:7]} {numbers[7:]}", "with thanks", "")
    )
    if chance.random() < 0.1:
        amount -= Decimal(1)
    name = chance.choice((paid[0].customer_name, paid[0].customer_name.upper(), "Somebody"))
    return _Line(amount, "EUR", DAY, name, "", "", f"Payment {text} of 20.11.", frozenset(one.id for one in paid))


def _bare(items: list[OpenItem], lines: list[_Line]) -> int:
    known = {item.number: item for item in items}
    return sum(1 for line in lines for word in re.findall(r"INV-\d+", line.text) if word in known)


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    start = time.process_time_ns()
    found = work()
    return found, (time.process_time_ns() - start) / 1e6
