"""The list of bank lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy import func

from app.models.banking import bank_line
from app.services.listing import Listing, Words


@dataclass(frozen=True, slots=True)
class BankLineRow:
    """One booking of the bank."""

    id: UUID
    booked_on: date
    name: str
    text: str
    amount: Decimal
    currency: str
    state: str
    reason: str


BANK_LINES: Final = Listing(
    name="bank_lines",
    row=BankLineRow,
    source=bank_line,
    columns=tuple(bank_line.c[name] for name in BankLineRow.__dataclass_fields__),
    tables=("bank_line",),
    sorts={
        "came": bank_line.c.id,
        "booked_on": bank_line.c.booked_on,
        "name": bank_line.c.name,
        "amount": bank_line.c.amount,
    },
    default_sort="came",
    default_descending=False,
    filters={
        "state": lambda value: bank_line.c.state == value,
        "way": lambda value: bank_line.c.amount > 0 if value == "in" else bank_line.c.amount < 0,
    },
    search=(Words(bank_line.c.name, bank_line.c.text, bank_line.c.reference, bank_line.c.counterparty),),
    totals={"amount": func.sum(bank_line.c.amount)},
    totals_by=bank_line.c.currency,
)
