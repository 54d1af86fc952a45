"""Beginning to keep what stock is worth, and saying what goods are worth from now on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QAbstractItemView, QWidget

from app.errors import Invalid, UserError
from app.services import valuation, valuation_previews
from app.services.valuation_previews import Unvalued
from app.services.value_sheets import ValueSheet
from app.views import cells
from app.views import format as written
from app.views import value_words as words
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.facts import TotalRow, TotalsBlock
from app.views.widgets.fields import NumberField
from app.views.widgets.labels import Label
from app.views.widgets.list_view import ListView

ROWS_SHOWN: Final = 9
EFFECT_HEIGHT: Final = 44


@dataclass(frozen=True, slots=True)
class Opening:
    """Goods that are here with the cost typed for one of them, and what they are worth with it."""

    goods: Unvalued
    cost: Decimal | None
    value: Decimal | None = None


class StartDialog(FormDialog):
    """Says what goods that are here cost, shows what they are worth, and books it against the opening balances."""

    def __init__(self, context: Context, goods: Sequence[Unvalued], currency: str, *, parent: QWidget) -> None:
        about = tr(
            "From now on every receipt, delivery and count is booked with its cost. Say what one of each product that "
            "is here cost; where it was bought with Waybill the last price stands there already. Goods without a cost "
            "are worth nothing until more of them come. This is begun once and not ended again."
        )
        super().__init__(context, tr("Begin to keep stock value"), tr("Begin"), about=about, parent=parent)
        self.setMinimumWidth(760)
        self._currency, self._asked, self._wrong = currency, 0, dict[tuple[int, str], str]()
        self.rows: RowsTable[Opening] = RowsTable(_OPENING)
        self.view = ListView(self.rows, "value_opening", two_lines=True)
        self.view.setAccessibleName(tr("What goods that are here cost"))
        self.view.setMinimumHeight(34 + 48 * min(ROWS_SHOWN, max(2, len(goods))) + 2)
        triggers = QAbstractItemView.EditTrigger
        self.view.setEditTriggers(triggers.AnyKeyPressed | triggers.EditKeyPressed | triggers.DoubleClicked)
        self.rows.set_rows([Opening(one, one.paid) for one in goods])
        self.rows.edited.connect(self._edited)
        self.totals = TotalsBlock()
        self.body.addWidget(self.view)
        self.body.addWidget(self.totals)
        self.view.setVisible(bool(goods))
        if goods:
            self.view.pick(0)
            self.view.setCurrentIndex(self.rows.index(0, 2))  # a digit begins to edit it
        self._show_totals({})
        self._look()

    def submit(self) -> None:
        """Begin, with what is on show."""
        if self._wrong:
            self.form.show_error(Invalid("unit_cost", next(iter(self._wrong.values()))))
            return
        costs = self._costs()
        self.run(
            "valuation.start", lambda tx: valuation.start(tx, costs), tr("What stock is worth is kept from now on.")
        )

    def _costs(self) -> dict[UUID, Decimal]:
        return {one.goods.product_id: one.cost for one in self.rows.rows if one.cost is not None}

    def _edited(self, number: int, column: str, typed: str) -> None:
        self._wrong.pop((number, column), None)
        cost = written.number(typed) if typed.strip() else None
        if typed.strip() and (cost is None or cost < 0):
            self._wrong[number, column] = tr("“{}” is not a cost from zero up.").format(typed)
        else:
            self.rows.set_row(number, replace(self.rows.rows[number], cost=cost, value=None))
        self.rows.set_errors(self._wrong)
        self._look()

    def _look(self) -> None:
        self._asked += 1
        self.go.setEnabled(False)
        read = partial(valuation_previews.opening, unit_costs=self._costs())
        self.context.tasks.read(self, read, partial(self._show, self._asked), self._refused)

    def _show(self, asked: int, opened: dict[UUID, Decimal]) -> None:
        if asked != self._asked:
            return
        self.rows.set_rows([replace(one, value=opened.get(one.goods.product_id)) for one in self.rows.rows])
        self._show_totals(opened)
        self.fit()
        self.go.setEnabled(True)

    def _show_totals(self, opened: dict[UUID, Decimal]) -> None:
        without = sum(1 for one in self.rows.rows if one.cost is None)
        words_ = tr("{} of {} products have a cost").format(len(opened), len(self.rows.rows))
        total = written.money(sum(opened.values(), Decimal(0)), self._currency)
        self.totals.set_rows(
            [
                TotalRow(words_, tr("{} without").format(without) if without else ""),
                TotalRow(tr("Booked on stock, against the opening balances"), total, strong=True),
            ]
        )

    def _refused(self, error: UserError) -> None:
        self.form.show_error(error)


class WorthDialog(FormDialog):
    """Says what one of a product is worth from now on; the difference is on show before it is booked."""

    def __init__(self, context: Context, sheet: ValueSheet, *, parent: QWidget) -> None:
        known = sheet.product
        about = tr("{}: from now on, at every warehouse. What has left keeps its cost.").format(known.name)
        title = tr("What is {} worth?").format(known.sku)
        super().__init__(context, title, tr("Book it"), about=about, parent=parent)
        self._sheet, self._asked = sheet, 0
        self.cost = NumberField(tr("Cost of one"))
        hint = tr("Now {}, of one {}.").format(
            words.unit_cost(sheet.unit_cost(sheet.quantity, sheet.value)), known.unit
        )
        self.form.add("unit_cost", tr("Cost of one"), self.cost, hint)
        self.effect = Label(tr("Type a cost: what it changes is shown here."), Type.BODY, Tone.SOFT, wrap=True)
        self.effect.setMinimumHeight(EFFECT_HEIGHT)
        self.body.addWidget(self.effect)
        self.cost.changed.connect(self._look)

    def submit(self) -> None:
        """Book it."""
        cost, known = self.cost.value(), self._sheet.product
        if cost is None:
            self.form.show_error(Invalid("unit_cost", tr("Type what one is worth.")))
            return
        product_id = known.id
        self.run(
            "stock.say_worth",
            lambda tx: valuation.say_worth(tx, product_id, cost),
            tr("{} is worth {} each from now on.").format(known.sku, written.amount(cost)),
        )

    def _look(self, cost: Decimal | None) -> None:
        self._asked += 1
        if cost is None:
            self.effect.setText(tr("Type a cost: what it changes is shown here."))
            return
        read = partial(valuation_previews.revaluing, product_id=self._sheet.product.id, unit_cost=cost)
        self.context.tasks.read(self, read, partial(self._show, self._asked), self.form.show_error)

    def _show(self, asked: int, difference: Decimal) -> None:
        if asked != self._asked:
            return
        money = written.money(abs(difference), self._sheet.currency, self._sheet.decimals)
        more, less = tr("Stock is worth {} more"), tr("Stock is worth {} less")
        said = (more if difference > 0 else less).format(money) if difference else tr("Stock is worth the same")
        self.effect.setText(tr("{}; the difference is booked today as a stock difference.").format(said))


def _item(one: Opening) -> Cell:
    return cells.two_lines(one.goods.name, one.goods.sku)


def _on_hand(one: Opening) -> Cell:
    return cells.text(written.measured(Fraction(one.goods.on_hand, one.goods.grain), one.goods.unit), tone=Tone.SOFT)


def _cost(one: Opening) -> Cell:
    return cells.text(written.amount(one.cost) if one.cost is not None else cells.DASH, strong=one.cost is not None)


def _value(one: Opening) -> Cell:
    return cells.amount(one.value)


def _edit_cost(one: Opening) -> str:
    return written.amount(one.cost) if one.cost is not None else ""


_OPENING: Final = (
    Column[Opening]("item", "Item", _item, 240, stretch=True),
    Column[Opening]("on_hand", "On hand", _on_hand, 110, right=True),
    Column[Opening]("cost", "Cost of one", _cost, 110, right=True, edit=_edit_cost),
    Column[Opening]("value", "Value", _value, 110, right=True),
)
