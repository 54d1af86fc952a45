"""A line of an order in words: where its pieces come from, when all of it can leave, and what it waits for."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any, Final

from app.models.product import shown
from app.models.sourcing import Supply
from app.models.supply import Way
from app.services.line_sources import LineSource
from app.services.overview import LineView
from app.views import format as written
from app.views.cells import Cell, Part
from app.views.format import tr
from app.views.lines import ready
from app.views.tokens import Tone

KINDS: Final[dict[Supply, str]] = {
    Supply.PURCHASE_LINE: "purchase",
    Supply.WORK_ORDER: "work_order",
    Supply.TRANSFER_LINE: "transfer",
}
"""Which kind of record a line waits for, as the window opens it."""
NAMES: Final[dict[Supply, str]] = {
    Supply.PURCHASE_LINE: "Purchase {}",
    Supply.WORK_ORDER: "Work order {}",
    Supply.TRANSFER_LINE: "Transfer {}",
}


def source(line: LineView) -> Cell:
    """Write how much of a line lies promised, is picked, comes which way, and is missing."""
    parts = []
    elsewhere = sum((line.in_unit(one.grains) for one in line.sources if one.document_id is None), Fraction(0))
    here = line.reserved - min(elsewhere, line.reserved)
    if here:
        parts.append(Part("package-check", tr("{} from stock").format(shown(here)), Tone.OK))
    if line.picked:
        parts.append(Part("scan-barcode", tr("{} picked").format(shown(line.picked)), Tone.ACCENT))
    amounts = dict[Way, int]()
    for one in line.sources:
        way = Way.TRANSFER if one.document_id is None else one.way
        amounts[way] = amounts.get(way, 0) + one.grains
    for way, grains in amounts.items():
        icon, words = ready.WAYS[way]
        parts.append(Part(icon, tr(words).format(shown(line.in_unit(grains)))))
    missing = lacking(line)
    if missing:
        parts.append(Part("triangle-alert", tr("{} missing").format(shown(missing)), Tone.WARN))
    if line.returned:
        parts.append(Part("undo-2", tr("{} returned").format(shown(line.returned)), Tone.SOFT))
    return Cell(parts=tuple(parts), hint=line.ready_reason)


def lacking(line: LineView) -> Fraction:
    """What of a line is neither promised nor on its way to it."""
    coming = sum((line.in_unit(one.grains) for one in line.sources if one.document_id is not None), Fraction(0))
    return max(Fraction(0), line.backordered - coming)


def waits(line: LineView) -> bool:
    """Whether some of a line is still to come before it can leave."""
    return bool(line.goods and line.outstanding and (line.backordered or any(one.document_id for one in line.sources)))


def ready_day(line: LineView, order: Any, today: date) -> tuple[str, Tone]:
    """Write the day all that is still to ship can leave."""
    if not line.goods or not line.outstanding:
        return "", Tone.SOFT
    if not waits(line):
        return tr("now"), Tone.SOFT
    if line.ready_on is None:
        return tr("not known"), Tone.BAD
    wanted = line.requested_on or order.promised_on
    late = wanted is not None and line.ready_on > wanted
    return written.day(line.ready_on, today), Tone.WARN if late else Tone.TEXT


def days_late(line: LineView, order: Any) -> int:
    """How many days after the promised one a line can leave; 0 where it is in time or not known."""
    wanted = line.requested_on or order.promised_on
    if wanted is None or line.ready_on is None or not waits(line):
        return 0
    return max(0, (line.ready_on - wanted).days)


def source_name(one: LineSource) -> str:
    """Name the document a line waits for, or the warehouse it leaves from."""
    if one.document_id is None:
        return tr("From {}").format(one.partner)
    return tr(NAMES[one.supply]).format(one.number)


def source_detail(line: LineView, one: LineSource, today: date) -> str:
    """Say how much a source brings, who from, and when."""
    parts = [written.measured(line.in_unit(one.grains), line.unit)]
    if one.document_id is not None and one.partner:
        parts.append(one.partner)
    if one.ready_on is not None and one.document_id is not None:
        parts.append(written.day(one.ready_on, today))
    return " · ".join(parts)
