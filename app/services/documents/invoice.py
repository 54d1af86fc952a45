"""The invoice, also of a deposit: what the customer is asked to pay, until when and to where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.services.documents.closing import instalment_texts
from app.services.documents.letter import Letter, usual_facts
from app.services.documents.paper_locale import paper_locale
from app.services.documents.priced_letter import add_lines, add_terms, payment_parts
from app.services.documents.snapshots import Heading, PaperFormat, Priced
from app.services.documents.swiss_bill import SwissBill


@dataclass(frozen=True, slots=True)
class Invoice:
    """All an invoice prints.

    ``payment_code`` is the text of a QR symbol for banking apps, such as the EPC code of a SEPA transfer.
    """

    heading: Heading
    priced: Priced
    due_on: date | None = None
    instalments: tuple[tuple[date, Decimal], ...] = ()  # where not all is due on one day
    delivered_on: date | None = None
    ship_to: str = ""  # when it differs from the customer's address; lines separated by newlines
    payment_terms: str = ""
    payment_reference: str = ""
    payment_code: str = ""
    introduction: str = ""
    notes: str = ""
    is_deposit: bool = False
    bill: SwissBill | None = None  # to pay it with in Switzerland


def build(invoice: Invoice) -> bytes:
    """Draw the invoice as PDF; the same invoice always gives the same bytes.

    Raises Invalid when the logo is no picture.
    """
    heading = invoice.heading
    locale = paper_locale(heading.language)
    words = locale.words
    facts = [
        *usual_facts(heading, locale),
        (words["delivery_on"], locale.date(invoice.delivered_on) if invoice.delivered_on else ""),
        (words["due_on"], locale.date(invoice.due_on) if invoice.due_on else ""),
        (words["ship_to"], invoice.ship_to),
    ]
    title = words["deposit_invoice" if invoice.is_deposit else "invoice"]
    letter = Letter(heading, title, facts, introduction=invoice.introduction)
    add_lines(letter, invoice.priced)
    parts = [
        *payment_parts(letter, invoice.priced, invoice.payment_terms),
        (words["instalments"], instalment_texts(invoice.instalments, invoice.priced.currency, locale)),
        (words["payment_reference"], [invoice.payment_reference]),
    ]
    add_terms(letter, parts, notes=invoice.notes, code=invoice.payment_code)
    if heading.paper_format == PaperFormat.A4:  # the slip is as wide as this sheet
        letter.slip = invoice.bill
    return letter.pdf()
