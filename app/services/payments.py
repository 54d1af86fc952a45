"""Payments: received, allocated to invoices in whole or part, taken back; all by adding, never by changing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key, new_id
from app.models.invoice import InvoiceState, invoice
from app.models.payment import Purpose, allocation, payment
from app.models.rounding import Rounding, round_decimals
from app.services import (
    collected_orders,
    companies,
    deductions,
    document_lines,
    journal,
    parties,
    refunds,
    settlement,
    stored_value_ledger,
)
from app.services.banking import bank_lines
from app.services.journal import Posting
from app.services.statements import Prepared
from app.services.stored_value_ledger import About
from app.services.transaction import Transaction

METHODS: Final = ("transfer", "card", "cash", "cheque", "other", *stored_value_ledger.METHODS)


@dataclass(frozen=True, slots=True)
class NewPayment:
    """Money that came in (negative: was paid back), in ``currency``, and the invoices it settles.

    What is not allocated stays to the customer's credit.  ``account`` of the chart is where it is booked, by default
    the one for the bank.  With method ``gift_card`` or ``wallet`` it is paid from the balance ``stored_value_id``.
    """

    customer_id: UUID
    amount: Decimal
    received_on: date
    currency: str = ""
    method: str = "transfer"
    reference: str = ""
    account: str = ""
    allocations: Mapping[UUID, Decimal] = field(default_factory=dict)
    stored_value_id: UUID | None = None
    order_id: UUID | None = None  # the order that it is held for
    paid_back: Mapping[UUID, Decimal] = field(default_factory=dict)
    """Of a refund: how much it gives back of earlier payments that were left on account, by payment."""


def receive(tx: Transaction, new: NewPayment) -> UUID:
    """Book a payment and allocate it; return its id.

    Raises:
        Invalid: the amount is zero, too fine for the currency, or the allocations exceed it.
        NotAllowed: an invoice is not open, is another customer's, or would be overpaid; or a gift card or store
            credit has less than that, or cannot be used.
        NotFound: the customer or an invoice does not exist.

    """
    customer = parties.payer(tx.connection, new.customer_id)
    currency = new.currency or customer.currency
    decimals = companies.decimals(tx.connection, currency)
    _check_amount(new, currency, decimals)
    payment_id = new_id()
    rate = journal.converter(tx.connection, currency, new.received_on)
    accounts = journal.accounts(tx.connection)
    bank = _account(tx, new, currency) or accounts[Purpose.BANK]
    number = tx.number("PAY", payment_id)
    tx.insert(
        payment,
        {
            "id": payment_id,
            "command_id": tx.key,
            "number": number,
            "customer_id": customer.id,
            "customer_name": customer.name,
            "received_on": new.received_on,
            "currency": currency,
            "amount": new.amount,
            "company_amount": rate.company(new.amount),
            "method": new.method,
            "reference": new.reference[:140],
            "account": bank,
            "reverses_id": None,
            "by": tx.by,
            "at": tx.at,
        },
    )
    if new.stored_value_id:
        about = About(payment_id=payment_id, order_id=new.order_id)
        stored_value_ledger.pay(tx, new.stored_value_id, new.amount, new.received_on, about)
    settled = [_settling(tx, new.customer_id, currency, i, a) for i, a in sorted(new.allocations.items()) if a]
    postings = [Posting(bank, rate.company(new.amount), new.amount)]
    postings += settlement.clear(accounts, settled, rate.decimals)
    rest = new.amount - sum(amount for _, amount in settled) + sum(new.paid_back.values())
    prepayment = accounts[Purpose.PREPAYMENT]
    if new.paid_back:
        postings += refunds.pay_back(tx, payment_id, new.paid_back, prepayment, rate.decimals)
    postings.append(Posting(prepayment, -rate.company(rest), -rest, customer.id))
    postings.append(settlement.difference(accounts, postings))
    journal.book(tx, journal.Entry(new.received_on, payment_id, f"{number} {customer.name}", currency), postings)
    for head, amount in settled:
        facts = {"number": number, "amount": amount, "currency": currency, "invoice": head.number}
        for order_id in collected_orders.order_ids(tx.connection, head):
            tx.record("payment.received", order_id, payment_id, **facts)
    tx.record("payment.received", customer.id, payment_id, number=number, amount=new.amount, currency=currency)
    if settled:
        settlement.allocate(tx, settled, payment_id)
    return payment_id


def allocate(tx: Transaction, payment_id: UUID, invoice_id: UUID, amount: Decimal, on: date) -> None:
    """Use what is left of a payment for an invoice, or of a refund (negative) for a credit note.

    Raises:
        NotAllowed: less than that is left of the payment, or open on the invoice, or it was taken back.
        NotFound: payment or invoice does not exist.

    """
    head = tx.lock(payment, payment_id, "Payment")
    if head.reverses_id or _REVERSAL.first(tx.connection, payment=payment_id):
        raise NotAllowed(f"{head.number} was taken back. Allocate another payment.")
    left = head.amount - deductions.used(tx.connection, payment_id)
    if not amount or abs(amount) > abs(left) or amount * left < 0:
        raise NotAllowed(f"{head.number} has {left:f} {head.currency} left. Allocate at most that.")
    _refuse_finer(amount, head.currency, companies.decimals(tx.connection, head.currency))
    settled = [_settling(tx, head.customer_id, head.currency, invoice_id, amount)]
    accounts = journal.accounts(tx.connection)
    prepayment = accounts[Purpose.PREPAYMENT]
    decimals = journal.company_decimals(tx.connection)
    # In proportion to what is held, whatever the rate is called today: nothing is left over once all is used.
    share = Fraction(deductions.held(tx.connection, payment_id, prepayment)) * Fraction(amount) / Fraction(left)
    used = round_decimals(share, decimals, Rounding.HALF_UP)
    postings = [Posting(prepayment, used, amount, head.customer_id), *settlement.clear(accounts, settled, decimals)]
    postings.append(settlement.difference(accounts, postings))
    journal.book(tx, journal.Entry(on, payment_id, f"{head.number} to {settled[0][0].number}", head.currency), postings)
    settlement.allocate(tx, settled, payment_id)
    tx.record("payment.allocated", head.customer_id, payment_id, invoice=settled[0][0].number, amount=amount)


def net(tx: Transaction, credit_id: UUID, invoice_id: UUID, amount: Decimal, on: date) -> None:
    """Use a credit note of a customer for another invoice of theirs: both are settled by ``amount``, no money moves.

    Raises:
        Invalid: the amount is not above zero, or finer than its currency is counted.
        NotAllowed: less than that is open on one of them, or they differ in customer or currency.
        NotFound: credit note or invoice does not exist.

    """
    credit = tx.lock(invoice, credit_id, "Credit note")
    if amount <= 0:
        raise Invalid("amount", "Type an amount above zero.")
    _refuse_finer(amount, credit.currency, companies.decimals(tx.connection, credit.currency))
    shares = sorted(((credit_id, -amount), (invoice_id, amount)))
    settled = [_settling(tx, credit.customer_id, credit.currency, key, share) for key, share in shares]
    accounts = journal.accounts(tx.connection)
    postings = settlement.clear(accounts, settled, journal.company_decimals(tx.connection))
    postings.append(settlement.difference(accounts, postings))
    numbers = {head.id: head.number for head, _ in settled}
    text = f"{numbers[credit_id]} to {numbers[invoice_id]}"
    journal.book(tx, journal.Entry(on, credit_id, text, credit.currency), postings)
    settlement.allocate(tx, settled, None)
    tx.record("credit.netted", credit.customer_id, credit_id, invoice=numbers[invoice_id], amount=amount)


def reverse(tx: Transaction, payment_id: UUID, on: date) -> UUID:
    """Take a payment back (bounced, booked by mistake): the opposite is booked, invoices are open again.

    Raises:
        NotAllowed: it was taken back before, or is itself such a reversal.
        NotFound: the payment does not exist.

    """
    head = tx.lock(payment, payment_id, "Payment")
    if head.reverses_id or _REVERSAL.first(tx.connection, payment=payment_id):
        raise NotAllowed(f"{head.number} was taken back already.")
    refunds.refuse_given_back(tx.connection, head)
    deductions.take_back_of_payment(tx, payment_id, on)
    reverse_id = new_id()
    number = tx.number("PAY", reverse_id)
    copied = {name: getattr(head, name) for name in ("customer_id", "customer_name", "currency", "method", "account")}
    tx.insert(
        payment,
        {
            "id": reverse_id,
            "command_id": tx.key,
            "number": number,
            **copied,
            "received_on": on,
            "amount": -head.amount,
            "company_amount": -head.company_amount,
            "reference": f"Takes back {head.number}",
            "reverses_id": payment_id,
            "by": tx.by,
            "at": tx.at,
        },
    )
    accounts = journal.accounts(tx.connection)
    prepayment = accounts[Purpose.PREPAYMENT]
    rows = _ALLOCATED.all(tx.connection, payment=payment_id)
    settled = [(tx.lock(invoice, row.invoice_id, "Invoice"), -row.amount) for row in rows if row.amount]
    postings = [
        Posting(head.account, -head.company_amount, -head.amount),
        *settlement.clear(accounts, settled, journal.company_decimals(tx.connection)),
    ]
    if head.amount < 0:
        postings += refunds.take_back(tx, head, tx.lock(payment, reverse_id, "Payment"), prepayment)
    rest = -sum((one.currency_amount for one in postings), Decimal(0))
    left = deductions.held(tx.connection, payment_id, prepayment)
    postings.append(Posting(prepayment, left, rest, head.customer_id))
    postings.append(settlement.difference(accounts, postings))
    journal.book(tx, journal.Entry(on, reverse_id, f"{number} takes back {head.number}", head.currency), postings)
    tx.record("payment.reversed", head.customer_id, payment_id, number=head.number, amount=head.amount)
    if settled:
        settlement.allocate(tx, settled, reverse_id)
    bank_lines.taken_back(tx, payment_id, reverse_id)
    if head.method in stored_value_ledger.METHODS:
        stored_value_ledger.give_back(tx, payment_id, reverse_id, on)
    return reverse_id


def _account(tx: Transaction, new: NewPayment, currency: str) -> str:
    """Give the account that a payment names, or the one of the balance it is made with."""
    if new.method not in stored_value_ledger.METHODS and new.stored_value_id is None:
        return new.account
    stored_value_ledger.check_payment(tx, new.method, new.stored_value_id, new.customer_id, currency, new.received_on)
    return stored_value_ledger.account(tx, new.method)


def get(connection: Connection, payment_id: UUID) -> Any:
    """Read a payment.

    Raises:
        NotFound: the payment does not exist.

    """
    row = connection.execute(select(payment).where(payment.c.id == payment_id)).one_or_none()
    if row is None:
        raise NotFound("Payment", payment_id)
    return row


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """An invoice that still asks for money (negative: a credit note that still owes it)."""

    id: UUID
    number: str
    kind: str
    invoiced_on: date
    due_on: date
    currency: str
    total: Decimal
    open_amount: Decimal


def open_invoices(connection: Connection, customer_id: UUID) -> list[OpenInvoice]:
    """Read a customer's open invoices, the oldest due first: what a payment is offered for."""
    rows = connection.execute(
        select(*(invoice.c[name] for name in OpenInvoice.__dataclass_fields__))
        .where(invoice.c.customer_id == customer_id, invoice.c.state == InvoiceState.POSTED)
        .order_by(invoice.c.due_on, invoice.c.number)
    )
    return [OpenInvoice(*row) for row in rows]


def propose(amount: Decimal, invoices: list[OpenInvoice], currency: str) -> dict[UUID, Decimal]:
    """Spread an amount over open invoices: one that matches exactly wins, else the oldest due first."""
    known = [one for one in invoices if one.currency == currency and one.open_amount > 0]
    exact = next((one for one in known if one.open_amount == amount), None)
    if exact:
        return {exact.id: amount}
    shares: dict[UUID, Decimal] = {}
    for one in known:
        share = min(amount, one.open_amount)
        if share <= 0:
            break
        shares[one.id] = share
        amount -= share
    return shares


def _check_amount(new: NewPayment, currency: str, decimals: int) -> None:
    for value in (new.amount, *new.allocations.values()):
        document_lines.check_number("amount", value)
    if not new.amount:
        raise Invalid("amount", "Type the amount that was paid.")
    if new.amount != round(new.amount, decimals):
        raise Invalid("amount", f"{currency} has {decimals} decimal places.")
    if new.method not in METHODS:
        raise Invalid("method", f"Choose one of: {', '.join(METHODS)}.")
    for value in new.allocations.values():
        _refuse_finer(value, currency, decimals)
    for value in new.paid_back.values():
        _refuse_finer(value, currency, decimals)
    total = sum(new.allocations.values(), -sum(new.paid_back.values(), Decimal(0)))
    if abs(total) > abs(new.amount) or total * new.amount < 0:
        raise Invalid("allocations", "More is allocated than was paid. Lower the allocated amounts.")


def _refuse_finer(amount: Decimal, currency: str, decimals: int) -> None:
    if amount != round(amount, decimals):
        raise Invalid("allocations", f"{amount:f} is finer than {currency} is counted. Round it.")


def _settling(
    tx: Transaction, customer_id: UUID, currency: str, invoice_id: UUID, amount: Decimal
) -> tuple[Any, Decimal]:
    head = tx.lock(invoice, invoice_id, "Invoice")
    if head.customer_id != customer_id or head.currency != currency:
        raise NotAllowed(f"{head.number} is another customer's or in another currency.")
    if head.state not in {InvoiceState.POSTED, InvoiceState.PAID}:
        raise NotAllowed("This invoice is not posted. Post it, then book the payment.")
    if abs(amount) > abs(head.open_amount) or amount * head.open_amount < 0:
        raise NotAllowed(
            f"{head.number} has {head.open_amount:f} {head.currency} open. Allocate at most that; "
            "the rest stays to the customer's credit."
        )
    return head, amount


_REVERSAL: Final = Prepared(select(payment.c.id).where(payment.c.reverses_id == bindparam("payment", type_=Key)))
_ALLOCATED: Final = Prepared(
    select(allocation.c.invoice_id, func.sum(allocation.c.amount).label("amount"))
    .where(allocation.c.payment_id == bindparam("payment", type_=Key))
    .group_by(allocation.c.invoice_id)
    .order_by(allocation.c.invoice_id)
)
