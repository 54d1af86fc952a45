"""How stock is written: figures in the stock unit, what comes and goes, where goods lie, what moved."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Final
from uuid import UUID

from app.models.product import shown
from app.models.stock import SHELVED, Place
from app.services.lists import StockRow
from app.services.stock_sheet import Due, Lies, Moved
from app.views import cells
from app.views import format as written
from app.views.cells import Cell
from app.views.curve import curve_of
from app.views.format import tr
from app.views.tokens import Glyph, Hue, Status, Tone

DAYS: Final = 84
"""How far ahead the list looks: twelve weeks."""
SOON: Final = 30
KINDS: Final = {
    "purchase": "Purchase",
    "work order": "Work order",
    "transfer": "Transfer",
    "order": "Order",
    "component": "For work order",
}
OPENS: Final = {
    "purchase": "purchase",
    "work order": "work_order",
    "transfer": "transfer",
    "order": "order",
    "component": "work_order",
}
"""Which record the window opens for what comes and goes."""
PLACES: Final = {
    Place.FREE: "Free",
    Place.PROMISED: "Promised",
    Place.PICKED: "Picked",
    Place.BLOCKED: "Blocked",
    Place.SUPPLIER: "Supplier",
    Place.CUSTOMER: "Customer",
    Place.ADJUSTMENT: "Count",
    Place.SCRAP: "Scrap",
    Place.HISTORY: "Taken over",
    Place.TRANSIT: "On the way",
    Place.PRODUCTION: "Production",
}
STATES: Final = {
    "expired": Status("Expired", Hue.RED, Glyph.BANG),
    "short": Status("Short", Hue.RED, Glyph.BANG),
    "out": Status("Out of stock", Hue.RED, Glyph.BANG),
    "blocked": Status("Blocked", Hue.GREY, Glyph.BARS),
    "low": Status("Low", Hue.AMBER, Glyph.HALF),
    "promised": Status("All promised", Hue.AMBER, Glyph.HALF),
    "there": Status("In stock", Hue.GREEN, Glyph.CHECK),
}
"""How a product's stock stands, the worst first."""
_INSIDE: Final = SHELVED | {Place.PICKED}


def figure(grains: int, grain: int) -> str:
    """Write grains in stock units."""
    return shown(Fraction(grains, grain))


def quantity(grains: int, grain: int) -> Cell:
    """A figure of the list; nothing is faint."""
    return cells.text(figure(grains, grain), strong=True) if grains else Cell(cells.DASH, tone=Tone.FAINT)


def status_of(row: StockRow, location_id: UUID | None) -> Status:
    """How a product's stock stands: short, out, running out, expired, or there."""
    figures = row.figures(location_id)
    expired = row.expires_on is not None and row.today is not None and row.expires_on < row.today
    told = (
        (expired, STATES["expired"]),
        (row.short and location_id is None, STATES["short"]),
        (not figures.on_hand, STATES["out"]),
        (figures.blocked == figures.on_hand, STATES["blocked"]),
        (row.runs_out_on(location_id) is not None, STATES["low"]),
        (not figures.free, STATES["promised"]),
        (True, STATES["there"]),
    )
    return next(status for holds, status in told if holds)


def next_cell(row: StockRow, location_id: UUID | None) -> Cell:
    """What happens next: when it runs out, else when the next goods come, else the last day of what lies there."""
    assert row.today is not None, "the outlook was read"
    out = row.runs_out_on(location_id)
    if out is not None:
        words = tr("Too little now") if out == row.today else tr("Out {}").format(written.short_day(out))
        return cells.text(words, tone=Tone.BAD, strong=True)
    if row.expires_on is not None and (row.expires_on - row.today).days <= SOON:
        tone = Tone.BAD if row.expires_on < row.today else Tone.WARN
        return cells.text(last_day(row.expires_on, row.today), tone=tone, strong=True)
    receipts = row.figures(location_id).receipts
    if receipts:
        return cells.text(tr("Due {}").format(written.short_day(receipts[0].on)), tone=Tone.SOFT)
    return Cell()


def last_day(on: date, today: date) -> str:
    """Write a last day with what it means; another year than this one is named."""
    day = written.short_day(on) if on.year == today.year else written.day(on, today)
    return tr("Expired {}").format(day) if on < today else tr("Until {}").format(day)


def curve(row: StockRow, location_id: UUID | None) -> Cell:
    """The projected stock of the next weeks as a small line."""
    assert row.today is not None, "the outlook was read"
    figures = row.figures(location_id)
    balances = figures.balances(row.today)
    last = written.measured(Fraction(balances[-1].grains, row.grain), row.unit)
    words = tr("Free now {}, in the end {}").format(figure(figures.free, row.grain), last)
    return Cell(curve=curve_of(balances, row.today, DAYS), hint=words)


# one product ---------------------------------------------------------------------------------------------


def place(one: Lies) -> Cell:
    """Warehouse and bin."""
    if one.packing:
        return cells.two_lines(tr("With the packers"), one.warehouse)
    if one.unplaced:
        return cells.two_lines(tr("In no bin"), one.warehouse)
    return Cell(one.bin or tr("In no bin"), strong=True, code=bool(one.bin), second=one.warehouse)


def spot_words(one: Lies, grain: int, unit: str) -> str:
    """A place in one line, for a choice."""
    where = one.bin or tr("in no bin")
    parts = [one.warehouse, where, one.lot, f"{figure(one.quantity, grain)} {unit}"]
    return " · ".join(part for part in parts if part)


def lot(one: Lies, today: date) -> Cell:
    """Lot or serial number, its last day, and whether it is blocked."""
    if not one.lot:
        return Cell()
    if one.blocked:
        words, tone = tr("blocked"), Tone.BAD
        if one.expires_on is not None and one.expires_on < today:
            words = tr("expired, blocked")
        return Cell(one.lot, tone=tone, strong=True, code=True, second=words)
    day = last_day(one.expires_on, today) if one.expires_on else tr("no last day")
    late = one.expires_on is not None and one.expires_on < today
    return Cell(one.lot, tone=Tone.BAD if late else Tone.TEXT, strong=True, code=True, second=day)


def due_cell(one: Due, today: date) -> Cell:
    """The day, and what the document says where that is over."""
    day = written.day(one.on, today)
    if one.planned_on is not None and one.grains > 0:
        return Cell(
            day, tone=Tone.WARN, strong=True, second=tr("was due {}").format(written.day(one.planned_on, today))
        )
    return cells.two_lines(day, one.warehouse)


def document(one: Due) -> Cell:
    """What brings or takes it, and for whom."""
    kind = tr(KINDS[one.kind])
    return Cell(one.number, strong=True, code=True, second=f"{kind} · {one.who}" if one.who else kind)


def signed(grains: int, grain: int) -> Cell:
    """A figure with its sign."""
    words = figure(abs(grains), grain)
    if grains > 0:
        return cells.text(f"+{words}", tone=Tone.OK, strong=True)
    return cells.text(f"−{words}", strong=True)


def balance(one: Due, grain: int) -> Cell:
    """What is free then; below zero in trouble's colour."""
    words = figure(one.balance, grain).replace("-", "−")
    return cells.text(words, tone=Tone.BAD if one.balance < 0 else Tone.SOFT, strong=one.balance < 0)


def moved_quantity(one: Moved, grain: int) -> Cell:
    """How much moved: plus where it came in, minus where it left, no sign where it stayed inside."""
    comes, leaves = one.move.target in _INSIDE, one.move.source in _INSIDE
    if comes == leaves:
        return cells.text(figure(one.move.quantity, grain), tone=Tone.SOFT, strong=True)
    return signed(one.move.quantity if comes else -one.move.quantity, grain)


def way(one: Moved) -> Cell:
    """From where to where."""
    source, target = (tr(PLACES[Place(name)]) for name in (one.move.source, one.move.target))
    return cells.two_lines(f"{source} → {target}", one.warehouse)


def paper(one: Moved) -> Cell:
    """The document it came from, else the reason somebody gave."""
    if one.number:
        reason = one.move.reason if one.move.reason != one.number else one.kind.replace("_", " ").capitalize()
        return Cell(one.number, strong=True, code=True, second=reason)
    return cells.text(one.move.reason.capitalize(), tone=Tone.SOFT)
