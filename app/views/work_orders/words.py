"""How a work order's figures are written, and its next step."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from app.models.supply import Way
from app.models.work import WorkState
from app.services.work_sheets import WorkSheet
from app.views import format as written
from app.views.commands import Command
from app.views.format import tr
from app.views.work_orders import commands

OPEN: Final = (WorkState.PLANNED, WorkState.RELEASED)


def pieces(grains: int, grain: int, unit: str = "") -> str:
    """Write grains as a quantity, with its unit where one is given."""
    return written.measured(Fraction(grains, grain), unit)


def next_step(sheet: WorkSheet) -> Command | None:
    """Give what is to be done next; None where nothing is."""
    if sheet.head.state == WorkState.RELEASED:
        return commands.REPORT
    if sheet.head.state != WorkState.PLANNED:
        return None
    if sheet.head.way == Way.OUTSOURCE:
        if any(one.to_send for one in sheet.sent):
            return commands.SEND
        if any(one.on_the_way for one in sheet.sent):
            return commands.ARRIVED
    return commands.RELEASE


def minutes(sheet_minutes: Fraction) -> str:
    """Write minutes of work as hours and minutes."""
    whole = -(-sheet_minutes.numerator // sheet_minutes.denominator)
    hours, rest = divmod(whole, 60)
    return tr("{} h {:02} min").format(hours, rest) if hours else tr("{} min").format(rest)
