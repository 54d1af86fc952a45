"""What an offer comes to: its included lines are priced as a document, optional and alternative ones beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection

from app.models import offer
from app.services import companies, document_lines
from app.services.document_lines import ZERO, LineInput, OfferedLine, Priced, Rules

FIELDS: Final = tuple(OfferedLine.__dataclass_fields__)


def price(
    connection: Connection,
    rules: Rules,
    inputs: Sequence[LineInput],
    *,
    tax_exempt: bool = False,
    company_currency: str = "",
) -> Priced:
    """Complete the lines of a quote and compute all amounts; rows have ``requested_on`` and ``choice`` besides.

    An optional or alternative line has the amounts it would have with the discount in percent of the whole quote, and
    is not in the totals.

    Raises:
        Invalid: a line cannot be taken; the text names it.
        NotFound: a product does not exist.

    """
    priced = document_lines.price(connection, rules, inputs, tax_exempt=tax_exempt, company_currency=company_currency)
    chosen = False
    for row, one in zip(priced.lines, inputs, strict=True):
        if isinstance(one, OfferedLine):
            row["requested_on"], row["choice"] = one.requested_on, one.choice
            chosen = chosen or bool(one.choice)
        else:
            row["requested_on"], row["choice"] = None, ""
    if not chosen:
        return priced
    offer.check_choices((row["kind"], row["choice"]) for row in priced.lines)
    taxes = companies.taxes(connection)
    document_lines.compute(alone(rules), [row for row in priced.lines if row["choice"]], taxes)
    counted = document_lines.compute(rules, [row for row in priced.lines if not row["choice"]], taxes)
    return replace(priced, totals=counted.totals, taxes=counted.taxes)


def alone(rules: Rules) -> Rules:
    """Give the rules by which a line is computed that is not in the total: nothing is shared out over it."""
    return replace(rules, discount_amount=ZERO, cash_rounding=None)


def line_input(row: Any) -> OfferedLine:
    """Give a stored line of a quote as it was typed."""
    return OfferedLine(**{name: getattr(row, name) for name in FIELDS})
