"""Adding a way to have a product, and changing one: supplier, lead time, minimum, prices by quantity and day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget
from sqlalchemy import Connection

from app.errors import Invalid
from app.models.supply import Way
from app.services import suppliers, supply_ways
from app.services.product_sheets import ProductSheet, WayRow
from app.services.supply_ways import BY_BILL, FROM_SUPPLIERS, NewWay, PriceBreak
from app.services.transaction import Transaction
from app.views import format as written
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.way_names import WAY_NAMES
from app.views.widgets.fields import Field, QuantityField, place_of
from app.views.widgets.record_field import Choice, RecordField
from app.views.widgets.typed_table import Texts, TypedColumn, TypedTable

OF_KIND: Final = {
    "goods": (Way.BUY, Way.MAKE, Way.ASSEMBLE, Way.OUTSOURCE, Way.DROP_SHIP),
    "service": (Way.BUY,),
    "kit": (Way.KIT,),
}
"""The ways that can be set up for each kind of product; stock and other warehouses need none."""
PRICES: Final = (
    TypedColumn("from", "From quantity", 120, right=True),
    TypedColumn("price", "Price", 120, right=True, stretch=True),
    TypedColumn("valid_from", "Valid from", 130),
    TypedColumn("valid_to", "Valid to", 130),
)


class WayDialog(FormDialog):
    """Adds a way, or changes one."""

    def __init__(self, context: Context, sheet: ProductSheet, known: WayRow | None, *, parent: QWidget) -> None:
        title = tr("Change how {} is had") if known else tr("Add a way to have {}")
        super().__init__(context, title.format(sheet.product.sku), tr("Save"), about=sheet.product.name, parent=parent)
        self.setMinimumWidth(560)
        self._sheet, self._known = sheet, known
        self.way, self.bill, self.unit = QComboBox(), QComboBox(), QComboBox()
        self.supplier = RecordField(tr("Supplier"), context.tasks, _find_suppliers)
        self.supplier.setPlaceholderText(tr("Name or number"))
        self.supplier_sku = Field(tr("Their number for it"), code=True)
        self.lead_days = QuantityField(tr("Lead time, working days"), decimals=0)
        self.minimum, self.multiple = QuantityField(tr("Minimum")), QuantityField(tr("Multiple"))
        self.stock_first = QCheckBox(tr("What lies free is used first"))
        self.prices = TypedTable(tr("Prices"), PRICES, height=120)
        self._fill(known)
        self._lay_out()
        self.way.currentIndexChanged.connect(self._show_way)
        self._show_way()
        (self.lead_days if known else self.way).setFocus()

    def submit(self) -> None:
        """Save it."""
        way = Way(self.way.currentData())
        choice = self.supplier.choice()
        try:
            prices = self._prices() if way in FROM_SUPPLIERS else ()
        except Invalid as error:
            self.form.show_error(error)
            return
        lead = self.lead_days.value()
        values: dict[str, Any] = {
            "supplier_id": choice.id if choice and way in FROM_SUPPLIERS else None,
            "bill_id": self.bill.currentData() if way in BY_BILL else None,
            "supplier_sku": self.supplier_sku.text().strip(),
            "unit": self.unit.currentData() or "",
            "lead_days": None if lead is None else int(lead),
            "minimum": self.minimum.value(),
            "multiple": self.multiple.value(),
            "stock_first": self.stock_first.isChecked(),
        }
        if self._known is None:
            new = NewWay(self._sheet.product.id, way, prices=prices, **values)
            self.run("supply.add", lambda tx: supply_ways.add(tx, new), tr("The way is added."), inverse=_OUT_OF_USE)
            return
        self._change(self._known.way.id, values, prices)

    def _change(self, way_id: UUID, values: dict[str, Any], prices: tuple[PriceBreak, ...]) -> None:
        known = self._known
        assert known is not None
        seen = {name: getattr(known.way, name) for name in values if name != "lead_days"}
        seen["lead_days"] = known.way.own_lead_days
        before = known.way.prices

        def op(tx: Transaction) -> None:
            supply_ways.change(tx, way_id, values, seen)
            if prices != before:
                supply_ways.set_prices(tx, way_id, prices)

        def back(tx: Transaction, _: Any) -> None:
            supply_ways.change(tx, way_id, seen, values)
            if prices != before:
                supply_ways.set_prices(tx, way_id, before)

        self.run("supply.change", op, tr("The way is changed."), inverse=Inverse("supply.change", back))

    def _fill(self, known: WayRow | None) -> None:
        of = self._sheet.product
        for way in OF_KIND.get(of.kind, ()):
            self.way.addItem(tr(WAY_NAMES[way][0]), str(way))
        self.bill.addItem(tr("The one in use"), None)
        for row in self._sheet.versions:
            self.bill.addItem(row.code or tr("without a name"), row.id)
        for unit in (of.unit, *of.units):
            self.unit.addItem(unit, "" if unit == of.unit else unit)
        self.stock_first.setChecked(known is None or known.way.stock_first)
        if known is None:
            return
        self.way.setCurrentIndex(max(0, self.way.findData(str(known.way.way))))
        self.way.setEnabled(False)
        self.bill.setCurrentIndex(max(0, place_of(self.bill, known.way.bill_id)))
        self.unit.setCurrentIndex(max(0, self.unit.findData(known.way.unit)))
        if known.way.supplier_id is not None:
            self.supplier.set_choice(Choice(known.way.supplier_id, known.supplier))
        self.supplier_sku.setText(known.way.supplier_sku)
        own = known.way.own_lead_days
        self.lead_days.set_value(None if own is None else Decimal(own))
        self.minimum.set_value(known.way.minimum)
        self.multiple.set_value(known.way.multiple)
        self.prices.set_texts([_price_texts(one) for one in known.way.prices])

    def _lay_out(self) -> None:
        add = self.form.add
        add("way", tr("How"), self.way)
        add("supplier", tr("Supplier"), self.supplier)
        add("bill", tr("Bill of materials"), self.bill)
        add("supplier_sku", tr("Their number for it"), self.supplier_sku)
        add("unit", tr("Bought by"), self.unit)
        add("lead_days", tr("Lead time"), self.lead_days, tr("Working days; empty: the supplier's own."))
        add("minimum", tr("Minimum"), self.minimum)
        add("multiple", tr("Multiple"), self.multiple)
        add("stock_first", "", self.stock_first)
        self.body.addWidget(self.prices)

    def _show_way(self, _index: int = 0) -> None:
        way = Way(self.way.currentData())
        bought = way in FROM_SUPPLIERS
        for widget in (self.supplier, self.supplier_sku, self.unit, self.prices):
            widget.setEnabled(bought)
        self.prices.setVisible(bought)
        self.bill.setEnabled(way in BY_BILL)

    def _prices(self) -> tuple[PriceBreak, ...]:
        """Read the prices, and mark the cell that cannot be read."""
        found = []
        for place, row in self.prices.texts():
            price, quantity = self._number(place, row, "price"), self._number(place, row, "from")
            begins, ends = self._day(place, row, "valid_from"), self._day(place, row, "valid_to")
            found.append(PriceBreak(price, quantity, begins, ends))
        reason = self.prices.first_error()
        if reason:
            raise Invalid("price", reason)
        return tuple(found)

    def _number(self, place: int, row: Texts, column: str) -> Decimal:
        typed = row.get(column, "")
        if not typed and column == "from":
            return Decimal(0)
        value = written.number(typed)
        wrong = value is None or value < 0
        self.prices.mark(place, column, tr("“{}” is no number from zero on.").format(typed) if wrong else "")
        return Decimal(0) if value is None else value

    def _day(self, place: int, row: Texts, column: str) -> date | None:
        typed = row.get(column, "")
        day = written.date_from(typed, self.context.today()) if typed else None
        self.prices.mark(place, column, tr("“{}” is not a date.").format(typed) if typed and day is None else "")
        return day


def _price_texts(one: PriceBreak) -> Texts:
    return {
        "from": written.quantity(one.from_quantity) if one.from_quantity else "",
        "price": written.quantity(one.price),
        "valid_from": one.valid_from.isoformat() if one.valid_from else "",
        "valid_to": one.valid_to.isoformat() if one.valid_to else "",
    }


def _find_suppliers(connection: Connection, text: str) -> Sequence[Choice]:
    return [Choice(key, name, "", number) for key, number, name in suppliers.find(connection, text, 12)]


def _drop(tx: Transaction, way_id: UUID) -> None:
    supply_ways.change(tx, way_id, {"active": False}, {"active": True})


_OUT_OF_USE: Final = Inverse("supply.change", _drop)
