"""What a package is: its carton or pallet, what it stands on, its weight and outer size."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from app.models.shipment import PALLET
from app.services.packing_plans import PackingPlan, Unit
from app.views.dialogs import packing_words as words
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.fields import QuantityField, place_of
from app.views.widgets.form import Form
from app.views.widgets.labels import Label, Row


class PackageFields(QWidget):
    """The fields below the contents of a package; ``changed`` tells when one was changed by the person."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.carton, self.on = QComboBox(), QComboBox()
        self.weight = QuantityField(self.tr("Weight in kg"), decimals=3)
        self.length, self.width_, self.height_ = (
            QuantityField(name, decimals=1)
            for name in (self.tr("Length in cm"), self.tr("Width in cm"), self.tr("Height in cm"))
        )
        self._fields = (self.weight, self.length, self.width_, self.height_)
        self.form = Form()
        self.form.add("carton", self.tr("Carton"), self.carton)
        self.form.add("on", self.tr("Stands on"), self.on)
        times = [Label("×", Type.BODY, Tone.FAINT) for _ in range(2)]
        size = Row(self.length, times[0], self.width_, times[1], self.height_, gap=Space.SMALL)
        self.form.add("weight", self.tr("Weighed, kg"), self.weight)
        self.form.add("size", self.tr("Size, cm"), size)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.form)
        for combo in (self.carton, self.on):
            combo.activated.connect(self.changed)
        for field in self._fields:
            field.editingFinished.connect(self._edited)
        self._shown: tuple[Decimal | None, ...] = (None,) * 4

    def show_unit(self, plan: PackingPlan, unit: Unit) -> None:
        """Show what a package is."""
        self.carton.clear()
        self.carton.addItem(self.tr("none"), None)
        for one in plan.sheet.kinds:
            if one.kind == unit.kind:
                self.carton.addItem(f"{one.code} · {one.name}" if one.name != one.code else one.code, one.id)
        self.carton.setCurrentIndex(max(0, place_of(self.carton, unit.carton.id if unit.carton else None)))
        self.on.clear()
        self.on.addItem(self.tr("the floor"), None)
        for pallet in plan.units:
            if pallet.kind == PALLET and unit.kind != PALLET:
                self.on.addItem(words.title(plan, pallet), pallet.key)
        self.on.setCurrentIndex(max(0, place_of(self.on, unit.on)))
        self.on.setEnabled(self.on.count() > 1)
        self.weight.set_value(Decimal(unit.weighed_g).scaleb(-3) if unit.weighed_g else None)
        for field, side in zip(self._fields[1:], unit.size, strict=True):
            field.set_value(Decimal(side).scaleb(-1) if side else None)
        self._shown = self._values()

    def write_to(self, plan: PackingPlan, unit: Unit) -> None:
        """Make a package what the fields say."""
        carton_id = self.carton.currentData()
        unit.carton = next((one for one in plan.sheet.kinds if one.id == carton_id), None)
        plan.stand(unit.key, self.on.currentData())
        weight, *sides = self._values()
        unit.weighed_g = int((weight or 0) * 1000)
        length, width, height = (int((side or 0) * 10) for side in sides)
        unit.size = (length, width, height)

    def _values(self) -> tuple[Decimal | None, ...]:
        return tuple(field.value() for field in self._fields)

    def _edited(self) -> None:
        if self._values() != self._shown:
            self.changed.emit()
