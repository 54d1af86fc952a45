"""What promotions take off an order's lines and which goods they add: exact, and the same however often it is asked.

Promotions are worked out by priority, each on what those before it have left.  Thresholds ask for the order as it
was before any of them.  A reduction becomes part of the line's own discount, so that taxes, part invoices, credit
notes and returns follow without knowing of promotions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final
from uuid import UUID

from app.models.base import PRICE
from app.models.promotion import Benefit, Target
from app.models.rounding import Rounding, round_decimals, round_ratio, spread

ZERO: Final = Decimal(0)
NONE: Final = Fraction(0)


@dataclass(frozen=True, slots=True)
class Step:
    """From ``min_quantity`` pieces that count and ``min_amount`` of goods on, this is given.

    ``figure``: per cent, an amount, or the price of one of the goods it adds; ``quantity``: how many of these, or
    how many of the cheapest pieces.
    """

    min_quantity: Decimal = ZERO
    min_amount: Decimal = ZERO
    figure: Decimal = ZERO
    quantity: Decimal = Decimal(1)
    product_id: UUID | None = None
    at_list: bool = False


@dataclass(frozen=True, slots=True)
class Promotion:
    """A promotion that runs, its amounts in the currency of the order it is worked out for."""

    id: UUID
    name: str
    benefit: Benefit
    target: Target
    steps: tuple[Step, ...]
    priority: int = 10
    exclusive: bool = False
    unit: str = ""
    products: frozenset[UUID] = frozenset()
    excluded: frozenset[UUID] = frozenset()
    skip_discounted: bool = False
    with_tax: bool = False
    repeats: bool = False
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Bought:
    """A line of goods: ``listed`` is quantity x price, ``own_percent`` its discount without promotions.

    ``pieces`` counts stock units.  ``net`` and ``gross`` are what its amount comes to before and with tax: 1 and 1.21
    of 1 where prices are net, 1/1.21 and 1 where tax is contained in them.
    """

    line_id: UUID
    product_id: UUID
    unit: str
    pieces: Fraction
    listed: Fraction
    own_percent: Decimal = ZERO
    net: Fraction = Fraction(1)
    gross: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a promotion takes off a line, in the document's currency."""

    promotion_id: UUID
    line_id: UUID
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Gift:
    """Goods that a promotion adds; ``price`` None is their list price."""

    promotion_id: UUID
    product_id: UUID
    quantity: Decimal
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a promotion gives something, how much, and in words why not."""

    promotion_id: UUID
    name: str
    applies: bool
    amount: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that promotions do to a document; ``percents`` is the discount of each line that they change."""

    effects: tuple[Effect, ...]
    gifts: tuple[Gift, ...]
    percents: dict[UUID, Decimal]
    verdicts: tuple[Verdict, ...]


@dataclass(slots=True)
class _Line:
    """A line while it is worked out: ``kept`` is the share of its listed amount that is still asked."""

    bought: Bought
    places: int
    kept: Fraction
    touched: bool = False

    @property
    def left(self) -> Decimal:
        return round_decimals(self.bought.listed * self.kept, self.places, Rounding.HALF_UP)

    @property
    def per_piece(self) -> Fraction:
        return self.bought.listed * self.kept / self.bought.pieces

    def reduce(self, share: Fraction) -> Decimal:
        """Take a share of what is left; return what that comes to."""
        return self._keep(self.kept * (1 - share))

    def take(self, off: Fraction) -> Decimal:
        """Take an amount; return it."""
        return self._keep((Fraction(self.left) - off) / self.bought.listed)

    @property
    def percent(self) -> Decimal:
        """The discount that leaves what is kept, as fine as a line's discount is stored."""
        return round_decimals(100 * (1 - self.kept), PRICE, Rounding.HALF_UP)

    def _keep(self, kept: Fraction) -> Decimal:
        """Keep what a stored discount leaves, to the cent for lines below a million; what rounds to nothing stays off.

        A discount that takes nothing now would be taken once more at every change of the order.
        """
        before, kept_before = self.left, self.kept
        self.kept = max(kept, NONE)
        self.kept = 1 - Fraction(self.percent) / 100
        if self.left == before:
            self.kept = kept_before
            return ZERO
        self.touched = True
        return before - self.left


@dataclass(slots=True)
class _Working:
    """One document while promotions are worked out."""

    lines: list[_Line]
    places: int
    goods: Fraction
    goods_with_tax: Fraction
    effects: list[Effect] = field(default_factory=list)
    gifts: list[Gift] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)


def work_out(promotions: Sequence[Promotion], lines: Sequence[Bought], places: int) -> Outcome:
    """Work promotions out for a document whose currency has ``places`` decimals."""
    known = [_Line(one, places, 1 - Fraction(one.own_percent) / 100) for one in lines if one.listed > 0]
    goods = sum((Fraction(line.left) * line.bought.net for line in known), NONE)
    with_tax = sum((Fraction(line.left) * line.bought.gross for line in known), NONE)
    work = _Working(known, places, goods, with_tax)
    stopped = ""
    for one in sorted(promotions, key=lambda one: (one.priority, one.id)):
        if stopped:
            work.verdicts.append(Verdict(one.id, one.name, applies=False, amount=ZERO, reason=f"not with {stopped}"))
        elif _apply(one, work) and one.exclusive:
            stopped = one.name
    percents = {line.bought.line_id: line.percent for line in work.lines if line.touched}
    return Outcome(tuple(work.effects), tuple(work.gifts), percents, tuple(work.verdicts))


def _apply(one: Promotion, work: _Working) -> bool:
    counted = [line for line in work.lines if _counts(one, line)]
    pieces = sum((line.bought.pieces for line in counted), NONE)
    goods = work.goods_with_tax if one.with_tax else work.goods
    step = _reached(one, pieces, goods)
    if not counted or step is None:
        reason = _missing(one, pieces, goods, work.places) if work.lines else "there are no goods yet"
        work.verdicts.append(Verdict(one.id, one.name, applies=False, amount=ZERO, reason=reason))
        return False
    times = _times(one, step, pieces, goods)
    if one.benefit is Benefit.GOODS and step.product_id:
        price = None if step.at_list else step.figure
        work.gifts.append(Gift(one.id, step.product_id, step.quantity * times, price))
        work.verdicts.append(Verdict(one.id, one.name, applies=True, amount=ZERO, reason=one.name))
        return True
    off = _reduce(one, step, times, counted, work)
    total = sum((amount for _, amount in off), ZERO)
    work.effects += [Effect(one.id, line.bought.line_id, amount) for line, amount in off if amount]
    reason = one.name if total else "nothing is left to take it off"
    work.verdicts.append(Verdict(one.id, one.name, applies=bool(total), amount=total, reason=reason))
    return bool(total)


def _counts(one: Promotion, line: _Line) -> bool:
    bought = line.bought
    return (
        (not one.products or bought.product_id in one.products)
        and bought.product_id not in one.excluded
        and (not one.unit or bought.unit == one.unit)
        and not (one.skip_discounted and bought.own_percent > 0)
    )


def _reached(one: Promotion, pieces: Fraction, goods: Fraction) -> Step | None:
    reached = [step for step in one.steps if pieces >= step.min_quantity and goods >= step.min_amount]
    return max(reached, key=lambda step: (step.min_amount, step.min_quantity), default=None)


def _times(one: Promotion, step: Step, pieces: Fraction, goods: Fraction) -> int:
    """How often a promotion gives what it gives: once, or once for each time its threshold is reached."""
    times = 1
    if one.repeats and step.min_quantity:
        times = int(pieces / Fraction(step.min_quantity))
    elif one.repeats and step.min_amount:
        times = int(goods / Fraction(step.min_amount))
    return times if one.most is None else min(times, one.most)


def _missing(one: Promotion, pieces: Fraction, goods: Fraction, places: int) -> str:
    step = min(one.steps, key=lambda step: (step.min_amount, step.min_quantity))
    if pieces < step.min_quantity:
        short = round_decimals(Fraction(step.min_quantity) - pieces, PRICE, Rounding.UP).normalize()
        return f"{short:f} more of its goods are needed"
    if goods < step.min_amount:
        return f"{round_decimals(Fraction(step.min_amount) - goods, places, Rounding.UP):f} more is needed"
    return "none of its goods is on the order"


def _reduce(
    one: Promotion, step: Step, times: int, counted: list[_Line], work: _Working
) -> list[tuple[_Line, Decimal]]:
    """Take what a step gives off the lines it is for; return line by line how much that is."""
    if one.target is Target.CHEAPEST:
        return _off_cheapest(one, step, Fraction(step.quantity) * times, counted)
    lines = counted
    if one.target is Target.ORDER:
        lines = [line for line in work.lines if line.bought.product_id not in one.excluded]
        if one.skip_discounted:
            lines = [line for line in lines if line.bought.own_percent <= 0]
    if one.benefit is Benefit.PERCENT:
        share = min(Fraction(step.figure) / 100, Fraction(1))
        return [(line, line.reduce(share)) for line in lines]
    if one.target is Target.LINES:
        return [(line, _take(one, line, Fraction(step.figure) * line.bought.pieces)) for line in lines]
    return _share_out(one, Fraction(step.figure) * times, lines, work.places)


def _off_cheapest(one: Promotion, step: Step, pieces: Fraction, counted: list[_Line]) -> list[tuple[_Line, Decimal]]:
    found = []
    for line in sorted(counted, key=lambda line: line.per_piece):
        taken = min(pieces, line.bought.pieces)
        if taken <= 0:
            break
        pieces -= taken
        if one.benefit is Benefit.PERCENT:
            share = min(Fraction(step.figure) / 100, Fraction(1))
            found.append((line, line.take(line.per_piece * taken * share)))
        else:
            worth = line.per_piece * _worth(one, line)
            found.append((line, _take(one, line, min(Fraction(step.figure), worth) * taken)))
    return found


def _worth(one: Promotion, line: _Line) -> Fraction:
    """What one of a line's amount comes to in the terms of a promotion's amounts."""
    return line.bought.gross if one.with_tax else line.bought.net


def _take(one: Promotion, line: _Line, off: Fraction) -> Decimal:
    """Take an amount off a line, never more than is left of it."""
    exact = Fraction(round_decimals(off / _worth(one, line), line.places, Rounding.HALF_UP))
    return line.take(min(exact, Fraction(line.left)))


def _share_out(one: Promotion, off: Fraction, lines: list[_Line], places: int) -> list[tuple[_Line, Decimal]]:
    """Share an amount out over lines by what is left of them, to the last cent."""
    worth = [Fraction(line.left) * _worth(one, line) for line in lines]
    scale = 10**places
    weights = [round_ratio((one * scale).numerator, (one * scale).denominator) for one in worth]
    steps = min(round_ratio((off * scale).numerator, (off * scale).denominator), sum(weights))
    parts = spread(steps, weights)
    return [(line, _take(one, line, Fraction(part, scale))) for line, part in zip(lines, parts, strict=True) if part]
