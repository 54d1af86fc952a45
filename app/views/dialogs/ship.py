"""Ship: carrier, service and tracking number of a shipment that leaves."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget
from sqlalchemy import Connection

from app.services import companies, shipping
from app.services.shipping import Dispatch
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.widgets.fields import Field

Carrier = tuple[str, str, tuple[str, ...], str]


class ShipDialog(FormDialog):
    """Asks how a shipment leaves and sends it out."""

    def __init__(self, context: Context, shipment_id: UUID, number: str, *, parent: QWidget) -> None:
        title = context.messages.tr("Ship {}").format(number)
        super().__init__(context, title, context.messages.tr("Ship"), parent=parent)
        self._shipment_id = shipment_id
        self._carriers: dict[str, Carrier] = {}
        self.carrier, self.service = QComboBox(), QComboBox()
        self.carrier.setEditable(True)
        self.service.setEditable(True)
        self.tracking = Field(self.tr("Tracking number"), code=True)
        self.rest = QCheckBox(self.tr("Keep what is missing on backorder"))
        self.rest.setChecked(True)
        self.form.add("carrier", self.tr("Carrier"), self.carrier)
        self.form.add("service", self.tr("Service"), self.service)
        self.form.add(
            "tracking_number",
            self.tr("Tracking number"),
            self.tracking,
            self.tr("Several packages: one number for each, separated by spaces."),
        )
        self.form.add("rest", "", self.rest)
        self.carrier.currentTextChanged.connect(self._show_services)
        self.carrier.setFocus()
        context.tasks.read(self, _carriers, self._show_carriers)

    def submit(self) -> None:
        """Send the shipment out."""
        numbers = tuple(self.tracking.text().split())
        dispatch = Dispatch(
            carrier=self.carrier.currentText().strip(),
            service=self.service.currentText().strip(),
            tracking_number=numbers[0] if numbers else "",
            package_tracking=numbers if len(numbers) > 1 else (),
        )
        shipment_id, backorder = self._shipment_id, self.rest.isChecked()
        self.run(
            "shipment.ship",
            lambda tx: shipping.ship(tx, shipment_id, dispatch, backorder=backorder),
            self.tr("Shipment {} is on its way."),
        )

    def _show_carriers(self, found: list[Carrier]) -> None:
        self._carriers = {name: (code, name, services, url) for code, name, services, url in found}
        typed = self.carrier.currentText()
        self.carrier.clear()
        self.carrier.addItems(list(self._carriers))
        if typed:
            self.carrier.setEditText(typed)

    def _show_services(self, name: str) -> None:
        known = self._carriers.get(name)
        self.service.clear()
        if known:
            self.service.addItems([one for one in known[2] if one])


def _carriers(connection: Connection) -> list[Carrier]:
    return companies.carriers(connection)
