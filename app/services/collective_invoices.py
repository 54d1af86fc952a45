"""Collective invoices: what was delivered to a customer in a week or month, over all orders, on one invoice.

Each order has a draft of its own that says what may be invoiced.  A run looks at the drafts of customers who get
collective invoices, takes of each what left until the last day of its week or month, and puts together what goes
together.  A collective invoice is made and posted at once; the orders' drafts follow as they do after any invoice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from math import ceil
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Conflict, NotAllowed
from app.models.base import Key, new_id
from app.models.invoice import InvoiceKind, InvoiceState, Rhythm, invoice
from app.models.party import customer
from app.models.shipment import shipment, shipment_line
from app.services import (
    billing,
    collected_orders,
    companies,
    document_lines,
    invoice_drafts,
    order_book,
    originals,
    surcharges,
)
from app.services.document_lines import ZERO, Priced, Rules
from app.services.documents.paper_locale import PaperLocale, paper_locale
from app.services.order_book import BookLine, OrderBook
from app.services.papers import parts
from app.services.statements import Prepared
from app.services.transaction import Transaction

APART: Final = {
    "currency": "currency",
    "payment_term": "payment terms",
    "billing_address": "billing address",
    "discount_percent": "discount on the whole",
    "tax_rounding": "rounding of tax",
    "cash_rounding": "rounding to a coin",
}
"""What orders on one invoice must have in common besides the customer, and what it is called."""


@dataclass(frozen=True, slots=True)
class Left:
    """A shipment that left: its number and day."""

    number: str
    on: date


@dataclass(frozen=True, slots=True)
class Due:
    """What of an order is invoiced now: grains by line, complete lines with deductions, and the shipments it left in.

    ``reason`` says why it is not to be put together with others; empty where it is.
    """

    book: OrderBook
    draft_id: UUID
    quantities: dict[UUID, int]
    shipments: tuple[Left, ...]
    lines: list[dict[str, Any]] = field(default_factory=list)
    total: Decimal = ZERO
    reason: str = ""

    @property
    def key(self) -> tuple[Any, ...]:
        """What must be the same for orders on one invoice."""
        return (self.book.head.customer_id, *(self.book.get(name) for name in APART))


@dataclass(frozen=True, slots=True)
class Together:
    """Orders of a customer that go on one invoice, with its figures; ``apart``: how they differ from the ones before.

    ``until`` is the last day of deliveries that it is about.
    """

    customer_id: UUID
    customer_name: str
    currency: str
    until: date
    orders: tuple[Due, ...]
    untaxed: Decimal
    tax: Decimal
    total: Decimal
    apart: str = ""

    @property
    def order_ids(self) -> tuple[UUID, ...]:
        """The orders' keys."""
        return tuple(one.book.id for one in self.orders)


@dataclass(frozen=True, slots=True)
class Run:
    """What a run would invoice, and what it leaves and why."""

    together: tuple[Together, ...]
    left: tuple[Due, ...]


def preview(connection: Connection, on: date, *, early: bool = False) -> Run:
    """Say what a run on a day would invoice; ``early``: also of weeks and months that are not over.

    Raises:
        Invalid: a tax of an order is not set up any more.

    """
    found: dict[tuple[Any, ...], list[Due]] = {}
    until: dict[UUID, date] = {}
    left = []
    for row in _DRAFTS.all(connection):
        until[row.customer_id] = on if early else Rhythm(row.invoice_rhythm).last_day(on)
        one = due(connection, order_book.look(connection, row.order_id), until[row.customer_id])
        if one.reason:
            left.append(one)
        else:
            found.setdefault(one.key, []).append(one)
    first: dict[UUID, tuple[Any, ...]] = {}
    together = []
    for key, orders in found.items():
        before = first.setdefault(key[0], key)
        together.append(_together(connection, orders, until[key[0]], _difference(before, key)))
    return Run(tuple(together), tuple(left))


def collect(tx: Transaction, order_ids: Iterable[UUID], until: date, on: date, *, total: Decimal | None = None) -> UUID:
    """Put what left of some orders until a day on one invoice and post it; return its id.

    One order alone gets an ordinary invoice.  ``total``: what the invoice was shown to come to.

    Raises:
        NotAllowed: an order has nothing to invoice or is not to be put together with others, or they differ.
        Conflict: it comes to something else by now.

    """
    found = [due(tx.connection, order_book.load(tx, one), until) for one in sorted(set(order_ids))]
    if not found:
        raise NotAllowed("There is nothing to invoice. Choose at least one order.")
    for one in found:
        if one.reason:
            raise NotAllowed(f"{one.book.head.number} is not put on a collective invoice: {one.reason}")
        if one.key != found[0].key:
            words = _difference(found[0].key, one.key)
            raise NotAllowed(f"{one.book.head.number} has another {words} than {found[0].book.head.number}.")
    rules, lines = _content(tx.connection, found)
    priced = document_lines.compute(rules, lines, companies.known_taxes(tx.connection))
    if total is not None and priced.totals["total"] != total:
        raise Conflict(f"what is to be invoiced to {found[0].book.head.customer_name}")
    if len(found) == 1:
        invoice_id = invoice_drafts.draft_by_hand(tx, found[0].book, found[0].quantities)
    else:
        invoice_id = _store(tx, found, rules, priced)
    billing.post(tx, invoice_id, on)
    return invoice_id


def due(connection: Connection, book: OrderBook, until: date) -> Due:
    """Say what of an order is invoiced by a run about what left until a day; reads only."""
    draft = invoice_drafts.read(connection, book)
    shipped = _SHIPPED.all(connection, order=book.id)
    later = {row.id for row in shipped if row.shipped_at.date() > until}
    charges = surcharges.shipments_of_lines(connection, book.id) if later else {}
    waiting = {line_id for line_id, shipment_id in charges.items() if shipment_id in later}
    quantities = {line_id: n for line_id, n in _quantities(book, shipped, until).items() if line_id not in waiting}
    if draft is None:
        return Due(book, book.id, {}, (), reason="Nothing of it is to be invoiced.")
    left = _shipments(book, shipped, quantities, until)
    reason = _reason(book, quantities, until, by_hand=draft.head.by_hand)
    if reason:
        total = draft.head.total
        return Due(book, draft.head.id, quantities, left, total=total, reason=reason)
    priced = invoice_drafts.preview(connection, book, quantities, deducting=True)
    total = priced.totals["total"]
    if total < 0 or not any(row["total"] for row in priced.lines):
        return Due(book, draft.head.id, quantities, left, total=total, reason="It asks for nothing; post it by itself.")
    return Due(book, draft.head.id, quantities, left, priced.lines, total)


def _reason(book: OrderBook, quantities: dict[UUID, int], until: date, *, by_hand: bool) -> str:
    if by_hand:
        return "A part of it was chosen by hand; post that by itself."
    if book.head.hold:
        return f"It is on hold: {book.head.hold}"
    if book.head.discount_amount:
        return "An amount is taken off the whole order; post its invoice by itself."
    if book.head.tendered:
        return "It was paid with a gift card or store credit before; post its invoice by itself."
    if not quantities:
        return f"All of it left after {until.isoformat()}; it is for the next run."
    return ""


def _quantities(book: OrderBook, shipped: Sequence[Any], until: date) -> dict[UUID, int]:
    """Give what may be invoiced of each line, without what left after the day."""
    later: dict[UUID, int] = {}
    for row in shipped:
        if row.shipped_at.date() > until:
            later[row.order_line_id] = later.get(row.order_line_id, 0) + row.shipped
    found = {}
    for line in book.lines:
        quantity = line.billable - line.invoiced
        if later and (line.goods or line.kit) and not line.on_order:
            quantity = min(quantity, line.billable - _later(book, line, later) - line.invoiced)
        if quantity > 0:
            found[line.id] = quantity
    return found


def _later(book: OrderBook, line: BookLine, later: dict[UUID, int]) -> int:
    """Give what of a line left after the day: of a kit what its components say, in whole kits."""
    if not line.kit:
        return later.get(line.id, 0)
    parts_of = [part for part in book.lines if part.row.kit_line_id == line.id and part.share]
    kits = [ceil(later.get(part.id, 0) / part.share / line.grain) for part in parts_of if part.share]
    return max(kits, default=0) * line.grain


def _shipments(book: OrderBook, shipped: Sequence[Any], quantities: dict[UUID, int], until: date) -> tuple[Left, ...]:
    """Name the shipments that what is invoiced left in: the last ones, since what left first was invoiced first."""
    left = dict(quantities)
    for line in book.lines:
        if line.component and line.share is not None and line.row.kit_line_id in quantities:
            left[line.id] = ceil(quantities[line.row.kit_line_id] * line.share)
    found: dict[str, Left] = {}
    for row in shipped:  # the last one first
        on = row.shipped_at.date()
        if on <= until and left.get(row.order_line_id, 0) > 0:
            left[row.order_line_id] -= row.shipped
            found[row.number] = Left(row.number, on)
    return tuple(sorted(found.values(), key=lambda one: (one.on, one.number)))


def _difference(first: tuple[Any, ...], other: tuple[Any, ...]) -> str:
    """Name what of the keys is not the same."""
    if first[0] != other[0]:
        return "customer"
    names = [name for name, a, b in zip(APART.values(), first[1:], other[1:], strict=True) if a != b]
    return ", ".join(names)


def _together(connection: Connection, orders: list[Due], until: date, apart: str) -> Together:
    rules, lines = _content(connection, orders)
    totals = document_lines.compute(rules, lines, companies.known_taxes(connection)).totals
    head = orders[0].book.head
    sums = totals["untaxed"], totals["tax"], totals["total"]
    return Together(head.customer_id, head.customer_name, head.currency, until, tuple(orders), *sums, apart)


def _content(connection: Connection, orders: Sequence[Due]) -> tuple[Rules, list[dict[str, Any]]]:
    """Give rules and lines of an invoice over orders: below a heading for each, its lines and its deductions."""
    head = orders[0].book.head
    decimals = companies.decimals(connection, head.currency)
    rules = Rules(head.currency, decimals, head.tax_rounding, head.discount_percent, cash_rounding=head.cash_rounding)
    rows: list[dict[str, Any]] = []
    locale = _locale(connection, head.customer_id)
    for one in orders:
        if len(orders) > 1:
            rows.append(_heading(one, locale))
        rows += [{"tax_amounts": "", **row} for row in one.lines]
    for position, row in enumerate(rows, 1):
        row["position"] = position
    return rules, rows


def _heading(one: Due, locale: PaperLocale) -> dict[str, Any]:
    """Make the line above an order's lines: number, day and the customer's number, and what was shipped when."""
    head, words = one.book.head, locale.words
    said = [f"{words['order_number']} {head.number}", locale.date(head.ordered_on) if head.ordered_on else ""]
    if head.customer_po:
        said.append(f"{words['po_number']} {head.customer_po}")
    shipped = ", ".join(f"{left.number} ({locale.date(left.on)})" for left in one.shipments)
    return {
        "id": new_id(),
        "order_line_id": None,
        "deposit_id": None,
        "credits_line_id": None,
        "kind": "text",
        "product_id": None,
        "sku": "",
        "name": " · ".join(part for part in said if part)[:200],
        "description": f"{words['shipment']} {shipped}" if shipped else "",
        "quantity": ZERO,
        "unit": "",
        "numerator": 1,
        "denominator": 1,
        "unit_price": ZERO,
        "discount_percent": ZERO,
        "tax_codes": "",
        "grains": 0,
        "tax_amounts": "",
    }


def _locale(connection: Connection, customer_id: UUID) -> PaperLocale:
    original = originals.now(connection, customer_id)
    ours = original.letterhead
    return paper_locale(parts.locale(original.printed.language or ours.language, ours.country))


def _store(tx: Transaction, orders: Sequence[Due], rules: Rules, priced: Priced) -> UUID:
    """Write the draft of a collective invoice, which is posted in the same command."""
    numbers = {one.book.head.customer_po for one in orders}
    together = {
        "order_id": None,
        "order_number": "",
        "orders": len(orders),
        "customer_po": numbers.pop() if len(numbers) == 1 else "",
    }
    invoice_id = invoice_drafts.store(tx, orders[0].book, InvoiceKind.INVOICE, rules, priced, **together)
    collected_orders.keep(tx, invoice_id, [one.book.id for one in orders], priced.lines)
    return invoice_id


_DRAFTS: Final = Prepared(
    select(invoice.c.order_id, invoice.c.customer_id, customer.c.invoice_rhythm)
    .join(customer, customer.c.id == invoice.c.customer_id)
    .where(
        invoice.c.state == InvoiceState.DRAFT,
        invoice.c.kind == InvoiceKind.INVOICE,
        invoice.c.order_id.is_not(None),
        customer.c.invoice_rhythm != "",
    )
    .order_by(customer.c.name, invoice.c.order_id)
)
_SHIPPED: Final = Prepared(
    select(
        shipment.c.id,
        shipment.c.number,
        shipment.c.shipped_at,
        shipment_line.c.order_line_id,
        shipment_line.c.shipped,
    )
    .join(shipment_line, shipment_line.c.shipment_id == shipment.c.id)
    .where(
        shipment.c.order_id == bindparam("order", type_=Key),
        shipment.c.shipped_at.is_not(None),
        shipment_line.c.shipped > 0,
    )
    .order_by(shipment.c.shipped_at.desc(), shipment.c.id.desc())
)
