"""The lines of an offer: which count, which may be chosen, and which of them an answer takes.

A line is *included*, *optional* (the customer may add it) or an *alternative* (it may be taken in the place of the
nearest included or optional line above it).  Only included lines are in the total; the others show their amount.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol, TypeVar
from uuid import UUID

from app.errors import Invalid
from app.models.rounding import spread

SOLD: Final = frozenset({"product", "fee"})
"""The kinds of lines that have an amount."""


class Choice(StrEnum):
    """How a line is offered."""

    INCLUDED = ""
    OPTIONAL = "optional"
    ALTERNATIVE = "alternative"


class Standing(Protocol):
    """What says which line an alternative stands for, also while it is typed."""

    @property
    def id(self) -> UUID: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def choice(self) -> str: ...  # noqa: D102


class Offered(Standing, Protocol):
    """What the rules ask of a line of an offer; ``order_id`` is the order that took it."""

    @property
    def position(self) -> int: ...  # noqa: D102
    @property
    def order_id(self) -> UUID | None: ...  # noqa: D102
    @property
    def amount(self) -> Decimal: ...  # noqa: D102


L = TypeVar("L", bound=Offered)
S = TypeVar("S", bound=Standing)


def check_choices(lines: Iterable[tuple[str, str]]) -> None:
    """Refuse a choice that is none, one of a line without an amount, or an alternative to nothing.

    ``lines`` are the kind and choice of each line, from the top.

    Raises:
        Invalid: with the number of the line.

    """
    has_base = False
    for number, (kind, choice) in enumerate(lines, 1):
        if choice not in set(Choice):
            raise Invalid("choice", f"Line {number}: a line is included, optional or an alternative. Choose one.")
        if choice and kind not in SOLD:
            raise Invalid("choice", f"Line {number}: only goods and fees can be optional or an alternative.")
        if choice == Choice.ALTERNATIVE and not has_base:
            raise Invalid("choice", f"Line {number} is an alternative, but no line above it can be replaced by it.")
        has_base = has_base or (kind in SOLD and choice != Choice.ALTERNATIVE)


def stands_for(lines: Sequence[S]) -> dict[UUID, UUID]:
    """Tell of each alternative which line it may take the place of."""
    found: dict[UUID, UUID] = {}
    base: UUID | None = None
    for line in lines:
        if line.choice == Choice.ALTERNATIVE and base is not None:
            found[line.id] = base
        elif line.kind in SOLD:
            base = line.id
    return found


def settled(lines: Sequence[L]) -> set[UUID]:
    """Give the lines that can no longer be ordered: those that were, and all that stand in one place with such a line.

    A line and the alternatives to it share a place: once one of them is ordered, the others are no longer offered.
    """
    base_of = stands_for(lines)
    places = {base_of.get(line.id, line.id) for line in lines if line.order_id is not None}
    return {line.id for line in lines if base_of.get(line.id, line.id) in places}


def taken(lines: Sequence[L], keep: Collection[UUID], chosen: Collection[UUID]) -> list[L]:
    """Give the lines that an answer takes, in their order.

    ``keep`` names the lines that are taken; empty, it is all included lines that are not settled yet.  ``chosen`` names
    optional lines and alternatives taken besides; an alternative takes the place of its line.

    Raises:
        Invalid: a line is not of this quote, it or another in its place was ordered before, or two exclude each other.

    """
    known, gone = {line.id: line for line in lines}, settled(lines)
    for line_id in (*keep, *chosen):
        if line_id not in known:
            raise Invalid("lines", "A line that was chosen is no longer in the quote. Read it again.")
        refuse_settled(known[line_id], gone)
    base_of = stands_for(lines)
    wanted = set(keep) or {line.id for line in lines if not line.choice and line.id not in gone}
    wanted |= set(chosen)
    replaced: dict[UUID, UUID] = {}
    for line in lines:
        base = base_of.get(line.id) if line.id in wanted else None
        if base is None:
            continue
        first = replaced.setdefault(base, line.id)
        if first != line.id or base in keep:
            raise Invalid("lines", f"Line {line.position} excludes another one that was chosen. Take one of them.")
    return [line for line in lines if line.id in wanted and line.id not in replaced]


def refuse_settled(line: Offered, gone: Collection[UUID]) -> None:
    """Refuse a line that is among those ``settled`` of its quote.

    Raises:
        Invalid: it, or another one in its place, was ordered before.

    """
    if line.order_id is not None:
        raise Invalid("lines", f"Line {line.position} was ordered before. Leave it out.")
    if line.id in gone:
        raise Invalid("lines", f"In the place of line {line.position} another one was ordered before. Leave it out.")


def left_open(lines: Sequence[L], took: Collection[UUID]) -> list[L]:
    """Give the included goods and fees that remain to be ordered once ``took`` are."""
    base_of = stands_for(lines)
    gone = settled(lines) | {*took, *(base_of[line_id] for line_id in took if line_id in base_of)}
    return [line for line in lines if line.kind in SOLD and not line.choice and line.id not in gone]


def discount_share(lines: Sequence[L], took: Collection[UUID], discount: Decimal, decimals: int) -> Decimal:
    """Give the part of a discount in money that goes with the lines an order takes.

    It is shared out over the included lines by their amounts, so that the parts of all orders add up to it.
    """
    counted = [line for line in lines if not line.choice and line.kind in SOLD]
    if not discount or all(line.id in took for line in counted):
        return discount
    steps = spread(int(discount.scaleb(decimals)), [int(line.amount.scaleb(decimals)) for line in counted])
    base_of = stands_for(lines)
    gone = {base_of.get(line_id, line_id) for line_id in took}
    return Decimal(sum(part for line, part in zip(counted, steps, strict=True) if line.id in gone)).scaleb(-decimals)
