"""Ship: carrier, service and tracking number of a shipment that leaves."""

from __future__ import annotations

from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget
from sqlalchemy import Connection

from app.errors import Invalid
from app.services import companies, shipping, surcharges
from app.services.shipping import Dispatch
from app.services.surcharges import Surcharge
from app.services.transaction import Transaction
from app.views import format as written
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.widgets.fields import Field
from app.views.widgets.typed_table import TypedColumn, TypedTable

Carrier = tuple[str, str, tuple[str, ...], str]
CHARGES: Final = (
    TypedColumn("name", "For", 200, stretch=True),
    TypedColumn("amount", "Amount", 110, right=True),
)


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
        self.charges = TypedTable(self.tr("Charge the customer"), CHARGES, height=34 + 38 * 2)
        self.form.add(
            "surcharges",
            self.tr("Charge the customer"),
            self.charges,
            self.tr("Freight, packing, express: each becomes a line of the order, taxed as the goods it goes with."),
        )
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
        wanted = self._charges()
        if wanted is None:
            return
        op = partial(
            _ship, shipment_id=self._shipment_id, dispatch=dispatch, backorder=self.rest.isChecked(), wanted=wanted
        )
        self.run("shipment.ship", op, self.tr("Shipment {} is on its way."))

    def _charges(self) -> tuple[Surcharge, ...] | None:
        """Read what is charged; None where an amount cannot be read, which is marked."""
        found = []
        for place, row in self.charges.texts():
            amount = written.number(row.get("amount", ""))
            if amount is None or amount <= 0 or not row.get("name"):
                column = "name" if not row.get("name") else "amount"
                self.charges.mark(place, column, self.tr("Say what it is for, and an amount above nothing."))
                self.form.show_error(Invalid("surcharges", self.charges.first_error()))
                return None
            found.append(Surcharge(row["name"], amount))
        return tuple(found)

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


def _ship(
    tx: Transaction, shipment_id: UUID, dispatch: Dispatch, *, backorder: bool, wanted: tuple[Surcharge, ...]
) -> str:
    number = shipping.ship(tx, shipment_id, dispatch, backorder=backorder)
    if wanted:
        surcharges.charge(tx, shipment_id, wanted)
    return number


def _carriers(connection: Connection) -> list[Carrier]:
    return companies.carriers(connection)
