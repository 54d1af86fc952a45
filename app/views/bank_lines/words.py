"""How bank lines and their proposals are told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from app.models.banking import LineState
from app.services.banking.matching import Confidence, Proposal
from app.services.lists import BankLineRow
from app.views import cells
from app.views.cells import Cell
from app.views.format import tr
from app.views.tokens import Glyph, Hue, Tone

_PROPOSED: Final = {
    Confidence.SURE: ("Sure", Hue.GREEN, Glyph.CHECK),
    Confidence.LIKELY: ("Likely", Hue.BLUE, Glyph.HALF),
    Confidence.DOUBTFUL: ("Doubtful", Hue.AMBER, Glyph.CLOCK),
    Confidence.NONE: ("No match", Hue.GREY, Glyph.SLASH),
}


def state(row: BankLineRow, proposals: Mapping[UUID, Proposal]) -> Cell:
    """Give the chip: what was decided, or how sure the proposal is."""
    if row.state == LineState.BOOKED:
        return cells.chip(tr("Booked"), Hue.GREEN, Glyph.CHECK)
    if row.state == LineState.IGNORED:
        return cells.chip(tr("Ignored"), Hue.GREY, Glyph.SLASH)
    known = proposals.get(row.id)
    if known is None:
        return cells.chip(tr("Open"), Hue.AMBER, Glyph.CLOCK)
    word, hue, glyph = _PROPOSED[known.confidence]
    return cells.chip(tr(word), hue, glyph)


def party(row: BankLineRow) -> Cell:
    """Give who paid or was paid, and what was written."""
    return cells.two_lines(row.name or tr("The bank names nobody"), row.text, code_below=False)


def reason(row: BankLineRow, proposals: Mapping[UUID, Proposal]) -> Cell:
    """Give what it pays and why: decided, or proposed; what stands before the colon is told first."""
    known = proposals.get(row.id)
    told = (known.reason if known else "") if row.state == LineState.OPEN else row.reason
    first, colon, second = told.partition(": ")
    if not colon:
        return cells.text(told, tone=Tone.SOFT)
    return cells.two_lines(first, second[:1].upper() + second[1:], code_below=False)
