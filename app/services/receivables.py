"""What the screens of the office read of one invoice, one payment, one customer's account.  Nothing is written here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select, type_coerce

from app.models.base import AMOUNT, Exact, Key
from app.models.company import account
from app.models.invoice import InvoiceState, invoice, invoice_line
from app.models.lines import document_tax
from app.models.payment import allocation, deduction, journal_entry, journal_line, payment
from app.services import (
    billing,
    collected_orders,
    companies,
    deductions,
    drafting,
    instalments,
    parties,
    payments,
    refunds,
)
from app.services.drafting import Opened
from app.services.einvoices import cards
from app.services.einvoices.cards import State
from app.services.lists import INVOICES
from app.services.parties import Customer
from app.services.payments import OpenInvoice
from app.services.pricing import Buyer
from app.services.statements import Prepared
from app.services.text_search import contains

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Booking:
    """One line of a journal entry in the company's currency; debit is positive."""

    entry_no: int
    booked_on: date
    text: str
    account: str
    account_name: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Settling:
    """An amount that was used for an invoice: the payment, credit note or deduction it came from, and the invoice."""

    on: date
    amount: Decimal
    invoice_id: UUID
    invoice_number: str
    payment_id: UUID | None
    payment_number: str
    deducted: str = ""  # the kind of the deduction, where nobody paid it


@dataclass(frozen=True, slots=True)
class InvoiceSheet:
    """An invoice from all sides; ``credits`` is the number of the invoice a credit note takes back.

    ``electronic`` says how far its e-invoice is.
    """

    head: Any
    lines: tuple[Any, ...]
    taxes: tuple[Any, ...]
    settled: tuple[Settling, ...]
    bookings: tuple[Booking, ...]
    credits: str
    creditable: tuple[tuple[UUID, Fraction], ...]
    electronic: State
    due: tuple[
        Any, ...
    ] = ()  # its instalments where not all is due on one day: ``due_on``, ``amount``, ``open_amount``
    orders: tuple[Any, ...] = ()  # of a collective invoice: ``order_id``, ``number``, ``amount``, ``open_amount``

    @property
    def paid(self) -> Decimal:
        """What was settled of it, in its currency; of a draft nothing."""
        paid: Decimal = self.head.total - self.head.open_amount if self.head.number else ZERO
        return paid


def invoice_sheet(connection: Connection, invoice_id: UUID) -> InvoiceSheet:
    """Read an invoice with its lines, taxes, what settled it, and its journal entry.

    Raises:
        NotFound: the invoice does not exist.

    """
    head = billing.get(connection, invoice_id)
    lines = tuple(_LINES.all(connection, invoice=invoice_id))
    credited = _NUMBER.value(connection, invoice=head.credits_id) if head.credits_id else ""
    return InvoiceSheet(
        head,
        lines,
        tuple(_TAXES.all(connection, document=invoice_id)),
        tuple(_settlings(_OF_INVOICE.all(connection, invoice=invoice_id))),
        tuple(bookings(connection, invoice_id)),
        credited or "",
        tuple(_creditable(connection, head, lines)),
        cards.state(connection, invoice_id),
        tuple(instalments.of(connection, head)),
        tuple(collected_orders.of(connection, head)),
    )


def _creditable(connection: Connection, head: Any, lines: Sequence[Any]) -> list[tuple[UUID, Fraction]]:
    """How much of each line no credit note takes back yet, in the line's unit; deductions are left out."""
    gone: dict[UUID, int] = {}
    for row in _CREDITED.all(connection, invoice=head.id):
        gone[row.credits_line_id] = gone.get(row.credits_line_id, 0) - row.grains
    found = []
    for line in lines:
        left = line.grains - gone.get(line.id, 0)
        if line.grains > 0 and line.quantity and left > 0:
            found.append((line.id, Fraction(line.quantity) * left / line.grains))
    return found


def bookings(connection: Connection, document_id: UUID) -> list[Booking]:
    """Read the journal entries of a document, line by line."""
    return [Booking(*row) for row in _BOOKINGS.all(connection, document=document_id)]


@dataclass(frozen=True, slots=True)
class PaymentSheet:
    """A payment with what it was used for; ``reversal`` is the number of the payment that takes it back."""

    head: Any
    settled: tuple[Settling, ...]
    bookings: tuple[Booking, ...]
    open_invoices: tuple[OpenInvoice, ...]
    reversal: str
    reverses: str
    kept: Decimal = ZERO
    given_back: Decimal = ZERO  # what was paid back of it; of a refund below zero

    @property
    def left(self) -> Decimal:
        """What is not used for any invoice, not kept and not paid back, in the payment's currency."""
        used = sum((one.amount for one in self.settled), self.kept + self.given_back)
        left: Decimal = self.head.amount - used
        return left

    @property
    def is_taken_back(self) -> bool:
        """Tell whether it was taken back, or takes another one back."""
        return bool(self.reversal or self.reverses)


def payment_sheet(connection: Connection, payment_id: UUID) -> PaymentSheet:
    """Read a payment, what it was used for, and its customer's open invoices in the same currency.

    Raises:
        NotFound: the payment does not exist.

    """
    head = payments.get(connection, payment_id)
    numbers = select(payment.c.number)
    reversal = connection.execute(numbers.where(payment.c.reverses_id == payment_id)).scalar_one_or_none()
    reverses = None
    if head.reverses_id:
        reverses = connection.execute(numbers.where(payment.c.id == head.reverses_id)).scalar_one_or_none()
    known = payments.open_invoices(connection, head.customer_id)
    return PaymentSheet(
        head,
        tuple(_settlings(_OF_PAYMENT.all(connection, payment=payment_id))),
        tuple(bookings(connection, payment_id)),
        tuple(one for one in known if one.currency == head.currency and one.open_amount > 0),
        reversal or "",
        reverses or "",
        deductions.kept(connection, payment_id),
        refunds.given_back(connection, payment_id),
    )


def _settlings(rows: Sequence[Any]) -> list[Settling]:
    return [
        Settling(
            row.at.date(),
            row.amount,
            row.invoice_id,
            row.invoice_number or "",
            row.payment_id,
            row.number or "",
            row.deducted or "",
        )
        for row in rows
        if row.amount
    ]


@dataclass(frozen=True, slots=True)
class NewInvoice:
    """What an invoice without an order is written with: the customer, an empty draft, the payment terms."""

    customer: Customer
    opened: Opened
    terms: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rules an invoice written by hand is computed by, as :func:`billing.write` takes them."""

    customer_id: UUID
    currency: str
    tax_rounding: str
    cash_rounding: Decimal | None
    discount_percent: Decimal = ZERO
    discount_amount: Decimal = ZERO
    shipping_address: str = ""  # the customer's own


def new_invoice(connection: Connection, customer_id: UUID, on: date) -> NewInvoice:
    """Read what is needed to write an invoice for a customer, at the prices of a day.

    Raises:
        NotFound: the customer does not exist.

    """
    customer, company = parties.get(connection, customer_id), companies.get(connection)
    rules = _Rules(customer.id, customer.currency, company.tax_rounding, company.cash_rounding)
    terms = {code: name for code, (name, _, _) in companies.terms(connection).items()}
    return NewInvoice(
        customer, drafting.open_lines(connection, rules, (), Buyer(customer.id, on, customer.customer_group)), terms
    )


def paying_customer(connection: Connection, customer_id: UUID) -> tuple[str, str, int]:
    """Read whom a payment comes from: name, currency, how many invoices are open.

    Raises:
        NotFound: the customer does not exist.

    """
    customer = parties.get(connection, customer_id)
    return customer.name, customer.currency, len(payments.open_invoices(connection, customer_id))


# what waits, and what is found ------------------------------------------------------------------------


def count_drafts(connection: Connection) -> int:
    """Count the invoices that wait to be posted."""
    drafts = select(func.count()).select_from(invoice).where(invoice.c.state == InvoiceState.DRAFT)
    return connection.execute(drafts).scalar_one()


def count_overdue(connection: Connection, today: date) -> int:
    """Count the posted invoices that are not paid in full and were due before ``today``."""
    condition = INVOICES.filters["overdue"](today)
    return connection.execute(select(func.count()).select_from(invoice).where(condition)).scalar_one()


def count_unallocated(connection: Connection) -> int:
    """Count the payments that are not used for invoices in full; those taken back do not count."""
    return connection.execute(select(func.count()).select_from(_unallocated().subquery())).scalar_one()


def unallocated(connection: Connection, limit: int = 20) -> list[tuple[UUID, str, str, Decimal, str]]:
    """Read payments with something left: id, number, customer, what is left, currency; newest first."""
    rows = connection.execute(_unallocated().order_by(payment.c.id.desc()).limit(limit))
    return [(row.id, row.number, row.customer_name, row.rest, row.currency) for row in rows]


def _unallocated() -> Any:
    taking_back = payment.alias("taking_back")
    used = func.coalesce(
        select(func.sum(allocation.c.amount)).where(allocation.c.payment_id == payment.c.id).scalar_subquery(), 0
    ) + func.coalesce(
        select(func.sum(deduction.c.amount))
        .where(deduction.c.payment_id == payment.c.id, deduction.c.invoice_id.is_(None))
        .scalar_subquery(),
        0,
    )
    rest = type_coerce(payment.c.amount - used, Exact(AMOUNT)).label("rest")
    reversed_ = select(taking_back.c.id).where(taking_back.c.reverses_id == payment.c.id).exists()
    return select(payment.c.id, payment.c.number, payment.c.customer_name, payment.c.currency, rest).where(
        payment.c.amount != used, payment.c.reverses_id.is_(None), ~reversed_
    )


def find_invoices(connection: Connection, text: str, limit: int = 20) -> list[tuple[UUID, str, str, str]]:
    """Find posted invoices by number, order number, PO number or customer: id, number, customer, state."""
    c = invoice.c
    rows = connection.execute(
        select(c.id, c.number, c.customer_name, c.state)
        .where(
            c.number.is_not(None),
            contains((c.number, c.order_number, c.customer_po, c.customer_name), text, connection.dialect.name),
        )
        .order_by(c.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def find_payments(connection: Connection, text: str, limit: int = 20) -> list[tuple[UUID, str, str, str]]:
    """Find payments by number, reference or customer: id, number, customer, reference."""
    c = payment.c
    rows = connection.execute(
        select(c.id, c.number, c.customer_name, c.reference)
        .where(contains((c.number, c.reference, c.customer_name), text, connection.dialect.name))
        .order_by(c.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


_LINES: Final = Prepared(
    select(invoice_line)
    .where(invoice_line.c.invoice_id == bindparam("invoice", type_=Key))
    .order_by(invoice_line.c.position)
)
_TAXES: Final = Prepared(
    select(document_tax)
    .where(document_tax.c.document_id == bindparam("document", type_=Key))
    .order_by(document_tax.c.code)
)
_NUMBER: Final = Prepared(select(invoice.c.number).where(invoice.c.id == bindparam("invoice", type_=Key)))
_CREDITED: Final = Prepared(
    select(invoice_line.c.credits_line_id, invoice_line.c.grains)
    .join(invoice, invoice.c.id == invoice_line.c.invoice_id)
    .where(
        invoice.c.credits_id == bindparam("invoice", type_=Key),
        invoice.c.state.in_([InvoiceState.POSTED, InvoiceState.PAID]),
    )
)
_SETTLED: Final = (
    select(
        allocation.c.at,
        allocation.c.amount,
        allocation.c.invoice_id,
        invoice.c.number.label("invoice_number"),
        allocation.c.payment_id,
        payment.c.number,
        deduction.c.kind.label("deducted"),
    )
    .select_from(
        allocation.join(invoice, invoice.c.id == allocation.c.invoice_id)
        .outerjoin(payment, payment.c.id == allocation.c.payment_id)
        .outerjoin(deduction, deduction.c.id == allocation.c.deduction_id)
    )
    .order_by(allocation.c.id)
)
_OF_INVOICE: Final = Prepared(_SETTLED.where(allocation.c.invoice_id == bindparam("invoice", type_=Key)))
_OF_PAYMENT: Final = Prepared(_SETTLED.where(allocation.c.payment_id == bindparam("payment", type_=Key)))
_BOOKINGS: Final = Prepared(
    select(
        journal_entry.c.n,
        journal_entry.c.booked_on,
        journal_entry.c.text,
        journal_line.c.account,
        account.c.name,
        journal_line.c.amount,
    )
    .select_from(
        journal_line.join(journal_entry, journal_entry.c.id == journal_line.c.entry_id).join(
            account, account.c.code == journal_line.c.account
        )
    )
    .where(journal_entry.c.document_id == bindparam("document", type_=Key))
    .order_by(journal_entry.c.n, journal_line.c.id)
)
