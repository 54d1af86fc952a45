"""Quotes: writing, sending as frozen versions, accepting into an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.models import offer
from app.models.base import Key, new_id
from app.models.log import event
from app.models.order import sales_order_line
from app.models.quote import NEXT, QuoteState, quote, quote_line, quote_version
from app.services import (
    approval_rules,
    companies,
    counter_offers,
    document_lines,
    offers,
    orders,
    originals,
    parties,
    place_taxes,
    quote_snapshots,
)
from app.services.document_lines import ZERO, LineInput, Rules
from app.services.memory import Followed
from app.services.orders import NewOrder, Signature
from app.services.parties import Address
from app.services.pricing import Buyer
from app.services.statements import Prepared
from app.services.text_search import contains
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class NewQuote:
    """What a new quote is made of; what is left empty comes from the customer and the company."""

    customer_id: UUID
    lines: tuple[LineInput, ...] = ()
    currency: str = ""
    payment_term: str = ""
    valid_until: date | None = None
    requested_on: date | None = None
    customer_po: str = ""
    billing_address: Address | None = None
    shipping_address: Address | None = None
    discount_percent: Decimal = ZERO
    discount_amount: Decimal = ZERO
    tax_rounding: str = ""
    channel: str = ""
    campaign: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What the customer answered: PO number, signature, and what was agreed on deposit and dates."""

    customer_po: str = ""
    signature: Signature | None = None
    deposit_percent: Decimal = ZERO
    deposit_amount: Decimal = ZERO
    deposit_blocks: bool = True
    promised_on: date | None = None
    payment_term: str = ""
    allow_expired: bool = False
    keep_lines: tuple[UUID, ...] = ()  # the lines that are ordered; empty: all that are included and not ordered yet
    chosen: tuple[UUID, ...] = ()  # optional lines and alternatives that are ordered besides
    drop_rest: bool = False  # what is not ordered now is no longer wanted


def create(tx: Transaction, new: NewQuote) -> UUID:
    """Write a draft quote and return its id.

    Raises:
        Invalid: a line or the currency cannot be taken.
        NotFound: the customer or a product does not exist.

    """
    customer = parties.get(tx.connection, new.customer_id)
    company = companies.get(tx.connection)
    currency = new.currency or customer.currency
    rules = Rules(
        currency,
        companies.decimals(tx.connection, currency),
        new.tax_rounding or company.tax_rounding,
        new.discount_percent,
        new.discount_amount,
        company.cash_rounding,
    )
    day, goes_to = tx.at.date(), new.shipping_address
    buyer = Buyer(customer.id, day, customer.customer_group, new.channel, new.campaign)
    lines, exempt = place_taxes.settle(
        tx.connection, customer, goes_to, new.lines, currency=currency, day=day, buyer=buyer
    )
    priced = offers.price(tx.connection, rules, lines, tax_exempt=exempt, company_currency=company.currency)
    quote_id = new_id()
    number = tx.number("Q", quote_id)
    tx.insert(
        quote,
        {
            "id": quote_id,
            "number": number,
            "state": str(QuoteState.DRAFT),
            "version": 0,
            "customer_id": customer.id,
            "customer_name": customer.name,
            "customer_po": new.customer_po,
            "payment_term": new.payment_term or customer.payment_term,
            "billing_address": (new.billing_address or customer.billing_address).to_json(),
            "shipping_address": (new.shipping_address or customer.shipping_address).to_json(),
            "valid_until": new.valid_until or tx.at.date() + timedelta(days=company.quote_validity_days),
            "requested_on": new.requested_on,
            "sent_at": None,
            "notes": new.notes,
            "channel": new.channel,
            "campaign": new.campaign,
            **rules.columns(),
            **priced.totals,
        },
    )
    tx.insert(quote_line, *({"quote_id": quote_id, **row} for row in priced.lines))
    document_lines.store_taxes(tx, quote_id, priced.taxes, replace=False)
    tx.record("quote.written", quote_id, number=number, total=priced.totals["total"], currency=currency)
    return quote_id


def set_lines(tx: Transaction, quote_id: UUID, revision: int, lines: Sequence[LineInput]) -> int:
    """Replace the lines of a draft quote (a line keeps its identity by its ``id``); return the new revision.

    Raises:
        NotAllowed: the quote is not a draft: revise it first.
        Conflict: the quote was changed since ``revision`` was read.
        Invalid: a line cannot be taken.

    """
    head = tx.lock(quote, quote_id, "Quote")
    _expect(head, revision)
    _write_lines(tx, head, lines)
    tx.record("quote.changed", quote_id, number=head.number)
    return revision + 1


def change_head(tx: Transaction, quote_id: UUID, revision: int, values: dict[str, Any]) -> None:
    """Change terms, dates, addresses, discount or notes of a draft quote.

    Raises:
        NotAllowed: the quote is not a draft, or a field cannot be changed.
        Invalid: a discount cannot be taken.
        Conflict: the quote was changed since ``revision`` was read.

    """
    head = tx.lock(quote, quote_id, "Quote")
    _expect(head, revision)
    fixed = sorted(set(values) - CHANGEABLE)
    if fixed:
        raise NotAllowed(f"{fixed[0].replace('_', ' ').capitalize()} cannot be changed here.")
    document_lines.check_discounts(**{name: value for name, value in values.items() if name in DISCOUNTS})
    tx.update(quote, quote_id, **values)
    if {"discount_percent", "discount_amount", "tax_rounding"} & values.keys():
        set_lines(tx, quote_id, revision + 1, [offers.line_input(row) for row in lines(tx.connection, quote_id)])
    else:
        tx.record("quote.changed", quote_id, number=head.number)


def send(tx: Transaction, quote_id: UUID) -> int:
    """Freeze the quote as its next version and mark it sent; return the version.

    Raises:
        NotAllowed: it has no lines, or it is not a draft.

    """
    head = tx.lock(quote, quote_id, "Quote")
    _move(head, QuoteState.SENT)
    stored = lines(tx.connection, quote_id)
    if not stored:
        raise NotAllowed(f"Quote {head.number} has no lines. Add one, then send it.")
    approval_rules.require(tx, head, stored)
    version: int = head.version + 1
    if head.open_counters:
        counter_offers.answer_all(tx, head, stored, version)
    shown, besides = quote_snapshots.snapshot(tx.connection, head, stored), originals.of_quote(tx, head)
    tx.insert(
        quote_version,
        {
            "id": new_id(),
            "quote_id": quote_id,
            "version": version,
            "sent_at": tx.at,
            "sent_by": tx.by,
            "fingerprint": quote_snapshots.fingerprint(shown, besides["printed"]),
            "snapshot": shown,
            **besides,
        },
    )
    tx.update(quote, quote_id, state=str(QuoteState.SENT), version=version, sent_at=tx.at)
    tx.record("quote.sent", quote_id, number=head.number, version=version, total=head.total, currency=head.currency)
    return version


def revise(tx: Transaction, quote_id: UUID) -> None:
    """Take a sent, declined or partly ordered quote back to draft, to change it and send another version.

    Lines that were ordered leave it: the next version offers what is still open.

    Raises:
        NotAllowed: it is accepted or cancelled.

    """
    head = _step(tx, quote_id, QuoteState.DRAFT, "quote.revised")
    if head.state == QuoteState.PART:
        _take_out_ordered(tx, quote_id)


def decline(tx: Transaction, quote_id: UUID) -> None:
    """Note that the customer declined; of a partly ordered quote, that the rest is not wanted.

    Raises:
        NotAllowed: it was not sent.

    """
    head = get(tx.connection, quote_id)
    if head.state == QuoteState.PART:
        _step(tx, quote_id, QuoteState.ACCEPTED, "quote.rest_declined")
    else:
        _step(tx, quote_id, QuoteState.DECLINED, "quote.declined")
    if head.open_counters:
        counter_offers.withdraw_all(tx, quote_id)


def cancel(tx: Transaction, quote_id: UUID) -> None:
    """Withdraw the quote.

    Raises:
        NotAllowed: it is accepted already.

    """
    head = _step(tx, quote_id, QuoteState.CANCELLED, "quote.cancelled")
    if head.open_counters:
        counter_offers.withdraw_all(tx, quote_id)


def extend(tx: Transaction, quote_id: UUID, valid_until: date) -> int:
    """Offer the same until a later day: a round of its own; return its version.

    Raises:
        NotAllowed: it is finished or has no lines.
        Invalid: the day is not after today.

    """
    if valid_until <= tx.at.date():
        raise Invalid("valid_until", "Choose a day after today; a quote that is over cannot be accepted.")
    head = tx.lock(quote, quote_id, "Quote")
    if head.state != QuoteState.DRAFT:
        revise(tx, quote_id)
    tx.update(quote, quote_id, valid_until=valid_until)
    return send(tx, quote_id)


def accept(tx: Transaction, quote_id: UUID, answer: Acceptance) -> UUID:
    """Turn the quote into a draft sales order with the customer's PO number and signature; return the order's id.

    Where only some lines are ordered, the others stay open until they are ordered, declined or offered anew.

    Raises:
        NotAllowed: the quote is finished, nothing of it would be ordered, its validity is over, or it needs an
            approval.
        Invalid: the deposit, the signature or a choice cannot be taken.

    """
    head = tx.lock(quote, quote_id, "Quote")
    _move(head, QuoteState.ACCEPTED)
    if head.valid_until < tx.at.date() and not answer.allow_expired:
        raise NotAllowed(f"Quote {head.number} was valid until {head.valid_until.isoformat()}. Renew it, or allow it.")
    stored = lines(tx.connection, quote_id)
    if head.state == QuoteState.DRAFT:
        approval_rules.require(tx, head, stored)
    if answer.payment_term not in {"", head.payment_term}:
        approval_rules.require_terms(tx, head, answer.payment_term)
    kept = offer.taken(stored, answer.keep_lines, answer.chosen)
    if not any(row.kind in offer.SOLD for row in kept):
        raise NotAllowed(f"Nothing of quote {head.number} would be ordered. Choose goods or a fee of it.")
    took = {row.id for row in kept}
    rest = [] if answer.drop_rest else offer.left_open(stored, took)
    order_id = orders.create(tx, _ordered(tx, head, stored, kept, answer))
    _ask_for_days(tx, order_id, kept)
    if answer.signature:
        orders.sign(tx, order_id, answer.signature)
    state, po = QuoteState.PART if rest else QuoteState.ACCEPTED, answer.customer_po or head.customer_po
    if rest or head.state == QuoteState.PART:
        tx.update_rows(quote_line, [(line_id, {"order_id": order_id}) for line_id in took])
    if head.open_counters and not rest:
        counter_offers.withdraw_all(tx, quote_id)
    tx.update(quote, quote_id, state=str(state), customer_po=po)
    tx.record("quote.part_accepted" if rest else "quote.accepted", quote_id, order_id, number=head.number, po=po)
    tx.record("quote.accepted", order_id, quote_id, number=head.number, version=head.version)
    return order_id


def get(connection: Connection, quote_id: UUID) -> Any:
    """Read a quote's head.

    Raises:
        NotFound: the quote does not exist.

    """
    row = _BY_ID.first(connection, quote=quote_id)
    if row is None:
        raise NotFound("Quote", quote_id)
    return row


def lines(connection: Connection, quote_id: UUID) -> list[Any]:
    """Read a quote's lines in their order."""
    return _LINES.all(connection, quote=quote_id)


def versions(connection: Connection, quote_id: UUID) -> list[Any]:
    """Read the versions that were sent, oldest first."""
    return list(
        connection.execute(
            select(quote_version).where(quote_version.c.quote_id == quote_id).order_by(quote_version.c.version)
        )
    )


def changed_by(connection: Connection, head: Any) -> set[str]:
    """Name those who changed a quote since it was sent last, or since it was written."""
    since = head.sent_at or head.created_at
    return set(_CHANGED.values(connection, quote=head.id, since=since))


def find(connection: Connection, text: str, limit: int = 20) -> list[tuple[UUID, str, str, str]]:
    """Find quotes by number or customer: id, number, customer, state; newest first."""
    rows = connection.execute(
        select(quote.c.id, quote.c.number, quote.c.customer_name, quote.c.state)
        .where(contains((quote.c.number, quote.c.customer_name), text, connection.dialect.name))
        .order_by(quote.c.id.desc())
        .limit(limit)
    )
    return [tuple(row) for row in rows]


DISCOUNTS: Final = {"discount_percent", "discount_amount"}
CHANGEABLE: Final = {
    *DISCOUNTS,
    "customer_po",
    "payment_term",
    "billing_address",
    "shipping_address",
    "valid_until",
    "requested_on",
    "notes",
    "tax_rounding",
    "channel",
    "campaign",
}


def _move(head: Any, state: QuoteState) -> None:
    if state not in NEXT[QuoteState(head.state)]:
        raise NotAllowed(f"Quote {head.number} is {head.state}; it cannot become {state}.")


def _step(tx: Transaction, quote_id: UUID, state: QuoteState, event: str) -> Any:
    """Take a step and give the quote as it was before."""
    head = tx.lock(quote, quote_id, "Quote")
    _move(head, state)
    tx.update(quote, quote_id, state=str(state))
    tx.record(event, quote_id, number=head.number)
    return head


def _expect(head: Any, revision: int) -> None:
    if head.revision != revision:
        raise Conflict(f"quote {head.number}")
    if head.state != QuoteState.DRAFT:
        raise NotAllowed(f"Quote {head.number} is {head.state}. Revise it, then change it.")


def _write_lines(tx: Transaction, head: Any, inputs: Sequence[LineInput]) -> None:
    rules = _rules(tx.connection, head)
    customer, goes_to = parties.get(tx.connection, head.customer_id), Address.from_json(head.shipping_address)
    day, currency = tx.at.date(), head.currency
    buyer = Buyer(customer.id, day, customer.customer_group, head.channel, head.campaign)
    inputs, exempt = place_taxes.settle(
        tx.connection, customer, goes_to, inputs, currency=currency, day=day, buyer=buyer
    )
    priced = offers.price(tx.connection, rules, inputs, tax_exempt=exempt)
    document_lines.replace_lines(tx, quote_line, "quote_id", head.id, priced.lines)
    document_lines.store_taxes(tx, head.id, priced.taxes, replace=True)
    tx.update(quote, head.id, **priced.totals)


def _rules(connection: Connection, head: Any) -> Rules:
    return Rules(
        head.currency,
        companies.decimals(connection, head.currency),
        head.tax_rounding,
        head.discount_percent,
        head.discount_amount,
        head.cash_rounding,
    )


def _take_out_ordered(tx: Transaction, quote_id: UUID) -> None:
    """Leave in a draft what no order took yet, with its part of the discount."""
    stored = lines(tx.connection, quote_id)
    head = get(tx.connection, quote_id)
    left = offer.left_open(stored, ())
    taken = {row.id for row in stored if row.order_id is not None}
    if head.discount_amount:
        decimals = companies.decimals(tx.connection, head.currency)
        gone = offer.discount_share(stored, taken, head.discount_amount, decimals)
        tx.update(quote, quote_id, discount_amount=head.discount_amount - gone)
        head = get(tx.connection, quote_id)
    kept = {row.id for row in left} | _hanging_on(stored, {row.id for row in left})
    _write_lines(tx, head, [offers.line_input(row) for row in stored if row.id in kept])


def _hanging_on(stored: Sequence[Any], left: set[UUID]) -> set[UUID]:
    """Give the lines without an amount, the options, and the alternatives to what is left."""
    base_of, gone = offer.stands_for(stored), offer.settled(stored)
    options = {row.id for row in stored if row.choice == offer.Choice.OPTIONAL}
    return {
        row.id
        for row in stored
        if row.id not in gone
        and (row.kind not in offer.SOLD or row.id in options or base_of.get(row.id) in left | options)
    }


def _ordered(tx: Transaction, head: Any, stored: Sequence[Any], kept: Sequence[Any], answer: Acceptance) -> NewOrder:
    """Give the order that an answer makes of some of the lines."""
    discount = head.discount_amount
    if discount:
        decimals = companies.decimals(tx.connection, head.currency)
        discount = offer.discount_share(stored, {row.id for row in kept}, discount, decimals)
    return NewOrder(
        customer_id=head.customer_id,
        lines=tuple(LineInput(**{name: getattr(row, name) for name in _ORDERED}) for row in kept),
        customer_po=answer.customer_po or head.customer_po,
        currency=head.currency,
        payment_term=answer.payment_term or head.payment_term,
        billing_address=Address.from_json(head.billing_address),
        shipping_address=Address.from_json(head.shipping_address),
        requested_on=head.requested_on,
        promised_on=answer.promised_on,
        deposit_percent=answer.deposit_percent,
        deposit_amount=answer.deposit_amount,
        deposit_blocks=answer.deposit_blocks,
        discount_percent=head.discount_percent,
        discount_amount=discount,
        tax_rounding=head.tax_rounding,
        cash_rounding=head.cash_rounding,
        channel=head.channel,
        campaign=head.campaign,
        notes=head.notes,
        quote_id=head.id,
    )


def _ask_for_days(tx: Transaction, order_id: UUID, kept: Sequence[Any]) -> None:
    """Give the lines of an order the days that were agreed for them."""
    days = {number: row.requested_on for number, row in enumerate(kept, 1) if row.requested_on is not None}
    if days:
        made = [row for row in orders.lines(tx.connection, order_id) if row.position in days]
        tx.update_rows(sales_order_line, [(row.id, {"requested_on": days[row.position]}) for row in made])


_ORDERED: Final = tuple(name for name in LineInput.__dataclass_fields__ if name != "id")
_CHANGED: Final = Prepared(
    select(event.c.by).where(
        event.c.subject_id == bindparam("quote", type_=Key),
        event.c.name == "quote.changed",
        event.c.at >= bindparam("since", type_=event.c.at.type),
    )
)
_BY_ID: Final = Prepared(select(quote).where(quote.c.id == bindparam("quote", type_=Key)))
_LINES: Final = Followed(
    select(quote_line).where(quote_line.c.quote_id == bindparam("quote", type_=Key)).order_by(quote_line.c.position),
    quote_line,
    "quote_id",
    fixed=["position"],
)
