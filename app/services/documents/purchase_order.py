"""The purchase order: what we ask a supplier for, where it goes and when it is needed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from app.services.documents.letter import Letter, usual_facts
from app.services.documents.paper_locale import PaperLocale, paper_locale
from app.services.documents.priced_letter import add_lines, add_terms
from app.services.documents.snapshots import Heading, PaperLine, Priced


@dataclass(frozen=True, slots=True)
class Asked:
    """What is said below a line's name: how the supplier calls it, and the day it is needed."""

    supplier_sku: str = ""
    needed_on: date | None = None


@dataclass(frozen=True, slots=True)
class PurchaseOrder:
    """All a purchase order prints; ``asked`` has one entry for each line, ``ship_to`` lines separated by newlines."""

    heading: Heading
    priced: Priced
    asked: tuple[Asked, ...]
    ship_to: str
    reference: str = ""
    payment_terms: str = ""
    notes: str = ""


def build(order: PurchaseOrder) -> bytes:
    """Draw the purchase order as PDF; the same order always gives the same bytes.

    Raises Invalid when the logo is no picture.
    """
    heading = order.heading
    locale = paper_locale(heading.language)
    words = locale.words
    facts = [
        *usual_facts(heading, locale),
        (words["supplier_reference"], order.reference),
        (words["ship_to"], order.ship_to),
    ]
    letter = Letter(heading, words["purchase_order"], facts)
    lines = tuple(_said(line, asked, locale) for line, asked in zip(order.priced.lines, order.asked, strict=True))
    add_lines(letter, replace(order.priced, lines=lines))
    add_terms(letter, [(words["payment_terms"], [order.payment_terms])], notes=order.notes)
    return letter.pdf()


def _said(line: PaperLine, asked: Asked, locale: PaperLocale) -> PaperLine:
    words = locale.words
    told = [
        line.description,
        f"{words['supplier_item']} {asked.supplier_sku}" if asked.supplier_sku else "",
        f"{words['needed_on']} {locale.date(asked.needed_on)}" if asked.needed_on else "",
    ]
    return replace(line, description="\n".join(part for part in told if part))
