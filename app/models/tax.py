"""A tax: a share of the price, or an amount per unit, on top of the price or contained in it.

Taxes stand in one order, by ``sequence`` and then ``code``; in which order somebody lists them on a line
never matters.  A tax that ``affects_base`` is itself taxed by every later one that is ``base_affected``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.errors import Invalid


class TaxKind(StrEnum):
    """How a tax is computed."""

    PERCENT = "percent"  # percent of its base
    DIVISION = "division"  # percent of its base with the tax itself (Brazil's "por dentro")
    FIXED = "fixed"  # an amount per unit sold
    GROUP = "group"  # stands for its members


class Prices(StrEnum):
    """Whether the prices of a document contain tax."""

    BY_TAX = "by_tax"  # each tax says so itself
    NET = "net"  # none is contained, whatever the taxes say
    GROSS = "gross"  # all are contained, whatever the taxes say


@dataclass(frozen=True, slots=True)
class Tax:
    """One tax as it stands on a document.

    ``rate`` is in percent, or for ``FIXED`` an amount per unit in the document's currency; below zero it
    lowers the total (withholding).  ``included``: the price contains it.
    """

    code: str
    rate: Decimal = Decimal(0)
    kind: TaxKind = TaxKind.PERCENT
    included: bool = False
    affects_base: bool = False
    base_affected: bool = True
    sequence: int = 0
    members: tuple[Tax, ...] = ()


def in_order(taxes: Iterable[Tax]) -> tuple[Tax, ...]:
    """Put the members in place of their groups and all taxes in the order they are computed.

    A group is computed where its own sequence stands, its members in theirs.

    Raises:
        Invalid: one tax is there twice.

    """
    keyed = sorted(_members(taxes, ()), key=lambda item: item[0])
    ordered = tuple(tax for _, tax in keyed)
    codes = [tax.code for tax in ordered]
    if len(set(codes)) != len(codes):
        twice = next(code for code in codes if codes.count(code) > 1)
        raise Invalid("tax_codes", f"The tax {twice} is there twice. Take one away.")
    return ordered


def _members(
    taxes: Iterable[Tax], place: tuple[tuple[int, str], ...]
) -> Iterable[tuple[tuple[tuple[int, str], ...], Tax]]:
    for tax in taxes:
        here = (*place, (tax.sequence, tax.code))
        if tax.kind is TaxKind.GROUP:
            yield from _members(tax.members, here)
        else:
            yield here, tax
