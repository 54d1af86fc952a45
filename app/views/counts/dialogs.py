"""Making a count list, and noting goods that a list does not ask for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Final

from PySide6.QtWidgets import QComboBox, QWidget
from sqlalchemy import Connection

from app.errors import Invalid
from app.models.shelving import Spot
from app.services import count_sheets, counting, lots, products, warehouses
from app.services.count_sheets import Choice, CountSheet
from app.services.counting import Shelf
from app.services.lots import Named
from app.services.transaction import Transaction
from app.services.warehouses import Warehouse
from app.views.context import Context, Inverse
from app.views.dialogs.bins import BinField, WarehouseBox, bin_called
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.fields import Field, QuantityField
from app.views.widgets.labels import Label
from app.views.widgets.record_field import Choice as Found
from app.views.widgets.record_field import RecordField

CLASSES: Final = (
    ("", "All products"),
    ("A", "A: the most value that leaves"),
    ("AB", "A and B"),
    ("C", "C: the rest"),
)
MOST: Final = 40
Places = Sequence[tuple[Warehouse, Sequence[str]]]
"""The warehouses with their zones."""


class NewCountDialog(FormDialog):
    """Chooses what is counted; says at once how many places that are."""

    def __init__(self, context: Context, places: Places, *, parent: QWidget) -> None:
        super().__init__(context, tr("New count list"), tr("Make the list"), parent=parent)
        self._zones = {one.id: list(zones) for one, zones in places}
        self._now: datetime = context.now()
        self.warehouse = WarehouseBox([one for one, _ in places])
        self.zone, self.classes = QComboBox(), QComboBox()
        self.zone.setAccessibleName(tr("Zone"))
        self.classes.setAccessibleName(tr("Products"))
        for value, words in CLASSES:
            self.classes.addItem(tr(words), value)
        self.days = QuantityField(tr("Not counted for, days"), decimals=0)
        self.most = QuantityField(tr("At most"), Decimal(MOST), decimals=0)
        self.note = Field(tr("Note"))
        self.form.add("warehouse", tr("Warehouse"), self.warehouse)
        self.form.add("zone", tr("Zone"), self.zone)
        self.form.add("only", tr("Products"), self.classes, tr("By the value that left in the last year."))
        self.form.add("before", tr("Not counted for, days"), self.days, tr("Empty: whenever it was counted."))
        self.form.add("most", tr("At most"), self.most, tr("Places; those counted longest ago come first."))
        self.form.add("note", tr("Note"), self.note)
        self.told = Label("", Type.BODY, Tone.SOFT, wrap=True)
        self.body.addWidget(self.told)
        self.warehouse.currentIndexChanged.connect(self._follow_warehouse)
        self.zone.currentIndexChanged.connect(self._look)
        self.classes.currentIndexChanged.connect(self._look)
        self.days.changed.connect(self._look)
        self.most.changed.connect(self._look)
        self._follow_warehouse()

    def choice(self) -> Choice:
        """What is chosen."""
        days, most = self.days.value(), self.most.value()
        before = self._now - timedelta(days=int(days)) if days else None
        zone: str | None = self.zone.currentData()
        return Choice(self.warehouse.location_id, zone, self.classes.currentData(), before, int(most or MOST))

    def submit(self) -> None:
        """Make the list."""
        chosen, note = self.choice(), self.note.text().strip()
        self.run(
            "count.open",
            lambda tx: count_sheets.open_chosen(tx, chosen, note),
            tr("The count list is made."),
            inverse=Inverse("count.cancel", counting.cancel),
        )

    def _follow_warehouse(self) -> None:
        self.zone.blockSignals(True)
        self.zone.clear()
        self.zone.addItem(tr("All zones"), None)
        for zone in self._zones.get(self.warehouse.location_id, []):
            self.zone.addItem(zone, zone)
        self.zone.blockSignals(False)
        self._look()

    def _look(self, _told: object = None) -> None:
        read = partial(count_sheets.due, chosen=self.choice(), at=self._now)
        self.context.tasks.read(self, read, self._tell)

    def _tell(self, found: list[Shelf]) -> None:
        if not found:
            self.told.setText(tr("Nothing lies on shelves there that was not counted lately. Choose more."))
            return
        missed = sum(one.missing for one in found)
        words = tr("{} places to count").format(len(found))
        self.told.setText(tr("{}, {} of them missed by pickers").format(words, missed) if missed else words)


class FoundDialog(FormDialog):
    """Notes goods that lie where the list does not ask for them."""

    def __init__(self, context: Context, sheet: CountSheet, *, parent: QWidget) -> None:
        super().__init__(context, tr("Found something else"), tr("Note it"), about=sheet.number, parent=parent)
        self._count_id, self._location_id = sheet.id, sheet.location_id
        self.product = RecordField(tr("Product"), context.tasks, _find)
        self.bin = BinField(tr("Bin"), context)
        self.bin.set_warehouse(sheet.location_id)
        self.lot, self.quantity = Field(tr("Lot or serial number"), code=True), QuantityField(tr("Counted"))
        self.form.add("product", tr("Product"), self.product)
        self.form.add("bin", tr("Bin"), self.bin)
        self.form.add("lot", tr("Lot or serial number"), self.lot, tr("Where the product has one."))
        self.form.add("counted", tr("Counted"), self.quantity)

    def submit(self) -> None:
        """Note it."""
        chosen, quantity = self.product.choice(), self.quantity.value()
        if chosen is None:
            self.form.show_error(Invalid("product", tr("Choose the product that lies there.")))
            return
        if quantity is None:
            self.form.show_error(Invalid("counted", tr("Type how many lie there.")))
            return
        count_id, place, product_id = self._count_id, self._location_id, chosen.id
        bin_id, typed, code = self.bin.bin_id, self.bin.typed, self.lot.text().strip()

        def note(tx: Transaction) -> None:
            known = products.get(tx.connection, product_id)
            lot_id = lots.named(tx, known, Named(code)) if code or known.tracked else None
            spot = Spot(bin_called(tx.connection, place, bin_id, typed), lot_id)
            line_id = counting.add_found(tx, count_id, product_id, spot)
            counting.enter(tx, count_id, {line_id: known.grains(quantity)})

        self.run("count.found", note, tr("It is on the list."))


def read_places(connection: Connection) -> Places:
    """Read the warehouses and their zones."""
    return [
        (one, warehouses.zones(connection, one.id)) for one in warehouses.all_of(connection) if one.kind == "warehouse"
    ]


def _find(connection: Connection, text: str) -> list[Found]:
    return [Found(one.id, one.name, code=one.sku) for one in products.find(connection, text, 12)]
