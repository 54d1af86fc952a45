"""Planning a transfer, and saying what left, arrived or was lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget
from sqlalchemy import Connection

from app.errors import Invalid
from app.services import products, transfer_sheets, transfers
from app.services.transaction import Transaction
from app.services.transfer_sheets import SheetLine, TransferSheet
from app.services.warehouses import Warehouse
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.quantities import QuantityLine, QuantityTable
from app.views.format import tr
from app.views.widgets.fields import DateField, QuantityField
from app.views.widgets.record_field import Choice, RecordField


class NewTransferDialog(FormDialog):
    """Plans to bring a product from one warehouse to another; ``done_with`` tells the transfer's id."""

    def __init__(self, context: Context, places: Sequence[Warehouse], *, parent: QWidget) -> None:
        about = tr("It joins a transfer that leaves on the same day and has not left yet.")
        super().__init__(context, tr("New transfer"), tr("Plan it"), about=about, parent=parent)
        self.setMinimumWidth(520)
        self.product = RecordField(tr("Product"), context.tasks, _find_goods)
        self.product.setPlaceholderText(tr("SKU or name"))
        self.quantity = QuantityField(tr("Quantity"))
        self.source, self.target = QComboBox(), QComboBox()
        for one in places:
            self.source.addItem(one.name, one.id)
            self.target.addItem(one.name, one.id)
        self.target.setCurrentIndex(min(1, len(places) - 1))
        self.needed_on = DateField(tr("There on"), context.today)
        self.form.add("product_id", tr("Product"), self.product)
        self.form.add("quantity", tr("Quantity"), self.quantity, tr("In stock units."))
        self.form.add("from_location", tr("From"), self.source)
        self.form.add("to_location", tr("To"), self.target)
        self.form.add("needed_on", tr("There on"), self.needed_on, tr("Empty: as soon as can be."))
        self.product.setFocus()

    def submit(self) -> None:
        """Plan it."""
        choice, quantity = self.product.choice(), self.quantity.value()
        source, target = self.source.currentData(), self.target.currentData()
        if choice is None:
            self.form.show_error(Invalid("product_id", tr("Choose a product from the list.")))
            return
        if quantity is None or quantity <= 0:
            self.form.show_error(Invalid("quantity", tr("Type how much is to go.")))
            return
        if source == target:
            self.form.show_error(Invalid("to_location", tr("Choose another warehouse than the one it comes from.")))
            return
        product_id, needed_on = choice.id, self.needed_on.value()

        def op(tx: Transaction) -> UUID:
            return transfer_sheets.plan(tx, product_id, quantity, source, target, needed_on)

        self.run("transfer.plan", op, tr("The transfer is planned."))


Step = Callable[[Transaction, Mapping[UUID, int]], str]
"""A step with part of a transfer: grains by line."""


class PartDialog(FormDialog):
    """Takes one step with part of a transfer."""

    def __init__(
        self,
        context: Context,
        title: str,
        button: str,
        lines: Sequence[QuantityLine],
        *,
        about: str,
        parent: QWidget,
    ) -> None:
        super().__init__(context, title, button, about=about, parent=parent)
        self.setMinimumWidth(560)
        self.table = QuantityTable(title, button, lines)
        self.body.addWidget(self.table)

    def submit(self) -> None:
        """Take the step with what is typed."""
        try:
            grains = self.table.grains()
        except Invalid as error:
            self.form.show_error(error)
            return
        self.take(grains)

    def take(self, grains: Mapping[UUID, int]) -> None:
        """Take the step; subclasses say which."""
        raise NotImplementedError


class ShipDialog(PartDialog):
    """Sends what is promised to a transfer, in part or all."""

    def __init__(self, context: Context, sheet: TransferSheet, *, parent: QWidget) -> None:
        lines = [_line(one, one.reserved, chosen=True) for one in sheet.lines if one.reserved]
        about = tr("From {} to {}.").format(sheet.source, sheet.target)
        super().__init__(
            context, tr("Send {}").format(sheet.head.number), tr("Send"), lines, about=about, parent=parent
        )
        self._id = sheet.head.id
        self.rest = QCheckBox(tr("Keep what is missing to be sent later"))
        self.rest.setChecked(True)
        self.form.add("rest", "", self.rest)

    def take(self, grains: Mapping[UUID, int]) -> None:
        """Send it."""
        transfer_id, later = self._id, self.rest.isChecked()
        self.run(
            "transfer.ship",
            lambda tx: transfers.ship(tx, transfer_id, grains, backorder=later),
            tr("{} is on its way."),
        )


class ArrivedDialog(PartDialog):
    """Books what arrived, in part or all."""

    def __init__(self, context: Context, sheet: TransferSheet, *, parent: QWidget) -> None:
        lines = [_line(one, one.going, chosen=True) for one in sheet.lines if one.going]
        about = tr("At {}. Who waits for it is served at once.").format(sheet.target)
        super().__init__(
            context, tr("Receive {}").format(sheet.head.number), tr("Receive"), lines, about=about, parent=parent
        )
        self._id = sheet.head.id

    def take(self, grains: Mapping[UUID, int]) -> None:
        """Book it."""
        transfer_id = self._id
        self.run("transfer.receive", lambda tx: transfers.receive(tx, transfer_id, grains), tr("{} arrived."))


class LostDialog(PartDialog):
    """Says what will never arrive."""

    def __init__(self, context: Context, sheet: TransferSheet, *, parent: QWidget) -> None:
        lines = [_line(one, one.going, chosen=False) for one in sheet.lines if one.going]
        waits = dict.fromkeys(f"{one.number} {one.customer}".strip() for line in sheet.lines for one in line.wanted_by)
        told = " ".join(tr("{} waits for it.").format(one) for one in waits)
        about = " ".join([tr("It leaves the books for good."), told]).strip()
        super().__init__(
            context, tr("Lost of {}").format(sheet.head.number), tr("Lost"), lines, about=about, parent=parent
        )
        self._id = sheet.head.id

    def take(self, grains: Mapping[UUID, int]) -> None:
        """Write it off."""
        transfer_id = self._id
        self.run("transfer.lose", lambda tx: transfers.lose(tx, transfer_id, grains), tr("The loss on {} is booked."))


def _line(one: SheetLine, most: int, *, chosen: bool) -> QuantityLine:
    pieces = Fraction(one.pieces(most))
    return QuantityLine(
        one.id,
        one.product.name,
        one.product.sku,
        one.product.unit,
        pieces,
        Fraction(one.product.grain),
        pieces if chosen else Fraction(0),
    )


def _find_goods(connection: Connection, text: str) -> list[Choice]:
    found = products.find(connection, text, 12)
    return [Choice(one.id, one.name, "", one.sku) for one in found if one.kind == "goods"]
