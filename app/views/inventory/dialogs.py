"""What is done with stock of one product: receive, count, move, scrap, block and release a lot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from decimal import Decimal
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QWidget
from sqlalchemy import Connection

from app.errors import Invalid
from app.models.shelving import Spot
from app.models.stock import Tracking
from app.services import cost_corrections, placing, quarantine, shelves, stock, value_entries, warehouses, write_offs
from app.services.cost_corrections import Preview
from app.services.placing import Put
from app.services.products import Product
from app.services.shelf_ledger import UNPLACED
from app.services.stock_sheet import Lies, StockSheet
from app.services.transaction import Transaction
from app.services.warehouses import Warehouse
from app.views import format as written
from app.views.context import Context, Inverse
from app.views.dialogs.bins import BinField, WarehouseBox, bin_called
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.inventory import words
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.fields import DateField, Field, NumberField, QuantityField, place_of
from app.views.widgets.labels import Label
from app.views.widgets.record_field import Choice

LONGEST_REASON: Final = 40
EFFECT_HEIGHT: Final = 40


@dataclass(frozen=True, slots=True)
class Stage:
    """What a dialog stands on: the product's stock, our warehouses, bins to put it in, the place highlighted.

    ``keeps_value``: the company keeps what stock is worth.
    """

    sheet: StockSheet
    warehouses: tuple[Warehouse, ...]
    suggestions: tuple[tuple[UUID, str], ...] = ()
    spot: Lies | None = None
    keeps_value: bool = False

    @property
    def product(self) -> Product:
        """The product."""
        return self.sheet.product


class ReceiveDialog(FormDialog):
    """Takes goods in: how many, into which bin, of which lot or with which serial numbers."""

    def __init__(self, context: Context, stage: Stage, *, parent: QWidget) -> None:
        known = stage.product
        super().__init__(
            context, tr("Receive {}").format(known.sku), tr("Receive goods"), about=known.name, parent=parent
        )
        self._stage, self._product, self._asked = stage, known, 0
        self.quantity, self.unit = QuantityField(tr("Quantity")), QComboBox()
        self.unit.setAccessibleName(tr("Unit"))
        self.unit.addItems([known.unit, *known.units])
        self.serials = QPlainTextEdit()
        self.serials.setTabChangesFocus(True)
        self.serials.setFixedHeight(96)
        self.serials.setAccessibleName(tr("Serial numbers"))
        self.lot, self.last_day = Field(tr("Lot"), code=True), DateField(tr("Last day"), context.today)
        self.warehouse, self.bin = WarehouseBox(stage.warehouses), BinField(tr("Bin"), context)
        self.reason, self.cost = Field(tr("Reference")), NumberField(tr("Cost of one"))
        self.came_on = DateField(tr("Came on"), context.today, context.today())
        self.effect = Label("", Type.BODY, Tone.SOFT, wrap=True)
        if known.tracking == Tracking.SERIAL:
            self.form.add("lot", tr("Serial numbers"), self.serials, tr("One on each line; type or scan them."))
        else:
            self.form.add("quantity", tr("Quantity"), self.quantity)
            self.form.add("unit", tr("Unit"), self.unit)
        if known.tracking == Tracking.LOT:
            self.form.add("lot", tr("Lot"), self.lot)
        if known.tracked:
            life = known.shelf_life_days
            hint = tr("Empty: {} days from today.").format(life) if life else tr("Empty: it does not expire.")
            self.form.add("expires_on", tr("Last day"), self.last_day, hint)
        if len(stage.warehouses) > 1:
            self.form.add("warehouse", tr("Warehouse"), self.warehouse)
        if stage.sheet.bins:
            self.form.add("bin", tr("Bin"), self.bin, _suggested(stage))
        if stage.keeps_value:
            self.form.add("unit_cost", tr("Cost of one"), self.cost, tr("Empty: what such goods cost now."))
            self.form.add("since", tr("Came on"), self.came_on, tr("Earlier: what left since then is corrected today."))
            self.effect.setMinimumHeight(EFFECT_HEIGHT)
            self.body.addWidget(self.effect)
            self.came_on.changed.connect(self._look)
            self.cost.changed.connect(self._look)
            self.quantity.changed.connect(self._look)
        self.form.add("reason", tr("Reference"), self.reason, tr("Delivery note or purchase number."))
        self.warehouse.currentIndexChanged.connect(self._follow_warehouse)
        self._follow_warehouse()

    def submit(self) -> None:
        """Book it."""
        known, place = self._product, self.warehouse.location_id
        numbers = tuple(self.serials.toPlainText().split()) if known.tracking == Tracking.SERIAL else ()
        quantity = Decimal(len(numbers)) if numbers else self.quantity.value()
        if not quantity:
            where = "lot" if known.tracking == Tracking.SERIAL else "quantity"
            self.form.show_error(Invalid(where, tr("Type what came in.")))
            return
        wanted = _Receipt(
            known.id,
            quantity,
            self.unit.currentText(),
            place,
            self.reason.text().strip()[:LONGEST_REASON] or "receipt",
            numbers or ((self.lot.text().strip(),) if known.tracked else ("",)),
            self.last_day.value() if known.tracked else None,
            self.bin.bin_id,
            self.bin.typed,
            self.cost.value(),
            self._since(),
        )
        if wanted.since is not None and wanted.unit_cost is None:
            self.form.show_error(
                Invalid("unit_cost", tr("Type what one cost: it falls on goods that left since then."))
            )
            return
        said = tr("{} of {} are in stock.").format(written.measured(quantity, wanted.unit), known.sku)
        self.run(
            "stock.receive",
            partial(_receive, wanted=wanted, of=known),
            said,
            inverse=Inverse("stock.send_back", partial(_send_back, wanted=wanted, of=known))
            if wanted.since is None
            else None,
        )

    def _follow_warehouse(self) -> None:
        place = self.warehouse.location_id
        self.bin.set_warehouse(place)
        self.bin.setEnabled(place in self._stage.sheet.bins)

    def _since(self) -> datetime | None:
        """When the goods came, where that was before today: as that day began at this desk."""
        day = self.came_on.value()
        if day is None or day >= self.context.today():
            return None
        return datetime.combine(day, time()).astimezone(UTC)

    def _look(self, _typed: object) -> None:
        """Show what goods that came earlier change."""
        self._asked += 1
        quantity, cost, since = self.quantity.value(), self.cost.value(), self._since()
        self.effect.setText("")
        if quantity and cost is not None and since is not None:
            read = partial(
                cost_corrections.preview_receipt,
                product_id=self._product.id,
                quantity=quantity,
                unit_cost=cost,
                since=since,
                at=self.context.now(),
                unit=self.unit.currentText(),
                location_id=self.warehouse.location_id,
            )
            self.context.tasks.read(self, read, partial(self._show, self._asked), self.form.show_error)

    def _show(self, asked: int, found: Preview) -> None:
        if asked != self._asked:
            return
        left = found.total - found.stock
        told = [tr("Stock is worth {} more.").format(written.amount(found.stock))]
        if left:
            words_ = tr("Goods that left since then cost {} more.") if left > 0 else tr("Goods that left cost {} less.")
            told.append(words_.format(written.amount(abs(left))))
        self.effect.setText(" ".join([*told, tr("Both are booked today.") if left else tr("It is booked today.")]))
        self.fit()


@dataclass(frozen=True, slots=True)
class _Receipt:
    product_id: UUID
    quantity: Decimal
    unit: str
    location_id: UUID
    reason: str
    lots: tuple[str, ...]
    expires_on: object
    bin_id: UUID | None
    bin: str
    unit_cost: Decimal | None
    since: datetime | None

    def puts(self, connection: Connection) -> list[Put]:
        """Say where it is put; goods without lot or bin are put nowhere."""
        bin_id = bin_called(connection, self.location_id, self.bin_id, self.bin)
        if bin_id is None and not any(self.lots):
            return []
        each = self.quantity / len(self.lots)
        return [Put(each, bin_id, code, self.expires_on) for code in self.lots]  # type: ignore[arg-type]


def _receive(tx: Transaction, wanted: _Receipt, of: Product) -> None:
    if of.tracked and not all(wanted.lots):
        raise Invalid("lot", f"{of.sku}: type the lot number that stands on the goods.")
    stock.receive(
        tx,
        wanted.product_id,
        wanted.quantity,
        unit=wanted.unit,
        location_id=wanted.location_id,
        reason=wanted.reason,
        puts=wanted.puts(tx.connection),
        unit_cost=wanted.unit_cost,
        since=wanted.since,
    )


def _send_back(tx: Transaction, _done: object, wanted: _Receipt, of: Product) -> None:
    puts = wanted.puts(tx.connection)
    parts = placing.spots(tx.connection, of, wanted.unit, puts) or [(UNPLACED, of.grains(wanted.quantity, wanted.unit))]
    write_offs.send_back(tx, wanted.location_id, wanted.product_id, parts, reason="receipt taken back")


class CountDialog(FormDialog):
    """Books a count of a product that lies in no bins and has no lots."""

    def __init__(self, context: Context, stage: Stage, *, parent: QWidget) -> None:
        known = stage.product
        super().__init__(context, tr("Count {}").format(known.sku), tr("Book count"), about=known.name, parent=parent)
        self._product = known
        self.quantity, self.unit = QuantityField(tr("Counted")), QComboBox()
        self.unit.setAccessibleName(tr("Unit"))
        self.unit.addItems([known.unit, *known.units])
        self.warehouse = WarehouseBox(stage.warehouses)
        self.form.add("quantity", tr("Counted"), self.quantity, tr("All that is there, also what is packed."))
        self.form.add("unit", tr("Unit"), self.unit)
        if len(stage.warehouses) > 1:
            self.form.add("warehouse", tr("Warehouse"), self.warehouse)

    def submit(self) -> None:
        """Book it."""
        quantity = self.quantity.value()
        if quantity is None:
            self.form.show_error(Invalid("quantity", tr("Type what you counted, 0 if nothing is there.")))
            return
        product_id, unit, place = self._product.id, self.unit.currentText(), self.warehouse.location_id
        self.run(
            "stock.count",
            lambda tx: stock.count(tx, product_id, quantity, unit=unit, location_id=place),
            tr("The count is booked, difference {}."),
        )


class MoveDialog(FormDialog):
    """Brings goods from one bin to another, or puts away what lies in none."""

    def __init__(self, context: Context, stage: Stage, *, parent: QWidget) -> None:
        known = stage.product
        super().__init__(context, tr("Move {}").format(known.sku), tr("Move"), about=known.name, parent=parent)
        self._product = known
        there = [one for one in stage.sheet.lies if not one.packing and one.location_id in stage.sheet.bins]
        there.sort(key=lambda one: not one.unplaced)  # what is to be put away first
        self.spot = SpotBox(tr("From"), there, known.grain, known.unit)
        self.quantity, self.bin = QuantityField(tr("Quantity")), BinField(tr("To bin"), context)
        self.form.add("spot", tr("From"), self.spot)
        self.form.add("quantity", tr("Quantity, {}").format(known.unit), self.quantity)
        self.form.add("bin", tr("To bin"), self.bin, _suggested(stage))
        self.spot.currentIndexChanged.connect(self._follow_spot)
        self.spot.choose(stage.spot)
        self._follow_spot()
        self.quantity.setFocus()
        usual = next(iter(stage.suggestions), None)
        spot = self.spot.spot()
        if usual and spot and spot.unplaced:
            self.bin.set_choice(Choice(*usual))

    def submit(self) -> None:
        """Move them."""
        spot, quantity = self.spot.spot(), self.quantity.value()
        if spot is None or not quantity:
            self.form.show_error(Invalid("quantity", tr("Type how many you move.")))
            return
        if not self.bin.bin_id and not self.bin.typed:
            self.form.show_error(Invalid("bin", tr("Type or scan the bin they go to.")))
            return
        known = self._product
        grains, where = known.grains(quantity), _spot(spot)
        bin_id, typed = self.bin.bin_id, self.bin.typed

        def move(tx: Transaction) -> UUID | None:
            target = bin_called(tx.connection, spot.location_id, bin_id, typed)
            shelves.move(tx, spot.location_id, known.id, where, target, grains)
            return target

        def back(tx: Transaction, target: UUID) -> None:
            lies = Spot(target, where.lot_id)
            shelves.move(tx, spot.location_id, known.id, lies, where.bin_id, grains)

        said = tr("{} of {} are moved.").format(written.measured(quantity, known.unit), known.sku)
        self.run("goods.move", move, said, inverse=Inverse("goods.move", back))

    def _follow_spot(self) -> None:
        spot = self.spot.spot()
        if spot is not None:
            self.bin.set_warehouse(spot.location_id)
            self.quantity.set_value(_decimal(self._product, spot.quantity))


class ScrapDialog(FormDialog):
    """Throws goods away that lie somewhere."""

    def __init__(self, context: Context, stage: Stage, *, parent: QWidget) -> None:
        known = stage.product
        super().__init__(context, tr("Scrap {}").format(known.sku), tr("Scrap"), about=known.name, parent=parent)
        self._product = known
        there = [one for one in stage.sheet.lies if not one.packing]
        self.spot = SpotBox(tr("Lies"), there, known.grain, known.unit)
        self.spot.choose(stage.spot)
        self.quantity, self.reason = QuantityField(tr("Quantity")), Field(tr("Why"))
        self.form.add("spot", tr("Lies"), self.spot)
        self.form.add("quantity", tr("Quantity, {}").format(known.unit), self.quantity)
        self.form.add("reason", tr("Why"), self.reason, tr("For example broken, expired, sample."))
        self.quantity.setFocus()

    def submit(self) -> None:
        """Throw them away."""
        spot, quantity = self.spot.spot(), self.quantity.value()
        if spot is None or not quantity:
            self.form.show_error(Invalid("quantity", tr("Type how many are thrown away.")))
            return
        known, place, where = self._product, spot.location_id, _spot(spot)
        grains, reason = known.grains(quantity), self.reason.text().strip()
        self.run(
            "stock.scrap",
            lambda tx: write_offs.scrap(tx, place, known.id, grains, spot=where, reason=reason),
            tr("{} of {} are scrapped.").format(written.measured(quantity, known.unit), known.sku),
            inverse=Inverse(
                "stock.unscrap", lambda tx, _: write_offs.take_back(tx, place, known.id, grains, spot=where)
            ),
        )


class LotDialog(FormDialog):
    """Blocks a lot with a reason, or releases one."""

    def __init__(self, context: Context, stage: Stage, *, block: bool, parent: QWidget) -> None:
        known = stage.product
        title, button = (tr("Block a lot of {}"), tr("Block")) if block else (tr("Release a lot of {}"), tr("Release"))
        about = tr("Nothing of a blocked lot is sold; orders that were promised it are promised other goods.")
        super().__init__(context, title.format(known.sku), button, about=about if block else known.name, parent=parent)
        self._block = block
        self.lot, self.reason = QComboBox(), Field(tr("Why"))
        self.lot.setAccessibleName(tr("Lot"))
        for lot_id, code in lots_of(stage.sheet, blocked=not block):
            self.lot.addItem(code, lot_id)
        if stage.spot is not None and (place := place_of(self.lot, stage.spot.lot_id)) >= 0:
            self.lot.setCurrentIndex(place)
        self.form.add("lot", tr("Lot"), self.lot)
        if block:
            self.form.add("reason", tr("Why"), self.reason, tr("For example waits for inspection, recalled."))

    def submit(self) -> None:
        """Block or release it."""
        lot_id, code, reason = self.lot.currentData(), self.lot.currentText(), self.reason.text().strip()
        if not self._block:
            self.run(
                "lot.release",
                lambda tx: quarantine.release(tx, lot_id),
                tr("Lot {} may be sold again.").format(code),
                inverse=Inverse("lot.block", lambda tx, _: quarantine.block(tx, lot_id, "release taken back")),
            )
            return
        if not reason:
            self.form.show_error(Invalid("reason", tr("Say why it is blocked.")))
            return
        self.run(
            "lot.block",
            lambda tx: quarantine.block(tx, lot_id, reason),
            tr("Lot {} is blocked.").format(code),
            inverse=Inverse("lot.release", lambda tx, _: quarantine.release(tx, lot_id)),
        )


class SpotBox(QComboBox):
    """One of the places where a product lies, with how much of it."""

    def __init__(self, name: str, known: Sequence[Lies], grain: int, unit: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._known = list(known)
        for one in known:
            self.addItem(words.spot_words(one, grain, unit))

    def spot(self) -> Lies | None:
        """The place chosen."""
        return self._known[self.currentIndex()] if self._known else None

    def choose(self, wanted: Lies | None) -> None:
        """Choose a place, where it is among them."""
        if wanted in self._known:
            self.setCurrentIndex(self._known.index(wanted))


def lots_of(sheet: StockSheet, *, blocked: bool) -> list[tuple[UUID, str]]:
    """Name the lots of a product that lie here and are blocked, or are not."""
    found = {one.lot_id: one.lot for one in sheet.lies if one.lot_id is not None and one.blocked == blocked}
    return list(found.items())


def read_stage(connection: Connection, sheet: StockSheet, spot: Lies | None) -> Stage:
    """Read what a dialog needs beside a product's stock."""
    known = [one for one in warehouses.all_of(connection) if one.kind == "warehouse"]
    place = spot.location_id if spot is not None else known[0].id
    suggestions: Sequence[tuple[UUID, str]] = ()
    if place in sheet.bins:
        suggestions = shelves.suggest(connection, place, sheet.product.id)
    return Stage(sheet, tuple(known), tuple(suggestions), spot, value_entries.books(connection).keeps)


def _spot(one: Lies) -> Spot:
    return UNPLACED if one.unplaced else Spot(one.bin_id, one.lot_id)


def _suggested(stage: Stage) -> str:
    codes = ", ".join(code for _, code in stage.suggestions)
    return tr("Suggested: {}").format(codes) if codes else ""


def _decimal(of: Product, grains: int) -> Decimal | None:
    """Write grains as a number one can type, where they are one."""
    exact = of.quantity(grains)
    value = Decimal(exact.numerator) / Decimal(exact.denominator)
    return round(value, 6) if value * exact.denominator == exact.numerator else None
