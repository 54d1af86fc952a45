"""What quote, order confirmation, invoice and credit note have in common: lines, totals, terms, notes."""

from __future__ import annotations

from app.services.documents.blocks import Row
from app.services.documents.closing import SECTION_GAP, deposit_texts, payment, titled
from app.services.documents.letter import Letter
from app.services.documents.line_table import LineTable
from app.services.documents.snapshots import Deposit, Priced
from app.services.documents.totals_block import totals_rows


def add_lines(letter: Letter, priced: Priced, *, credit: bool = False) -> None:
    """Add the table and, with its last row on the same page, the totals."""
    lines = LineTable(priced, letter.locale, letter.width)
    totals = totals_rows(priced, letter.locale, letter.width, lines.amounts, credit=credit)
    letter.pages.add_table(lines.table(), tail=sum(row.height for row in totals) + 6)
    letter.add(totals, above=6)


def add_terms(
    letter: Letter,
    priced: Priced,
    terms: str,
    *,
    deposits: tuple[Deposit, ...] = (),
    reference: str = "",
    code: str = "",
) -> None:
    """Add payment terms, the deposits asked for, what to name when paying, and a code to pay with."""
    words = letter.locale.words
    sections = [
        (words["payment_terms"], [terms]),
        (words["deposits"], deposit_texts(deposits, priced.currency, letter.locale)),
        (words["payment_reference"], [reference]),
    ]
    letter.add(payment(sections, code, words["scan_to_pay"], letter.width), above=SECTION_GAP)


def add_notes(letter: Letter, notes: str) -> None:
    """Add the notes, which are for the customer."""
    rows: list[Row] = titled(letter.locale.words["notes"], [notes], letter.width)
    letter.add(rows, above=SECTION_GAP)
