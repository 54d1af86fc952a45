"""What goods that came really cost: other prices or freight, with what it does on show before it is booked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QAbstractItemView, QWidget
from sqlalchemy import Connection

from app.errors import Invalid, UserError
from app.models.stock import Place
from app.services import cost_corrections, products, purchasing, value_entries
from app.services.cost_corrections import LateCost, Preview, ReceivedLine, Touched
from app.services.source_documents import SourceDocuments
from app.services.transaction import Transaction
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.value_words import signed, unit_cost
from app.views.widgets.facts import TotalRow, TotalsBlock
from app.views.widgets.fields import NumberField
from app.views.widgets.labels import Label
from app.views.widgets.list_view import ListView

ROWS_SHOWN: Final = 5
EFFECTS_SHOWN: Final = 4
PLACES: Final = {
    Place.CUSTOMER: "Cost of goods sold",
    Place.PRODUCTION: "In work orders",
    Place.SCRAP: "Scrapped",
    Place.ADJUSTMENT: "Stock difference",
    Place.TRANSIT: "On its way",
}
"""Where goods went that are corrected as well."""


@dataclass(frozen=True, slots=True)
class Costs:
    """A purchase order of which goods came in, and what they cost by now."""

    purchase_id: UUID
    number: str
    supplier: str
    currency: str
    keeps: bool
    own_currency: str
    decimals: int
    lines: tuple[ReceivedLine, ...]


@dataclass(frozen=True, slots=True)
class Priced:
    """A line with the price typed for one of its unit; None: it stays as it is."""

    line: ReceivedLine
    price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """Where a part of the difference goes: the goods, what became of them, with which document."""

    sku: str
    name: str
    place: str
    number: str
    value: Decimal


class CostDialog(FormDialog):
    """Takes prices and freight, shows what they do, and books it today."""

    def __init__(self, context: Context, costs: Costs, *, parent: QWidget) -> None:
        about = tr(
            "From {}. Only goods of this purchase order are touched: what is still here is worth more or less, what "
            "left is corrected where it went. Everything booked before stays; the difference is booked today."
        ).format(costs.supplier)
        title = tr("Correct the cost of {}").format(costs.number)
        super().__init__(context, title, tr("Book the correction"), about=about, parent=parent)
        self.setMinimumWidth(760)
        self._costs, self._asked, self._wrong = costs, 0, dict[tuple[int, str], str]()
        self.preview: Preview | None = None
        so_far = sum((one.freight for one in costs.lines), Decimal(0))
        hint = tr("In {}, shared out by what the goods cost.").format(costs.own_currency)
        if so_far:
            hint += " " + tr("{} are booked already.").format(written.amount(so_far, costs.decimals))
        self.freight = NumberField(tr("Freight or duty to add"))
        self.form.add("freight", tr("Freight or duty to add"), self.freight, hint)
        self.rows: RowsTable[Priced] = RowsTable(self._columns())
        self.view = ListView(self.rows, "purchase_costs", two_lines=True)
        self.view.setAccessibleName(tr("What goods cost, by line"))
        self.view.setMinimumHeight(34 + 48 * min(ROWS_SHOWN, len(costs.lines)) + 2)
        triggers = QAbstractItemView.EditTrigger
        self.view.setEditTriggers(triggers.AnyKeyPressed | triggers.EditKeyPressed | triggers.DoubleClicked)
        self.rows.set_rows([Priced(one) for one in costs.lines])
        self.effects: RowsTable[Effect] = RowsTable(self._effect_columns())
        self.effects_view = ListView(self.effects, "purchase_cost_effects", two_lines=True)
        self.effects_view.setAccessibleName(tr("Where the difference goes"))
        self.outcome, self.totals = Label("", Type.BODY, Tone.SOFT, wrap=True), TotalsBlock()
        for widget in (self.view, self.outcome, self.effects_view, self.totals):
            self.body.addWidget(widget)
        self.rows.edited.connect(self._edited)
        self.freight.changed.connect(self._freight_typed)
        self.view.pick(0)
        self.view.setCurrentIndex(self.rows.index(0, 3))  # a digit begins to edit it
        self._show_nothing()

    def submit(self) -> None:
        """Book what is on show."""
        late, costs = self._late(), self._costs
        if self._wrong:
            self.form.show_error(Invalid("unit_price", next(iter(self._wrong.values()))))
        elif not late.prices and not late.freight:
            self.form.show_error(Invalid("freight", tr("Type what the freight was, or another price in a line.")))
        elif self.preview is not None:
            purchase_id = costs.purchase_id
            self.run(
                "purchase.correct_cost",
                lambda tx: cost_corrections.correct(tx, purchase_id, late),
                tr("The cost of {} is corrected.").format(costs.number),
                inverse=_back(costs, late),
            )

    # showing -----------------------------------------------------------------------------------

    def _late(self) -> LateCost:
        prices = {one.line.line_id: one.price for one in self.rows.rows if one.price is not None}
        return LateCost(prices, self.freight.value() or Decimal(0))

    def _edited(self, number: int, column: str, typed: str) -> None:
        self._wrong.pop((number, column), None)
        price = written.number(typed) if typed.strip() else None
        row = self.rows.rows[number]
        if typed.strip() and (price is None or price < 0):
            self._wrong[number, column] = tr("“{}” is not a price from zero up.").format(typed)
        else:
            unchanged = price is not None and unit_cost(Fraction(price)) == unit_cost(row.line.unit_price)
            self.rows.set_row(number, replace(row, price=None if unchanged else price))
        self.rows.set_errors(self._wrong)
        self._look()

    def _freight_typed(self, _amount: Decimal | None) -> None:
        self._look()

    def _look(self) -> None:
        """Work out what this would book; nothing can be booked before it is on show."""
        late = self._late()
        self._asked += 1
        self.preview = None
        self.form.clear_errors()
        if not late.prices and not late.freight:
            self._show_nothing()
            return
        self.go.setEnabled(False)
        read = partial(_read, purchase_id=self._costs.purchase_id, late=late, at=self.context.now())
        self.context.tasks.read(self, read, partial(self._show, self._asked), self._refused)

    def _refused(self, error: UserError) -> None:
        self._show_nothing()
        self.form.show_error(error)

    def _show_nothing(self) -> None:
        self.go.setEnabled(True)
        self.effects.set_rows([])
        self.effects_view.hide()
        self.outcome.setText(tr("Type another price or the freight: what it does is shown here before it is booked."))
        self.totals.hide()

    def _show(self, asked: int, found: tuple[Preview, list[Effect]]) -> None:
        if asked != self._asked:
            return
        self.preview, effects = found
        self.go.setEnabled(True)
        self.outcome.setText("" if effects else tr("All of it is still here."))
        self.outcome.setVisible(not effects)
        self.effects.set_rows(effects)
        self.effects_view.setFixedHeight(34 + 48 * min(EFFECTS_SHOWN, len(effects)) + 2)
        self.effects_view.setVisible(bool(effects))
        stock = self.preview.stock + self._gone(Place.TRANSIT)
        sold = self._gone(Place.CUSTOMER)
        others = self.preview.total - stock - sold
        rows = [TotalRow(tr("To stock, here and on its way"), self._money(stock))]
        rows += [TotalRow(tr("To the cost of goods sold"), self._money(sold))]
        rows += [TotalRow(tr("To work orders, scrap and differences"), self._money(others))]
        rows += [TotalRow(tr("Difference booked today"), self._money(self.preview.total), strong=True)]
        self.totals.set_rows(rows)
        self.totals.show()
        self.fit()

    def _gone(self, place: Place) -> Decimal:
        """How much of the difference went to a place with the goods."""
        touched = self.preview.touched if self.preview is not None else ()
        return sum((one.value for one in touched if one.place == place), Decimal(0))

    def _money(self, value: Decimal) -> str:
        return written.money(value, self._costs.own_currency, self._costs.decimals)

    def _columns(self) -> tuple[Column[Priced], ...]:
        return (
            Column[Priced](
                "item", tr("Item"), lambda one: cells.two_lines(one.line.name, one.line.sku), 200, stretch=True
            ),
            Column[Priced]("came", tr("Came in"), _came, 110, right=True),
            Column[Priced](
                "booked",
                tr("Booked at"),
                lambda one: cells.text(unit_cost(one.line.unit_price), tone=Tone.SOFT),
                110,
                right=True,
            ),
            Column[Priced](
                "price", tr("Price {}").format(self._costs.currency), _price, 120, right=True, edit=_edit_price
            ),
        )

    def _effect_columns(self) -> tuple[Column[Effect], ...]:
        def value(one: Effect) -> Cell:
            return signed(one.value, self._costs.decimals)

        return (
            Column[Effect]("item", tr("Goods that left"), lambda one: cells.two_lines(one.name, one.sku), 200),
            Column[Effect]("place", tr("Where they went"), lambda one: cells.text(tr(one.place)), 150, stretch=True),
            Column[Effect]("number", tr("With"), lambda one: cells.code(one.number), 120),
            Column[Effect]("value", tr("Difference"), value, 110, right=True),
        )


def read_costs(connection: Connection, purchase_id: UUID, at: datetime) -> Costs:
    """Read what came in of a purchase order and what it costs by now."""
    head, kept = purchasing.get(connection, purchase_id), value_entries.books(connection)
    lines = cost_corrections.received(connection, purchase_id, at) if kept.keeps else []
    currency = (kept.currency, kept.decimals, tuple(lines))
    return Costs(purchase_id, head.number, head.supplier_name, head.currency, kept.keeps, *currency)


def _read(connection: Connection, purchase_id: UUID, late: LateCost, at: datetime) -> tuple[Preview, list[Effect]]:
    found = cost_corrections.preview(connection, purchase_id, late, at)
    return found, _effects(connection, found.touched)


def _effects(connection: Connection, touched: Sequence[Touched]) -> list[Effect]:
    papers = SourceDocuments(connection, ((one.document_id, None) for one in touched))
    known = {key: products.get(connection, key) for key in {one.product_id for one in touched}}
    effects = []
    for one in touched:
        product, paper = known[one.product_id], papers.of(one.document_id, None)
        place = PLACES.get(Place(one.place), one.place) if one.place in set(Place) else one.place
        effects.append(Effect(product.sku, product.name, place, paper.number if paper else "", one.value))
    return effects


def _back(costs: Costs, late: LateCost) -> Inverse | None:
    """Give the correction that takes this one back; None where a former price can not be typed exactly."""
    before = {one.line_id: typed(one.unit_price) for one in costs.lines if one.line_id in late.prices}
    prices = {line_id: price for line_id, price in before.items() if price is not None}
    if len(prices) < len(before):
        return None
    purchase_id, opposite = costs.purchase_id, LateCost(prices, -late.freight)

    def back(tx: Transaction, _difference: Decimal) -> None:
        cost_corrections.correct(tx, purchase_id, opposite)

    return Inverse("purchase.correct_cost", back)


def typed(price: Fraction) -> Decimal | None:
    """Give a price as people would type it; None where it has no end."""
    scaled = price * 10**6
    return Decimal(scaled.numerator).scaleb(-6) if scaled.denominator == 1 else None


def _came(one: Priced) -> Cell:
    pieces = Fraction(one.line.quantity) / one.line.grains_per_unit
    return cells.text(written.measured(pieces, one.line.unit), tone=Tone.SOFT)


def _price(one: Priced) -> Cell:
    if one.price is None:
        return cells.text(unit_cost(one.line.unit_price))
    return cells.text(written.amount(one.price), strong=True, tone=Tone.ACCENT)


def _edit_price(one: Priced) -> str:
    return written.amount(one.price) if one.price is not None else unit_cost(one.line.unit_price)
