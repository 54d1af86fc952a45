"""What is done with several rows that have the number of the same customer or product."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from app.services.imports.values import Value


class Repeated(StrEnum):
    """How rows with the same number become one record."""

    REJECT = "reject"  # they do not: only the first is taken
    FIRST = "first"  # for each field the first value that is not empty
    LAST = "last"  # for each field the last one
    MOST_USED = "most used"  # for each field the value most rows have; of equals the first


def merge(rows: Sequence[Sequence[Value]], how: Repeated) -> list[Value]:
    """Make the values of one record from those of its rows."""
    return [_chosen(column, how) for column in zip(*rows, strict=True)]


def _chosen(column: Sequence[Value], how: Repeated) -> Value:
    filled = [value for value in column if value is not None and value != ""]
    if not filled:
        return column[0]
    if how is Repeated.MOST_USED:
        return Counter(filled).most_common(1)[0][0]
    return filled[-1] if how is Repeated.LAST else filled[0]
