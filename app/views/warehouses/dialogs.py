"""Adding and changing warehouses, setting up racks, changing a bin."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from PySide6.QtWidgets import QComboBox, QWidget

from app.errors import Invalid, UserError
from app.models.shelving import KINDS
from app.services import racks, warehouses
from app.services.racks import Rack
from app.services.transaction import Transaction
from app.services.warehouses import Bin, NewWarehouse, Warehouse
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.fields import Field, QuantityField
from app.views.widgets.labels import Label

COUNTRY: Final = 2
"""Letters of a country code (ISO 3166-1 alpha-2)."""
KIND_NAMES: Final = {
    "pick_face": "Pick face, picked first",
    "shelf": "Shelf",
    "bulk": "Bulk, pallets above",
    "staging": "Staging, goods under way",
}


class WarehouseDialog(FormDialog):
    """Adds a warehouse, or changes one."""

    def __init__(self, context: Context, known: Warehouse | None, *, parent: QWidget) -> None:
        title = tr("Change {}").format(known.code) if known else tr("New warehouse")
        super().__init__(context, title, tr("Save"), parent=parent)
        self._known = known
        self.code = Field(tr("Code"), known.code if known else "", code=True)
        self.name = Field(tr("Name"), known.name if known else "")
        self.street = Field(tr("Street"), known.street.replace("\n", ", ") if known else "")
        self.postal_code = Field(tr("Postal code"), known.postal_code if known else "")
        self.city = Field(tr("City"), known.city if known else "")
        self.country = Field(tr("Country"), known.country if known else "", code=True)
        self.days = QuantityField(tr("Days to another warehouse"), decimals=0)
        self.days.set_value(Decimal(known.transfer_days if known else 1))
        if known is None:
            self.form.add("code", tr("Code"), self.code, tr("Short, e.g. ANT; it stays."))
        self.form.add("name", tr("Name"), self.name)
        self.form.add("street", tr("Street"), self.street)
        self.form.add("postal_code", tr("Postal code"), self.postal_code)
        self.form.add("city", tr("City"), self.city)
        self.form.add("country", tr("Country"), self.country, tr("Two letters, e.g. NL."))
        self.form.add(
            "transfer_days", tr("Days to another"), self.days, tr("Working days from here to another of ours.")
        )

    def submit(self) -> None:
        """Save it."""
        country = self.country.text().strip().upper()
        if country and (len(country) != COUNTRY or not country.isalpha()):
            self.form.show_error(Invalid("country", tr("Type the country's two letters, e.g. NL.")))
            return
        values: dict[str, Any] = {
            "name": self.name.text().strip(),
            "street": self.street.text().strip(),
            "postal_code": self.postal_code.text().strip(),
            "city": self.city.text().strip(),
            "country": country,
            "transfer_days": int(self.days.value() or 0),
        }
        if self._known is None:
            new = NewWarehouse(code=self.code.text().strip().upper(), **values)
            self.run(
                "warehouse.add",
                lambda tx: warehouses.add(tx, new),
                tr("{} is added.").format(new.name),
                inverse=Inverse("warehouse.close", warehouses.deactivate),
            )
            return
        key = self._known.id
        seen = {name: getattr(self._known, name) for name in values}
        self.run(
            "warehouse.change",
            lambda tx: warehouses.change(tx, key, values),
            tr("{} is changed.").format(values["name"]),
            inverse=Inverse("warehouse.change", lambda tx, _: warehouses.change(tx, key, seen)),
        )


class RackDialog(FormDialog):
    """Sets up bins from ranges; says at once how many, from which to which."""

    def __init__(self, context: Context, place: Warehouse, *, parent: QWidget) -> None:
        super().__init__(context, tr("Add bins to {}").format(place.name), tr("Add bins"), parent=parent)
        self._place = place
        self.zone = Field(tr("Zone"), code=True)
        self.aisles, self.bays, self.levels = Field(tr("Aisles")), Field(tr("Bays")), Field(tr("Levels"))
        self.kind = _kinds(tr("Kind"))
        hint = tr("A range such as 1-12, or one number; may stay empty.")
        self.form.add("zone", tr("Zone"), self.zone, tr("For example A, or COLD."))
        self.form.add("aisles", tr("Aisles"), self.aisles, hint)
        self.form.add("bays", tr("Bays"), self.bays)
        self.form.add("levels", tr("Levels"), self.levels)
        self.form.add("kind", tr("Kind"), self.kind)
        self.told = Label("", Type.BODY, Tone.SOFT, wrap=True)
        self.body.addWidget(self.told)
        for field in (self.zone, self.aisles, self.bays, self.levels):
            field.textChanged.connect(self._tell)

    def rack(self) -> Rack:
        """What is typed."""
        return Rack(
            self.zone.text().strip().upper(),
            self.aisles.text(),
            self.bays.text(),
            self.levels.text(),
            self.kind.currentData(),
        )

    def submit(self) -> None:
        """Set them up."""
        place, rack = self._place.id, self.rack()
        try:
            new = racks.bins_of(rack)
        except UserError as error:
            self.form.show_error(error)
            return

        def take_out(tx: Transaction, ids: list[Any]) -> None:
            for bin_id in ids:
                warehouses.deactivate_bin(tx, bin_id)

        self.run(
            "bin.add_rack",
            lambda tx: warehouses.add_bins(tx, place, new),
            tr("{} bins are added.").format(len(new)),
            inverse=Inverse("bin.close", take_out),
        )

    def _tell(self, _text: str = "") -> None:
        try:
            new = racks.bins_of(self.rack())
        except UserError as error:
            self.told.setText(str(error))
            return
        if len(new) == 1:
            self.told.setText(tr("One bin: {}").format(new[0].code))
        else:
            self.told.setText(tr("{} bins, from {} to {}").format(len(new), new[0].code, new[-1].code))


class BinDialog(FormDialog):
    """Changes where a bin stands, its code or its kind."""

    def __init__(self, context: Context, known: Bin, *, parent: QWidget) -> None:
        super().__init__(context, tr("Change bin {}").format(known.code), tr("Save"), parent=parent)
        self._known = known
        self.code, self.zone = Field(tr("Code"), known.code, code=True), Field(tr("Zone"), known.zone, code=True)
        self.aisle, self.bay, self.level = (
            QuantityField(name, Decimal(value), decimals=0)
            for name, value in ((tr("Aisle"), known.aisle), (tr("Bay"), known.bay), (tr("Level"), known.level))
        )
        self.kind = _kinds(tr("Kind"))
        self.kind.setCurrentIndex(KINDS.index(known.kind))
        for name, field in (
            ("code", self.code),
            ("zone", self.zone),
            ("aisle", self.aisle),
            ("bay", self.bay),
            ("level", self.level),
        ):
            self.form.add(name, field.accessibleName(), field)
        self.form.add("kind", tr("Kind"), self.kind)

    def submit(self) -> None:
        """Save it."""
        values: dict[str, Any] = {
            "code": self.code.text().strip(),
            "zone": self.zone.text().strip(),
            "aisle": int(self.aisle.value() or 0),
            "bay": int(self.bay.value() or 0),
            "level": int(self.level.value() or 0),
            "kind": self.kind.currentData(),
        }
        key, seen = self._known.id, {name: getattr(self._known, name) for name in values}
        self.run(
            "bin.change",
            lambda tx: warehouses.change_bin(tx, key, values),
            tr("Bin {} is changed.").format(values["code"]),
            inverse=Inverse("bin.change", lambda tx, _: warehouses.change_bin(tx, key, seen)),
        )


def _kinds(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for kind in KINDS:
        box.addItem(tr(KIND_NAMES[kind]), kind)
    box.setCurrentIndex(KINDS.index("shelf"))
    return box
