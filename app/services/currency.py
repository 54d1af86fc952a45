"""Amounts in other currencies, by rates that say how many units of a currency are one of the company's."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from app.errors import Invalid
from app.models.rounding import Rational, Rounding, round_decimals, round_step


class NoRate(Invalid):
    """There is no usable rate for a currency."""

    def __init__(self, currency: str) -> None:
        super().__init__("currency", f"There is no exchange rate for {currency}. Add one for the day, then try again.")


def convert(amount: Rational, source: str, target: str, rates: Mapping[str, Rational]) -> Fraction:
    """Convert exactly; nothing is rounded.  ``rates`` are units per unit of company currency.

    Raises:
        NoRate: a currency has no rate, or one that is not more than zero.

    """
    exact = Fraction(amount)
    if source == target:
        return exact
    return exact * _rate(target, rates) / _rate(source, rates)


def convert_rounded(
    amount: Rational,
    source: str,
    target: str,
    rates: Mapping[str, Rational],
    *,
    decimals: int = 2,
    step: Decimal | None = None,
    mode: Rounding = Rounding.HALF_UP,
) -> Decimal:
    """Convert and round to ``decimals`` of the target currency, or to its ``step`` where that is no power of ten.

    Raises:
        NoRate: see :func:`convert`.

    """
    exact = convert(amount, source, target, rates)
    return round_decimals(exact, decimals, mode) if step is None else round_step(exact, step, mode)


def _rate(currency: str, rates: Mapping[str, Rational]) -> Fraction:
    rate = Fraction(rates.get(currency, 0))
    if rate <= 0:
        raise NoRate(currency)
    return rate
