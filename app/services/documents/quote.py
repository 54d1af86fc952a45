"""The quote: what we offer, at which price, until when, with room to accept it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.services.documents.closing import signed, to_sign
from app.services.documents.letter import Letter, usual_facts
from app.services.documents.paper_locale import paper_locale
from app.services.documents.priced_letter import add_lines, add_terms, payment_parts
from app.services.documents.snapshots import Deposit, Heading, Priced, Signature


@dataclass(frozen=True, slots=True)
class Quote:
    """All a quote prints; without a ``signature`` there are empty lines to sign on."""

    heading: Heading
    priced: Priced
    valid_until: date | None = None
    version: int = 0  # counted from 1; 0 is not printed
    planned_delivery: str = ""
    payment_terms: str = ""
    deposits: tuple[Deposit, ...] = ()
    introduction: str = ""
    notes: str = ""
    signature: Signature | None = None


def build(quote: Quote) -> bytes:
    """Draw the quote as PDF; the same quote always gives the same bytes.

    Raises Invalid when logo or signature is no picture.
    """
    heading = quote.heading
    locale = paper_locale(heading.language)
    words = locale.words
    facts = [
        *usual_facts(heading, locale),
        (words["version"], str(quote.version) if quote.version else ""),
        (words["valid_until"], locale.date(quote.valid_until) if quote.valid_until else ""),
    ]
    letter = Letter(heading, words["quote"], facts, introduction=quote.introduction)
    add_lines(letter, quote.priced)
    parts = [
        (words["planned_delivery"], [quote.planned_delivery]),
        *payment_parts(letter, quote.priced, quote.payment_terms, quote.deposits),
    ]
    add_terms(letter, parts, notes=quote.notes)
    title = words["acceptance"]
    letter.add(signed(title, quote.signature, locale) if quote.signature else to_sign(title, locale), above=24)
    return letter.pdf()
