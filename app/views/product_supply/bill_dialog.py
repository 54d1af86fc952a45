"""Writing a bill of materials with its route, typed like a spreadsheet; what cannot be is marked at its cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QWidget
from sqlalchemy import Connection

from app.errors import Invalid, UserError
from app.models.bill import BillCycle
from app.services import bills, products
from app.services.bills import BillSheet, Component, NewBill, Step
from app.services.calendars import CenterRow
from app.services.product_sheets import ProductSheet
from app.services.products import Product
from app.services.transaction import Transaction
from app.views import format as written
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.theme import Type
from app.views.widgets.fields import Field, QuantityField
from app.views.widgets.labels import Label
from app.views.widgets.typed_table import Texts, TypedColumn, TypedTable

COMPONENTS: Final = (
    TypedColumn("sku", "Component", 140, code=True),
    TypedColumn("name", "Name", 150, stretch=True, typed=False),
    TypedColumn("quantity", "Quantity", 90, right=True),
    TypedColumn("unit", "Unit", 80),
    TypedColumn("once", "Once", 70),
)
STEPS: Final = (
    TypedColumn("name", "Step", 150, stretch=True),
    TypedColumn("center", "Work center", 140),
    TypedColumn("setup", "Set-up, min", 100, right=True),
    TypedColumn("each", "Min for one", 100, right=True),
)
NO: Final = frozenset({"", "no", "n", "0", "-"})
"""What, typed into *Once*, says that the quantity grows with what is made; anything else means once."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A component looked up: the product, or None, and the path by which the product would be made of itself."""

    product: Product | None
    path: tuple[str, ...]


class BillDialog(FormDialog):
    """Writes a new version of a product's bill, beginning with the one on show."""

    def __init__(self, context: Context, sheet: ProductSheet, centers: Sequence[CenterRow], *, parent: QWidget) -> None:
        title = tr("Bill of materials of {}").format(sheet.product.sku)
        about = tr("A new version: work that is planned keeps the one it was planned with.")
        super().__init__(context, title, tr("Save and use it"), about=about, parent=parent)
        self.setMinimumWidth(680)
        self._sheet = sheet
        self._centers = {word.lower(): one.id for one in centers for word in (one.code, one.name)}
        self._center_names = {one.id: one.name for one in centers}
        self._known: dict[str, Product] = {}
        shown = sheet.shown
        self.code = Field(tr("Version"), _next_code(sheet))
        self.quantity = QuantityField(tr("Makes"), shown.head.quantity if shown else Decimal(1))
        self.lead_days = QuantityField(tr("Days besides"), Decimal(shown.head.lead_days if shown else 0), decimals=0)
        self.form.add("code", tr("Version"), self.code)
        self.form.add("quantity", tr("Makes"), self.quantity, tr("How much the components below make, in {}.").format(
            shown.head.unit if shown else sheet.product.unit
        ))  # fmt: skip
        self.components = TypedTable(tr("Components"), COMPONENTS, height=220)
        self.steps = TypedTable(tr("Route"), STEPS, height=130)
        self.body.addWidget(Label(tr("Components"), Type.BODY_BOLD))
        self.body.addWidget(self.components)
        self._has_route = sheet.product.kind != "kit"
        if self._has_route:
            hint = tr("Working days besides the steps, e.g. to dry.")
            self.form.add("lead_days", tr("Days besides"), self.lead_days, hint)
            self.body.addWidget(Label(tr("Route"), Type.BODY_BOLD))
            self.body.addWidget(self.steps)
        self.components.changed.connect(self._typed)
        self.steps.changed.connect(self._step_typed)
        if shown is not None:
            context.tasks.read(self, partial(_written, shown), self._show)
        self.components.view.setFocus()

    def submit(self) -> None:
        """Save the version and use it."""
        try:
            new = self._read()
        except Invalid as error:
            self.form.show_error(error)
            return
        before = next((row.id for row in self._sheet.versions if row.active), None)

        def back(tx: Transaction, added: UUID) -> None:
            if before is None:
                bills.deactivate(tx, added)
            else:
                bills.activate(tx, before)

        said = tr("The bill is saved and in use.")
        self.run("bill.add", lambda tx: bills.add(tx, new), said, inverse=Inverse("bill.activate", back))

    def _failed(self, error: UserError) -> None:
        """A product made of itself is told at the component that leads to it."""
        super()._failed(error)
        if isinstance(error, BillCycle) and len(error.path) > 1:
            for place, row in self.components.texts():
                if row.get("sku") == error.path[1]:
                    self.components.mark(place, "sku", str(error))

    # components ------------------------------------------------------------------------------------

    def _show(self, rows: tuple[list[Texts], dict[str, Product]]) -> None:
        texts, known = rows
        self._known.update(known)
        self.components.set_texts(texts)
        shown = self._sheet.shown
        assert shown is not None
        self.steps.set_texts([_step_texts(row, self._center_names) for row in shown.steps])

    def _typed(self, place: int, column: str) -> None:
        row = self.components.rows.rows[place]
        if column == "sku" and row.get("sku"):
            read = partial(_look, text=row["sku"], product_id=self._sheet.product.id)
            self.context.tasks.read(self, read, partial(self._found, place, row["sku"]))
        elif column == "once":
            self.components.put(place, {"once": "" if row.get("once", "").lower() in NO else tr("once")})
        elif column == "quantity":
            value = written.number(row.get("quantity", ""))
            wrong = value is None or value <= 0
            self.components.mark(place, "quantity", tr("Type how much is needed, above zero.") if wrong else "")

    def _found(self, place: int, typed: str, found: _Found) -> None:
        if place >= len(self.components.rows.rows) or self.components.rows.rows[place].get("sku") != typed:
            return  # typed over, or taken out meanwhile
        one = found.product
        if one is None:
            self.components.put(place, {"name": ""})
            self.components.mark(place, "sku", tr("There is no product {}.").format(typed))
            return
        self._known[one.sku] = one
        row = self.components.rows.rows[place]
        unit = row.get("unit") or one.unit
        self.components.put(
            place, {"sku": one.sku, "name": one.name, "unit": unit, "quantity": row.get("quantity") or "1"}
        )
        if found.path:
            text = tr("{} would be made of itself: {}.").format(found.path[0], " → ".join(found.path))
            self.components.mark(place, "sku", text)

    # steps -----------------------------------------------------------------------------------------

    def _step_typed(self, place: int, column: str) -> None:
        row = self.steps.rows.rows[place]
        if column == "center" and row.get("center") and row["center"].lower() not in self._centers:
            self.steps.mark(place, "center", tr("There is no work center {}.").format(row["center"]))
        elif column in {"setup", "each"}:
            self._minutes(place, row, column)

    def _minutes(self, place: int, row: Texts, column: str) -> Decimal:
        typed = row.get(column, "")
        value = written.number(typed) if typed else Decimal(0)
        wrong = value is None or value < 0
        self.steps.mark(place, column, tr("Type minutes, from zero on.") if wrong else "")
        return Decimal(0) if value is None else value

    # all -------------------------------------------------------------------------------------------

    def _read(self) -> NewBill:
        """Read all that is typed.

        Raises:
            Invalid: a cell cannot be taken.

        """
        components = [self._component(place, row) for place, row in self.components.texts()]
        steps = [self._step(place, row) for place, row in self.steps.texts()] if self._has_route else []
        reason = self.components.first_error() or self.steps.first_error()
        if reason:
            raise Invalid("component", reason)
        return NewBill(
            self._sheet.product.id,
            tuple(one for one in components if one is not None),
            tuple(one for one in steps if one is not None),
            quantity=self.quantity.value() or Decimal(0),
            unit=self._sheet.shown.head.unit if self._sheet.shown else "",
            code=self.code.text().strip(),
            lead_days=int(self.lead_days.value() or 0),
        )

    def _component(self, place: int, row: Texts) -> Component | None:
        known = self._known.get(row.get("sku", ""))
        quantity = written.number(row.get("quantity", ""))
        if known is None:
            self.components.mark(place, "sku", tr("Type the SKU of a product that is there."))
            return None
        if quantity is None or quantity <= 0:
            self.components.mark(place, "quantity", tr("Type how much is needed, above zero."))
            return None
        unit = row.get("unit", "")
        if unit not in {"", known.unit, *known.units}:
            words = tr("{} is not counted in {}. Use one of: {}.")
            self.components.mark(place, "unit", words.format(known.sku, unit, ", ".join((known.unit, *known.units))))
            return None
        return Component(
            known.id, quantity, "" if unit == known.unit else unit, fixed=row.get("once", "").lower() not in NO
        )

    def _step(self, place: int, row: Texts) -> Step | None:
        center = self._centers.get(row.get("center", "").lower())
        if center is None:
            self.steps.mark(place, "center", tr("Choose a work center by its name or code."))
            return None
        setup, each = self._minutes(place, row, "setup"), self._minutes(place, row, "each")
        return Step(row.get("name", "") or row["center"], center, setup, each)


def _next_code(sheet: ProductSheet) -> str:
    """The letter after the last version's."""
    last = sheet.versions[0].code if sheet.versions else ""
    if len(last) == 1 and "A" <= last < "Z":
        return chr(ord(last) + 1)
    return "" if last else "A"


def _look(connection: Connection, text: str, product_id: UUID) -> _Found:
    exact = products.by_sku(connection, [text])
    found = products.get(connection, exact[text]) if text in exact else None
    if found is None:
        near = [one for one in products.find(connection, text, 2) if text.lower() in {one.sku.lower(), one.barcode}]
        found = near[0] if near else None
    if found is None:
        return _Found(None, ())
    return _Found(found, tuple(bills.path_to(connection, found.id, product_id)))


def _written(shown: BillSheet, connection: Connection) -> tuple[list[Texts], dict[str, Product]]:
    known = products.get_many(connection, [line.product_id for line in shown.lines])
    rows: list[Texts] = [
        {
            "sku": known[line.product_id].sku,
            "name": known[line.product_id].name,
            "quantity": written.quantity(line.quantity),
            "unit": line.unit,
            "once": tr("once") if line.fixed else "",
        }
        for line in shown.lines
    ]
    return rows, {one.sku: one for one in known.values()}


def _step_texts(row: Any, names: dict[UUID, str]) -> Texts:
    return {
        "name": row.name,
        "center": names.get(row.work_center_id, ""),
        "setup": written.quantity(row.setup_minutes),
        "each": written.quantity(row.unit_minutes),
    }
