"""Late news about cost: a price, or a whole receipt, that becomes known after goods have left.

Nothing is rewritten.  Each function says what to book today: what goods still here are worth more or less, and what
falls on goods that have left.  The work is in proportion to the goods a correction touches and never to the history:
a late price reads the slices of its one receipt, a late receipt reads back over at most its own quantity (first in,
first out) or over one figure per period between two receipts (average), however many issues a period has.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Final

from app.errors import Invalid
from app.models.costing import (
    NOTHING,
    Change,
    Correction,
    Layer,
    Method,
    Slice,
    StockValue,
    averaged,
    receive,
    share,
)
from app.models.rounding import Rational, round_decimals, spread

GUARD: Final = 12
"""Decimals below the currency's own with which differences are carried from one period to the next."""


@dataclass(frozen=True, slots=True)
class Period:
    """Issues at one average cost: ``quantity`` and ``value`` were here before them, ``issued`` of it left.

    ``name`` stands for the issues in the correction that comes of it: one issue, or all between two receipts.
    """

    name: str
    quantity: Fraction
    value: Decimal
    issued: Fraction


@dataclass(frozen=True, slots=True)
class Past:
    """What happened since the day on which a late receipt came, as far as it matters.

    ``older_layers`` of the layers still here are older than the receipt.  ``consumed`` are the slices that left since
    then, of receipts that are younger, the last one first (first in, first out); they are read only as far as the
    receipt reaches.  ``periods`` are those of the average method, the oldest first, from the last moment on at which
    the stock was short: issues that were short have their price from the receipt that settled them.
    """

    older_layers: int = 0
    consumed: Iterable[Slice] = ()
    periods: Sequence[Period] = ()


def add_cost(state: StockValue, receipt: str, received: Rational, amount: Decimal, slices: Sequence[Slice]) -> Change:
    """Add to, or take from, what a receipt of ``received`` units cost: another price on the bill, freight, duty.

    What is still here of the receipt takes its part into stock; the rest falls on what has left, and is shared out
    over ``slices``, all that left of this receipt, by their quantities to the last cent (without slices it is one
    correction of no issue).  ``value`` of the change is the whole amount, ``correction`` the part on goods that left.

    Raises:
        Invalid: the receipt had no goods.

    """
    if received <= 0:
        raise Invalid("received", "This receipt had no goods. Choose the receipt that the cost belongs to.")
    amount = state.rounded(amount)
    here = sum((layer.quantity for layer in state.layers if layer.receipt == receipt), Fraction(0))
    into_stock = share(state, amount, here, Fraction(received)) if here else NOTHING
    corrections = _spread_over(state, amount - into_stock, slices, receipt)
    state = replace(state, value=state.value + into_stock, layers=_dearer(state, receipt, here, into_stock))
    return Change(averaged(state), amount, corrections)


def revalue(state: StockValue, unit_cost: Rational) -> Change:
    """Say what one unit is worth from now on; goods that have left are not touched.

    Raises:
        Invalid: the cost is negative.

    """
    if unit_cost < 0:
        raise Invalid("unit_cost", "A cost can not be negative. Type what one unit is worth.")
    cost = Fraction(unit_cost)
    if state.quantity <= 0:
        return Change(replace(state, cost=cost), NOTHING)
    value, layers = state.rounded(cost * state.quantity), state.layers
    if state.method is Method.FIFO:
        cents = spread(_cents(state, value), _whole([layer.quantity for layer in layers]))
        layers = tuple(
            Layer.worth(layer.receipt, layer.quantity, _amount(state, part))
            for layer, part in zip(layers, cents, strict=True)
        )
    after = replace(state, cost=cost, value=value, layers=layers)
    return Change(after, value - state.value)


def receive_late(state: StockValue, receipt: str, quantity: Rational, unit_cost: Rational, past: Past) -> Change:
    """Take in goods that were here before some issues already booked, and correct these issues today.

    The stock is worth afterwards what it would be worth had the receipt been booked in time, and the sum of the
    corrections is what all issues together would have cost more or less.  First in, first out names the issues that
    left last for it, so that their order need not be played again.

    Raises:
        Invalid: the quantity is not more than zero, or the cost is negative.

    """
    settled = receive(state, receipt, quantity, unit_cost)
    if state.quantity < 0:
        return settled
    layers, corrections, slices = _swap(settled.state, receipt, past)
    if state.method is Method.AVERAGE:
        corrections = _average_corrections(state, Fraction(quantity), settled.value, past.periods)
    total = sum((each.value for each in corrections), NOTHING)
    after = averaged(replace(settled.state, layers=layers, value=settled.state.value + total))
    return Change(after, settled.value, tuple(corrections), tuple(slices))


def _swap(state: StockValue, receipt: str, past: Past) -> tuple[tuple[Layer, ...], list[Correction], list[Slice]]:
    """Let the late goods leave instead of those that left last, and put these back in front of the queue.

    ``state`` has the late goods as its last layer.
    """
    late, others = state.layers[-1], state.layers[:-1]
    restored, corrections, slices = list[Layer](), list[Correction](), list[Slice]()
    for consumed in past.consumed:
        part = min(late.quantity, consumed.quantity)
        price, before = (
            share(state, late.value, part, late.quantity),
            share(state, consumed.value, part, consumed.quantity),
        )
        late = replace(late, quantity=late.quantity - part, value=late.value - price)
        restored.insert(
            0, replace(late, receipt=consumed.receipt, quantity=part, value=before, cost=_cost(before, part))
        )
        slices += [
            Slice(consumed.issue, consumed.receipt, -part, -before),
            Slice(consumed.issue, receipt, part, price),
        ]
        corrections.append(Correction(consumed.issue, before - price))
        if not late.quantity:
            break
    head, tail = others[: past.older_layers], others[past.older_layers :]
    queue = [*head, *([late] if late.quantity else []), *restored, *tail]
    return _merged(queue), corrections, slices


def _average_corrections(
    state: StockValue, quantity: Fraction, value: Decimal, periods: Sequence[Period]
) -> list[Correction]:
    """What each period's issues would have cost more or less with the late goods among what was here.

    The differences are added up with :data:`GUARD` more decimals than the currency has and rounded from their sum, so
    that no number of periods moves it by a cent, and none makes the fractions grow.
    """
    corrections, exact, booked = list[Correction](), NOTHING, NOTHING
    for period in periods:
        before = Fraction(period.value) / period.quantity
        cost = Fraction(period.value + value - exact) / (period.quantity + quantity)
        exact += round_decimals((cost - before) * period.issued, state.decimals + GUARD)
        difference = state.rounded(exact) - booked
        booked += difference
        if difference:
            corrections.append(Correction(period.name, -difference))
    return corrections


def _merged(layers: Iterable[Layer]) -> tuple[Layer, ...]:
    """Neighbours of one receipt as one layer."""
    merged = list[Layer]()
    for layer in layers:
        if merged and merged[-1].receipt == layer.receipt:
            last = merged.pop()
            quantity, value = last.quantity + layer.quantity, last.value + layer.value
            same = last.cost == layer.cost
            merged.append(Layer(layer.receipt, quantity, value, layer.cost if same else _cost(value, quantity)))
        else:
            merged.append(layer)
    return tuple(merged)


def _dearer(state: StockValue, receipt: str, here: Fraction, amount: Decimal) -> tuple[Layer, ...]:
    """The layers with ``amount`` on those of the receipt, of which ``here`` units are left."""
    if state.method is not Method.FIFO:
        return state.layers
    layers = list(state.layers)
    for index, layer in enumerate(layers):
        if layer.receipt == receipt:
            part = share(state, amount, layer.quantity, here)
            here, amount = here - layer.quantity, amount - part
            layers[index] = Layer.worth(receipt, layer.quantity, layer.value + part)
    return tuple(layers)


def _spread_over(state: StockValue, amount: Decimal, slices: Sequence[Slice], receipt: str) -> tuple[Correction, ...]:
    if not amount:
        return ()
    by_issue = dict[str, Fraction]()
    for each in slices:
        if each.receipt == receipt:
            by_issue[each.issue] = by_issue.get(each.issue, Fraction(0)) + each.quantity
    if not by_issue:
        return (Correction("", -amount),)
    parts = spread(_cents(state, amount), _whole(list(by_issue.values())))
    return tuple(Correction(issue, -_amount(state, part)) for issue, part in zip(by_issue, parts, strict=True) if part)


def _whole(quantities: Sequence[Fraction]) -> list[int]:
    """Whole numbers in the same proportion."""
    common = lcm(*(quantity.denominator for quantity in quantities))
    return [int(quantity * common) for quantity in quantities]


def _cost(value: Decimal, quantity: Fraction) -> Fraction:
    return Fraction(value) / quantity


def _cents(state: StockValue, value: Decimal) -> int:
    return int(value.scaleb(state.decimals))


def _amount(state: StockValue, cents: int) -> Decimal:
    return state.rounded(Fraction(cents, 10**state.decimals))
