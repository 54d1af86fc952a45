"""What the paper of a document says besides the document's own columns, kept when the document is issued.

An invoice is issued when it is posted, an order when it is confirmed, a shipment when it leaves, a quote when it is
sent.  From then on its paper prints what was kept.  Before that, and for documents that were issued before anything
was kept, it prints what the books say now.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, String, bindparam, literal_column, select, true

from app.errors import NotFound
from app.models.base import Key
from app.models.company import company, payment_term
from app.models.party import contact, customer
from app.models.payment_terms import Instalment
from app.services import letterheads
from app.services.codec import dumps
from app.services.letterheads import Letterhead
from app.services.memory import Remembered
from app.services.order_book import OrderBook
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Goods:
    """A line of a shipment as its papers print it.

    ``ordered`` is in ``unit``, of which one is numerator/denominator stock units of ``grain`` grains;
    ``carried`` and ``outstanding`` (still to come after this shipment) are grains.
    """

    line_id: UUID
    position: int
    sku: str
    name: str
    description: str
    ordered: Decimal
    unit: str
    numerator: int
    denominator: int
    grain: int
    carried: int
    outstanding: int

    @classmethod
    def from_plain(cls, line_id: str, *facts: Any) -> Goods:
        """Read a line as a document keeps it: a list with its key and quantity as text."""
        made = cls(UUID(line_id), *facts)
        return replace(made, ordered=Decimal(made.ordered))


@dataclass(frozen=True, slots=True)
class Printed:
    """What a paper takes from the customer and from other documents; addresses as documents keep them.

    ``term`` is the payment term that ``term_words`` name; ``goods`` are the lines of a shipment.
    """

    number: str
    name: str
    vat_number: str
    phone: str
    language: str  # empty: the company's
    contact: str
    term: str = ""
    term_words: str = ""
    bill_to: str = ""  # of a shipment: the address its papers go to
    ship_to: str = ""  # of an invoice: where the goods went, when that is elsewhere
    customer_po: str = ""  # of a shipment
    tracking_number: str = ""  # of a shipment
    goods: tuple[Goods, ...] = ()
    due: tuple[tuple[date, Decimal], ...] = ()  # of an invoice: its instalments as it was posted, if not one day

    @classmethod
    def from_json(cls, text: str) -> Printed:
        """Read what a document keeps.

        Raises:
            ValueError, TypeError, LookupError, ArithmeticError: it is nothing that Waybill wrote.

        """
        facts: dict[str, Any] = json.loads(text)
        goods = tuple(Goods.from_plain(*line) for line in facts.pop("goods", ()))
        due = tuple((date.fromisoformat(day), Decimal(amount)) for day, amount in facts.pop("due", ()))
        return cls(**facts, goods=goods, due=due)


@dataclass(frozen=True, slots=True)
class Original:
    """Ourselves and the customer as the paper of a document shows them; ``final`` once the document is issued."""

    letterhead: Letterhead
    printed: Printed
    final: bool


NONE: Final[dict[str, Any]] = {"letterhead_id": None, "printed": ""}
"""The columns of a document that is taken back: its paper follows the books again."""


def of_quote(tx: Transaction, head: Any) -> dict[str, Any]:
    """Give the columns that keep what a quote prints which is sent now."""
    return _columns(tx, head.customer_id, head.payment_term)


def of_order(tx: Transaction, book: OrderBook) -> dict[str, Any]:
    """Give the columns that keep what an order prints which is confirmed now."""
    return _columns(tx, book.get("customer_id"), book.get("payment_term"))


def of_invoice(tx: Transaction, head: Any, book: OrderBook | None, due: Sequence[Instalment]) -> dict[str, Any]:
    """Give the columns that keep what an invoice or credit note prints which is posted now, with what is due when."""
    more = dict[str, Any]()
    if book and book.get("shipping_address") != book.get("billing_address"):
        more["ship_to"] = book.get("shipping_address")
    if len(due) > 1:
        more["due"] = _days(due)
    return _columns(tx, head.customer_id, head.payment_term, **more)


def with_days(head: Any) -> dict[str, Any]:
    """Give the columns of an invoice that was due on one day and will be due on others: its paper keeps its own."""
    kept = json.loads(head.printed) if head.printed else {}
    if not kept or "due" in kept:
        return {}
    return {"printed": dumps({**kept, "due": _days([Instalment(head.due_on, head.total)])})}


def _days(due: Sequence[Instalment]) -> list[tuple[str, str]]:
    return [(one.due_on.isoformat(), f"{one.amount:f}") for one in due]


def of_letter(tx: Transaction, customer_id: UUID) -> dict[str, Any]:
    """Give the columns that keep what a reminder prints which is sent now."""
    return _columns(tx, customer_id, "")


def of_shipment(tx: Transaction, book: OrderBook, leaving: Mapping[UUID, int], tracking: str) -> dict[str, Any]:
    """Give the columns that keep what a shipment prints which leaves now with ``leaving`` (grains by order line)."""
    goods = [
        (
            line.id.hex,
            row.position,
            row.sku,
            row.name,
            row.description,
            str(row.quantity),
            row.unit,
            row.numerator,
            row.denominator,
            line.grain,
            leaving[line.id],
            line.outstanding,
        )
        for line in book.lines
        if leaving.get(line.id) and (row := line.row)
    ]
    more = {"bill_to": book.get("billing_address"), "customer_po": book.get("customer_po"), "tracking_number": tracking}
    return _columns(tx, book.get("customer_id"), "", **more, goods=goods)


def of(connection: Connection, head: Any) -> Original:
    """Read what the paper of a document shows: what was kept, else what the books say now.

    Raises:
        NotFound: the customer does not exist.

    """
    if text := getattr(head, "printed", ""):
        return Original(letterheads.read(connection, head.letterhead_id), Printed.from_json(text), final=True)
    term = getattr(head, "payment_term", "")
    row = _FACTS.first(connection, customer=head.customer_id, term=term)
    if row is None:
        raise NotFound("Customer", head.customer_id)
    return Original(letterheads.now(connection), Printed(**_facts(row, term)), final=False)


def now(connection: Connection, customer_id: UUID) -> Original:
    """Read ourselves and a customer as a paper shows them that is made now and kept nowhere.

    Raises:
        NotFound: the customer does not exist.

    """
    row = _FACTS.first(connection, customer=customer_id, term="")
    if row is None:
        raise NotFound("Customer", customer_id)
    return Original(letterheads.now(connection), Printed(**_facts(row, "")), final=False)


def with_term(connection: Connection, original: Original, term: str) -> Original:
    """Name the payment term the document has now, where it was given another one after it was issued."""
    if original.printed.term == term:
        return original
    words = _TERM.value(connection, term=term) or term
    return replace(original, printed=replace(original.printed, term=term, term_words=words))


def _columns(tx: Transaction, customer_id: UUID, term: str, **more: Any) -> dict[str, Any]:
    row = _FACTS.first(tx.connection, customer=customer_id, term=term)
    letterhead_id = row.letterhead_id or letterheads.keep(tx)  # the first one after letterheads came to be
    return {"letterhead_id": letterhead_id, "printed": dumps({**_facts(row, term), **more})}


def _facts(row: Any, term: str) -> dict[str, Any]:
    facts = dict(zip(_CUSTOMER, row[2:], strict=True))
    facts["contact"] = row.contact or ""
    return {**facts, "term": term, "term_words": row.term_words or term} if term else facts


_CUSTOMER: Final = ("contact", "number", "name", "vat_number", "phone", "language")
_FIRST_CONTACT: Final = (
    select(contact.c.name)
    .where(contact.c.customer_id == customer.c.id, contact.c.active)
    .order_by(contact.c.id)
    .limit(literal_column("1"))
    .scalar_subquery()
)
_FACTS: Final = Remembered(
    select(
        company.c.letterhead_id,
        payment_term.c.name.label("term_words"),
        _FIRST_CONTACT.label("contact"),
        *(customer.c[name] for name in _CUSTOMER[1:]),
    )
    .select_from(
        customer.join(company, true()).outerjoin(payment_term, payment_term.c.code == bindparam("term", type_=String))
    )
    .where(customer.c.id == bindparam("customer", type_=Key))
)
_TERM: Final = Remembered(select(payment_term.c.name).where(payment_term.c.code == bindparam("term")))
