"""What a customer may still say yes to in a quote, and what an order of a choice of its lines comes to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection

from app.models import offer
from app.models.offer import Choice
from app.services import companies, document_lines, quotes
from app.services.companies import TaxRule
from app.services.document_lines import ZERO, Rules


@dataclass(frozen=True, slots=True)
class Offer:
    """A quote while its lines are chosen.

    ``choices`` are the goods and fees that can still be ordered, ``usual`` those of them that are unless somebody says
    otherwise; ``place_of`` tells of each alternative whose place it takes.
    """

    lines: tuple[Any, ...]
    rules: Rules
    taxes: dict[str, TaxRule]
    choices: tuple[Any, ...]
    usual: frozenset[UUID]
    place_of: dict[UUID, UUID]

    def exclude(self, line_id: UUID) -> set[UUID]:
        """Give the lines that are not ordered when a line is: the one it stands for, and the others that do."""
        base = self.place_of.get(line_id, line_id)
        return {base, *(one for one, stands_for in self.place_of.items() if stands_for == base)} - {line_id}

    def ordered(self, ticked: Collection[UUID]) -> list[Any]:
        """Give the lines of an order of the ``ticked`` ones, with the headings and notes of their sections."""
        found: list[Any] = []
        for section in _sections(self.lines):
            if any(line.id in ticked for line in section):
                found += [
                    line for line in section if line.id in ticked or (line.kind not in offer.SOLD and not line.order_id)
                ]
        return found

    def left(self, ticked: Collection[UUID]) -> int:
        """Count the lines that stay offered once the ``ticked`` ones are ordered."""
        return len(offer.left_open(self.lines, ticked))

    def total(self, ticked: Collection[UUID]) -> Decimal:
        """Compute the total, with taxes and its part of the discount, in the quote's currency."""
        rules = self.rules
        share = offer.discount_share(self.lines, ticked, rules.discount_amount, rules.decimals)
        rows = [{name: getattr(line, name) for name in _COMPUTED} for line in self.ordered(ticked)]
        found: Decimal = document_lines.compute(replace(rules, discount_amount=share), rows, self.taxes).totals["total"]
        return found


def read(connection: Connection, quote_id: UUID) -> Offer:
    """Read what can still be ordered of a quote.

    Raises:
        NotFound: the quote does not exist.

    """
    head, lines = quotes.get(connection, quote_id), quotes.lines(connection, quote_id)
    usual = frozenset(line.id for line in offer.left_open(lines, ()))
    place_of = offer.stands_for(lines)
    gone = offer.settled(lines)
    free = usual | {line.id for line in lines if line.choice == Choice.OPTIONAL and line.id not in gone}
    return Offer(
        tuple(lines),
        Rules(
            head.currency,
            companies.decimals(connection, head.currency),
            head.tax_rounding,
            head.discount_percent,
            head.discount_amount or ZERO,
            head.cash_rounding,
        ),
        companies.taxes(connection),
        tuple(line for line in lines if line.id in free or place_of.get(line.id) in free),
        usual,
        place_of,
    )


def _sections(lines: Sequence[Any]) -> list[list[Any]]:
    found: list[list[Any]] = [[]]
    for line in lines:
        if line.kind == "section":
            found.append([])
        found[-1].append(line)
    return found


_COMPUTED: Final = ("position", "quantity", "unit_price", "discount_percent", "tax_codes")
