"""Invoices: drafting in parts, posting with a gapless number, deposits, credit notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key, new_id
from app.models.invoice import InvoiceKind, InvoiceState, invoice, invoice_line
from app.models.order import OrderState, sales_order
from app.models.product import GRAIN, shown, to_grains
from app.models.rounding import Rounding, round_decimals
from app.services import (
    collected_orders,
    companies,
    deposit_parts,
    document_lines,
    exchange_rates,
    instalments,
    invoice_drafts,
    invoice_postings,
    journal,
    order_book,
    order_tenders,
    originals,
    part_quantity,
    parties,
    payment_terms,
    place_taxes,
    settlement,
    stored_value_ledger,
    unit_words,
)
from app.services.document_lines import ZERO, LineInput, Rules
from app.services.order_book import OrderBook
from app.services.pricing import Buyer
from app.services.statements import Prepared
from app.services.transaction import Transaction

WHOLE: Final = Fraction(1)


def draft(tx: Transaction, order_id: UUID, quantities: Mapping[UUID, int]) -> UUID:
    """Set the order's draft invoice to ``quantities`` (grains by order line) and return its id.

    Parts may be invoiced before they are shipped, never more than is ordered or was shipped.  The draft
    stays as it was set as long as all of it may be invoiced.

    Raises:
        NotAllowed: a quantity is more than is left to invoice, nothing is left, the order is not
            confirmed or waits for its deposit.

    """
    book = order_book.load(tx, order_id)
    if book.state not in {OrderState.CONFIRMED, OrderState.CLOSED}:
        raise NotAllowed(f"Order {book.head.number} is {book.state}; only a confirmed order is invoiced.")
    if book.waits_for_deposit:
        raise NotAllowed(f"{book.head.number} waits for its deposit. Book the payment, then invoice the rest.")
    wanted = {line_id: quantity for line_id, quantity in quantities.items() if quantity}
    if not wanted:
        raise NotAllowed("There is nothing to invoice. Choose at least one line with a quantity.")
    for line_id, quantity in wanted.items():
        line = book.line(line_id)
        left = line.invoiceable - line.invoiced
        if not 0 < quantity <= left:
            most = line.in_unit(left)
            unit = unit_words.of(line.row.unit, most)
            raise NotAllowed(
                f"Line {line.row.position} of {book.head.number} has {shown(most)} {unit} left to invoice. "
                "Lower the quantity."
            )
    return invoice_drafts.draft_by_hand(tx, book, wanted)


def post(tx: Transaction, invoice_id: UUID, on: date) -> str:
    """Give a draft its gapless number, book it and freeze it; return the number.

    Raises:
        NotFound: the invoice does not exist.
        NotAllowed: it is no draft, it has no lines, or its order is on hold.

    """
    head = tx.lock(invoice, invoice_id, "Invoice")
    if head.state != InvoiceState.DRAFT:  # a paid one may become posted again, but not by this
        raise NotAllowed(f"{head.number or 'This invoice'} is {head.state}; only a draft can be posted.")
    books = [order_book.load(tx, one) for one in collected_orders.order_ids(tx.connection, head)]
    book = books[0] if head.order_id else None
    for one in books if head.kind == InvoiceKind.INVOICE else ():
        one.refuse_held()
    lines = _LINES.all(tx.connection, invoice=invoice_id)
    if not lines:
        raise NotAllowed("This invoice has no lines. Add one, then post it.")
    rated_on = on
    if head.currency != companies.own_currency(tx.connection):
        rated_on = exchange_rates.day_of_rate(tx.connection, book.head if book else None, on)
    rate = journal.converter(tx.connection, head.currency, rated_on)
    due = payment_terms.due(tx.connection, head, on, companies.decimals(tx.connection, head.currency))
    prefix = "CN" if head.kind == InvoiceKind.CREDIT else "INV"
    number = tx.number(prefix, invoice_id, gapless=True)
    tx.update(
        invoice,
        invoice_id,
        number=number,
        state=str(InvoiceState.POSTED if head.total else InvoiceState.PAID),
        invoiced_on=on,
        due_on=due[0].due_on,
        posted_at=tx.at,
        rate=rate.rate,
        company_total=rate.company(head.total),
        open_amount=head.total,
        **originals.of_invoice(tx, head, _sent_to(books), due),
        **({"instalments": len(due)} if len(due) > 1 else {}),
    )
    if len(due) > 1:
        instalments.keep(tx, invoice_id, due)
    postings = invoice_postings.of_invoice(tx, head, lines, rate)
    journal.book(tx, journal.Entry(on, invoice_id, f"{number} {head.customer_name}", head.currency), postings)
    for one in books:
        _count_invoiced(one, lines)
        if head.orders:
            one.changes["collected"] = True
        settlement.follow_money(tx, one)
        tx.record("invoice.posted", one.id, invoice_id, number=number, total=head.total, currency=head.currency)
    if book and book.head.tendered:
        order_tenders.use_for(tx, book.id, invoice_id, on)
    tx.record("invoice.posted", head.customer_id, invoice_id, number=number, total=head.total)
    return number


def discard(tx: Transaction, invoice_id: UUID) -> None:
    """Call a draft off; it never gets a number.

    Raises:
        NotAllowed: it is posted: a posted invoice never changes, write a credit note instead; or it asks
            for the deposit that its order waits for.

    """
    head = tx.lock(invoice, invoice_id, "Invoice")
    if head.state == InvoiceState.CANCELLED:
        raise NotAllowed("This draft was called off already. Refresh the list.")
    if head.state != InvoiceState.DRAFT:
        raise NotAllowed(f"{head.number} is posted and never changes. Write a credit note instead.")
    if head.kind != InvoiceKind.DEPOSIT:
        tx.update(invoice, invoice_id, state=str(InvoiceState.CANCELLED))
        return
    book = order_book.load(tx, head.order_id)
    if book.waits_for_deposit and not head.by_hand:
        raise NotAllowed(
            f"Order {head.order_number} waits for this deposit, and nothing else would ask for it. "
            "Post the deposit invoice, or cancel the order."
        )
    tx.update(invoice, invoice_id, state=str(InvoiceState.CANCELLED))
    settlement.follow_money(tx, book)


def credit(tx: Transaction, invoice_id: UUID, on: date, quantities: Mapping[UUID, int] | None = None) -> UUID:
    """Write and post a credit note for a posted invoice; return its id.

    Without ``quantities`` the whole invoice is taken back, every figure mirrored exactly; of a deposit what
    no invoice deducts, and the order asks for so much less.  With ``quantities`` (grains by invoice line) only
    those; the credit first settles what is open on the invoice.

    Raises:
        NotAllowed: the invoice is not posted, less of a line is left to credit, or it is a deposit
            that other invoices deduct.

    """
    head = tx.lock(invoice, invoice_id, "Invoice")
    if head.state not in {InvoiceState.POSTED, InvoiceState.PAID} or head.kind == InvoiceKind.CREDIT:
        raise NotAllowed("Only a posted invoice can be credited.")
    orders = collected_orders.order_ids(tx.connection, head)
    for order_id in orders:  # so that no other command deducts the deposit or credits the lines meanwhile
        tx.lock(sales_order, order_id, "Order")
    decimals = companies.decimals(tx.connection, head.currency)
    lines = _LINES.all(tx.connection, invoice=invoice_id)
    if head.kind == InvoiceKind.DEPOSIT:
        rows = _deposit_taken_back(tx, head, lines, quantities)
    else:
        _refuse_over_credit(tx, head, lines, quantities)
        rows = [_mirrored(tx, line, quantities) for line in lines if quantities is None or quantities.get(line.id)]
    discount = _credited_discount(tx, head, lines, rows, decimals)
    rules = Rules(head.currency, decimals, head.tax_rounding, head.discount_percent, discount, head.cash_rounding)
    priced = document_lines.compute(rules, rows, document_lines.taxes_of(tx.connection, invoice_id))
    credit_id = new_id()
    tx.insert(
        invoice,
        {
            "id": credit_id,
            "number": None,
            "kind": str(InvoiceKind.CREDIT),
            "state": str(InvoiceState.DRAFT),
            "credits_id": invoice_id,
            "by_hand": True,
            **{name: getattr(head, name) for name in _COPIED},
            "invoiced_on": None,
            "due_on": None,
            "posted_at": None,
            "rate": Decimal(1),
            "notes": "",
            "company_total": ZERO,
            "open_amount": ZERO,
            **rules.columns(),
            **priced.totals,
        },
    )
    tx.insert(invoice_line, *({"invoice_id": credit_id, **row} for row in priced.lines))
    document_lines.store_taxes(tx, credit_id, priced.taxes, replace=False)
    if head.orders:
        collected_orders.keep(tx, credit_id, orders, priced.lines)
    if any(line.account for line in lines):
        _refuse_part(head, quantities)
        stored_value_ledger.take_back_sale(tx, invoice_id, credit_id, on)
    post(tx, credit_id, on)
    _settle_against(tx, invoice_id, credit_id)
    return credit_id


def credit_rest(tx: Transaction, invoice_id: UUID, on: date) -> UUID | None:
    """Credit what is left of a posted invoice: all of it, or the quantities no credit note has; None where none is.

    Raises:
        NotAllowed: see :func:`credit`.

    """
    tx.lock(invoice, invoice_id, "Invoice")
    done = _credited(tx, invoice_id)
    if not done:
        return credit(tx, invoice_id, on)
    rest = {line.id: line.grains - done.get(line.id, 0) for line in _LINES.all(tx.connection, invoice=invoice_id)}
    left = {line_id: grains for line_id, grains in rest.items() if grains}
    return credit(tx, invoice_id, on, left) if left else None


@dataclass(frozen=True, slots=True)
class FreeInvoice:
    """An invoice without an order: customer and lines as typed."""

    customer_id: UUID
    lines: tuple[LineInput, ...]
    currency: str = ""
    payment_term: str = ""
    customer_po: str = ""


def write(tx: Transaction, new: FreeInvoice) -> UUID:
    """Draft an invoice by hand, without an order; return its id.

    Raises:
        Invalid: a line or the currency cannot be taken.
        NotFound: the customer does not exist.

    """
    if not new.lines:
        raise Invalid("lines", "Add at least one line.")
    customer = parties.get(tx.connection, new.customer_id)
    company = companies.get(tx.connection)
    currency = new.currency or customer.currency
    decimals = companies.decimals(tx.connection, currency)
    rules = Rules(currency, decimals, company.tax_rounding, cash_rounding=company.cash_rounding)
    day = tx.at.date()
    who = Buyer(customer.id, day, customer.customer_group)
    lines, exempt = place_taxes.settle(tx.connection, customer, None, new.lines, currency=currency, day=day, buyer=who)
    priced = document_lines.price(tx.connection, rules, lines, tax_exempt=exempt)
    invoice_id = new_id()
    tx.insert(
        invoice,
        {
            "id": invoice_id,
            "number": None,
            "kind": str(InvoiceKind.INVOICE if priced.totals["total"] >= 0 else InvoiceKind.CREDIT),
            "state": str(InvoiceState.DRAFT),
            "order_id": None,
            "order_number": "",
            "credits_id": None,
            "by_hand": True,
            "customer_id": customer.id,
            "customer_name": customer.name,
            "customer_po": new.customer_po,
            "billing_address": customer.billing_address.to_json(),
            "payment_term": new.payment_term or customer.payment_term,
            "invoiced_on": None,
            "due_on": None,
            "posted_at": None,
            "rate": Decimal(1),
            "notes": "",
            "company_total": ZERO,
            "open_amount": ZERO,
            **rules.columns(),
            **priced.totals,
        },
    )
    rows = [_free_row(invoice_id, row, priced) for row in priced.lines]
    tx.insert(invoice_line, *rows)
    document_lines.store_taxes(tx, invoice_id, priced.taxes, replace=False)
    return invoice_id


def _free_row(invoice_id: UUID, row: dict[str, Any], priced: document_lines.Priced) -> dict[str, Any]:
    product = priced.products.get(row["product_id"])
    grains = product.grains(row["quantity"], row["unit"]) if product else to_grains(row["quantity"], WHOLE, GRAIN)
    return {"invoice_id": invoice_id, **dict.fromkeys(_REFERENCES), **row, "grains": grains}


def _count_invoiced(book: OrderBook, lines: list[Any]) -> None:
    mine = {line.id: line for line in book.lines}
    for line in lines:
        if line.order_line_id in mine:
            mine[line.order_line_id].invoiced += line.grains


def _sent_to(books: list[OrderBook]) -> OrderBook | None:
    """Give an order whose address stands for all: several that went to different places have none."""
    return books[0] if len({one.get("shipping_address") for one in books}) == 1 else None


def _mirrored(tx: Transaction, line: Any, quantities: Mapping[UUID, int] | None) -> dict[str, Any]:
    row = {name: getattr(line, name) for name in _LINE_COPIED}
    row["tax_amounts"] = " ".join(f"{-Decimal(amount):f}" for amount in line.tax_amounts.split())
    grains = line.grains if quantities is None else quantities[line.id]
    if grains != line.grains:
        row.update(part_quantity.written(tx.connection, line, Fraction(line.quantity) * grains / line.grains))
    return {"id": new_id(), **row, "credits_line_id": line.id, "quantity": -row["quantity"], "grains": -grains}


def _credited_discount(
    tx: Transaction, head: Any, lines: list[Any], rows: list[dict[str, Any]], decimals: int
) -> Decimal:
    """Share the invoice's discount amount out to what is credited of it; the last credit takes what is left of it.

    It was taken off the lines that are no deposit, so only these count.
    """
    if not head.discount_amount:
        return ZERO
    discounted = [line for line in lines if not line.deposit_id]
    left = {line.id: line.grains for line in discounted}
    for row in _CREDITED.all(tx.connection, invoice=head.id):
        left[row.credits_line_id] += row.grains
    for row in rows:
        if not row["deposit_id"]:
            left[row["credits_line_id"]] += row["grains"]
    if not any(left.values()):
        given: Decimal = head.discount_amount + sum(_TAKEN_BACK.values(tx.connection, invoice=head.id), ZERO)
        return -given
    all_net = invoice_drafts.sum_net([line._asdict() for line in discounted])
    part = invoice_drafts.sum_net([row for row in rows if not row["deposit_id"]])
    share = Fraction(head.discount_amount) * Fraction(part) / Fraction(all_net) if all_net else Fraction(0)
    return round_decimals(share, decimals, Rounding.HALF_UP)


def _deposit_taken_back(
    tx: Transaction, head: Any, lines: list[Any], quantities: Mapping[UUID, int] | None
) -> list[dict[str, Any]]:
    if quantities is not None:
        raise NotAllowed(f"{head.number} is a deposit: all that is left of it is credited, not a part.")
    return deposit_parts.taken_back(tx.connection, head, lines, find_draft(tx.connection, head.order_id))


def _refuse_over_credit(tx: Transaction, head: Any, lines: list[Any], quantities: Mapping[UUID, int] | None) -> None:
    done = _credited(tx, head.id)
    if quantities is not None and not any(quantities.values()):
        raise NotAllowed(f"Nothing of {head.number} is chosen. Choose at least one line with a quantity.")
    if quantities is None and done:
        raise NotAllowed(f"{head.number} is credited in part already. Credit the quantities that are left.")
    if quantities is not None and quantities.keys() - {line.id for line in lines}:
        raise NotAllowed(f"{head.number} does not hold all of these lines. Look at it again.")
    for line in lines:
        wanted, sign = (quantities or {}).get(line.id, 0), 1 if line.grains >= 0 else -1
        left = line.grains - done.get(line.id, 0)
        if not 0 <= wanted * sign <= left * sign:
            raise NotAllowed(f"{head.number}, line {line.position}: less than that is left to credit.")


def _credited(tx: Transaction, invoice_id: UUID) -> dict[UUID, int]:
    """Read how many grains of each line of an invoice credit notes took back."""
    done: dict[UUID, int] = {}
    for row in _CREDITED.all(tx.connection, invoice=invoice_id):
        done[row.credits_line_id] = done.get(row.credits_line_id, 0) - row.grains
    return done


def _refuse_part(head: Any, quantities: Mapping[UUID, int] | None) -> None:
    """Refuse to credit a part of an invoice that sold gift cards: nobody could say which of them."""
    if quantities is not None:
        raise NotAllowed(f"{head.number} sold gift cards and is taken back whole, or not at all.")


def _settle_against(tx: Transaction, invoice_id: UUID, credit_id: UUID) -> None:
    """Let a posted credit note settle what is open on its invoice."""
    original = tx.lock(invoice, invoice_id, "Invoice")
    note = tx.lock(invoice, credit_id, "Credit note")
    amount = min(original.open_amount, -note.open_amount)
    if amount <= 0:
        return
    settled = [(original, amount), (note, -amount)]
    accounts = journal.accounts(tx.connection)
    postings = settlement.clear(accounts, settled, journal.company_decimals(tx.connection))
    postings.append(settlement.difference(accounts, postings))
    text = f"{note.number} to {original.number}"
    journal.book(tx, journal.Entry(note.invoiced_on, credit_id, text, note.currency), postings)
    settlement.allocate(tx, settled, None)


def find_draft(connection: Connection, order_id: UUID) -> UUID | None:
    """Find the draft invoice of an order, if there is one."""
    found: UUID | None = _DRAFT_ID.value(connection, order=order_id)
    return found


def get(connection: Connection, invoice_id: UUID) -> Any:
    """Read an invoice's head.

    Raises:
        NotFound: the invoice does not exist.

    """
    row = _BY_ID.first(connection, invoice=invoice_id)
    if row is None:
        raise NotFound("Invoice", invoice_id)
    return row


def lines(connection: Connection, invoice_id: UUID) -> list[Any]:
    """Read an invoice's lines in their order."""
    return _LINES.all(connection, invoice=invoice_id)


_BY_ID: Final = Prepared(select(invoice).where(invoice.c.id == bindparam("invoice", type_=Key)))
_LINES: Final = Prepared(
    select(invoice_line)
    .where(invoice_line.c.invoice_id == bindparam("invoice", type_=Key))
    .order_by(invoice_line.c.position)
)
_DRAFT_ID: Final = Prepared(
    select(invoice.c.id).where(
        invoice.c.order_id == bindparam("order", type_=Key),
        invoice.c.state == InvoiceState.DRAFT,
        invoice.c.kind == InvoiceKind.INVOICE,
    )
)
_CREDITED: Final = Prepared(
    select(invoice_line.c.credits_line_id, invoice_line.c.grains)
    .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
    .where(
        invoice.c.credits_id == bindparam("invoice", type_=Key),
        invoice.c.state.in_([InvoiceState.POSTED, InvoiceState.PAID]),
    )
)
_TAKEN_BACK: Final = Prepared(
    select(invoice.c.discount_amount).where(
        invoice.c.credits_id == bindparam("invoice", type_=Key),
        invoice.c.state.in_([InvoiceState.POSTED, InvoiceState.PAID]),
    )
)
_REFERENCES: Final = ("order_line_id", "deposit_id", "credits_line_id")
_COPIED: Final = (
    "order_id",
    "order_number",
    "orders",
    "customer_id",
    "customer_name",
    "customer_po",
    "billing_address",
    "payment_term",
)
_LINE_COPIED: Final = (
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
    "account",
)
