"""The statement of account: what came and went in a period, with the balance after each.  Nothing is computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from app.services.documents.blocks import Cell, Row, paragraph, stack
from app.services.documents.columns import Column, body_row, head_row, places
from app.services.documents.letter import Letter, usual_facts
from app.services.documents.pagination import Table
from app.services.documents.paper_locale import paper_locale
from app.services.documents.snapshots import Currency, Heading
from app.services.documents.typography import BODY, DETAIL, STRONG, TOTAL

_AMOUNTS: Final = 120.0


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One booking: ``debit`` is what we asked for, ``credit`` what came in or was taken back."""

    dated: date
    document: str
    text: str
    debit: Decimal
    credit: Decimal
    balance: Decimal


@dataclass(frozen=True, slots=True)
class AccountStatement:
    """All a statement prints; balances above zero are owed to us."""

    heading: Heading
    currency: Currency
    first: date
    last: date
    opening: Decimal
    closing: Decimal
    lines: tuple[StatementLine, ...]


def build(statement: AccountStatement) -> bytes:
    """Draw the statement as PDF; the same statement always gives the same bytes.

    Raises Invalid when the logo is no picture.
    """
    heading, locale = statement.heading, paper_locale(statement.heading.language)
    words, decimals = locale.words, statement.currency.decimals
    period = f"{locale.date(statement.first)} \N{EN DASH} {locale.date(statement.last)}"
    facts = [*usual_facts(heading, locale), (words["period"], period), (words["currency"], statement.currency.code)]
    paper = Letter(heading, words["account_statement"], facts)
    figures = BODY.tabular().right()
    columns = (
        Column(words["date"], BODY, most=110),
        Column(words["document"], BODY, most=120),
        Column("", DETAIL, most=None),
        Column(words["debit"], figures),
        Column(words["credit"], figures),
        Column(words["balance"], figures),
    )

    def written(amount: Decimal) -> str:
        return locale.number(amount, decimals)

    texts = [(locale.date(statement.first), "", words["opening_balance"], "", "", written(statement.opening))]
    for line in statement.lines:
        debit, credit = (written(amount) if amount else "" for amount in (line.debit, line.credit))
        texts.append((locale.date(line.dated), line.document, line.text, debit, credit, written(line.balance)))
    paper.pages.add_table(ledger_table(paper, columns, texts))
    label = f"{words['closing_balance']} ({statement.currency.code})"
    paper.add(sum_rows(paper, [], (label, written(statement.closing))))
    return paper.pdf()


def ledger_table(paper: Letter, columns: Sequence[Column], texts: Sequence[Sequence[str]]) -> Table:
    """Set rows of texts in columns over the width of a letter; without any the paper says so."""
    contents = [[row[index] for row in texts] for index in range(len(columns))]
    where = places(columns, contents, paper.width)
    rows = [
        body_row(
            where,
            [
                stack((text, column.style), width=place.width)
                for text, column, place in zip(row, columns, where, strict=True)
            ],
        )
        for row in texts
    ]
    nothing = [paragraph(paper.locale.words["no_lines"], DETAIL, paper.width, above=6, below=6)]
    return Table(head_row(columns, where), rows or nothing)


def sum_rows(paper: Letter, parts: Sequence[tuple[str, str]], total: tuple[str, str]) -> list[Row]:
    """Set sums under the last column of a table, what they come to last and strongest."""
    left = paper.width - _AMOUNTS
    rows = []
    for label, amount in parts:
        cells = (
            Cell(0, left - 12, stack((label, BODY.right()), width=left - 12)),
            Cell(left, _AMOUNTS, stack((amount, STRONG.tabular().right()), width=_AMOUNTS)),
        )
        rows.append(Row(cells, above=3, below=2))
    cells = (
        Cell(0, left - 12, stack((total[0], TOTAL.right()), width=left - 12)),
        Cell(left, _AMOUNTS, stack((total[1], TOTAL.tabular().right()), width=_AMOUNTS)),
    )
    rows.append(Row(cells, above=7, below=4))
    return rows
