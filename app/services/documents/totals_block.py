"""The stored totals, aligned under the amounts they sum up.  Nothing is computed here."""

from __future__ import annotations

from typing import Final

from app.services.documents.blocks import Cell, Row, Rule, Stack, stack
from app.services.documents.columns import Place
from app.services.documents.paper_locale import PaperLocale
from app.services.documents.snapshots import Currency, Priced, TotalsKind, TotalsRow
from app.services.documents.typesetting import INK, Style, text_width
from app.services.documents.typography import BODY, COLUMN_GAP, DETAIL, STRONG, TOTAL

_LABEL_WIDTH: Final = 150.0
_INSET: Final = 8.0  # of the tinted row


def totals_rows(
    priced: Priced, locale: PaperLocale, width: float, amounts: Place, *, credit: bool = False
) -> list[Row]:
    """Give the rows of the totals; the last sum, total or amount due, stands out."""
    strongest = _strongest(priced.totals)
    texts = [
        (_label(row, priced.currency, locale, credit=credit), locale.number(row.amount, priced.currency.decimals))
        for row in priced.totals
    ]
    needed = max(
        (
            text_width(amount, _style(row, strongest).tabular())
            for row, (_, amount) in zip(priced.totals, texts, strict=True)
        ),
        default=0.0,
    )
    amount_width = min(max(amounts.width, needed + 0.5), width * 0.45)
    rows = [
        _row(row, label, amount, (width, amount_width), is_strongest=row is strongest)
        for row, (label, amount) in zip(priced.totals, texts, strict=True)
    ]
    if priced.tax_included:
        note = stack((locale.words["tax_included"], DETAIL.right()), width=width * 0.6)
        rows.append(Row((Cell(width * 0.4, width * 0.6, note),), above=3))
    return rows


def _strongest(rows: tuple[TotalsRow, ...]) -> TotalsRow | None:
    """The sum that counts: the amount due, else the total."""
    for kind in (TotalsKind.OPEN, TotalsKind.TOTAL):
        for row in rows:
            if row.kind is kind:
                return row
    return None


def _label(row: TotalsRow, currency: Currency, locale: PaperLocale, *, credit: bool) -> str:
    key = "credit_total" if credit and row.kind is TotalsKind.TOTAL else row.kind.value
    label = row.name or locale.words[key]
    if row.base is not None:
        base = locale.number(row.base, currency.decimals)
        label = locale.words.filled("tax_base", name=label, base=base)
    if row.kind in (TotalsKind.TOTAL, TotalsKind.OPEN):
        label = f"{label} {currency.code}".strip()
    return label


def _style(row: TotalsRow, strongest: TotalsRow | None) -> Style:
    if row is strongest:
        return TOTAL
    return STRONG if row.kind in (TotalsKind.TOTAL, TotalsKind.UNTAXED) else BODY


def _row(row: TotalsRow, label: str, amount: str, widths: tuple[float, float], *, is_strongest: bool) -> Row:
    width, amount_width = widths
    style = _style(row, row if is_strongest else None)
    label_left = width - amount_width - COLUMN_GAP - max(_LABEL_WIDTH, width * 0.36)
    label_width = width - amount_width - COLUMN_GAP - label_left
    label_pieces: Stack = stack((label, style), width=label_width)
    amount_pieces: Stack = stack((amount, style.tabular()), width=amount_width)
    cells = (
        Cell(label_left, label_width, label_pieces),
        Cell(width - amount_width, amount_width, amount_pieces),
    )
    if not is_strongest:
        return Row(cells, above=2.2, below=2.2)
    rule = Cell(label_left, width - label_left, (Rule(INK, 0.8, before=-5.0, after=4.2),))
    return Row((rule, *cells), above=8.0, below=6.0)
