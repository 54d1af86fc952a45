"""Writing a purchase order and adding to it, and what a supplier sent to a customer."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from uuid import UUID

from PySide6.QtWidgets import QComboBox, QWidget
from sqlalchemy import Connection

from app.errors import Invalid
from app.services import drop_shipping, products, purchasing, suppliers
from app.services.purchase_sheets import PurchaseSheet
from app.services.purchasing import NewLine
from app.services.shipping import Dispatch
from app.services.transaction import Transaction
from app.services.warehouses import Warehouse
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.quantities import QuantityLine, QuantityTable
from app.views.format import tr
from app.views.widgets.fields import AmountField, DateField, Field, QuantityField
from app.views.widgets.record_field import Choice, RecordField


class _LineFields:
    """The fields of one line, put into a dialog's form."""

    def __init__(self, dialog: FormDialog) -> None:
        context = dialog.context
        self.product = RecordField(tr("Product"), context.tasks, find_products)
        self.product.setPlaceholderText(tr("SKU or name"))
        self.quantity = QuantityField(tr("Quantity"))
        self.unit = Field(tr("Unit"))
        self.price = AmountField(tr("Price of one"))
        self.needed_on = DateField(tr("Needed on"), context.today)
        dialog.form.add("product_id", tr("Product"), self.product)
        dialog.form.add("quantity", tr("Quantity"), self.quantity)
        dialog.form.add("unit", tr("Unit"), self.unit, tr("Empty: as it is bought from them."))
        dialog.form.add("unit_price", tr("Price of one"), self.price, tr("Empty: what they ask for that quantity."))
        dialog.form.add("requested_on", tr("Needed on"), self.needed_on, tr("Empty: as soon as can be."))

    def line(self) -> NewLine:
        """What was typed.

        Raises:
            Invalid: no product or no quantity.

        """
        choice, quantity = self.product.choice(), self.quantity.value()
        if choice is None:
            raise Invalid("product_id", tr("Choose a product from the list."))
        if quantity is None or quantity <= 0:
            raise Invalid("quantity", tr("Type how much is to be ordered."))
        unit = self.unit.text().strip()
        return NewLine(choice.id, quantity, unit, self.price.value(), self.needed_on.value())


class NewPurchaseDialog(FormDialog):
    """Writes a draft with its first line; ``done_with`` tells its id."""

    def __init__(
        self, context: Context, places: Sequence[Warehouse], *, supplier: Choice | None = None, parent: QWidget
    ) -> None:
        super().__init__(context, tr("New purchase order"), tr("Write it"), parent=parent)
        self.setMinimumWidth(520)
        self.supplier = RecordField(tr("Supplier"), context.tasks, find_suppliers)
        self.supplier.setPlaceholderText(tr("Name or number"))
        self.place = QComboBox()
        for one in places:
            self.place.addItem(one.name, one.id)
        self.form.add("supplier_id", tr("Supplier"), self.supplier)
        self.form.add("location_id", tr("Comes to"), self.place)
        self.fields = _LineFields(self)
        self.supplier.set_choice(supplier)
        (self.fields.product if supplier else self.supplier).setFocus()

    def submit(self) -> None:
        """Write it."""
        supplier, place = self.supplier.choice(), self.place.currentData()
        if supplier is None:
            self.form.show_error(Invalid("supplier_id", tr("Choose a supplier from the list.")))
            return
        try:
            line = self.fields.line()
        except Invalid as error:
            self.form.show_error(error)
            return
        supplier_id: UUID = supplier.id
        self.run(
            "purchase.write",
            lambda tx: purchasing.write(tx, supplier_id, (line,), location_id=place),
            tr("The purchase order is written; add lines, then send it."),
            inverse=Inverse("purchase.cancel", purchasing.cancel),
        )


class AddLineDialog(FormDialog):
    """Adds a line to a draft."""

    def __init__(self, context: Context, purchase_id: UUID, number: str, *, parent: QWidget) -> None:
        super().__init__(context, tr("Add a line to {}").format(number), tr("Add"), parent=parent)
        self.setMinimumWidth(520)
        self._purchase_id, self._number = purchase_id, number
        self.fields = _LineFields(self)
        self.fields.product.setFocus()

    def submit(self) -> None:
        """Add it."""
        try:
            line = self.fields.line()
        except Invalid as error:
            self.form.show_error(error)
            return
        purchase_id = self._purchase_id
        self.run(
            "purchase.add_line",
            lambda tx: purchasing.add_line(tx, purchase_id, line),
            tr("The line is added to {}.").format(self._number),
            inverse=Inverse("purchase.remove_line", purchasing.remove_line),
        )


class ShippedDialog(FormDialog):
    """Notes what the supplier sent to the customer, in part or all, and how."""

    def __init__(self, context: Context, sheet: PurchaseSheet, *, parent: QWidget) -> None:
        about = tr("Sent by {} to {}, for {}.").format(sheet.head.supplier_name, sheet.customer, sheet.order_number)
        title = tr("Shipped of {}").format(sheet.head.number)
        super().__init__(context, title, tr("Note it"), about=about, parent=parent)
        self.setMinimumWidth(560)
        self._head = sheet.head
        self.carrier, self.tracking = Field(tr("Carrier")), Field(tr("Tracking number"), code=True)
        self.expected_on = DateField(tr("There on"), context.today)
        self.form.add("carrier", tr("Carrier"), self.carrier)
        self.form.add("tracking_number", tr("Tracking number"), self.tracking)
        self.form.add("expected_on", tr("There on"), self.expected_on)
        lines = [
            QuantityLine(
                one.id,
                one.name,
                one.product.sku,
                one.unit,
                Fraction(one.in_unit(one.open)),
                one.grains_per_unit,
                Fraction(one.in_unit(one.open)),
            )
            for one in sheet.lines
            if one.open
        ]
        self.table = QuantityTable(title, tr("Shipped"), lines)
        self.body.addWidget(self.table)
        self.carrier.setFocus()

    def submit(self) -> None:
        """Note it."""
        try:
            grains = self.table.grains()
        except Invalid as error:
            self.form.show_error(error)
            return
        dispatch = Dispatch(carrier=self.carrier.text().strip(), tracking_number=self.tracking.text().strip())
        purchase_id, day = self._head.id, self.expected_on.value()

        def op(tx: Transaction) -> UUID:
            return drop_shipping.ship(tx, purchase_id, grains, dispatch=dispatch, expected_on=day)

        self.run("purchase.ship", op, tr("What {} sent is noted.").format(self._head.supplier_name))


def find_products(connection: Connection, text: str) -> list[Choice]:
    """Find products for a field."""
    return [Choice(one.id, one.name, "", one.sku) for one in products.find(connection, text, 12)]


def find_suppliers(connection: Connection, text: str) -> list[Choice]:
    """Find suppliers for a field."""
    return [Choice(key, name, "", number) for key, number, name in suppliers.find(connection, text, 12)]
