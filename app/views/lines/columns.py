"""How a typed line is shown and edited in its table, and what each edit makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Final

from app.errors import Invalid
from app.models.lines import UNPRICED
from app.models.offer import Choice
from app.services import unit_words
from app.services.drafting import Draft, TypedLine
from app.services.line_promises import LineOutlook
from app.services.margins import Margin
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.format import tr
from app.views.lines import margin_words, ready
from app.views.tokens import Tone

Outlook = Callable[[TypedLine], LineOutlook | None]


def columns(
    draft: Callable[[], Draft],
    outlook: Outlook | None = None,
    margin: Callable[[int], Margin | None] | None = None,
    today: Callable[[], date] = date.today,
) -> tuple[Column[TypedLine], ...]:
    """Make the columns of a table over ``draft``'s lines.

    With ``outlook`` there is one more, of when each can leave; with ``margin`` that of a line stands below its amount.
    """

    def place(line: TypedLine) -> int:
        return draft().lines.index(line)

    def number(line: TypedLine) -> Cell:
        return cells.text(str(place(line) + 1), tone=Tone.FAINT)

    def amount(line: TypedLine) -> Cell:
        number = place(line)
        if line.kind == "subtotal":
            return cells.amount(draft().subtotal(number))
        if line.kind in UNPRICED:
            return Cell()
        shown = cells.amount(draft().amount(number))
        if line.choice:
            shown = replace(shown, text=f"({shown.text})", tone=Tone.SOFT, strong=False)
        return margin_words.below(shown, margin(number)) if margin else shown

    def item(line: TypedLine) -> Cell:
        return _item(line, draft().replaces(line))

    def ready_cell(line: TypedLine) -> Cell:
        assert outlook is not None
        return ready.cell(outlook(line), partial(_in_unit, line), today())

    promised = (Column[TypedLine]("ready", tr("Ready"), ready_cell, 132),) if outlook else ()
    return (
        Column[TypedLine]("number", "#", number, 34, right=True),
        Column[TypedLine]("name", tr("Item"), item, 220, stretch=True, edit=lambda line: line.name),
        Column[TypedLine]("quantity", tr("Qty"), _quantity, 66, right=True, edit=_edit_quantity),
        Column[TypedLine]("unit", tr("Unit"), _unit, 72, edit=_edit_unit),
        *promised,
        Column[TypedLine]("unit_price", tr("Price"), _price, 84, right=True, edit=_edit_price),
        Column[TypedLine]("discount_percent", tr("Disc. %"), _discount, 70, right=True, edit=_edit_discount),
        Column[TypedLine](
            "tax_codes",
            tr("Tax"),
            lambda line: cells.text(line.tax_codes, tone=Tone.SOFT),
            54,
            edit=lambda line: line.tax_codes,
        ),
        Column[TypedLine]("amount", tr("Amount"), amount, 108 if margin else 98, right=True),
    )


def _in_unit(line: TypedLine, grains: int) -> Fraction:
    assert line.product is not None
    return line.product.quantity(grains, line.unit)


def _item(line: TypedLine, replaces: int | None) -> Cell:
    """Write what is sold; of a line that may be chosen, how: its amount stands in brackets, as on the paper."""
    if line.kind in UNPRICED:
        return unpriced(line.kind, line.name)
    code = line.product.sku if line.product else tr("fee")
    if not line.choice:
        return cells.two_lines(line.name, code)
    words = tr("Optional") if line.choice == Choice.OPTIONAL else tr("Alternative to {}").format(replaces)
    return replace(cells.two_lines(line.name, f"{words} · {code}"), second_tone=Tone.ACCENT)


def unpriced(kind: str, name: str) -> Cell:
    """Write a line without an amount of its own: a note, the heading of a section, or what a subtotal is called."""
    if kind == "subtotal":
        return cells.text(name or tr("Subtotal"), strong=True)
    return cells.text(name, strong=True) if kind == "section" else cells.text(name, tone=Tone.SOFT)


def _quantity(line: TypedLine) -> Cell:
    return Cell() if line.kind in UNPRICED else cells.quantity(line.quantity)


def _price(line: TypedLine) -> Cell:
    if line.kind in UNPRICED:
        return Cell()
    exponent = line.unit_price.normalize().as_tuple().exponent
    return cells.amount(line.unit_price, max(2, -exponent if isinstance(exponent, int) else 2), strong=False)


def _discount(line: TypedLine) -> Cell:
    return cells.quantity(line.discount_percent, strong=False) if line.discount_percent else Cell()


def _edit_quantity(line: TypedLine) -> str:
    return written.quantity(line.quantity)


def _unit(line: TypedLine) -> Cell:
    return cells.text(unit_words.of(line.unit, line.quantity), tone=Tone.SOFT)


def _edit_unit(line: TypedLine) -> str:
    return line.unit


def _edit_price(line: TypedLine) -> str:
    return written.quantity(line.unit_price)


def _edit_discount(line: TypedLine) -> str:
    return written.quantity(line.discount_percent)


NUMBERS: Final = {"quantity", "unit_price", "discount_percent"}


def edited(draft: Draft, line: TypedLine, column: str, typed: str) -> TypedLine:
    """Give the line after ``typed`` was written into ``column``.

    Raises:
        Invalid: it is no number, or no unit of the product.

    """
    typed = typed.strip()
    if column in NUMBERS:
        value = written.number(typed) if typed else Decimal(0)
        if value is None:
            raise Invalid(column, tr("“{}” is not a number. Type for example 12 or 3*12.").format(typed))
        return draft.with_quantity(line, value) if column == "quantity" else draft.with_price(line, **{column: value})
    if column == "unit":
        return draft.with_unit(line, typed or (line.product.unit if line.product else ""))
    if column == "tax_codes":
        return replace(line, tax_codes=" ".join(typed.split()))
    return replace(line, name=typed) if typed else line
