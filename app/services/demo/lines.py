"""Lines as the sample company writes them: its own prices, or prices typed in the customer's currency."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Final
from uuid import UUID

from app.models.rounding import round_decimals
from app.services.demo.catalogue import Item
from app.services.demo.customers import Profile
from app.services.demo.demand import Sale, Wanted
from app.services.document_lines import LineInput

RATES: Final = {"GBP": Fraction(86, 100), "USD": Fraction(109, 100)}
"""Units of a currency for one euro in the price agreements of the sample company."""

STANDARD_TAX: Final = "V21"


def of_sale(sale: Sale, items: Sequence[Item], ids: Sequence[UUID], profile: Profile) -> tuple[LineInput, ...]:
    """Write the lines of a sale, its freight last."""
    found = [line(one, items[one.item], ids[one.item], profile.new.currency) for one in sale.lines]
    if sale.freight_cents:
        found.append(fee(sale.freight, sale.freight_cents, profile.new.currency))
    return tuple(found)


def line(wanted: Wanted, item: Item, item_id: UUID, currency: str) -> LineInput:
    """Write one line; the price is left to the product unless the customer pays in another currency."""
    return LineInput(
        item_id,
        Decimal(wanted.quantity),
        wanted.unit,
        unit_price=_typed_price(item, wanted.unit, currency) if currency else None,
        discount_percent=Decimal(wanted.discount),
    )


def fee(name: str, cents: int, currency: str) -> LineInput:
    """Write a line for freight."""
    price = Decimal(cents).scaleb(-2)
    if currency:
        price = round_decimals(Fraction(price) * RATES[currency], 2)
    return LineInput(kind="fee", name=name, unit_price=price, tax_codes=STANDARD_TAX)


def stock_units(wanted: Wanted, item: Item) -> int:
    """How many stock units a line takes from the shelf, rounded up to whole ones; services take none."""
    if not item.is_goods:
        return 0
    return ceil(wanted.quantity * item.new.units.get(wanted.unit, Fraction(1)))


def _typed_price(item: Item, unit: str, currency: str) -> Decimal:
    exact = Fraction(item.new.list_price) * item.new.units.get(unit, Fraction(1)) * RATES[currency]
    return round_decimals(exact, 2 if exact >= 1 else 4)
