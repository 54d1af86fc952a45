"""What customers are charged for a shipment besides its goods and the freight of a table: typed when it is sent.

Each is a fee on the order, so that papers, taxes, invoices and credit notes treat it as what it is; it says the number
of its shipment.  It bears the taxes of the goods it goes with, unless others are named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed
from app.models.base import Key, new_id
from app.models.carrier import freight_charge, shipment_surcharge
from app.models.shipment import ShipmentState, shipment, shipment_line
from app.services import companies, document_lines, order_book, order_lines
from app.services.document_lines import ZERO, LineInput
from app.services.order_book import OrderBook
from app.services.statements import Prepared
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Surcharge:
    """What for and how much, before tax or with it as its taxes say, in the order's currency.

    ``tax_codes`` None: the taxes of the goods in the shipment that bring most.
    """

    name: str
    amount: Decimal
    tax_codes: str | None = None


def charge(tx: Transaction, shipment_id: UUID, wanted: Sequence[Surcharge]) -> list[UUID]:
    """Charge the customer for a shipment that left, and return the order lines that ask for it.

    Raises:
        NotFound: the shipment does not exist.
        NotAllowed: it has not left, or its order was billed elsewhere.
        Invalid: a surcharge says not what for or how much, is finer than the currency, or bears an unknown tax.

    """
    head = tx.lock(shipment, shipment_id, "Shipment")
    if head.state not in {ShipmentState.SHIPPED, ShipmentState.DELIVERED}:
        raise NotAllowed(f"{head.number} has not left. Ship it, then charge what it costs.")
    book = order_book.load(tx, head.order_id)
    if book.head.taken_over:
        raise NotAllowed(f"{book.head.number} was billed in another program; nothing more is charged here.")
    decimals = companies.decimals(tx.connection, book.head.currency)
    for one in wanted:
        document_lines.check_number("surcharges", one.amount)
        if not one.name.strip() or one.amount <= 0:
            raise Invalid("surcharges", "A surcharge says what it is for, and an amount above nothing.")
        if one.amount != round(one.amount, decimals):
            raise Invalid("surcharges", f"{one.name}: {book.head.currency} has {decimals} decimal places.")
    usual = _taxes(tx, book, shipment_id)
    lines = [_line(one, usual, f"Shipment {head.number}") for one in wanted]
    order_lines.reprice(tx, book, [*(order_lines.as_input(line.row) for line in book.sold), *lines])
    about = {"order_id": book.id, "shipment_id": shipment_id}
    tx.insert(shipment_surcharge, *({"id": new_id(), **about, "order_line_id": line.id} for line in lines))
    total = sum((one.amount for one in wanted), ZERO)
    facts = {"number": head.number, "amount": total, "currency": book.head.currency}
    tx.record("shipment.surcharged", book.id, shipment_id, **facts)
    return [line.id for line in lines if line.id]


def take_back(tx: Transaction, shipment_id: UUID, order_id: UUID) -> None:
    """Ask nothing for a shipment that did not leave after all: its surcharges are off the order, unless invoiced."""
    rows = _OF_SHIPMENT.all(tx.connection, shipment=shipment_id)
    if not rows:
        return
    book = order_book.load(tx, order_id)
    gone = {row.order_line_id for row in rows} & {line.id for line in book.sold if not line.invoiced}
    tx.delete(shipment_surcharge, [row.id for row in rows if row.order_line_id in gone])
    order_lines.reprice(tx, book, [order_lines.as_input(line.row) for line in book.sold if line.id not in gone])


def shipments_of_lines(connection: Connection, order_id: UUID) -> dict[UUID, UUID]:
    """Say which lines of an order are charged for which shipment: freight by table, and surcharges."""
    return {row.order_line_id: row.shipment_id for row in _FOR_SHIPMENTS.all(connection, order=order_id)}


def _taxes(tx: Transaction, book: OrderBook, shipment_id: UUID) -> str:
    """Give the taxes of the line that brings most of those in a shipment: what goes with goods is taxed as they are."""
    sent = set(_SENT.values(tx.connection, shipment=shipment_id))
    lines = [one for one in book.sold if one.id in sent or any(p.row.kit_line_id == one.id for p in _parts(book, sent))]
    best = max(lines, key=lambda one: one.row.net, default=None)
    return str(best.row.tax_codes) if best else ""


def _parts(book: OrderBook, sent: set[UUID]) -> list[Any]:
    return [line for line in book.lines if line.component and line.id in sent]


def _line(one: Surcharge, usual: str, text: str) -> LineInput:
    taxes = usual if one.tax_codes is None else one.tax_codes
    return LineInput(None, Decimal(1), "", one.amount, ZERO, taxes, one.name.strip(), text, "fee", new_id())


_OF_SHIPMENT: Final = Prepared(
    select(shipment_surcharge).where(shipment_surcharge.c.shipment_id == bindparam("shipment", type_=Key))
)
_SENT: Final = Prepared(
    select(shipment_line.c.order_line_id).where(
        shipment_line.c.shipment_id == bindparam("shipment", type_=Key), shipment_line.c.shipped > 0
    )
)
_FOR_SHIPMENTS: Final = Prepared(
    select(shipment_surcharge.c.order_line_id, shipment_surcharge.c.shipment_id)
    .where(shipment_surcharge.c.order_id == bindparam("order", type_=Key))
    .union_all(
        select(freight_charge.c.order_line_id, freight_charge.c.shipment_id).where(
            freight_charge.c.order_id == bindparam("order", type_=Key), freight_charge.c.shipment_id.is_not(None)
        )
    )
)
