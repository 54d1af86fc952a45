"""The credit note: which invoice it takes back, wholly or in part, and why.  Amounts are printed as they are stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.services.documents.letter import Letter, usual_facts
from app.services.documents.paper_locale import paper_locale
from app.services.documents.priced_letter import add_lines, add_terms
from app.services.documents.snapshots import Heading, Priced


@dataclass(frozen=True, slots=True)
class CreditNote:
    """All a credit note prints; ``invoice_number`` is the invoice it corrects, which the law wants named."""

    heading: Heading
    priced: Priced
    invoice_number: str = ""
    invoice_dated: date | None = None
    reason: str = ""
    refund_terms: str = ""  # how the customer gets the money
    introduction: str = ""
    notes: str = ""


def build(credit: CreditNote) -> bytes:
    """Draw the credit note as PDF; the same credit note always gives the same bytes.

    Raises Invalid when the logo is no picture.
    """
    heading = credit.heading
    locale = paper_locale(heading.language)
    words = locale.words
    facts = [
        *usual_facts(heading, locale),
        (words["invoice_number"], credit.invoice_number),
        (words["invoice_dated"], locale.date(credit.invoice_dated) if credit.invoice_dated else ""),
    ]
    letter = Letter(heading, words["credit_note"], facts, introduction=credit.introduction)
    add_lines(letter, credit.priced, credit=True)
    parts = [(words["reason"], [credit.reason]), (words["refund_terms"], [credit.refund_terms])]
    add_terms(letter, parts, notes=credit.notes)
    return letter.pdf()
