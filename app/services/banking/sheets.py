"""What a screen shows of a bank line: what the bank said, what it pays, and what was booked of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select

from app.errors import NotFound
from app.models.banking import LineState, bank_account, bank_booking, bank_line
from app.models.base import Key
from app.models.invoice import invoice
from app.models.payment import payment
from app.services.banking import proposals
from app.services.banking.matching import Part, Proposal
from app.services.statements import Prepared


@dataclass(frozen=True, slots=True)
class Booked:
    """A payment that was booked of a line; negative amounts took one back."""

    payment_id: UUID
    number: str
    customer_name: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Share:
    """What a proposal gives one invoice, or (without a number) puts on a customer's account."""

    customer_name: str
    number: str
    amount: Decimal
    discount: Decimal


@dataclass(frozen=True, slots=True)
class LineSheet:
    """A bank line from all sides; ``proposal`` is None once it is decided."""

    head: Any
    account_name: str
    proposal: Proposal | None
    shares: tuple[Share, ...]
    booked: tuple[Booked, ...]


def line_sheet(connection: Connection, line_id: UUID) -> LineSheet:
    """Read a bank line with its proposal, or with what was booked of it.

    Raises:
        NotFound: there is no such line.

    """
    head = _LINE.first(connection, line=line_id)
    if head is None:
        raise NotFound("Bank line", line_id)
    account = connection.execute(select(bank_account.c.name).where(bank_account.c.id == head.bank_account_id))
    proposal = None
    if head.state == LineState.OPEN:
        proposal = proposals.propose(connection, [head])[line_id]
    shares = _shares(connection, proposal.parts) if proposal else ()
    booked = tuple(Booked(*row) for row in _BOOKED.all(connection, line=line_id))
    return LineSheet(head, account.scalar_one(), proposal, shares, booked)


def _shares(connection: Connection, parts: tuple[Part, ...]) -> tuple[Share, ...]:
    found = []
    for part in parts:
        off = dict(part.discounts)
        for key, amount in part.allocations:
            found.append(
                Share(part.customer_name, _NUMBER.value(connection, invoice=key), amount, off.get(key, Decimal(0)))
            )
        if part.on_account:
            found.append(Share(part.customer_name, "", part.on_account, Decimal(0)))
    return tuple(found)


def count_open(connection: Connection) -> int:
    """Count the lines that wait for a decision."""
    waiting = select(func.count()).select_from(bank_line).where(bank_line.c.state == LineState.OPEN)
    return connection.execute(waiting).scalar_one()


_LINE: Final = Prepared(select(bank_line).where(bank_line.c.id == bindparam("line", type_=Key)))
_NUMBER: Final = Prepared(select(invoice.c.number).where(invoice.c.id == bindparam("invoice", type_=Key)))
_BOOKED: Final = Prepared(
    select(bank_booking.c.payment_id, payment.c.number, payment.c.customer_name, bank_booking.c.amount)
    .join(payment, payment.c.id == bank_booking.c.payment_id)
    .where(bank_booking.c.line_id == bindparam("line", type_=Key))
    .order_by(bank_booking.c.id)
)
