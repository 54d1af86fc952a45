"""The order confirmation: what was agreed, when it comes and how it is to be paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.services.documents.closing import signed
from app.services.documents.letter import Letter, usual_facts
from app.services.documents.paper_locale import paper_locale
from app.services.documents.priced_letter import add_lines, add_terms, payment_parts
from app.services.documents.snapshots import Deposit, Heading, Priced, Signature


@dataclass(frozen=True, slots=True)
class OrderConfirmation:
    """All an order confirmation prints; ``delivery_on`` is the planned day, ``signature`` the customer's."""

    heading: Heading
    priced: Priced
    quote_number: str = ""
    delivery_on: date | None = None
    ship_to: str = ""  # when it differs from the customer's address; lines separated by newlines
    delivery_terms: str = ""
    payment_terms: str = ""
    deposits: tuple[Deposit, ...] = ()
    introduction: str = ""
    notes: str = ""
    signature: Signature | None = None


def build(order: OrderConfirmation) -> bytes:
    """Draw the order confirmation as PDF; the same order always gives the same bytes.

    Raises Invalid when logo or signature is no picture.
    """
    heading = order.heading
    locale = paper_locale(heading.language)
    words = locale.words
    facts = [
        *usual_facts(heading, locale),
        (words["quote_number"], order.quote_number),
        (words["planned_delivery"], locale.date(order.delivery_on) if order.delivery_on else ""),
        (words["ship_to"], order.ship_to),
    ]
    letter = Letter(heading, words["order_confirmation"], facts, introduction=order.introduction)
    add_lines(letter, order.priced)
    parts = [
        (words["delivery_terms"], [order.delivery_terms]),
        *payment_parts(letter, order.priced, order.payment_terms, order.deposits),
    ]
    add_terms(letter, parts, notes=order.notes)
    if order.signature:
        letter.add(signed(words["acceptance"], order.signature, locale), above=24)
    return letter.pdf()
