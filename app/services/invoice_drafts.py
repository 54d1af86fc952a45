"""Draft invoices: one per order, kept equal to what may be invoiced now, until a person posts it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.models.base import Key, new_id
from app.models.invoice import InvoiceKind, InvoiceState, invoice, invoice_line
from app.models.order import OrderState
from app.models.rounding import Rounding, round_decimals
from app.services import companies, deposit_parts, document_lines, part_quantity
from app.services.document_lines import ZERO, Priced, Rules
from app.services.order_book import BookLine, OrderBook
from app.services.statements import Prepared
from app.services.transaction import Transaction


@dataclass(slots=True)
class Draft:
    """The draft invoice of an order as it is stored: its head, its lines in order."""

    head: Any
    lines: list[Any]

    @property
    def quantities(self) -> dict[UUID, int]:
        """Grains by order line."""
        return {row.order_line_id: row.grains for row in self.lines if row.order_line_id}

    def holds(self, rules: Rules, lines: Sequence[dict[str, Any]]) -> bool:
        """Tell whether it is what ``rules`` and ``lines`` would make of it."""
        if any(getattr(self.head, name) != value for name, value in rules.columns().items()):
            return False
        stored = [[getattr(row, name) for name in _CONTENT] for row in self.lines]
        return stored == [[row.get(name, "") for name in _CONTENT] for row in lines]


def plan(tx: Transaction, book: OrderBook) -> None:
    """Make the order's draft invoice hold what its policy allows to invoice and no invoice holds yet.

    One that a person drafted stays as long as all of it may still be invoiced; prices follow the order.
    """
    if book.head.taken_over:
        return
    draft = read(tx.connection, book) if book.drafted else None
    due = {line.id: line.billable - line.invoiced for line in book.lines}
    due = {line_id: quantity for line_id, quantity in due.items() if quantity > 0}
    if draft and draft.head.by_hand and _fits(book, draft.quantities):
        due = draft.quantities
    if book.state == OrderState.CANCELLED or book.waits_for_deposit:
        due = {}
    if due:
        _build(tx, book, due, draft)
    elif draft:
        tx.update(invoice, draft.head.id, state=str(InvoiceState.CANCELLED))


def draft_by_hand(tx: Transaction, book: OrderBook, quantities: dict[UUID, int]) -> UUID:
    """Make the order's draft invoice hold ``quantities`` (grains by order line) because a person wants so."""
    draft = read(tx.connection, book)
    invoice_id = _build(tx, book, quantities, draft)
    tx.update(invoice, invoice_id, by_hand=True)
    return invoice_id


def follow_head(tx: Transaction, book: OrderBook) -> None:
    """Let the order's drafts of any kind bear its PO number, address and terms as they are now."""
    wanted = {name: book.get(name) for name in ("customer_po", "billing_address", "payment_term")}
    for row in _DRAFT_HEADS.all(tx.connection, order=book.id):
        changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
        if changed:
            tx.update(invoice, row.id, **changed)


def read(connection: Connection, book: OrderBook) -> Draft | None:
    """Read the draft invoice of an order, if there is one."""
    head = _DRAFT.first(connection, order=book.id)
    return None if head is None else Draft(head, _DRAFT_LINES.all(connection, invoice=head.id))


def _fits(book: OrderBook, quantities: dict[UUID, int]) -> bool:
    left = {line.id: line.invoiceable - line.invoiced for line in book.lines}
    return bool(quantities) and all(quantity <= left.get(line_id, 0) for line_id, quantity in quantities.items())


def _build(tx: Transaction, book: OrderBook, quantities: dict[UUID, int], draft: Draft | None) -> UUID:
    """Draft an invoice for ``quantities`` (grains by order line), deducting deposits; return its id.

    What ``draft`` holds is replaced where it differs, instead of making another one.
    """
    rules, lines = _content(tx.connection, book, quantities)
    if draft and not book.get("deposit_amount") and draft.holds(rules, lines):
        return _id_of(draft)
    priced = _computed(tx.connection, book, rules, lines, draft)
    if draft is None:
        return store(tx, book, InvoiceKind.INVOICE, rules, priced)
    if not draft.holds(rules, priced.lines):
        _rewrite(tx, draft, rules, priced)
    return _id_of(draft)


def preview(connection: Connection, book: OrderBook, quantities: Mapping[UUID, int], *, deducting: bool) -> Priced:
    """Compute what an invoice of ``quantities`` (grains by order line) would hold, and write nothing.

    ``deducting``: less the deposits that were paid, as the invoice would deduct them.
    """
    rules, lines = _content(connection, book, quantities)
    if deducting:
        return _computed(connection, book, rules, lines, read(connection, book))
    return document_lines.compute(rules, lines, companies.known_taxes(connection))


def _content(
    connection: Connection, book: OrderBook, quantities: Mapping[UUID, int]
) -> tuple[Rules, list[dict[str, Any]]]:
    """Give the rules and the lines of an invoice of ``quantities``, before anything is computed."""
    due = [line for line in book.lines if quantities.get(line.id)]
    lines = [_line_row(connection, line, quantities[line.id], position) for position, line in enumerate(due, 1)]
    return rules_for(connection, book.head, book.lines, (line.row for line in book.lines), lines), lines


def _computed(
    connection: Connection, book: OrderBook, rules: Rules, lines: list[dict[str, Any]], draft: Draft | None
) -> Priced:
    """Compute an invoice of ``lines``, with what it deducts of the order's deposits."""
    taxes = companies.known_taxes(connection)
    priced = document_lines.compute(rules, lines, taxes)
    if book.get("deposit_amount") and (deductions := _deductions(connection, book, rules, lines, draft)):
        return document_lines.compute(rules, deductions, taxes)
    return priced


def _id_of(draft: Draft) -> UUID:
    found: UUID = draft.head.id
    return found


def _line_row(connection: Connection, line: BookLine, quantity: int, position: int) -> dict[str, Any]:
    """Make an invoice line for ``quantity`` grains of an order line, at the order's price."""
    row = line.row
    return {
        "id": new_id(),
        "order_line_id": line.id,
        "deposit_id": None,
        "credits_line_id": None,
        "position": position,
        "kind": row.kind,
        "product_id": row.product_id,
        "sku": row.sku,
        "name": row.name,
        "description": row.description,
        **part_quantity.written(connection, row, line.in_unit(quantity)),
        "discount_percent": row.discount_percent,
        "tax_codes": row.tax_codes,
        "grains": quantity,
    }


def rules_for(
    connection: Connection, head: Any, counted: Iterable[Any], rows: Iterable[Any], lines: Sequence[dict[str, Any]]
) -> Rules:
    """Give the order's rules for an invoice of ``lines``; ``counted`` says how far its lines are, ``rows`` are stored.

    A discount amount is taken in proportion; the invoice that completes the order takes what is left of it.
    """
    decimals = companies.decimals(connection, head.currency)
    amount: Decimal = head.discount_amount
    if amount:
        given = sum(_GIVEN.values(connection, order=head.id), ZERO)
        due = {row["order_line_id"]: row["grains"] for row in lines}
        if all(line.invoiced + due.get(line.id, 0) == line.ordered for line in counted):
            amount -= given
        else:
            all_net = sum_net([row._asdict() for row in rows])
            share = Fraction(amount) * Fraction(sum_net(lines)) / Fraction(all_net) if all_net else Fraction(0)
            amount = round_decimals(share, decimals, Rounding.HALF_UP)
    return Rules(head.currency, decimals, head.tax_rounding, head.discount_percent, amount, head.cash_rounding)


def sum_net(lines: Sequence[dict[str, Any]]) -> Decimal:
    """Add up quantity x price less line discount, exactly, before any rounding of the document."""
    total = ZERO
    for row in lines:
        total += row["quantity"] * row["unit_price"] * (100 - row["discount_percent"]) / 100
    return total


def store(tx: Transaction, book: OrderBook, kind: InvoiceKind, rules: Rules, priced: Priced, **changed: Any) -> UUID:
    """Write a draft for an order and return its id; ``changed`` are columns that are not as its order says."""
    head = book.head
    invoice_id = new_id()
    tx.insert(
        invoice,
        {
            "id": invoice_id,
            "number": None,
            "kind": str(kind),
            "state": str(InvoiceState.DRAFT),
            "order_id": book.id,
            "order_number": head.number,
            "credits_id": None,
            "by_hand": False,
            "customer_id": book.get("customer_id"),
            "customer_name": book.get("customer_name"),
            "customer_po": book.get("customer_po"),
            "billing_address": book.get("billing_address"),
            "payment_term": head.payment_term,
            "invoiced_on": None,
            "due_on": None,
            "posted_at": None,
            "rate": Decimal(1),
            "notes": "",
            "company_total": ZERO,
            "open_amount": ZERO,
            **rules.columns(),
            **priced.totals,
            **changed,
        },
    )
    tx.insert(invoice_line, *({"invoice_id": invoice_id, **row} for row in priced.lines))
    document_lines.store_taxes(tx, invoice_id, priced.taxes, replace=False)
    return invoice_id


def _rewrite(tx: Transaction, draft: Draft, rules: Rules, priced: Priced) -> None:
    """Replace the lines and totals of a draft."""
    invoice_id = _id_of(draft)
    tx.delete(invoice_line, [row.id for row in draft.lines])
    tx.insert(invoice_line, *({"invoice_id": invoice_id, **row} for row in priced.lines))
    document_lines.store_taxes(tx, invoice_id, priced.taxes, replace=True)
    tx.update(invoice, invoice_id, by_hand=draft.head.by_hand, **rules.columns(), **priced.totals)


def _deductions(
    connection: Connection, book: OrderBook, rules: Rules, lines: list[dict[str, Any]], draft: Draft | None
) -> list[dict[str, Any]]:
    """Give the invoice's lines with those that deduct the order's deposits; none where there is nothing to deduct."""
    due = {row["order_line_id"]: row["grains"] for row in lines}
    is_last = all(line.invoiced + due.get(line.id, 0) >= line.ordered - line.cancelled for line in book.sold)
    invoiced = deposit_parts.parts_of_lines(rules, lines, companies.known_taxes(connection))
    known_draft = _id_of(draft) if draft else None
    found = deposit_parts.deductions(connection, book, invoiced, is_last=is_last, draft=known_draft)
    if not found:
        return []
    for row in lines:
        row["tax_amounts"] = ""
    for position, row in enumerate(found, len(lines) + 1):
        row["position"] = position
    return [*lines, *found]


_CONTENT: Final = (
    "order_line_id",
    "deposit_id",
    "position",
    "kind",
    "product_id",
    "sku",
    "name",
    "description",
    "quantity",
    "unit",
    "numerator",
    "denominator",
    "unit_price",
    "discount_percent",
    "tax_codes",
    "grains",
    "tax_amounts",
)
_DRAFT: Final = Prepared(
    select(invoice).where(
        invoice.c.order_id == bindparam("order", type_=Key),
        invoice.c.state == InvoiceState.DRAFT,
        invoice.c.kind == InvoiceKind.INVOICE,
    )
)
_DRAFT_LINES: Final = Prepared(
    select(invoice_line)
    .where(invoice_line.c.invoice_id == bindparam("invoice", type_=Key))
    .order_by(invoice_line.c.position)
)
_DRAFT_HEADS: Final = Prepared(
    select(invoice.c.id, invoice.c.customer_po, invoice.c.billing_address, invoice.c.payment_term).where(
        invoice.c.order_id == bindparam("order", type_=Key), invoice.c.state == InvoiceState.DRAFT
    )
)
_BOOKED: Final = invoice.c.state.in_([InvoiceState.POSTED, InvoiceState.PAID])
_GIVEN: Final = Prepared(
    select(invoice.c.discount_amount).where(invoice.c.order_id == bindparam("order", type_=Key), _BOOKED)
)
