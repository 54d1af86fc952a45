"""Adding or changing a kind of carton or pallet."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from PySide6.QtWidgets import QComboBox, QWidget

from app.errors import Invalid
from app.models.base import AMOUNT
from app.models.cartons import Box
from app.models.shipment import PALLET, PARCEL
from app.services import packing_proposals
from app.services.transaction import Transaction
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.fields import AmountField, Field, QuantityField
from app.views.widgets.labels import Label, Row

KINDS: Final = ((PARCEL, "Carton"), (PALLET, "Pallet"))


class CartonDialog(FormDialog):
    """Asks what a kind of carton or pallet holds and weighs."""

    def __init__(self, context: Context, known: Any = None, *, parent: QWidget) -> None:
        title = context.messages.tr("Change {}").format(known.code) if known else context.messages.tr("New carton")
        super().__init__(context, title, context.messages.tr("Save"), parent=parent)
        self._known = known
        self.code, self.name, self.kind = Field(self.tr("Code"), code=True), Field(self.tr("Name")), QComboBox()
        for value, word in KINDS:
            self.kind.addItem(tr(word), value)
        self.length, self.width_, self.height_ = (
            QuantityField(name, decimals=1)
            for name in (self.tr("Length in cm"), self.tr("Width in cm"), self.tr("Height in cm"))
        )
        self.tare = QuantityField(self.tr("Weight empty, kg"), decimals=3)
        self.most = QuantityField(self.tr("Heaviest, kg"), decimals=3)
        self.cost = AmountField(self.tr("Cost"))
        times = [Label("×", Type.BODY, Tone.FAINT) for _ in range(2)]
        size = Row(self.length, times[0], self.width_, times[1], self.height_, gap=Space.SMALL)
        self.form.add("kind", self.tr("Kind"), self.kind)
        self.form.add("code", self.tr("Code"), self.code, self.tr("Short, e.g. M3."))
        self.form.add("name", self.tr("Name"), self.name)
        hint = self.tr("Inside. Of a pallet: its deck, and how high it may be stacked.")
        self.form.add("size", self.tr("Size, cm"), size, hint)
        self.form.add("tare_g", self.tr("Weight empty, kg"), self.tare)
        self.form.add("most_g", self.tr("Heaviest, kg"), self.most, self.tr("What it may weigh with its contents."))
        self.form.add("cost", self.tr("Cost"), self.cost, self.tr("Of one. The cheapest cartons are proposed."))
        if known is not None:
            self._fill(known)
        (self.name if known else self.code).setFocus()

    def submit(self) -> None:
        """Keep it."""
        code, name, kind = self.code.text().strip(), self.name.text().strip(), str(self.kind.currentData())
        cost = int((self.cost.value() or Decimal(0)).scaleb(AMOUNT))
        length, width, height = (int((one.value() or 0) * 10) for one in (self.length, self.width_, self.height_))
        box = Box(code, (length, width, height), _grams(self.tare), _grams(self.most), cost)
        known = self._known

        def op(tx: Transaction) -> None:
            if not min(box.size):
                raise Invalid("size", "Type length, width and height.")
            if known is None:
                packing_proposals.add_carton(tx, code, name or code, box, kind=kind)
            else:
                packing_proposals.change_carton(tx, known.id, name or code, box, active=known.active)

        self.run("carton.change" if known else "carton.add", op, self.tr("{} is saved.").format(code))

    def _fill(self, known: Any) -> None:
        self.kind.setCurrentIndex(self.kind.findData(known.kind))
        self.kind.setEnabled(False)
        self.code.setText(known.code)
        self.code.setEnabled(False)
        self.name.setText(known.name)
        sides = (known.length_mm, known.width_mm, known.height_mm)
        for field, side in zip((self.length, self.width_, self.height_), sides, strict=True):
            field.set_value(Decimal(side).scaleb(-1))
        self.tare.set_value(Decimal(known.tare_g).scaleb(-3))
        self.most.set_value(Decimal(known.most_g).scaleb(-3))
        self.cost.set_value(known.cost)


def _grams(field: QuantityField) -> int:
    return int((field.value() or 0) * 1000)
