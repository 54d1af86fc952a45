"""Pack: how many packages, what is in each, weight and size."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtWidgets import QWidget

from app.errors import Invalid
from app.services import shipping
from app.services.packaging import NewPackage
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.quantities import QuantityLine, QuantityTable
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.fields import QuantityField
from app.views.widgets.labels import Label, Row


class PackDialog(FormDialog):
    """Fills one package after the other; the last one takes what is left."""

    def __init__(
        self, context: Context, shipment_id: UUID, number: str, lines: Sequence[QuantityLine], *, parent: QWidget
    ) -> None:
        super().__init__(
            context, context.messages.tr("Pack {}").format(number), context.messages.tr("Pack"), parent=parent
        )
        self.setMinimumWidth(560)
        self._shipment_id, self._left = shipment_id, list(lines)
        self._packages: list[NewPackage] = []
        self.summary = Label(self.tr("Package 1"), Type.BODY_BOLD)
        self.weight = QuantityField(self.tr("Weight in kg"), decimals=3)
        self.length, self.width_, self.height_ = (
            QuantityField(name, decimals=1)
            for name in (self.tr("Length in cm"), self.tr("Width in cm"), self.tr("Height in cm"))
        )
        self.another = Button(self.tr("Next package"), "plus", Kind.SECONDARY)
        self.another.clicked.connect(self.next_package)
        self.body.addWidget(Row(self.summary, None, self.another))
        self.table = QuantityTable(self.tr("Contents"), self.tr("In this package"), self._left)
        self.body.addWidget(self.table)
        times = [Label("×", Type.BODY, Tone.FAINT) for _ in range(2)]
        size = Row(self.length, times[0], self.width_, times[1], self.height_, gap=Space.SMALL)
        self.form.add("weight", self.tr("Weight, kg"), self.weight)
        self.form.add("size", self.tr("Size, cm"), size)

    def next_package(self) -> None:
        """Close the package on show and begin another with what is left."""
        try:
            package = self._package()
        except Invalid as error:
            self.form.show_error(error)
            return
        if not package.contents:
            self.form.show_error(Invalid("quantity", self.tr("Put something into this package first.")))
            return
        self._packages.append(package)
        self._left = [
            _without(line, package.contents.get(line.id, 0))
            for line in self._left
            if package.contents.get(line.id, 0) < line.most * line.grains_per_unit
        ]
        self.another.setEnabled(bool(self._left))
        self._show_rest()

    def submit(self) -> None:
        """Pack what was put into packages."""
        try:
            last = self._package()
        except Invalid as error:
            self.form.show_error(error)
            return
        packages = [*self._packages, *([last] if last.contents else [])]
        shipment_id = self._shipment_id
        self.run(
            "shipment.pack",
            lambda tx: shipping.pack(tx, shipment_id, packages),
            self.tr("The shipment is packed."),
            inverse=Inverse("shipment.unpack", lambda tx, _: shipping.unpack(tx, shipment_id)),
        )

    def _package(self) -> NewPackage:
        sides = [int((field.value() or 0) * 10) for field in (self.length, self.width_, self.height_)]
        return NewPackage(self.table.grains(), int((self.weight.value() or 0) * 1000), *sides)

    def _show_rest(self) -> None:
        old = self.table
        self.table = QuantityTable(self.tr("Contents"), self.tr("In this package"), self._left)
        self.body.replaceWidget(old, self.table)
        old.deleteLater()
        self.summary.setText(self.tr("Package {}").format(len(self._packages) + 1))
        for field in (self.weight, self.length, self.width_, self.height_):
            field.set_value(None)
        self.form.clear_errors()


def _without(line: QuantityLine, grains: int) -> QuantityLine:
    left = line.most - grains / line.grains_per_unit
    return QuantityLine(line.id, line.name, line.sku, line.unit, left, line.grains_per_unit, left)
