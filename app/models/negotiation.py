"""What changed between two versions of an offer: line by line, and in its terms.

A version is read from the snapshot that was frozen when it was sent; the quote as it stands now is read the same way,
so that any two can be compared.  Lines are the same line by their id, which a line keeps through all rounds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A line as a version offers it; prices and amounts in the quote's currency, ``quantity`` in ``unit``."""

    id: UUID
    position: int
    kind: str
    sku: str
    name: str
    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    discount_percent: Decimal
    tax_codes: str
    requested_on: date | None
    choice: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Version:
    """All that a version offers; ``terms`` by their column, addresses as JSON text, days and amounts typed."""

    terms: Mapping[str, Any]
    lines: tuple[VersionLine, ...]

    @property
    def total(self) -> Decimal:
        """What it comes to, in its currency."""
        total: Decimal = self.terms["total"]
        return total


@dataclass(frozen=True, slots=True)
class Changed:
    """A value that differs; None where there was none."""

    what: str
    before: Any
    after: Any


class LineChange(StrEnum):
    """What became of a line."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class LinePair:
    """A line in both versions, side by side; one of them is None where it was added or removed."""

    before: VersionLine | None
    after: VersionLine | None
    changes: tuple[Changed, ...]

    @property
    def kind(self) -> LineChange:
        """What became of the line."""
        if self.before is None:
            return LineChange.ADDED
        if self.after is None:
            return LineChange.REMOVED
        return LineChange.CHANGED if self.changes else LineChange.SAME


@dataclass(frozen=True, slots=True)
class Difference:
    """Two versions side by side: lines in the order of the later one, removed ones where they stood."""

    lines: tuple[LinePair, ...]
    terms: tuple[Changed, ...]
    before_total: Decimal
    after_total: Decimal

    @property
    def is_none(self) -> bool:
        """Whether the two say the same."""
        return not self.terms and all(pair.kind is LineChange.SAME for pair in self.lines)


COMPARED: Final = (
    "name",
    "description",
    "quantity",
    "unit",
    "unit_price",
    "discount_percent",
    "tax_codes",
    "requested_on",
    "choice",
    "amount",
)
"""What of a line is compared, in the order it is told."""

TERMS: Final = (
    "payment_term",
    "valid_until",
    "requested_on",
    "discount_percent",
    "discount_amount",
    "tax_rounding",
    "customer_po",
    "billing_address",
    "shipping_address",
    "notes",
    "untaxed",
    "tax",
    "rounding",
    "total",
)
"""What of the head is compared, in the order it is told."""

_DAYS: Final = frozenset({"valid_until", "requested_on"})
_NUMBERS: Final = frozenset(
    {
        "quantity",
        "unit_price",
        "amount",
        "untaxed",
        "tax",
        "rounding",
        "total",
        "discount_percent",
        "discount_amount",
        "cash_rounding",
    }
)


def version_of(snapshot: str) -> Version:
    """Read a version from its snapshot.

    Raises:
        ValueError, LookupError, TypeError, ArithmeticError: it is nothing that Waybill wrote.

    """
    frozen = json.loads(snapshot)
    lines = tuple(_line(one) for one in frozen["lines"])
    return Version({name: _typed(name, value) for name, value in frozen["quote"].items()}, lines)


def difference(before: Version, after: Version) -> Difference:
    """Compare two versions of the same quote."""
    was, now = ({line.id: line for line in version.lines} for version in (before, after))
    pairs = [_pair(was.get(line.id), line) for line in after.lines]
    for place, line in enumerate(before.lines):
        if line.id not in now:
            pairs.insert(_place_of_removed(before.lines[:place], pairs), _pair(line, None))
    terms = tuple(
        Changed(name, before.terms.get(name), after.terms.get(name))
        for name in TERMS
        if before.terms.get(name) != after.terms.get(name)
    )
    return Difference(tuple(pairs), terms, before.total, after.total)


def _place_of_removed(above: Sequence[VersionLine], pairs: Sequence[LinePair]) -> int:
    """Give the place right below the nearest line that stood above it, else the top."""
    places = {pair.before.id: place for place, pair in enumerate(pairs) if pair.before is not None}
    return next((places[line.id] + 1 for line in reversed(above) if line.id in places), 0)


def _pair(before: VersionLine | None, after: VersionLine | None) -> LinePair:
    if before is None or after is None:
        return LinePair(before, after, ())
    values = ((name, getattr(before, name), getattr(after, name)) for name in COMPARED)
    return LinePair(before, after, tuple(Changed(*one) for one in values if one[1] != one[2]))


def _line(plain: Mapping[str, Any]) -> VersionLine:
    facts = {name: _typed(name, plain.get(name)) for name in VersionLine.__dataclass_fields__}
    return VersionLine(**{**facts, "id": UUID(plain["id"]), "choice": plain.get("choice") or ""})


def _typed(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _DAYS:
        return date.fromisoformat(value)
    return Decimal(value) if name in _NUMBERS else value
