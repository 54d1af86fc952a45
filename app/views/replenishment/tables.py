"""The columns of proposals and of order points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from app.models.replenishment import Policy
from app.models.rounding import round_decimals
from app.services import unit_words
from app.services.replenishing import Proposal, Urgency
from app.services.replenishment_aims import Suggestion
from app.services.replenishment_surplus import Surplus, SurplusStock
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.format import tr
from app.views.tables import CHECK
from app.views.tokens import Tone
from app.views.way_names import WAY_NAMES

URGENCIES: Final = {
    Urgency.SHORT: ("Short now", Tone.BAD),
    Urgency.LATE: ("Runs out before it comes", Tone.WARN),
    Urgency.USUAL: ("Below its order point", Tone.SOFT),
    Urgency.STUCK: ("No way of supply", Tone.BAD),
}


SURPLUS: Final = {
    Surplus.DEAD: ("Not wanted for a year", Tone.BAD),
    Surplus.EXCESS: ("More than is ever ordered up to", Tone.WARN),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A proposal, and the grains that are to be ordered of it."""

    proposal: Proposal
    grains: int

    @property
    def cost(self) -> Decimal | None:
        """What it costs in the company's currency, to the cent; None where no price is known."""
        cost = self.proposal.cost
        return None if cost is None else round_decimals(cost * self.grains, 2)


def proposal_columns(today: Callable[[], date]) -> tuple[Column[Line], ...]:
    """Give the columns of proposals; the quantity is typed in place."""

    def runs_out(line: Line) -> Cell:
        one = line.proposal
        words, tone = URGENCIES[one.urgency]
        when = written.day(one.out_on, today()) if one.out_on is not None else "–"
        return Cell(when, tone=tone if one.urgency != Urgency.USUAL else Tone.TEXT, second=tr(words))

    def comes(line: Line) -> Cell:
        one = line.proposal
        if one.way is None:
            return Cell(tr("not known"), tone=Tone.BAD)
        when = tr("comes {}").format(written.day(one.arrives_on, today()))
        return Cell(one.partner or tr(WAY_NAMES[one.way][0]), second=f"{tr(WAY_NAMES[one.way][0])}, {when}")

    return (
        Column[Line](CHECK, "", _no_cell, 40),
        Column[Line]("item", tr("Item"), _item, 150, stretch=True),
        Column[Line]("warehouse", tr("Warehouse"), lambda line: cells.text(line.proposal.warehouse), 92),
        Column[Line]("out", tr("Runs out"), runs_out, 150),
        Column[Line]("position", tr("Free"), _free, 64, right=True),
        Column[Line]("order", tr("Order"), _quantity, 84, right=True, edit=_typed),
        Column[Line]("from", tr("How"), comes, 150),
        Column[Line]("cost", tr("Cost"), lambda line: cells.amount(line.cost), 84, right=True),
    )


def surplus_columns() -> tuple[Column[SurplusStock], ...]:
    """Give the columns of what is too much."""

    def why(one: SurplusStock) -> Cell:
        words, tone = SURPLUS[one.why]
        return Cell(tr(words), tone=tone)

    def lasts(one: SurplusStock) -> Cell:
        if one.weeks is None:
            return Cell("–", tone=Tone.FAINT)
        return cells.text(tr("{} weeks").format(written.quantity(Decimal(round(one.weeks)))))

    return (
        Column[SurplusStock]("item", tr("Item"), lambda one: cells.two_lines(one.name, one.sku), 170, stretch=True),
        Column[SurplusStock]("warehouse", tr("Warehouse"), lambda one: cells.text(one.warehouse), 110),
        Column[SurplusStock]("why", tr("Why"), why, 190),
        Column[SurplusStock](
            "free", tr("Free"), lambda one: Cell(one.written(one.grains), second=one.unit), 84, right=True
        ),
        Column[SurplusStock](
            "beyond", tr("Too much"), lambda one: cells.text(one.written(one.beyond), strong=True), 92, right=True
        ),
        Column[SurplusStock]("lasts", tr("Lasts"), lasts, 96, right=True),
        Column[SurplusStock](
            "worth", tr("Worth"), lambda one: cells.amount(round_decimals(one.worth, 2)), 104, right=True
        ),
    )


def rule_columns() -> tuple[Column[Suggestion], ...]:
    """Give the columns of order points: what is, and what is proposed."""
    return (
        Column[Suggestion](CHECK, "", _no_rule_cell, 40),
        Column[Suggestion]("item", tr("Item"), lambda one: cells.two_lines(one.name, one.sku), 170, stretch=True),
        Column[Suggestion]("warehouse", tr("Warehouse"), lambda one: cells.text(one.warehouse), 104),
        Column[Suggestion]("kind", tr("Demand"), _kind, 100),
        Column[Suggestion]("today", tr("Today"), _before, 116, right=True),
        Column[Suggestion]("point", tr("Order point"), _point, 120, right=True),
        Column[Suggestion]("amount", tr("Quantity"), _amount, 84, right=True),
        Column[Suggestion]("cover", tr("Lasts"), _cover, 96, right=True),
    )


def grains_of(proposal: Proposal, typed: str) -> int | None:
    """Read a quantity typed in the stock unit as whole grains; None where it is no number, or finer than stock."""
    number = written.number(typed)
    if number is None or number < 0:
        return None
    grains = Fraction(number) * proposal.grain
    return int(grains) if grains.denominator == 1 else None


def _no_cell(_line: Line) -> Cell:
    return Cell("")


def _no_rule_cell(_one: Suggestion) -> Cell:
    return Cell("")


def _item(line: Line) -> Cell:
    return cells.two_lines(line.proposal.name, line.proposal.sku)


def _free(line: Line) -> Cell:
    one = line.proposal
    coming = tr("{} coming").format(one.written(one.position.coming)) if one.position.coming else ""
    return Cell(one.written(one.position.free), second=coming)


def _quantity(line: Line) -> Cell:
    one = line.proposal
    unit = unit_words.of(one.unit, Fraction(line.grains, one.grain))
    changed = tr("proposed {}").format(one.written(one.grains)) if line.grains != one.grains else unit
    return Cell(one.written(line.grains), strong=True, second=changed)


def _typed(line: Line) -> str:
    return line.proposal.written(line.grains)


def _kind(one: Suggestion) -> Cell:
    weekly = tr("{} a week").format(written.quantity(Decimal(round(Fraction(one.rule.weekly * 10, one.grain))) / 10))
    return Cell(tr(one.kind.capitalize()), second=weekly)


def _before(one: Suggestion) -> Cell:
    if one.before is None:
        return Cell(tr("none"), tone=Tone.FAINT)
    target = {Policy.QUANTITY: tr("by {}"), Policy.TARGET: tr("up to {}"), Policy.PERIODIC: tr("up to {}")}
    words = target[one.before.policy].format(one.written(one.before.amount))
    return Cell(one.written(one.before.order_point), second=words)


def _point(one: Suggestion) -> Cell:
    safety = tr("{} of it safety").format(one.written(one.rule.safety_stock))
    return Cell(one.written(one.rule.order_point), strong=True, second=safety)


def _amount(one: Suggestion) -> Cell:
    unit = unit_words.of(one.unit, Fraction(one.rule.amount, one.grain))
    return Cell(one.written(one.rule.amount), strong=True, second=unit)


def _cover(one: Suggestion) -> Cell:
    return cells.text(tr("{} weeks").format(written.quantity(one.cover)) if one.cover is not None else "–")
