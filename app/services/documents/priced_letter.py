"""What quote, order confirmation, invoice and credit note have in common: lines, totals, terms, notes."""

from __future__ import annotations

from collections.abc import Sequence

from app.services.documents.closing import SECTION_GAP, deposit_texts, sections
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


def add_terms(letter: Letter, parts: Sequence[tuple[str, Sequence[str]]], *, notes: str, code: str = "") -> None:
    """Add what is agreed, each part a title and its texts, then the notes for the customer, and a code to pay with."""
    words = letter.locale.words
    told = [*parts, (words["notes"], [notes])]
    letter.add(sections(told, code, words["scan_to_pay"], letter.width), above=SECTION_GAP)


def payment_parts(
    letter: Letter, priced: Priced, terms: str, deposits: Sequence[Deposit] = ()
) -> list[tuple[str, Sequence[str]]]:
    """Give the parts that say how to pay: the terms and the deposits asked for."""
    words = letter.locale.words
    return [
        (words["payment_terms"], [terms]),
        (words["deposits"], deposit_texts(deposits, priced.currency, letter.locale)),
    ]
