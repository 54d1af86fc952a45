"""What came in on a purchase order: how much of each line, into which bins, of which lots and serial numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QWidget

from app.errors import Invalid, NotFound
from app.models.product import shown
from app.models.stock import Tracking
from app.services import purchase_reversals, warehouses
from app.services.placing import Put
from app.services.purchase_reversals import Noted
from app.services.purchase_sheets import PurchaseSheet, SheetLine
from app.services.transaction import Transaction
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.purchasing.words import quantity
from app.views.tables import RowsTable
from app.views.tokens import Tone
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.labels import Row
from app.views.widgets.list_view import ListView

ROWS_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Coming:
    """Part of a line that came: how much of its unit, its bin and lot (or serial numbers), a new lot's last day."""

    line: SheetLine
    quantity: Fraction
    bin: str = ""
    lot: str = ""
    expires_on: date | None = None


class ReceiveDialog(FormDialog):
    """Books what came in; a line may be split over several bins and lots."""

    def __init__(self, context: Context, sheet: PurchaseSheet, *, parent: QWidget) -> None:
        about = tr("From {}, to {}. Type what came; zero for what did not.").format(
            sheet.head.supplier_name, sheet.location
        )
        title = tr("Receive {}").format(sheet.head.number)
        super().__init__(context, title, tr("Receive"), about=about, parent=parent)
        self.setMinimumWidth(820)
        self._head, self._wrong = sheet.head, dict[tuple[int, str], str]()
        self.rows: RowsTable[Coming] = RowsTable(self._columns())
        self.view = ListView(self.rows, "purchase_receive", two_lines=True)
        self.view.setAccessibleName(tr("What came in"))
        coming = [Coming(one, one.in_unit(one.open)) for one in sheet.lines if one.open]
        self.rows.set_rows(coming)
        self.view.setMinimumHeight(34 + 48 * min(ROWS_SHOWN, len(coming) + 2) + 2)
        self.rows.edited.connect(self._edited)
        triggers = QAbstractItemView.EditTrigger
        self.view.setEditTriggers(triggers.AnyKeyPressed | triggers.EditKeyPressed | triggers.DoubleClicked)
        self.body.addWidget(self.view)
        self.split = Button(tr("Another bin or lot"), "split", Kind.SECONDARY)
        self.split.setToolTip(tr("The highlighted line again, for what went into another bin or lot (Ctrl+D)"))
        self.split.clicked.connect(self.split_row)
        QShortcut(QKeySequence("Ctrl+D"), self).activated.connect(self.split.click)
        self.none = Button(tr("Nothing came"), "x", Kind.SECONDARY)
        self.none.setToolTip(tr("Set every line to zero, then type what did come"))
        self.none.clicked.connect(self.clear)
        self.body.addWidget(Row(self.split, self.none, None))
        self.view.pick(0)
        self.view.setCurrentIndex(self.rows.index(0, 2))  # a digit begins to edit it
        self.view.setFocus()

    def submit(self) -> None:
        """Book it."""
        if self._wrong:
            self.form.show_error(Invalid("quantity", next(iter(self._wrong.values()))))
            return
        coming = [one for one in self.rows.rows if one.quantity]
        purchase_id, place = self._head.id, self._head.location_id
        try:
            grains = _grains(coming)
            puts = {one.line.id: _puts(coming, one.line) for one in coming}
        except Invalid as error:
            self.form.show_error(error)
            return
        codes = {one.bin for one in coming if one.bin}

        def op(tx: Transaction) -> Noted:
            bins = _bins(tx, place, codes)
            placed = {key: [replace(put, bin_id=bins.get(code)) for code, put in found] for key, found in puts.items()}
            return purchase_reversals.receive(tx, purchase_id, grains, {key: one for key, one in placed.items() if one})

        back = Inverse("purchase.take_back", purchase_reversals.take_back_receipt)
        self.run("purchase.receive", op, tr("What came of {} is booked.").format(self._head.number), inverse=back)

    def split_row(self) -> None:
        """Write the highlighted line once more, for what went into another bin or lot."""
        number = self.view.currentIndex().row()
        if 0 <= number < len(self.rows.rows):
            fresh = replace(self.rows.rows[number], quantity=Fraction(0), lot="", bin="", expires_on=None)
            rows = list(self.rows.rows)
            rows.insert(number + 1, fresh)
            shifted = {(row + (row > number), column): reason for (row, column), reason in self._wrong.items()}
            self._wrong = shifted
            self.rows.set_rows(rows)
            self.rows.set_errors(self._wrong)
            self.view.pick(number + 1)
            self.view.setCurrentIndex(self.rows.index(number + 1, 2))
        self.view.setFocus()

    def clear(self) -> None:
        """Begin with nothing of every line."""
        self.rows.set_rows([replace(one, quantity=Fraction(0)) for one in self.rows.rows])
        self._wrong.clear()
        self.rows.set_errors(self._wrong)
        self.view.setFocus()

    def _columns(self) -> list[Column[Coming]]:
        today = self.context.today()

        def expires(one: Coming) -> Cell:
            return cells.on(one.expires_on, today)

        return [
            Column[Coming]("item", tr("Item"), _item, 190, stretch=True),
            Column[Coming]("open", tr("Open"), _open, 100, right=True),
            Column[Coming]("quantity", tr("Came"), _came, 100, right=True, edit=_edit_quantity),
            Column[Coming]("bin", tr("Bin"), lambda one: cells.code(one.bin), 100, edit=lambda one: one.bin),
            Column[Coming]("lot", tr("Lot or serial no."), _lot, 170, edit=lambda one: one.lot),
            Column[Coming]("expires_on", tr("Last day"), expires, 100, edit=_edit_day),
        ]

    def _edited(self, number: int, column: str, typed: str) -> None:
        value, reason = self._read(column, typed.strip())
        self._wrong.pop((number, column), None)
        if reason:
            self._wrong[number, column] = reason
        else:
            typed_over: dict[str, Any] = {column: value}
            self.rows.set_row(number, replace(self.rows.rows[number], **typed_over))
        self.rows.set_errors(self._wrong)

    def _read(self, column: str, typed: str) -> tuple[Fraction | date | str | None, str]:
        """Read a cell: its value, and why it cannot be taken."""
        if column == "quantity":
            value = written.number(typed) if typed else Decimal(0)
            if value is None or value < 0:
                return None, tr("“{}” is not a number from zero up.").format(typed)
            return Fraction(value), ""
        if column == "expires_on" and typed:
            day = written.date_from(typed, self.context.today())
            return day, "" if day else tr("“{}” is not a date. Type for example 24-11-2027.").format(typed)
        return (typed or None) if column == "expires_on" else typed, ""


def _grains(coming: Sequence[Coming]) -> dict[UUID, int]:
    found: dict[UUID, int] = {}
    for one in coming:
        grains = one.quantity * one.line.grains_per_unit
        if grains.denominator != 1:
            raise Invalid("quantity", tr("{}: use fewer decimals.").format(one.line.product.sku))
        found[one.line.id] = found.get(one.line.id, 0) + grains.numerator
    return found


def _puts(coming: Sequence[Coming], line: SheetLine) -> list[tuple[str, Put]]:
    """Where the pieces of a line are put, each with the code of its bin; none where nothing was typed for it."""
    parts = [one for one in coming if one.line.id == line.id]
    if not line.product.tracked and not any(one.bin for one in parts):
        return []
    return [(one.bin, put) for one in parts for put in _put(one)]


def _put(one: Coming) -> list[Put]:
    of = one.line.product
    pieces = one.quantity * one.line.grains_per_unit / of.grain
    exact = Decimal(pieces.numerator) / pieces.denominator
    if Fraction(exact) != pieces:
        raise Invalid("quantity", tr("{}: type a quantity that can be counted in {}.").format(of.sku, of.unit))
    if of.tracking != Tracking.SERIAL:
        return [Put(exact, None, one.lot, one.expires_on)]
    numbers = one.lot.replace(",", " ").split()
    if len(numbers) != pieces:
        words = tr("{}: {} pieces need as many serial numbers; {} are typed.")
        raise Invalid("lot", words.format(of.sku, shown(Fraction(pieces)), len(numbers)))
    return [Put(Decimal(1), None, number, one.expires_on) for number in numbers]


def _bins(tx: Transaction, place: UUID, codes: set[str]) -> dict[str, UUID]:
    found = warehouses.bins_by_code(tx.connection, place, sorted(codes))
    for code in sorted(codes - found.keys()):
        raise NotFound("Bin", code)
    return {code: row.id for code, row in found.items()}


def _item(one: Coming) -> Cell:
    wants = {Tracking.SERIAL: tr("serial numbers"), Tracking.LOT: tr("lot")}
    hint = wants.get(Tracking(one.line.product.tracking), "")
    return Cell(one.line.name, strong=True, second=f"{one.line.product.sku}  {hint}".strip())


def _open(one: Coming) -> Cell:
    return cells.text(quantity(one.line, one.line.open), tone=Tone.SOFT)


def _came(one: Coming) -> Cell:
    return cells.text(written.measured(one.quantity, one.line.unit), strong=True)


def _lot(one: Coming) -> Cell:
    return cells.code(one.lot, strong=False)


def _edit_quantity(one: Coming) -> str:
    return shown(one.quantity)


def _edit_day(one: Coming) -> str:
    return one.expires_on.isoformat() if one.expires_on else ""
