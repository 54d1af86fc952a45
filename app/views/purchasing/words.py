"""How a purchase order's figures are written, its next step, and what is at stake when it ends."""

from __future__ import annotations

from fractions import Fraction

from app.models.purchase import PurchaseState
from app.services.purchase_sheets import PurchaseSheet, SheetLine
from app.views import format as written
from app.views.commands import Command
from app.views.format import tr
from app.views.purchasing import commands


def quantity(line: SheetLine, grains: int) -> str:
    """Write grains in the line's unit."""
    return written.measured(Fraction(line.in_unit(grains)), line.unit)


def next_step(state: str, *, drop: bool) -> Command | None:
    """Give what is to be done next; None where nothing is."""
    if state == PurchaseState.DRAFT:
        return commands.SEND
    if state == PurchaseState.SENT:
        return commands.CONFIRM
    if state == PurchaseState.CONFIRMED:
        return commands.SHIPPED if drop else commands.RECEIVE
    return None


def stakes(sheet: PurchaseSheet) -> list[str]:
    """Say what is at stake if a purchase order ended now, a sentence each: who waits, and what the supplier has."""
    waits = dict.fromkeys(f"{one.number} {one.customer}".strip() for one in sheet.waiting)
    told = [tr("{} waits for it.").format(one) for one in waits]
    if sheet.is_open:
        told.append(tr("{} has it already: agree with them first.").format(sheet.supplier.name))
    return told
