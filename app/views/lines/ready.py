"""How a promise is written: the day in a cell, the ways in icons and few words."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction
from typing import Final

from app.models.product import shown
from app.models.supply import Way
from app.services.line_promises import LineOutlook, Piece
from app.views import format as written
from app.views.cells import Cell, Part
from app.views.format import tr
from app.views.tokens import Tone

WAYS: Final[dict[Way, tuple[str, str]]] = {
    Way.STOCK: ("package-check", "{} from stock"),
    Way.TRANSFER: ("warehouse", "{} from another warehouse"),
    Way.BUY: ("shopping-cart", "{} buy"),
    Way.MAKE: ("hammer", "{} make"),
    Way.ASSEMBLE: ("boxes", "{} assemble"),
    Way.OUTSOURCE: ("factory", "{} outsource"),
    Way.DROP_SHIP: ("truck", "{} drop ship"),
    Way.KIT: ("package", "{} of parts"),
}


def pieces(found: Iterable[Piece], in_unit: Callable[[int], Fraction], today: date) -> tuple[Part, ...]:
    """Write how much comes which way, each way once; from stock later than today is on its way."""
    amounts: dict[tuple[Way, bool], int] = {}
    for piece in found:
        key = (piece.way, piece.way == Way.STOCK and piece.on > today)
        amounts[key] = amounts.get(key, 0) + piece.grains
    made = []
    for (way, later), grains in amounts.items():
        icon, words = WAYS[way]
        tone = Tone.OK if way == Way.STOCK and not later else Tone.SOFT
        text = tr("{} incoming") if later else tr(words)
        made.append(Part("package-plus" if later else icon, text.format(shown(in_unit(grains))), tone))
    return tuple(made)


def day(outlook: LineOutlook, today: date) -> tuple[str, Tone]:
    """Write the day all of a line can leave: ``now``, ``Wed 2 Dec``, or that it is not known."""
    if outlook.now:
        return tr("now"), Tone.SOFT
    if outlook.ready_on is None:
        return tr("not known"), Tone.BAD
    return written.day(outlook.ready_on, today), Tone.WARN if outlook.late else Tone.TEXT


def cell(outlook: LineOutlook | None, in_unit: Callable[[int], Fraction], today: date) -> Cell:
    """Write a promise into a cell: the day, and below it where the pieces come from."""
    if outlook is None or not outlook.grains:
        return Cell()
    text, tone = day(outlook, today)
    parts = [part.text for part in pieces(outlook.pieces, in_unit, today)]
    if outlook.missing:
        parts.insert(0, tr("{} missing").format(shown(in_unit(outlook.missing))))
    return Cell(text, tone=tone, second=" · ".join(parts), hint=outlook.reason)
