"""How a product is costed: chosen with what it does on show before it is saved."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QComboBox, QWidget
from sqlalchemy import Connection

from app.errors import UserError
from app.models.costing import Method
from app.services import valuation, valuation_previews
from app.services.valuation_previews import Costing, MethodChange
from app.views import format as written
from app.views import value_words as words
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.labels import Label

EFFECT_HEIGHT = 84
"""Room for what a change does at a few warehouses."""


def ask_costing(context: Context, product_id: UUID, parent: QWidget) -> None:
    """Ask how a product is to be costed."""

    def show(known: Costing) -> None:
        CostingDialog(context, known, parent=parent).open()

    context.tasks.read(parent, partial(valuation_previews.costing, product_id=product_id), show)


class CostingDialog(FormDialog):
    """Chooses the way of costing; what becomes of goods that are here is said before."""

    def __init__(self, context: Context, known: Costing, *, parent: QWidget) -> None:
        about = tr("How the cost of goods that leave is found. What has left keeps the cost it left with.")
        title = tr("Costing method of {}").format(known.sku)
        super().__init__(context, title, tr("Save"), about=about, parent=parent)
        self._known, self._asked = known, 0
        self.method = QComboBox()
        self.method.setAccessibleName(tr("Costing method"))
        self.method.addItem(tr("As the company: {}").format(tr(words.METHODS[known.company]).lower()), "")
        for method, name in words.METHODS.items():
            self.method.addItem(tr(name), str(method))
        self.method.setCurrentIndex(max(0, self.method.findData(known.own)))
        self.form.add("costing", tr("Costing method"), self.method)
        self.effect = Label("", Type.BODY, Tone.SOFT, wrap=True)
        self.effect.setMinimumHeight(EFFECT_HEIGHT)
        self.body.addWidget(self.effect)
        self.method.currentIndexChanged.connect(self._look)
        self._look()

    def submit(self) -> None:
        """Save the choice."""
        product_id, method = self._known.product_id, str(self.method.currentData())
        self.run(
            "product.costing",
            lambda tx: valuation.choose_method(tx, product_id, method),
            tr("The costing method of {} is saved.").format(self._known.sku),
        )

    def _look(self, *_: object) -> None:
        self._asked += 1
        self.go.setEnabled(False)
        self.effect.setText(tr("Working out what this changes…"))
        read = partial(_read, product_id=self._known.product_id, method=str(self.method.currentData()))
        self.context.tasks.read(self, read, partial(self._show, self._asked), self._refused)

    def _show(self, asked: int, changes: list[MethodChange]) -> None:
        if asked == self._asked:
            self.effect.setText(effect(self._known, changes))
            self.fit()
            self.go.setEnabled(True)

    def _refused(self, error: UserError) -> None:
        self.form.show_error(error)


def costing_name(known: Costing) -> str:
    """How a product is costed, in words."""
    name = tr(words.METHODS[Method(known.own or known.company)])
    return name if known.own else tr("{}, as the company").format(name)


def effect(known: Costing, changes: list[MethodChange]) -> str:
    """Say what becomes of goods that are here."""
    if not known.keeps:
        return tr("What stock is worth is not kept yet: the choice holds from the day it is begun.")
    if not changes:
        return tr("Nothing that is here changes.")
    told = []
    for one in changes:
        pieces = written.measured(Fraction(one.on_hand, known.grain), known.unit)
        value = written.money(one.value, known.currency)
        place = tr("{}: {} worth {}").format(one.warehouse, pieces, value)
        if not one.on_hand:
            told.append(tr("{}: nothing is here; the next receipt begins the new way.").format(one.warehouse))
        elif one.after is Method.FIFO:
            told.append(tr("{} become one layer that leaves first.").format(place))
        elif one.layers == 1:
            told.append(tr("{}, one layer, go into the average.").format(place))
        else:
            told.append(
                tr("{} in {} layers go into one average; the layers do not come back.").format(place, one.layers)
            )
    return "\n".join([*told, tr("Their value stays the same to the cent, so nothing is booked as a gain or loss.")])


def _read(connection: Connection, product_id: UUID, method: str) -> list[MethodChange]:
    return valuation_previews.method(connection, product_id, method)
