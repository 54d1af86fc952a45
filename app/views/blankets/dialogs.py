"""Agreeing on a blanket order, and calling off a part of one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QWidget
from sqlalchemy import Connection

from app.errors import Invalid
from app.services import blankets, products
from app.services.blanket_room import BlanketLine
from app.services.blankets import Agreed, BlanketSheet, NewBlanket
from app.services.products import Product
from app.views import format as written
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.new_document import find_customers
from app.views.dialogs.quantities import QuantityLine, QuantityTable
from app.views.format import tr
from app.views.widgets.fields import DateField, Field
from app.views.widgets.record_field import RecordField
from app.views.widgets.typed_table import Texts, TypedColumn, TypedTable

COLUMNS: Final = (
    TypedColumn("sku", "SKU", 120, code=True),
    TypedColumn("name", "Product", 170, stretch=True, typed=False),
    TypedColumn("quantity", "Quantity", 90, right=True),
    TypedColumn("unit", "Unit", 80),
    TypedColumn("price", "Price", 90, right=True),
)


class NewBlanketDialog(FormDialog):
    """Agrees on a blanket order; ``done_with`` tells its id."""

    def __init__(self, context: Context, *, parent: QWidget) -> None:
        about = tr("Each call-off is an order at these prices. What is left is what those orders do not want.")
        super().__init__(context, tr("New blanket order"), tr("Agree"), about=about, parent=parent)
        self.setMinimumWidth(660)
        self._known: dict[str, Product] = {}
        self.customer = RecordField(tr("Customer"), context.tasks, find_customers)
        self.customer.setPlaceholderText(tr("Name or number"))
        self.po = Field(tr("PO number"), code=True)
        self.starts, self.ends = DateField(tr("From"), context.today), DateField(tr("Until"), context.today)
        self.starts.set_value(context.today())
        self.form.add("customer_id", tr("Customer"), self.customer)
        self.form.add("customer_po", tr("PO number"), self.po)
        self.form.add("starts_on", tr("From"), self.starts)
        self.form.add("ends_on", tr("Until"), self.ends, tr("The last day it may be called off; empty: no end."))
        self.lines = TypedTable(tr("Lines"), COLUMNS, height=180)
        self.body.addWidget(self.lines)
        self.lines.changed.connect(self._look)
        self.customer.setFocus()

    def submit(self) -> None:
        """Agree on it."""
        choice, starts = self.customer.choice(), self.starts.value()
        if choice is None:
            self.form.show_error(Invalid("customer_id", tr("Choose a customer from the list.")))
            return
        if starts is None:
            self.form.show_error(Invalid("starts_on", tr("Type its first day.")))
            return
        lines = [self._agreed(place, row) for place, row in self.lines.texts()]
        if self.lines.first_error():
            self.form.show_error(Invalid("lines", self.lines.first_error()))
            return
        agreed = tuple(one for one in lines if one is not None)
        new = NewBlanket(choice.id, agreed, starts, self.ends.value(), self.po.text().strip())
        self.run("blanket.add", lambda tx: blankets.add(tx, new), tr("The blanket order is agreed."))

    def _agreed(self, place: int, row: Texts) -> Agreed | None:
        product = self._known.get(row.get("sku", ""))
        quantity, price = written.number(row.get("quantity", "")), written.number(row.get("price", ""))
        unit = row.get("unit", "").strip()
        if product is None:
            self.lines.mark(place, "sku", tr("Type the SKU of a product that is there."))
        elif quantity is None or quantity <= 0:
            self.lines.mark(place, "quantity", tr("Type how much is agreed, above zero."))
        elif price is None or price < 0:
            self.lines.mark(place, "price", tr("Type the price that is agreed."))
        elif unit not in {"", product.unit, *product.units}:
            words = tr("{} is not sold in {}. Use one of: {}.")
            known = ", ".join((product.unit, *product.units))
            self.lines.mark(place, "unit", words.format(product.sku, unit, known))
        else:
            return Agreed(product.id, quantity, price, unit)
        return None

    def _look(self, place: int, column: str) -> None:
        row = self.lines.rows.rows[place] if place < len(self.lines.rows.rows) else {}
        self.lines.mark(place, column, "")
        if column == "sku" and row.get("sku"):
            read = partial(_product, text=row["sku"])
            self.context.tasks.read(self, read, partial(self._found, place, row["sku"]))

    def _found(self, place: int, typed: str, product: Product | None) -> None:
        rows = self.lines.rows.rows
        if place >= len(rows) or rows[place].get("sku") != typed:
            return  # something else was typed meanwhile
        if product is None:
            self.lines.mark(place, "sku", tr("There is no product {}.").format(typed))
            return
        self._known[product.sku] = product
        price = rows[place].get("price") or written.amount(product.list_price)
        unit, quantity = rows[place].get("unit") or product.unit, rows[place].get("quantity") or ""
        found = {"sku": product.sku, "name": product.name, "unit": unit, "quantity": quantity, "price": price}
        self.lines.put(place, found)


class CallOffDialog(FormDialog):
    """Calls off a part of a blanket order; ``done_with`` tells the order's id."""

    def __init__(self, context: Context, sheet: BlanketSheet, *, parent: QWidget) -> None:
        title = tr("Call off {}").format(sheet.head.number)
        about = tr("A draft order for {} at the agreed prices.").format(sheet.head.customer_name)
        super().__init__(context, title, tr("Write the order"), about=about, parent=parent)
        self.setMinimumWidth(580)
        self._sheet = sheet
        self.wanted = DateField(tr("Wanted on"), context.today)
        self.beyond = QCheckBox(tr("More than is left may be called off"))
        self.form.add("requested_on", tr("Wanted on"), self.wanted)
        self.form.add("beyond", "", self.beyond)
        self.table = QuantityTable(title, tr("Call off"), _left(sheet.lines))
        self.body.addWidget(self.table)
        self.beyond.toggled.connect(self._allow)

    def submit(self) -> None:
        """Write the order."""
        try:
            grains = self.table.grains()
        except Invalid as error:
            self.form.show_error(error)
            return
        blanket_id, day, beyond = self._sheet.head.id, self.wanted.value(), self.beyond.isChecked()
        self.run(
            "blanket.call_off",
            lambda tx: blankets.call_off(tx, blanket_id, grains, requested_on=day, beyond=beyond),
            tr("The order is written; confirm it when it is right."),
        )

    def _allow(self, allowed: bool) -> None:
        chosen = {one.id: one.chosen for one in self.table.lines}
        self.table.set_lines(_left(self._sheet.lines, chosen, beyond=allowed))


MOST: Final = Fraction(1_000_000)
"""How much of a line may be called off where more than is left is allowed."""


def _left(
    lines: Sequence[BlanketLine], chosen: dict[UUID, Fraction] | None = None, *, beyond: bool = False
) -> list[QuantityLine]:
    found = []
    for line in lines:
        left = MOST if beyond else line.in_unit(line.left)
        if left:
            per = Fraction(line.product.grains(Decimal(1), line.unit))
            kept = min(left, (chosen or {}).get(line.id, Fraction(0)))
            found.append(QuantityLine(line.id, line.product.name, line.product.sku, line.unit, left, per, kept))
    return found


def _product(connection: Connection, text: str) -> Product | None:
    """The product of a SKU or barcode, as typed or in other letters."""
    exact = products.by_sku(connection, [text])
    if exact:
        return products.get(connection, next(iter(exact.values())))
    near = products.find(connection, text, 2)
    return next((one for one in near if text.lower() in {one.sku.lower(), one.barcode.lower()}), None)
