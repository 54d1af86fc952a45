"""The check at the door: scan each package, put it on the scales, take a photo."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QWidget
from sqlalchemy import Connection

from app.errors import UserError
from app.services import dispatch_check
from app.services.dispatch_check import Checked
from app.services.transaction import Transaction
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Glyph, Hue, Tone
from app.views.widgets.buttons import Button
from app.views.widgets.fields import Field, QuantityField
from app.views.widgets.labels import Label
from app.views.widgets.list_view import ListView

ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CheckDialog(FormDialog):
    """Checks the packages of a packed shipment; what is done is kept at once, closing loses nothing."""

    def __init__(self, context: Context, shipment_id: UUID, number: str, *, parent: QWidget) -> None:
        title = context.messages.tr("Check {}").format(number)
        super().__init__(context, title, context.messages.tr("Done"), parent=parent)
        self.setMinimumSize(600, 460)
        self._shipment_id = shipment_id
        self.code, self.weight = Field(self.tr("Scan"), code=True), QuantityField(self.tr("Weight, kg"), decimals=3)
        self.form.add("scan", self.tr("Scan"), self.code, self.tr("SSCC or tracking number of a package, then Enter."))
        self.form.add(
            "weight_g", self.tr("Weight, kg"), self.weight, self.tr("Of the highlighted package, then Enter.")
        )
        self.packages: RowsTable[Checked] = RowsTable(
            (
                Column[Checked]("package", self.tr("Package"), _package, 200, stretch=True),
                Column[Checked]("scan", self.tr("Scan"), _scanned, 104),
                Column[Checked]("weight", self.tr("Weighs"), _weighs, 84, right=True),
                Column[Checked]("expected", self.tr("Contents"), _expected, 84, right=True),
                Column[Checked]("photo", self.tr("Photo"), _photo, 64),
            )
        )
        self.view = ListView(self.packages, "package_checks", two_lines=True)
        self.view.setAccessibleName(self.tr("Packages"))
        self.trouble = Label("", Type.BODY_STRONG, Tone.BAD, wrap=True)
        self.trouble.hide()
        photo = Button(self.tr("Add a photo"), "image")
        photo.clicked.connect(self.choose_photo)
        row = QHBoxLayout()
        row.addWidget(photo)
        row.addStretch(1)
        self.body.addWidget(self.trouble)
        self.body.addWidget(self.view, 1)
        self.body.addLayout(row)
        self.leave.hide()
        self._read()
        self.code.setFocus()

    def submit(self) -> None:
        """Close; everything is kept already."""
        self.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field takes what was scanned or weighed."""
        plain = event.key() in ENTER and not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if plain and self.code.hasFocus():
            self._scan()
        elif plain and self.weight.hasFocus():
            self._weigh()
        else:
            super().keyPressEvent(event)

    def choose_photo(self) -> None:
        """Ask for a picture of the highlighted package."""
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Photo"), "", self.tr("Pictures (*.png *.jpg *.jpeg)"))
        if name:
            self.add_photo(Path(name))

    def add_photo(self, path: Path) -> None:
        """Keep a picture of the highlighted package."""
        row: Checked | None = self.view.current_row()
        if row is None:
            return
        try:
            picture = path.read_bytes()
        except OSError as error:
            self._say(self.tr("{} cannot be read: {}.").format(path.name, error.strerror))
            return
        package_id = row.package_id
        self._keep("package.photograph", lambda tx: dispatch_check.photograph(tx, package_id, picture))

    # inner -------------------------------------------------------------------------------------

    def _scan(self) -> None:
        shipment_id, code = self._shipment_id, self.code.text()
        self.code.clear()
        if code.strip():
            self._keep("package.scan", lambda tx: dispatch_check.scan(tx, shipment_id, code))

    def _weigh(self) -> None:
        row: Checked | None = self.view.current_row()
        self.weight.editingFinished.emit()
        weight = self.weight.value()
        if row is not None and weight:
            package_id, grams = row.package_id, int(weight * Decimal(1000))
            self.weight.set_value(None)
            self._keep("package.weigh", lambda tx: dispatch_check.weigh(tx, package_id, grams))

    def _keep(self, command: str, op: Callable[[Transaction], object]) -> None:
        self._say("")
        self.context.run(self, command, op, done=self._kept, failed=self._refused)

    def _kept(self, found: object) -> None:
        self._say(found if isinstance(found, str) else "")
        self._read()

    def _refused(self, error: UserError) -> None:
        self._say(str(error))

    def _say(self, words: str) -> None:
        self.trouble.setText(words)
        self.trouble.setVisible(bool(words))

    def _read(self) -> None:
        self.context.tasks.read(self, partial(_checks, shipment_id=self._shipment_id), self._show)

    def _show(self, rows: list[Checked]) -> None:
        self.packages.set_rows(rows)
        if self.view.current_row() is None and rows:
            self.view.selectRow(0)


def _package(row: Checked) -> Cell:
    return cells.two_lines(written.tr("Package {}").format(row.position), row.tracking_number or row.sscc)


def _scanned(row: Checked) -> Cell:
    if row.is_scanned:
        return cells.chip(written.tr("Scanned"), Hue.GREEN, Glyph.CHECK)
    return cells.chip(written.tr("Waiting"), Hue.GREY, Glyph.RING)


def _weighs(row: Checked) -> Cell:
    return cells.text(_kilograms(row.weighed_g), strong=True)


def _expected(row: Checked) -> Cell:
    return cells.text(_kilograms(row.expected_g), tone=Tone.SOFT)


def _photo(row: Checked) -> Cell:
    return Cell(icon="image") if row.has_photo else cells.text("")


def _kilograms(grams: int | None) -> str:
    return f"{written.quantity(Decimal(grams).scaleb(-3))} kg" if grams is not None else ""


def _checks(connection: Connection, shipment_id: UUID) -> list[Checked]:
    return dispatch_check.checks(connection, shipment_id)
