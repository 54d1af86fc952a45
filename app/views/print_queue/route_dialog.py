"""Which printer takes a kind of paper at this workstation."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from PySide6.QtWidgets import QComboBox, QWidget

from app.services import label_printer, printing
from app.services.documents.zpl import Resolution
from app.services.printing import Route
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.print_spooler import TRAYS, printers
from app.views.widgets.fields import QuantityField

KIND_NAMES: Final = {
    "": "All other papers",
    "label": "Package labels",
    "item_label": "Item labels",
    "shelf_label": "Shelf labels",
    "bin_label": "Bin labels",
    "count": "Count sheets",
    "pick": "Pick lists",
    "packing_slip": "Packing slips",
    "return": "Return slips",
    "delivery_note": "Delivery notes",
    "shipment": "Delivery notes of shipments",
    "manifest": "Manifests",
    "work_order": "Work orders",
    "quote": "Quotes",
    "quote_version": "Sent quotes",
    "order": "Order confirmations",
    "invoice": "Invoices",
    "deposit": "Deposit invoices",
    "credit": "Credit notes",
}
"""What people call the kinds of paper."""


class RouteDialog(FormDialog):
    """Chooses the printer, its tray, how it is spoken to, and how many copies it prints."""

    def __init__(self, context: Context, workstation: str, route: Route | None, *, parent: QWidget) -> None:
        title = context.messages.tr("Choose a printer")
        super().__init__(context, title, context.messages.tr("Save"), about=workstation, parent=parent)
        self._workstation = workstation
        self.kind, self.printer, self.tray = QComboBox(), QComboBox(), QComboBox()
        for kind, name in KIND_NAMES.items():
            self.kind.addItem(tr(name), kind)
        self.printer.setEditable(True)
        self.tray.addItem(self.tr("The printer chooses"), "")
        for name in TRAYS:
            self.tray.addItem(tr(name), name)
        self.printer.addItems(printers())
        self.resolution = QComboBox()
        for dots in Resolution:
            self.resolution.addItem(self.tr("{} dots an inch").format(int(dots)), int(dots))
        self.copies = QuantityField(self.tr("Copies"), Decimal(1), minimum=Decimal(1), decimals=0)
        self.form.add("kind", self.tr("Paper"), self.kind)
        hint = self.tr("One of this computer's printers, or a label printer in the network: tcp://HOST:9100.")
        self.form.add("printer", self.tr("Printer"), self.printer, hint)
        self.form.add("tray", self.tr("Tray"), self.tray)
        self.form.add("resolution", self.tr("Label printer"), self.resolution)
        self.form.add("copies", self.tr("Copies"), self.copies)
        self.printer.currentTextChanged.connect(self._show_printer)
        if route is not None:
            self.kind.setCurrentIndex(self.kind.findData(route.kind))
            self.printer.setEditText(route.printer)
            self.tray.setCurrentIndex(max(0, self.tray.findData(route.tray)))
            self.resolution.setCurrentIndex(max(0, self.resolution.findData(route.resolution)))
            self.copies.set_value(Decimal(route.copies))
        self._show_printer(self.printer.currentText())
        self.kind.setFocus()

    def submit(self) -> None:
        """Keep the route."""
        printer = self.printer.currentText().strip()
        network = label_printer.is_address(printer)
        route = Route(
            str(self.kind.currentData()),
            printer,
            "" if network else str(self.tray.currentData()),
            int(self.resolution.currentData()) if network else 0,
            int(self.copies.value() or 0),
        )
        name = self._workstation
        self.run("print_route.set", lambda tx: printing.set_route(tx, name, route), self.tr("The printer is chosen."))

    def _show_printer(self, printer: str) -> None:
        """A label printer has dots, one of the system's has trays."""
        network = label_printer.is_address(printer)
        self.resolution.setEnabled(network)
        self.tray.setEnabled(not network)
