"""Planning work, and moving it to another day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QComboBox, QWidget
from sqlalchemy import Connection

from app.errors import Invalid, UserError
from app.services import products, rescheduling, suppliers, supply_ways, work_orders
from app.services.delays import Hit
from app.services.products import Product
from app.services.rescheduling import Outcome
from app.services.supply_ways import SupplyWay
from app.services.transaction import Transaction
from app.services.warehouses import Warehouse
from app.services.work_sheets import WorkSheet
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.way_names import WAY_NAMES
from app.views.widgets.fields import DateField, QuantityField
from app.views.widgets.labels import Label
from app.views.widgets.list_view import ListView
from app.views.widgets.record_field import Choice, RecordField


@dataclass(frozen=True, slots=True)
class _Makeable:
    """A product with the ways by which it is made, and what each is called."""

    product: Product
    ways: tuple[tuple[SupplyWay, str], ...]


class NewWorkDialog(FormDialog):
    """Plans to make something; ``done_with`` tells the work order's id."""

    def __init__(self, context: Context, places: Sequence[Warehouse], *, parent: QWidget) -> None:
        super().__init__(context, tr("New work order"), tr("Plan it"), parent=parent)
        self.setMinimumWidth(520)
        self._known: _Makeable | None = None
        self.product = RecordField(tr("Product"), context.tasks, _find_made)
        self.product.setPlaceholderText(tr("SKU or name of something that is made"))
        self.way, self.place = QComboBox(), QComboBox()
        for one in places:
            self.place.addItem(one.name, one.id)
        self.quantity = QuantityField(tr("Quantity"))
        self.due_on = DateField(tr("Ready on"), context.today)
        self.supply = QCheckBox(tr("Also buy its components, or send them to the subcontractor"))
        self.supply.setChecked(True)
        self.form.add("product_id", tr("Product"), self.product)
        self.form.add("way", tr("Made how"), self.way)
        self.form.add("quantity", tr("Quantity"), self.quantity)
        self.form.add("due_on", tr("Ready on"), self.due_on, tr("Empty: as soon as can be."))
        self.form.add("location_id", tr("Comes to"), self.place)
        self.form.add("components", "", self.supply)
        self.product.chosen.connect(self._chosen)
        self.product.setFocus()

    def take(self, product_id: UUID) -> None:
        """Begin with a product that is known."""
        self.context.tasks.read(self, partial(_makeable, product_id=product_id), self._show)

    def submit(self) -> None:
        """Plan it."""
        known, quantity, way = self._known, self.quantity.value(), self.way.currentData()
        if known is None or way is None:
            text = tr("Choose a product from the list: one that is made, assembled or outsourced.")
            self.form.show_error(Invalid("product_id", text))
            return
        if quantity is None or quantity <= 0:
            self.form.show_error(Invalid("quantity", tr("Type how many are to be made.")))
            return
        due_on, place, supply = self.due_on.value(), self.place.currentData(), self.supply.isChecked()
        made = known.product

        def op(tx: Transaction) -> UUID:
            grains = made.grains(quantity)
            return work_orders.plan(tx, way, grains, due_on, location_id=place, supply_components=supply)

        self.run(
            "work.plan",
            op,
            tr("The work order is planned."),
            inverse=Inverse("work.cancel", work_orders.cancel),
        )

    def _chosen(self, choice: Choice) -> None:
        self.take(choice.id)

    def _show(self, found: _Makeable) -> None:
        self._known = found
        self.product.set_choice(Choice(found.product.id, found.product.name, "", found.product.sku))
        self.way.clear()
        for way, words in found.ways:
            self.way.addItem(words, way.id)
        if not found.ways:
            text = tr("{} has no way to be made. Add one on its page, with a bill.").format(found.product.sku)
            self.form.show_error(Invalid("product_id", text))
            return
        self.form.clear_errors()
        self.quantity.setFocus()


class MoveDialog(FormDialog):
    """Begins a work order on another day; the orders it hits are on show before anything is saved."""

    def __init__(self, context: Context, sheet: WorkSheet, *, parent: QWidget) -> None:
        head = sheet.head
        about = tr("Now from {} to {}.").format(
            written.full_day(head.starts_on) if head.starts_on else cells.DASH,
            written.full_day(head.due_on) if head.due_on else cells.DASH,
        )
        super().__init__(context, tr("Reschedule {}").format(head.number), tr("Save"), about=about, parent=parent)
        self.setMinimumWidth(620)
        self._head, self._asked = head, 0
        self._day: date | None = None
        self.seen: Outcome | None = None
        self.starts_on = DateField(tr("Begins on"), context.today, max(head.starts_on or date.min, context.today()))
        self.form.add("starts_on", tr("Begins on"), self.starts_on)
        self.outcome = Label("", Type.BODY_STRONG, wrap=True)
        self.waits = Label("", Type.BODY, Tone.WARN, wrap=True)
        self.hits: RowsTable[Hit] = RowsTable(self._columns())
        self.view = ListView(self.hits, "work_hits")
        self.view.setAccessibleName(tr("Order lines that come on another day"))
        self.view.setMinimumHeight(170)
        for widget in (self.outcome, self.waits, self.view):
            self.body.addWidget(widget)
        self.starts_on.changed.connect(self._look)
        self.starts_on.textEdited.connect(self._look)
        self._look()

    def submit(self) -> None:
        """Move it, once what it leads to is on show."""
        if self.seen is None:
            return
        work_order_id, day, before = self._head.id, self.seen.starts_on, self._head.starts_on
        back = None
        if before is not None and before >= self.context.today():
            back = Inverse("work.move", lambda tx, _: rescheduling.move(tx, work_order_id, before))
        said = tr("{} begins on {}.").format(self._head.number, written.day(day, self.context.today()))
        self.run("work.move", lambda tx: rescheduling.move(tx, work_order_id, day), said, inverse=back)

    def _look(self, _typed: object = None) -> None:
        """Ask what the day typed would lead to; nothing can be saved before the answer is on show."""
        typed, known = self.starts_on.text().strip(), self.starts_on.value()
        shown = known is not None and typed == written.full_day(known)
        day = known if shown else written.date_from(typed, self.context.today())
        if day is not None and day == self._day:
            return
        self._day, self.seen = day, None
        self._asked += 1
        self.go.setEnabled(False)
        if day is None:
            return
        read = partial(rescheduling.preview, work_order_id=self._head.id, starts_on=day, today=self.context.today())
        self.context.tasks.read(self, read, partial(self._show, self._asked), self._refused)

    def _show(self, asked: int, seen: Outcome) -> None:
        if asked != self._asked:
            return  # another day was typed meanwhile
        self.seen = seen
        self.form.clear_errors()
        today = self.context.today()
        span = written.full_day(seen.starts_on), written.full_day(seen.due_on)
        late = sum(1 for hit in seen.hits if hit.late)
        words = tr("From {} to {}.").format(*span)
        if not seen.hits:
            words = f"{words} {tr('No order comes on another day.')}"
        elif late:
            one = tr("One order line comes later than promised.")
            words = f"{words} {one if late == 1 else tr('{} order lines come later than promised.').format(late)}"
        self.outcome.setText(words)
        missing = (f"{sku} ({written.day(day, today)})" for sku, day in seen.waits_for)
        self.waits.setText(tr("Not there by then: {}").format(", ".join(missing)) if seen.waits_for else "")
        self.waits.setVisible(bool(seen.waits_for))
        self.hits.set_rows(seen.hits)
        self.go.setEnabled(True)

    def _refused(self, error: UserError) -> None:
        self.form.show_error(error)

    def _columns(self) -> tuple[Column[Hit], ...]:
        today = self.context.today()

        def new(hit: Hit) -> Cell:
            return cells.text(written.day(hit.new, today), tone=Tone.BAD if hit.late else Tone.OK, strong=True)

        return (
            Column[Hit]("order", tr("Order"), lambda hit: cells.code(hit.order_number), 96),
            Column[Hit]("customer", tr("Customer"), lambda hit: cells.text(hit.customer_name), 140, stretch=True),
            Column[Hit]("sku", tr("Item"), lambda hit: cells.code(hit.sku, strong=False, tone=Tone.SOFT), 110),
            Column[Hit]("old", tr("Was ready"), lambda hit: cells.on(hit.old, today), 96, right=True),
            Column[Hit]("new", tr("Comes"), new, 96, right=True),
            Column[Hit]("told", tr("Promised"), lambda hit: cells.on(hit.told, today), 96, right=True),
        )


def _find_made(connection: Connection, text: str) -> list[Choice]:
    return [Choice(key, name, "", sku) for key, sku, name in supply_ways.find_made(connection, text, 12)]


def _makeable(connection: Connection, product_id: UUID) -> _Makeable:
    found = []
    for way in supply_ways.of_product(connection, product_id):
        if way.way in supply_ways.MADE:
            words = tr(WAY_NAMES[way.way][0])
            if way.supplier_id is not None:
                words = f"{words}, {suppliers.get(connection, way.supplier_id).name}"
            found.append((way, words))
    return _Makeable(products.get(connection, product_id), tuple(found))
