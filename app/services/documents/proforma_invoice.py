"""The pro-forma invoice: what an order or quote would be invoiced at, to pay in advance or to clear customs with.

It is no tax invoice and says so at its head; taxes are shown as they would be charged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.services.documents.blocks import paragraph
from app.services.documents.letter import Letter, usual_facts
from app.services.documents.paper_locale import paper_locale
from app.services.documents.priced_letter import add_lines, add_terms, payment_parts
from app.services.documents.snapshots import Deposit, Heading, Priced
from app.services.documents.typography import BODY, STRONG


@dataclass(frozen=True, slots=True)
class ProformaInvoice:
    """All a pro-forma invoice prints; its heading has a reference of its own, never an invoice's number.

    ``payment_code`` is the text of a QR symbol for banking apps, such as the EPC code of a SEPA transfer.
    ``is_rest``: it asks for what is not invoiced yet, not for the whole order.
    """

    heading: Heading
    priced: Priced
    quote_number: str = ""
    valid_until: date | None = None  # of a quote
    planned_delivery: date | None = None
    ship_to: str = ""  # when it differs from the customer's address; lines separated by newlines
    payment_terms: str = ""
    deposits: tuple[Deposit, ...] = ()
    payment_reference: str = ""
    payment_code: str = ""
    notes: str = ""
    is_rest: bool = False


def build(proforma: ProformaInvoice) -> bytes:
    """Draw the pro-forma invoice as PDF; the same one always gives the same bytes.

    Raises Invalid when the logo is no picture.
    """
    heading = proforma.heading
    locale = paper_locale(heading.language)
    words = locale.words
    facts = [
        *usual_facts(heading, locale),
        (words["quote_number"], proforma.quote_number),
        (words["valid_until"], locale.date(proforma.valid_until) if proforma.valid_until else ""),
        (words["planned_delivery"], locale.date(proforma.planned_delivery) if proforma.planned_delivery else ""),
        (words["ship_to"], proforma.ship_to),
    ]
    letter = Letter(heading, words["proforma_invoice"], facts)
    letter.add([paragraph(words["proforma_notice"], STRONG, letter.width, below=10)])
    if proforma.is_rest:
        letter.add([paragraph(words["proforma_rest"], BODY, letter.width, below=10)])
    add_lines(letter, proforma.priced)
    parts = [
        *payment_parts(letter, proforma.priced, proforma.payment_terms, proforma.deposits),
        (words["payment_reference"], [proforma.payment_reference]),
    ]
    add_terms(letter, parts, notes=proforma.notes, code=proforma.payment_code)
    return letter.pdf()
