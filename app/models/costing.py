"""What stock is worth: moving average, and first in first out, for one product at one place.

Everything here is pure: a state and an event go in, the next state and what to book come out; nothing is saved, so
every outcome can be shown before somebody agrees to it.  The state is small enough to be kept as rows: the layers
that are still here, the issues that were short, and two running figures.  No function looks at history; what a
customer brings back, or what a late price changes, is handed in.

Quantities are exact (grains or fractions of a unit) and costs are exact per unit of the same quantity.  Values are
rounded to the currency's decimals where they arise and after that only moved, so that what came in is always what
left and what is still here, to the cent.  The last goods to leave take what rounding left over.

Sources of the rules: IAS 2, paragraphs 25-27 (first in first out, weighted average after each receipt).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from app.errors import Invalid, NotAllowed
from app.models.rounding import Rational, round_decimals

NOTHING: Final = Decimal(0)


class Method(StrEnum):
    """How the cost of goods that leave is found."""

    AVERAGE = "average"  # all goods here cost the same: value by quantity after the last receipt
    FIFO = "fifo"  # the oldest goods leave first, each at what it cost


@dataclass(frozen=True, slots=True)
class Layer:
    """Goods of one receipt that are still here; with the average method only the quantity is kept (value and cost 0).

    ``cost`` is exactly what one unit cost when the value was last set; the value itself moves in whole cents.
    """

    receipt: str
    quantity: Fraction
    value: Decimal = NOTHING
    cost: Fraction = Fraction(0)

    @classmethod
    def worth(cls, receipt: str, quantity: Fraction, value: Decimal) -> Layer:
        """Goods whose cost follows from what they are worth together."""
        return cls(receipt, quantity, value, Fraction(value) / quantity)


@dataclass(frozen=True, slots=True)
class Shortage:
    """Goods that left although none were here, at the cost that was known then, until a receipt says their price."""

    issue: str
    quantity: Fraction
    value: Decimal


@dataclass(frozen=True, slots=True)
class Slice:
    """Goods of one receipt that left with one issue; a negative one takes back what an earlier one said."""

    issue: str
    receipt: str
    quantity: Fraction
    value: Decimal


@dataclass(frozen=True, slots=True)
class Correction:
    """A booking, today, on goods that have already left: the stock's value changes by ``value``.

    ``issue`` names the issue whose cost rises by as much as the value falls.
    """

    issue: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Issued:
    """What is still out of one issue, and what that cost with all corrections."""

    issue: str
    quantity: Fraction
    value: Decimal

    def corrected(self, corrections: Sequence[Correction]) -> Issued:
        """Take in those of the corrections that are this issue's."""
        return replace(self, value=self.value - sum(each.value for each in corrections if each.issue == self.issue))


@dataclass(frozen=True, slots=True)
class StockValue:
    """The state: what is here, what was short, and what it is worth.

    ``cost`` is the exact cost of one unit: with the average method since the last receipt, and for goods that leave
    although none are here.  ``layers`` stand
    in the order in which they leave.  There are never layers and shortages at once.
    """

    method: Method
    decimals: int = 2
    cost: Fraction = Fraction(0)
    quantity: Fraction = Fraction(0)
    value: Decimal = NOTHING
    layers: tuple[Layer, ...] = ()
    shortages: tuple[Shortage, ...] = ()

    def rounded(self, value: Rational) -> Decimal:
        """Round to the currency's decimals, halves away from zero."""
        return round_decimals(value, self.decimals)

    @property
    def unit_cost(self) -> Fraction:
        """What one unit costs: the average of what is here, or the last known cost where nothing is."""
        if self.method is Method.FIFO and self.quantity > 0:
            return Fraction(self.value) / self.quantity
        return self.cost


@dataclass(frozen=True, slots=True)
class Change:
    """What an event does: the state after it, and what to book.

    ``value`` is what the goods that moved add to the stock's value (negative when they leave); ``corrections`` come on
    top.  ``rounding_adjustment`` is the part of ``value`` that is there only because the cost is shown rounded.
    """

    state: StockValue
    value: Decimal
    corrections: tuple[Correction, ...] = ()
    slices: tuple[Slice, ...] = ()
    rounding_adjustment: Decimal = NOTHING

    @property
    def correction(self) -> Decimal:
        """What all corrections together add to the stock's value."""
        return sum((each.value for each in self.corrections), NOTHING)


def share(state: StockValue, value: Decimal, part: Fraction, whole: Fraction) -> Decimal:
    """The rounded part of a value that belongs to ``part`` of ``whole``; all of it when they are the same."""
    return value if part == whole else state.rounded(Fraction(value) * part / whole)


def taken(decimals: int, value: Decimal, cost: Fraction, part: int | Fraction, whole: int | Fraction) -> Decimal:
    """What ``part`` of ``whole`` goods costs that are worth ``value`` and cost exactly ``cost`` each.

    It is the part of the value, rounded to ``decimals``.  Where what stays would drift a cent or more from its exact
    worth (thousands of screws at a tenth of a cent leave one by one), it is what brings the rest back to it.
    """
    # In whole cents and whole numbers, as fractions take ten times as long: this runs for every line that is shipped.
    scale = 10**decimals
    top, bottom = value.as_integer_ratio()
    cents, finer = divmod(top * scale, bottom)
    if finer or cents < 0:
        return _taken_exactly(decimals, value, cost, part, whole)
    gone, of = part.numerator * whole.denominator, whole.numerator * part.denominator
    proportional = (2 * cents * gone + of) // (2 * of)  # halves away from zero
    rest = whole - part
    exact, denominator = cost.numerator * rest.numerator * scale, cost.denominator * rest.denominator
    if abs((cents - proportional) * denominator - exact) < denominator:
        return Decimal(proportional).scaleb(-decimals)
    return _taken_exactly(decimals, value, cost, part, whole)


def _taken_exactly(
    decimals: int, value: Decimal, cost: Fraction, part: int | Fraction, whole: int | Fraction
) -> Decimal:
    proportional = value if part == whole else round_decimals(Fraction(value) * part / whole, decimals)
    exact_rest = cost * (whole - part)
    if abs(Fraction(value - proportional) - exact_rest) * 10**decimals < 1:
        return proportional
    return max(round_decimals(Fraction(value) - exact_rest, decimals), NOTHING)


def receive(state: StockValue, receipt: str, quantity: Rational, unit_cost: Rational) -> Change:
    """Take in goods at what they cost.

    Goods that were short get this price first, the oldest issue before the next; the difference to what was assumed
    is booked back on these issues.  The rest becomes a layer.

    Raises:
        Invalid: the quantity is not more than zero, or the cost is negative.

    """
    exact = _positive(quantity)
    if unit_cost < 0:
        raise Invalid("unit_cost", "A cost can not be negative. Type what one unit costs.")
    return bring_in(state, receipt, exact, state.rounded(exact * Fraction(unit_cost)), Fraction(unit_cost))


def bring_in(
    state: StockValue, receipt: str, quantity: Fraction, value: Decimal, unit_cost: Fraction, *, first: str = ""
) -> Change:
    """Take in goods that are worth ``value`` together; a shortage of the issue ``first`` is settled before others."""
    was_short = state.quantity <= 0
    shortages, corrections, slices = list[Shortage](), list[Correction](), list[Slice]()
    left, left_value = quantity, value
    for shortage in sorted(state.shortages, key=lambda each: each.issue != first):
        part = min(left, shortage.quantity)
        if not part:
            shortages.append(shortage)
            continue
        price, assumed = share(state, left_value, part, left), share(state, shortage.value, part, shortage.quantity)
        slices.append(Slice(shortage.issue, receipt, part, price))
        corrections.append(Correction(shortage.issue, assumed - price))
        left, left_value = left - part, left_value - price
        if part < shortage.quantity:
            shortages.append(Shortage(shortage.issue, shortage.quantity - part, shortage.value - assumed))
    layers = state.layers
    if left:
        is_fifo = state.method is Method.FIFO
        layers = (*layers, Layer.worth(receipt, left, left_value) if is_fifo else Layer(receipt, left))
    after = replace(
        state,
        quantity=state.quantity + quantity,
        value=state.value + value + sum((each.value for each in corrections), NOTHING),
        layers=layers,
        shortages=_in_order(state.shortages, shortages),
    )
    after = replace(after, cost=unit_cost) if was_short else averaged(after)
    return Change(after, value, tuple(corrections), tuple(slices))


def issue(
    state: StockValue,
    name: str,
    quantity: Rational,
    *,
    receipts: Collection[str] = (),
    may_be_short: bool = True,
    with_adjustment: bool = True,
) -> Change:
    """Let goods leave: sold, used, scrapped, or sent back to the supplier, always at today's cost.

    What is not here leaves at the last known cost and waits for a receipt that says its price.  Goods of ``receipts``
    leave before others: a lot that was picked.  Who shows no rounded cost asks for no ``with_adjustment``.

    Raises:
        Invalid: the quantity is not more than zero.
        NotAllowed: less is here and ``may_be_short`` is false.

    """
    wanted = _positive(quantity)
    here = max(state.quantity, Fraction(0))
    if wanted > here and not may_be_short:
        raise NotAllowed("There is less in stock than should leave. Nothing was changed; book the receipt first.")
    found = min(wanted, here)
    slices, layers, last_cost = _take(state, name, found, receipts)
    if state.method is Method.FIFO:
        value, adjustment = sum((each.value for each in slices), NOTHING), NOTHING
        state = replace(state, cost=last_cost)
    else:
        value = taken(state.decimals, state.value, state.cost, found, here) if found else NOTHING
        adjustment = NOTHING
        if with_adjustment:
            adjustment = state.rounded(Fraction(state.rounded(state.cost)) * found) - value
    short, short_value = wanted - found, NOTHING
    shortages = state.shortages
    if short:
        short_value = state.rounded(state.cost * short)
        shortages = (*shortages, Shortage(name, short, short_value))
    after = replace(
        state,
        quantity=state.quantity - wanted,
        value=state.value - value - short_value,
        layers=layers,
        shortages=shortages,
    )
    return Change(after, -value - short_value, slices=tuple(slices), rounding_adjustment=adjustment)


def take_back(state: StockValue, receipt: str, issued: Issued, quantity: Rational) -> tuple[Change, Issued]:
    """Take goods back that had left with an issue, at what the issue cost, and say what is still out of it.

    The corrections of the change are already in the answer's value.

    Raises:
        Invalid: the quantity is not more than zero.
        NotAllowed: more comes back than is out.

    """
    back = _positive(quantity)
    if back > issued.quantity:
        raise NotAllowed("More comes back than is out of this issue. Nothing was changed; check the quantity.")
    value = share(state, issued.value, back, issued.quantity)
    change = bring_in(state, receipt, back, value, Fraction(value) / back, first=issued.issue)
    left = Issued(issued.issue, issued.quantity - back, issued.value - value)
    return change, left.corrected(change.corrections)


def transfer(source: StockValue, target: StockValue, name: str, quantity: Rational) -> tuple[Change, Change]:
    """Move goods to another place of ours at what they cost: the change there where they left, and where they came.

    What leaves one place arrives at the other to the cent, under the receipts it came with.  A late price that falls
    on ``name`` at the source is added to the receipt at the target in turn.

    Raises:
        Invalid: the quantity is not more than zero.
        NotAllowed: less is here than should go.

    """
    left = issue(source, name, quantity, may_be_short=False)
    state, rest, rest_value = target, Fraction(quantity), -left.value
    corrections, slices = list[Correction](), list[Slice]()
    for piece in left.slices:
        value = piece.value if source.method is Method.FIFO else share(source, rest_value, piece.quantity, rest)
        rest, rest_value = rest - piece.quantity, rest_value - value
        came = bring_in(state, piece.receipt, piece.quantity, value, Fraction(value) / piece.quantity)
        corrections += came.corrections
        slices += came.slices
        state = came.state
    return left, Change(state, -left.value, tuple(corrections), tuple(slices))


def averaged(state: StockValue) -> StockValue:
    """The state with its cost found anew from what is here; where nothing is here it stays."""
    if state.method is Method.FIFO or state.quantity <= 0:
        return state
    return replace(state, cost=Fraction(state.value) / state.quantity)


def _take(
    state: StockValue, name: str, wanted: Fraction, receipts: Collection[str]
) -> tuple[list[Slice], tuple[Layer, ...], Fraction]:
    """Take from the layers in their order; also the unit cost of the last layer that was touched."""
    slices, left, cost = list[Slice](), wanted, state.cost
    rests = dict[int, Layer | None]()
    order: Sequence[int] = range(len(state.layers))
    if receipts:
        order = sorted(order, key=lambda index: state.layers[index].receipt not in receipts)
    for index in order:
        if not left:
            break
        layer = state.layers[index]
        part = min(left, layer.quantity)
        value = taken(state.decimals, layer.value, layer.cost, part, layer.quantity)
        slices.append(Slice(name, layer.receipt, part, value))
        cost = layer.cost
        left -= part
        rest = replace(layer, quantity=layer.quantity - part, value=layer.value - value)
        rests[index] = rest if rest.quantity else None
    touched = max(rests, default=-1) + 1
    queue = (rests.get(index, layer) for index, layer in enumerate(state.layers[:touched]))
    return slices, (*(layer for layer in queue if layer), *state.layers[touched:]), cost


def _in_order(before: tuple[Shortage, ...], left: list[Shortage]) -> tuple[Shortage, ...]:
    by_issue = {each.issue: each for each in left}
    return tuple(by_issue[each.issue] for each in before if each.issue in by_issue)


def _positive(quantity: Rational) -> Fraction:
    if quantity <= 0:
        raise Invalid("quantity", "Type a quantity of more than zero.")
    return Fraction(quantity)
