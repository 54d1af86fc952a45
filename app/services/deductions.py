"""What is settled without being paid: discounts for paying early, write-offs, and overpayments that are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select, union_all

from app.errors import Invalid, NotAllowed
from app.models.base import Key, new_id
from app.models.invoice import InvoiceState, invoice
from app.models.lines import document_tax
from app.models.payment import DeductionKind, Purpose, allocation, deduction, journal_entry, journal_line, payment
from app.models.rounding import Rounding, round_decimals
from app.services import companies, deposit_parts, journal, payment_terms, settlement
from app.services.books import chart
from app.services.journal import Posting
from app.services.statements import Prepared
from app.services.transaction import Transaction

ZERO: Final = Decimal(0)


@dataclass(frozen=True, slots=True)
class Early:
    """A discount for paying early: how much of an invoice, and its last day."""

    amount: Decimal
    until: date


def early_discount(connection: Connection, head: Any) -> Early | None:
    """Give what an invoice's payment terms take off its total for paying early, None where they take nothing."""
    percent, days = payment_terms.early(connection, head.payment_term)
    if not percent or head.invoiced_on is None or head.total <= 0:
        return None
    decimals = companies.decimals(connection, head.currency)
    share = Fraction(head.total) * Fraction(percent) / 100
    off = round_decimals(share, decimals, Rounding.HALF_UP)
    return Early(off, head.invoiced_on + timedelta(days=days))


def settle(
    tx: Transaction,
    invoice_id: UUID,
    amount: Decimal,
    kind: DeductionKind,
    on: date,
    *,
    reason: str = "",
    payment_id: UUID | None = None,
) -> UUID:
    """Settle a part of an invoice that is not paid; a discount corrects the invoice's taxes by their share.

    Raises:
        NotAllowed: the invoice is not open, less than that is, or the payment it comes with was taken back; or a
            deposit that an order waits for is written off although nothing of it was paid.
        Invalid: the amount is not above zero, or finer than its currency is counted.

    """
    if payment_id is not None:
        _lock_standing(tx, payment_id)
    head = tx.lock(invoice, invoice_id, "Invoice")
    decimals = companies.decimals(tx.connection, head.currency)
    if amount <= 0 or amount != round(amount, decimals):
        raise Invalid("amount", f"Type an amount above zero, with at most {decimals} decimal places.")
    if head.state != InvoiceState.POSTED or amount > head.open_amount:
        raise NotAllowed(f"{head.number or 'This invoice'} has {head.open_amount:f} {head.currency} open.")
    if kind == DeductionKind.WRITE_OFF and head.blocks and head.open_amount == head.total:
        _refuse_untouched(tx.connection, head)
    taxes = _tax_shares(tx.connection, head, amount, decimals) if kind == DeductionKind.DISCOUNT else {}
    figures = (head.currency, amount, sum(taxes.values(), ZERO))
    key = _insert(tx, kind, head.customer_id, figures, (invoice_id, payment_id, None), on=on, reason=reason)
    purpose = Purpose.DISCOUNT if kind == DeductionKind.DISCOUNT else Purpose.WRITE_OFF
    accounts = chart.complete(tx, (purpose,))
    company_decimals = journal.company_decimals(tx.connection)
    rate = journal.Converter(head.currency, head.rate, company_decimals)
    receivable = settlement.clear(accounts, [(head, amount)], company_decimals)
    postings = [Posting(code, rate.company(part), part) for code, part in sorted(taxes.items())]
    rest = amount - sum(taxes.values(), ZERO)
    company_rest = -sum((one.amount for one in (*receivable, *postings)), ZERO)
    postings.append(Posting(accounts[purpose], company_rest, rest, head.customer_id))
    words = "discount" if kind == DeductionKind.DISCOUNT else "written off"
    journal.book(tx, journal.Entry(on, key, f"{head.number} {words}", head.currency), [*postings, *receivable])
    settlement.allocate(tx, [(head, amount)], None, deduction_id=key)
    tx.record("invoice.deducted", head.customer_id, invoice_id, number=head.number, amount=amount, kind=str(kind))
    return key


def _refuse_untouched(connection: Connection, head: Any) -> None:
    """Refuse to write off a deposit nobody has paid or got anything for: the order would go on as if it were paid."""
    known = next(one for one in deposit_parts.posted(connection, head.order_id) if one.id == head.id)
    if known.left == known.asked:
        raise NotAllowed(
            f"{head.number} is a deposit that {head.order_number} waits for, and nothing of it is paid. "
            "Credit it instead: the order then goes on without it."
        )


def keep(tx: Transaction, payment_id: UUID, amount: Decimal, on: date, *, reason: str = "") -> UUID:
    """Keep what a customer paid too much: it is income, and no longer to their credit.

    Raises:
        NotAllowed: less than that is left of the payment, or it was taken back.
        Invalid: the amount is not above zero, or finer than its currency is counted.

    """
    head = _lock_standing(tx, payment_id)
    left = head.amount - used(tx.connection, payment_id)
    decimals = companies.decimals(tx.connection, head.currency)
    if amount <= 0 or amount != round(amount, decimals):
        raise Invalid("amount", f"Type an amount above zero, with at most {decimals} decimal places.")
    if amount > left or head.reverses_id:
        raise NotAllowed(f"{head.number} has {left:f} {head.currency} left. Keep at most that.")
    figures = (head.currency, amount, ZERO)
    key = _insert(tx, DeductionKind.KEPT, head.customer_id, figures, (None, payment_id, None), on=on, reason=reason)
    accounts = chart.complete(tx, (Purpose.WRITE_OFF,))
    prepayment = accounts[Purpose.PREPAYMENT]
    share = Fraction(held(tx.connection, payment_id, prepayment)) * Fraction(amount) / Fraction(left)
    company = round_decimals(share, journal.company_decimals(tx.connection), Rounding.HALF_UP)
    postings = [
        Posting(prepayment, company, amount, head.customer_id),
        Posting(accounts[Purpose.WRITE_OFF], -company, -amount, head.customer_id),
    ]
    journal.book(tx, journal.Entry(on, payment_id, f"{head.number} overpaid, kept", head.currency), postings)
    tx.record("payment.kept", head.customer_id, payment_id, number=head.number, amount=amount)
    return key


def _lock_standing(tx: Transaction, payment_id: UUID) -> Any:
    """Lock a payment.

    Raises:
        NotAllowed: it was taken back.

    """
    head = tx.lock(payment, payment_id, "Payment")
    if _TAKEN_BACK.first(tx.connection, payment=payment_id):
        raise NotAllowed(f"{head.number} was taken back. Nothing was changed.")
    return head


def take_back(tx: Transaction, deduction_id: UUID, on: date) -> UUID:
    """Take a deduction back: the invoice is open by it again, or the money is to the customer's credit again.

    Raises:
        NotAllowed: it was taken back before, or is itself such a reversal.

    """
    head = tx.lock(deduction, deduction_id, "Deduction")
    if head.reverses_id or _REVERSAL.first(tx.connection, deduction=deduction_id):
        raise NotAllowed("This deduction was taken back already.")
    if head.kind == DeductionKind.REFUNDED:
        raise NotAllowed(f"This was paid back with {head.reason}. Take {head.reason} back instead.")
    figures, documents = (head.currency, -head.amount, -head.tax), (head.invoice_id, head.payment_id, deduction_id)
    key = _insert(tx, head.kind, head.customer_id, figures, documents, on=on, reason=head.reason)
    if head.invoice_id:
        _reopen(tx, head, key, on)
    else:
        _give_back(tx, head, on)
    tx.record("deduction.taken_back", head.customer_id, head.invoice_id or head.payment_id, amount=head.amount)
    return key


def _reopen(tx: Transaction, head: Any, key: UUID, on: date) -> None:
    """Book the opposite of an invoice's deduction: the receivable as the invoice is booked, the rest as it was."""
    accounts = chart.complete(tx, (Purpose.WRITE_OFF,))
    owed = tx.lock(invoice, head.invoice_id, "Invoice")
    settled = [(owed, -head.amount)]
    postings = settlement.clear(accounts, settled, journal.company_decimals(tx.connection))
    mirrored = [one for one in _BOOKED.all(tx.connection, document=head.id) if one.invoice_id is None]
    postings += [Posting(one.account, -one.amount, -one.currency_amount, one.customer_id) for one in mirrored]
    postings.append(settlement.difference(accounts, postings))
    journal.book(tx, journal.Entry(on, key, f"{owed.number} deduction taken back", head.currency), postings)
    settlement.allocate(tx, settled, None, deduction_id=key)


def _give_back(tx: Transaction, head: Any, on: date) -> None:
    """Book the opposite of what was kept of a payment: it is to the customer's credit again."""
    accounts = chart.complete(tx, (Purpose.WRITE_OFF,))
    income = accounts[Purpose.WRITE_OFF]
    found = _KEPT_AS.all(tx.connection, payment=head.payment_id, command=head.command_id, account=income)
    company = next(one.amount for one in found if one.currency_amount == -head.amount)
    postings = [
        Posting(income, -company, head.amount, head.customer_id),
        Posting(accounts[Purpose.PREPAYMENT], company, -head.amount, head.customer_id),
    ]
    journal.book(tx, journal.Entry(on, head.payment_id, "Overpayment given back", head.currency), postings)


def take_back_of_payment(tx: Transaction, payment_id: UUID, on: date) -> None:
    """Take back every deduction that came with a payment: the payment itself is taken back next."""
    for deduction_id in _OF_PAYMENT.values(tx.connection, payment=payment_id):
        take_back(tx, deduction_id, on)


def kept(connection: Connection, payment_id: UUID) -> Decimal:
    """How much of a payment was too much and is kept, in its currency."""
    found: Decimal = sum(_KEPT.values(connection, payment=payment_id), ZERO)
    return found


def used(connection: Connection, payment_id: UUID) -> Decimal:
    """How much of a payment is used for invoices, kept, or was paid back, in its currency."""
    found: Decimal = sum(_ALLOCATED.values(connection, payment=payment_id), ZERO)
    return found + sum(_ASIDE.values(connection, payment=payment_id), ZERO)


def held(connection: Connection, payment_id: UUID, prepayment: str) -> Decimal:
    """How much the prepayment account holds of a payment, in the company's currency as it was booked."""
    return -sum(_HELD.values(connection, payment=payment_id, account=prepayment), ZERO)


def _insert(
    tx: Transaction,
    kind: str,
    customer_id: UUID,
    figures: tuple[str, Decimal, Decimal],
    documents: tuple[UUID | None, UUID | None, UUID | None],
    *,
    on: date,
    reason: str,
) -> UUID:
    """Write a deduction: ``figures`` are currency, amount, tax; ``documents`` invoice, payment, what it reverses."""
    key = new_id()
    row = dict(zip(("currency", "amount", "tax"), figures, strict=True))
    row |= dict(zip(("invoice_id", "payment_id", "reverses_id"), documents, strict=True))
    row |= {"kind": str(kind), "customer_id": customer_id, "on": on, "reason": reason.strip()[:200]}
    tx.insert(deduction, {"id": key, "command_id": tx.key, **row, "by": tx.by, "at": tx.at})
    return key


def _tax_shares(connection: Connection, head: Any, amount: Decimal, decimals: int) -> dict[str, Decimal]:
    """Give by account what of a discount is tax: each tax's share of the total (Directive 2006/112/EC, article 90)."""
    known = {code: rule.account for code, rule in companies.known_taxes(connection).items()}
    shares: dict[str, Decimal] = {}
    for row in _TAXES.all(connection, document=head.id):
        share = Fraction(amount) * Fraction(row.amount) / Fraction(head.total)
        code = known.get(row.code, companies.TAX_ACCOUNT)
        shares[code] = shares.get(code, ZERO) + round_decimals(share, decimals, Rounding.HALF_UP)
    return shares


_TAXES: Final = Prepared(
    select(document_tax.c.code, document_tax.c.amount)
    .where(document_tax.c.document_id == bindparam("document", type_=Key))
    .order_by(document_tax.c.code)
)
_REVERSAL: Final = Prepared(select(deduction.c.id).where(deduction.c.reverses_id == bindparam("deduction", type_=Key)))
_reversal = deduction.alias("reversal")
_TAKEN_BACK: Final = Prepared(select(payment.c.id).where(payment.c.reverses_id == bindparam("payment", type_=Key)))
_OF_PAYMENT: Final = Prepared(
    select(deduction.c.id)
    .where(
        deduction.c.payment_id == bindparam("payment", type_=Key),
        deduction.c.reverses_id.is_(None),
        deduction.c.kind != str(DeductionKind.REFUNDED),
        ~select(_reversal.c.id).where(_reversal.c.reverses_id == deduction.c.id).exists(),
    )
    .order_by(deduction.c.id)
)
_KEPT: Final = Prepared(
    select(deduction.c.amount).where(
        deduction.c.payment_id == bindparam("payment", type_=Key), deduction.c.kind == str(DeductionKind.KEPT)
    )
)
_ASIDE: Final = Prepared(
    select(deduction.c.amount).where(
        deduction.c.payment_id == bindparam("payment", type_=Key), deduction.c.invoice_id.is_(None)
    )
)
_ALLOCATED: Final = Prepared(
    select(allocation.c.amount).where(allocation.c.payment_id == bindparam("payment", type_=Key))
)
_LINES: Final = select(
    journal_line.c.account,
    journal_line.c.amount,
    journal_line.c.currency_amount,
    journal_line.c.customer_id,
    journal_line.c.invoice_id,
).join(journal_entry, journal_entry.c.id == journal_line.c.entry_id)
_BOOKED: Final = Prepared(
    _LINES.where(journal_entry.c.document_id == bindparam("document", type_=Key)).order_by(journal_line.c.id)
)
_KEPT_AS: Final = Prepared(
    select(journal_line.c.amount, journal_line.c.currency_amount)
    .join(journal_entry, journal_entry.c.id == journal_line.c.entry_id)
    .where(
        journal_entry.c.document_id == bindparam("payment", type_=Key),
        journal_entry.c.command_id == bindparam("command", type_=Key),
        journal_line.c.account == bindparam("account"),
    )
    .order_by(journal_line.c.id)
)
_HELD: Final = Prepared(
    union_all(
        select(journal_line.c.amount)
        .join(journal_entry, journal_entry.c.id == journal_line.c.entry_id)
        .where(
            journal_entry.c.document_id == bindparam("payment", type_=Key),
            journal_line.c.account == bindparam("account"),
            journal_line.c.invoice_id.is_(None),
        ),
        select(journal_line.c.amount).where(
            journal_line.c.invoice_id == bindparam("payment", type_=Key),
            journal_line.c.account == bindparam("account"),
        ),
    )
)
