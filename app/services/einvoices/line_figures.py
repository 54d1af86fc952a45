"""The lines of a posted invoice as EN 16931 wants them: net prices, and what was taken off said as deductions.

The net amounts are the stored ones.  Only the price is worked out, where the stored one contains tax, and what was
taken off follows from both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from app.models.rounding import Rounding, round_decimals
from app.services.einvoices.content import ZERO, Deduction, Line
from app.services.einvoices.tax_categories import Treatment

ONE: Final = Decimal(1)
PRICE_DECIMALS: Final = range(2, 9)
"""A net price is tried with these numbers of decimals, until quantity x price gives the stored net amount."""


@dataclass(frozen=True, slots=True)
class Row:
    """A stored line, what is known of it, and the sign that makes a credit note's figures positive."""

    stored: Any
    treatment: Treatment
    unit: str
    contains_tax: bool
    sign: int
    decimals: int
    discount_words: str


def line(number: int, row: Row) -> tuple[Line, Decimal]:
    """Give the line, and what the document's discount took off it, which is said for the whole document.

    Where prices contain tax, the document's discount was taken off before the net amount came about: it is then said
    with the line.
    """
    stored = row.stored
    quantity, price = row.sign * stored.quantity, stored.unit_price
    if price < 0:
        quantity, price = -quantity, -price
    per = ONE
    net = row.sign * (stored.net if row.contains_tax else stored.amount)
    plain = not stored.discount_percent and abs(stored.amount) == abs(_product(quantity, price, row.decimals))
    if row.contains_tax:
        price, per = _net_price(quantity, price, net, row, exactly=plain and stored.total == stored.amount)
    off = _product(quantity, price, row.decimals) - net if per == ONE else ZERO
    made = Line(
        number=str(number),
        name=stored.name or stored.description or stored.sku or "-",
        description=stored.description,
        sku=stored.sku,
        quantity=quantity,
        unit=row.unit,
        price=price,
        per=per,
        net=net,
        category=row.treatment.category,
        rate=row.treatment.rate,
        deductions=(deduction(off, row.discount_words, row.treatment),) if off else (),
    )
    return made, ZERO if row.contains_tax else row.sign * (stored.amount - stored.net)


def deduction(off: Decimal, reason: str, treatment: Treatment) -> Deduction:
    """Say that ``off`` was taken off, or added where it is below zero."""
    return Deduction(abs(off), reason, is_charge=off < 0, category=treatment.category, rate=treatment.rate)


def _product(quantity: Decimal, price: Decimal, decimals: int) -> Decimal:
    return round_decimals(Fraction(quantity) * Fraction(price), decimals, Rounding.HALF_UP)


def _net_price(quantity: Decimal, gross: Decimal, net: Decimal, row: Row, *, exactly: bool) -> tuple[Decimal, Decimal]:
    """Give the price without tax, and for how many it is.

    With ``exactly`` nothing was taken off, and quantity x price must be the net amount: where no price of few
    decimals does that, the price is the net amount, for the whole quantity.
    """
    exact = Fraction(gross) / (1 + Fraction(row.treatment.rate) / 100)
    if not exactly or not quantity:
        return round_decimals(exact, 4, Rounding.HALF_UP), ONE
    for wanted in (exact, Fraction(net) / Fraction(quantity)):
        for decimals in PRICE_DECIMALS:
            price = round_decimals(wanted, decimals, Rounding.HALF_UP)
            if _product(quantity, price, row.decimals) == net:
                return price, ONE
    return abs(net), abs(quantity)


def deductions(parts: Sequence[tuple[Decimal, Treatment]], reason: str) -> tuple[Deduction, ...]:
    """Add up what the document's discount took off the lines, by how they are taxed."""
    found: dict[tuple[str, Decimal], tuple[Decimal, Treatment]] = {}
    for off, treatment in parts:
        key = (treatment.category, treatment.rate)
        found[key] = (found.get(key, (ZERO, treatment))[0] + off, treatment)
    return tuple(deduction(off, reason, treatment) for off, treatment in found.values() if off)
