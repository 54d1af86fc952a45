"""The lines of a priced paper as a table that carries its subtotal from page to page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from app.services.documents.blocks import NOTHING, Cell, Row, Stack, paragraph, stack
from app.services.documents.columns import ROW_PADDING, Column, Place, body_row, head_row, places
from app.services.documents.pagination import Table
from app.services.documents.paper_locale import PaperLocale
from app.services.documents.snapshots import LineKind, PaperLine, Priced
from app.services.documents.typesetting import Style
from app.services.documents.typography import (
    BODY,
    CODE,
    DETAIL,
    HAIRLINE,
    HEADING,
    QUIET_BODY,
    SECTION_ABOVE,
    STRONG,
)

_QUIET_NUMBER: Style = QUIET_BODY.tabular()
_NUMBER: Style = BODY.tabular()
_AMOUNT: Style = STRONG.tabular()


class LineTable:
    """The table of a priced paper; ``amounts`` is the place of its last column, which the totals stand under."""

    def __init__(self, priced: Priced, locale: PaperLocale, width: float) -> None:
        self._priced = priced
        self._locale = locale
        self._width = width
        self._columns, texts = self._chosen()
        cells = [[said(line) for line in priced.lines] for said in texts]
        self._cells = list(zip(*cells, strict=True))  # the texts of each line
        if priced.lines:  # the column also holds the running subtotals
            cells[-1].append(self._money(sum((abs(line.amount or NOTHING) for line in priced.lines), NOTHING)))
        self._places = places(self._columns, cells, width)

    @property
    def amounts(self) -> Place:
        """Where the amounts stand."""
        return self._places[-1]

    def table(self) -> Table:
        """Give the rows; without lines one row says so."""
        lines = self._priced.lines
        rows = [self._row(line, texts) for line, texts in zip(lines, self._cells, strict=True)]
        if not rows:
            rows = [
                paragraph(self._locale.words["no_lines"], DETAIL, self._width, above=ROW_PADDING, below=ROW_PADDING)
            ]
        return Table(
            head_row(self._columns, self._places),
            rows,
            self._running("carried_forward") if lines else None,
            self._running("brought_forward") if lines else None,
        )

    # columns -------------------------------------------------------------------------------------

    def _chosen(self) -> tuple[list[Column], list[Callable[[PaperLine], str]]]:
        """Choose the columns this paper needs and how a line's text for each is made."""
        words, lines = self._locale.words, self._priced.lines
        chosen: list[tuple[Column, Callable[[PaperLine], str]]] = [
            (Column(words["position"], QUIET_BODY, 16, 40), lambda line: line.position),
            (Column(words["item"], BODY, most=None), _nothing),
            (Column(words["quantity"], _NUMBER, 24, 78), self._quantity),
        ]
        if any(line.unit for line in lines):
            chosen.append((Column(words["unit"], BODY, 14, 52), self._unit))
        chosen.append((Column(words["unit_price"], _NUMBER, 30, 86), self._unit_price))
        if any(self._discount(line) for line in lines):
            chosen.append((Column(words["discount_column"], _NUMBER, 14, 52), self._discount))
        if any(line.tax_codes for line in lines):
            chosen.append((Column(words["tax_column"], _QUIET_NUMBER, 14, 52), self._taxes))
        title = f"{words['amount']} {self._priced.currency.code}".strip()
        chosen.append((Column(title, _AMOUNT, 44, 104), self._amount))
        return [column for column, _ in chosen], [texts for _, texts in chosen]

    def _money(self, amount: Decimal) -> str:
        return self._locale.number(amount, self._priced.currency.decimals)

    def _quantity(self, line: PaperLine) -> str:
        return "" if line.quantity is None else self._locale.number(line.quantity)

    def _unit(self, line: PaperLine) -> str:
        return line.unit if line.quantity is None else self._locale.unit(line.unit, line.quantity)

    def _unit_price(self, line: PaperLine) -> str:
        return "" if line.unit_price is None else self._money(line.unit_price)

    def _discount(self, line: PaperLine) -> str:
        return line.discount or (self._locale.percent(line.discount_percent) if line.discount_percent else "")

    def _taxes(self, line: PaperLine) -> str:
        return ", ".join(line.tax_codes)

    def _amount(self, line: PaperLine) -> str:
        """An amount that is in no sum stands in brackets."""
        if line.amount is None:
            return ""
        return f"({self._money(line.amount)})" if line.choice else self._money(line.amount)

    # rows ----------------------------------------------------------------------------------------

    def _row(self, line: PaperLine, texts: Sequence[str]) -> Row:
        if line.kind in {LineKind.TEXT, LineKind.SECTION}:
            return self._text_row(line)
        is_subtotal = line.kind is LineKind.SUBTOTAL
        if is_subtotal and not line.name:
            line = replace(line, name=self._locale.words["lines"])
        stacks: list[Stack] = []
        for column, place, text in zip(self._columns, self._places, texts, strict=True):
            if column.most is None:
                stacks.append(_item(line, place.width, self._choice(line)))
            else:
                stacks.append(stack((text, column.style), width=place.width))
        row = body_row(self._places, stacks)
        amount = NOTHING if is_subtotal or line.choice or line.amount is None else line.amount
        return Row(row.cells, row.above, row.below, amount, row.rule_below, row.rule_thickness)

    def _choice(self, line: PaperLine) -> str:
        """Say that a line may be chosen, in the paper's language."""
        words = self._locale.words
        return {"optional": words["optional"], "alternative": words["alternative"]}.get(line.choice, line.choice)

    def _text_row(self, line: PaperLine) -> Row:
        """A text runs from the column of names to the right edge."""
        left = self._places[1].left
        section = line.kind is LineKind.SECTION
        pieces = stack((line.name, HEADING), width=self._width - left) if section else _item(line, self._width - left)
        position = stack((line.position, QUIET_BODY), width=self._places[0].width)
        cells = (Cell(0, self._places[0].width, position), Cell(left, self._width - left, pieces))
        above = SECTION_ABOVE if section else ROW_PADDING
        return Row(cells, above, ROW_PADDING, NOTHING, HAIRLINE, 0.4)

    def _running(self, key: str) -> Callable[[Decimal], Row]:
        """Give what makes the row that carries a subtotal to or from another page."""
        label = self._locale.words[key]

        def row(subtotal: Decimal) -> Row:
            amounts = self.amounts
            left = self._width * 0.4
            label_width = amounts.left - left - 10
            return Row(
                (
                    Cell(left, label_width, stack((label, DETAIL.right()), width=label_width)),
                    Cell(amounts.left, amounts.width, stack((self._money(subtotal), _AMOUNT), width=amounts.width)),
                ),
                above=4,
                below=4,
            )

        return row


def _nothing(_: PaperLine) -> str:
    return ""


def _item(line: PaperLine, width: float, choice: str = "") -> Stack:
    """What is sold: its name, its code, what else there is to say, and how it may be chosen."""
    texts = ((choice, DETAIL), (line.name, STRONG), (line.sku, CODE), (line.description, DETAIL))
    return stack(*texts, width=width)
