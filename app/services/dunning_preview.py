"""What a run of reminders on a day would do, and why: per customer and currency, claim by claim.  It writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select, type_coerce

from app.models import dunning as rules
from app.models.base import AMOUNT, Exact
from app.models.company import account
from app.models.dispute import DisputeState, dispute
from app.models.dunning import ZERO, RunState, Why, dunning_block, dunning_letter, reminder
from app.models.invoice import InvoiceKind, InvoiceState, instalment, invoice
from app.models.payment import Purpose, allocation, journal_line, payment
from app.models.rounding import Rounding, round_decimals
from app.services import companies, dunning_levels, journal
from app.services.dunning_levels import Procedure


@dataclass(frozen=True, slots=True)
class Claim:
    """What of an invoice was due on a day, and what a run does with it; amounts in the invoice's currency.

    ``level`` is the one it goes to where it is reminded, else the one it reached (0: never reminded).  ``reason`` is
    what a person wrote who blocked it.
    """

    invoice_id: UUID
    number: str
    customer_id: UUID
    customer: str
    currency: str
    due_on: date
    open_amount: Decimal
    disputed: Decimal
    days: int
    level: int
    why: Why
    interest: Decimal = ZERO
    interest_from: date | None = None
    reason: str = ""

    @property
    def claimed(self) -> Decimal:
        """What is asked for: open and not disputed."""
        return self.open_amount - self.disputed


@dataclass(frozen=True, slots=True)
class Proposal:
    """One letter: a customer's claims in a currency that are reminded, and those that are not and why.

    ``carried`` are fees and interest of earlier letters that are still open; ``on_account`` is money of the customer
    that settles no invoice yet: worth a look before a letter goes out.
    """

    customer_id: UUID
    customer: str
    currency: str
    claims: tuple[Claim, ...]
    level: int
    fee: Decimal
    carried: Decimal
    on_account: Decimal

    @property
    def reminded(self) -> tuple[Claim, ...]:
        """The claims the letter is about."""
        return tuple(one for one in self.claims if one.why == Why.DUE)

    @property
    def claimed(self) -> Decimal:
        """Sum of what is reminded."""
        return sum((one.claimed for one in self.reminded), ZERO)

    @property
    def interest(self) -> Decimal:
        """Sum of the interest on what is reminded."""
        return sum((one.interest for one in self.reminded), ZERO)

    @property
    def total(self) -> Decimal:
        """What the letter asks for in all."""
        return self.claimed + self.fee + self.interest + self.carried


def preview(connection: Connection, on: date) -> list[Proposal]:
    """Say what a run on a day would do with everything that is overdue, by customer and currency.

    Letters that would go out come first, the highest level first.

    Raises:
        Invalid: a fee cannot be converted into a letter's currency.

    """
    procedure = dunning_levels.read(connection)
    grouped: dict[tuple[UUID, str], list[Claim]] = {}
    for claim in _claims(connection, on, procedure):
        grouped.setdefault((claim.customer_id, claim.currency), []).append(claim)
    carried, on_account = open_charges(connection), _on_account(connection)
    found = []
    for (customer_id, currency), claims in grouped.items():
        due = [one.level for one in claims if one.why == Why.DUE]
        charged = fee(connection, procedure, max(due), currency, on) if due else ZERO
        key = (customer_id, currency)
        figures = (max(due, default=0), charged, carried.get(key, ZERO), on_account.get(key, ZERO))
        found.append(Proposal(customer_id, claims[0].customer, currency, tuple(claims), *figures))
    return sorted(found, key=lambda one: (-one.level, one.customer.casefold(), one.currency))


def open_charges(connection: Connection) -> dict[tuple[UUID, str], Decimal]:
    """Read fees and interest of sent letters that are still owed, by customer and currency.

    Those that were posted are open as their invoice is; those that were only asked for as long as one of the claims.
    """
    found: dict[tuple[UUID, str], Decimal] = {}
    posted = select(invoice.c.customer_id, invoice.c.currency, invoice.c.open_amount).join(
        dunning_letter, dunning_letter.c.charges_id == invoice.c.id
    )
    for row in connection.execute(posted.where(invoice.c.state == InvoiceState.POSTED)):
        found[row.customer_id, row.currency] = found.get((row.customer_id, row.currency), ZERO) + row.open_amount
    asked = select(dunning_letter).where(
        dunning_letter.c.state == RunState.SENT,
        dunning_letter.c.charges_id.is_(None),
        dunning_letter.c.fee + dunning_letter.c.interest > 0,
        claim_is_open(dunning_letter.c.id),
    )
    for row in connection.execute(asked):
        key = (row.customer_id, row.currency)
        found[key] = found.get(key, ZERO) + row.fee + row.interest
    return found


def claim_is_open(letter_id: Any) -> Any:
    """Give the condition that something a letter reminds of is still open: the first open day is not a later one."""
    return (
        select(reminder.c.id)
        .join(invoice, invoice.c.id == reminder.c.invoice_id)
        .where(
            reminder.c.letter_id == letter_id,
            reminder.c.state == RunState.SENT,
            invoice.c.state == InvoiceState.POSTED,
            invoice.c.due_on <= reminder.c.due_on,
        )
        .exists()
    )


def _claims(connection: Connection, on: date, procedure: Procedure) -> Iterable[Claim]:
    heads = connection.execute(_overdue(on)).all()
    parts: dict[UUID, dict[date, Decimal]] = {}
    for row in connection.execute(_instalments(on)):
        days = parts.setdefault(row.invoice_id, {})
        days[row.due_on] = days.get(row.due_on, ZERO) + row.open_amount
    disputed = disputed_by_invoice(connection)
    reminded, blocked, payments = _reminded(connection), blocks(connection, on), _paid(connection, on)
    for head in heads:
        due = sorted((parts.get(head.id, {}) if head.instalments else {head.due_on: head.open_amount}).items())
        taken = rules.take_out([part for _, part in due], disputed.get(head.id, ZERO))
        for (day, part), off in zip(due, taken, strict=True):
            facts = (head.id, head.number, head.customer_id, head.customer_name, head.currency)
            claim = Claim(*facts, day, part, off, (on - day).days, 0, Why.DUE)
            decimals = companies.decimals(connection, head.currency)
            # What is paid settles the oldest instalment first, so that only the first open one is settled in part.
            paid = payments.get(head.id, ()) if day == due[0][0] else ()
            yield _judged(claim, reminded.get((head.id, day), ()), blocked, procedure, on, decimals, paid=paid)


def _judged(
    claim: Claim,
    letters: Iterable[Any],
    blocked: Mapping[tuple[UUID, UUID | None], str],
    procedure: Procedure,
    on: date,
    decimals: int,
    *,
    paid: Sequence[tuple[date, Decimal]],
) -> Claim:
    """Say what the run does with a claim, from the reminders there were of it and what was ``paid`` of it when."""
    known = sorted(letters, key=lambda row: row.level)
    claim = replace(claim, level=known[-1].level if known else 0)
    drafted = bool(known) and known[-1].state == RunState.DRAFT
    why, reason = _kept_back(claim, blocked, procedure, drafted=drafted)
    if why != Why.DUE:
        return replace(claim, why=why, reason=reason)
    level = rules.next_level(procedure.levels, claim.level, claim.days)
    since = max((row.interest_until for row in known), default=claim.due_on)  # counted so far, or waived
    percent = procedure.levels[level - 1].interest_percent
    owed = rules.stretches(claim.claimed, paid, since, on) if since < on else []
    counted = rules.interest(owed, percent, decimals, procedure.year_days)
    return replace(claim, level=level, interest=counted, interest_from=since)


def _kept_back(
    claim: Claim, blocked: Mapping[tuple[UUID, UUID | None], str], procedure: Procedure, *, drafted: bool
) -> tuple[Why, str]:
    """Say why a claim is not reminded of, with what a person wrote who blocked it; DUE where it is."""
    whole, one = (claim.customer_id, None), (claim.customer_id, claim.invoice_id)
    last = bool(procedure.levels) and claim.level >= len(procedure.levels)
    reasons = (
        (drafted, Why.DRAFTED, ""),
        (whole in blocked, Why.CUSTOMER_BLOCKED, blocked.get(whole, "")),
        (one in blocked, Why.BLOCKED, blocked.get(one, "")),
        (claim.claimed <= 0, Why.DISPUTED, ""),
        (last, Why.LAST, ""),
        (not rules.next_level(procedure.levels, claim.level, claim.days), Why.EARLY, ""),
    )
    return next(((why, reason) for holds, why, reason in reasons if holds), (Why.DUE, ""))


def fee(connection: Connection, procedure: Procedure, level: int, currency: str, on: date) -> Decimal:
    """Give the fee of a level in a letter's currency: once a letter, at the rate of the day."""
    asked = procedure.levels[level - 1].fee
    if not asked:
        return ZERO
    rate = journal.converter(connection, currency, on).rate
    return round_decimals(Fraction(asked) * Fraction(rate), companies.decimals(connection, currency), Rounding.HALF_UP)


def disputed_by_invoice(connection: Connection) -> dict[UUID, Decimal]:
    """Read how much of each invoice is disputed; more than is open counts as far as it is open."""
    total = type_coerce(func.sum(dispute.c.amount), Exact(AMOUNT))
    rows = (
        select(dispute.c.invoice_id, total).where(dispute.c.state == DisputeState.OPEN).group_by(dispute.c.invoice_id)
    )
    return {row[0]: row[1] for row in connection.execute(rows)}


def _overdue(on: date) -> Any:
    charges = select(dunning_letter.c.charges_id).where(dunning_letter.c.charges_id.is_not(None))
    c = invoice.c
    names = ("id", "number", "customer_id", "customer_name", "currency", "due_on", "open_amount", "instalments")
    return (
        select(*(c[name] for name in names))
        .where(
            c.state == InvoiceState.POSTED,
            c.kind != InvoiceKind.CREDIT,
            c.open_amount > 0,
            c.due_on <= on,
            c.id.not_in(charges),  # no interest on interest
        )
        .order_by(c.due_on, c.number)
    )


def _instalments(on: date) -> Any:
    return (
        select(instalment.c.invoice_id, instalment.c.due_on, instalment.c.open_amount)
        .join(invoice, invoice.c.id == instalment.c.invoice_id)
        .where(
            invoice.c.state == InvoiceState.POSTED,
            invoice.c.due_on <= on,
            instalment.c.due_on <= on,
            instalment.c.open_amount > 0,
        )
    )


def _paid(connection: Connection, on: date) -> dict[UUID, list[tuple[date, Decimal]]]:
    """Read what was paid of overdue invoices and when: of one in instalments, of its first open one only.

    What is credited, given as a discount or written off bears no interest, as if it had never been asked for.
    """
    rows = connection.execute(
        select(allocation.c.invoice_id, allocation.c.amount, payment.c.received_on)
        .join(invoice, invoice.c.id == allocation.c.invoice_id)
        .join(payment, payment.c.id == allocation.c.payment_id)
        .where(invoice.c.state == InvoiceState.POSTED, invoice.c.open_amount > 0, invoice.c.due_on <= on)
    )
    found: dict[UUID, list[tuple[date, Decimal]]] = {}
    for row in rows:
        found.setdefault(row.invoice_id, []).append((row.received_on, row.amount))
    first: dict[UUID, Decimal] = {}
    parts = select(instalment.c.invoice_id, instalment.c.amount, instalment.c.open_amount)
    for row in connection.execute(parts.where(instalment.c.open_amount > 0).order_by(instalment.c.due_on)):
        first.setdefault(row.invoice_id, row.amount - row.open_amount)
    return {key: _latest(sorted(one), first.get(key)) for key, one in found.items()}


def _latest(paid: list[tuple[date, Decimal]], most: Decimal | None) -> list[tuple[date, Decimal]]:
    """Keep of what was paid the latest up to ``most``, which is what the first open instalment got; None: all."""
    if most is None:
        return paid
    kept = []
    for day, amount in reversed(paid):
        taken = min(amount, most)
        most -= taken
        kept.append((day, taken))
    return kept


def _reminded(connection: Connection) -> dict[tuple[UUID, date], list[Any]]:
    """Read the reminders of what is open, by claim; those that were undone never were."""
    rows = (
        select(reminder)
        .join(invoice, invoice.c.id == reminder.c.invoice_id)
        .where(invoice.c.state == InvoiceState.POSTED, reminder.c.state != RunState.UNDONE)
    )
    found: dict[tuple[UUID, date], list[Any]] = {}
    for row in connection.execute(rows):
        found.setdefault((row.invoice_id, row.due_on), []).append(row)
    return found


def blocks(connection: Connection, on: date) -> dict[tuple[UUID, UUID | None], str]:
    """Read why customers, or single invoices of theirs, are not reminded on a day; by customer and invoice or None."""
    rows = select(dunning_block).where(
        dunning_block.c.active, dunning_block.c.until.is_(None) | (dunning_block.c.until >= on)
    )
    return {(row.customer_id, row.invoice_id): row.reason for row in connection.execute(rows)}


def _on_account(connection: Connection) -> dict[tuple[UUID, str], Decimal]:
    """Read the money of customers that settles no invoice yet, as the ledger holds it."""
    held = type_coerce(-func.sum(journal_line.c.currency_amount), Exact(AMOUNT))
    own = select(account.c.code).where(account.c.purpose == Purpose.PREPAYMENT).scalar_subquery()
    rows = (
        select(journal_line.c.customer_id, journal_line.c.currency, held)
        .where(journal_line.c.account == own, journal_line.c.customer_id.is_not(None))
        .group_by(journal_line.c.customer_id, journal_line.c.currency)
    )
    return {(row[0], row[1]): row[2] for row in connection.execute(rows) if row[2]}
