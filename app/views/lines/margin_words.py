"""How a margin is written: below an amount, and among the totals of a document."""

from __future__ import annotations

from dataclasses import replace

from app.services.margins import Margin, Summed
from app.views import format as written
from app.views.cells import Cell
from app.views.format import tr
from app.views.tokens import Tone
from app.views.widgets.facts import TotalRow


def below(amount: Cell, margin: Margin | None) -> Cell:
    """Write a line's margin below its amount; one below cost is marked by word and colour."""
    if margin is None:
        return amount
    if margin.below_cost:
        loss = written.amount(-margin.left)
        hint = tr("Below cost: it costs {}, {} more than it brings").format(written.amount(margin.cost), loss)
        return replace(amount, second=tr("loss {}").format(_percent(margin)).strip(), second_tone=Tone.BAD, hint=hint)
    hint = tr("Costs {}, leaves {}").format(written.amount(margin.cost), written.amount(margin.left))
    return replace(amount, second=tr("margin {}").format(_percent(margin)).strip(), hint=hint)


def rows(whole: Summed) -> list[TotalRow]:
    """Write cost and margin of a whole document, below its totals."""
    if whole.margin is None:
        return []
    cost = tr("Cost of goods")
    if whole.without:
        words = tr("Cost, without 1 line that has none"), tr("Cost, without {} lines that have none")
        cost = words[whole.without > 1].format(whole.without)
    words_of = tr("Loss {}") if whole.margin.below_cost else tr("Margin {}")
    return [
        TotalRow(cost, written.amount(whole.margin.cost)),
        TotalRow(words_of.format(_percent(whole.margin)).strip(), written.amount(whole.margin.left)),
    ]


def _percent(margin: Margin) -> str:
    """Write how much of the net amount is left, or lost."""
    return "" if margin.percent is None else f"{written.amount(abs(margin.percent), 1)} %"
