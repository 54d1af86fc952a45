"""Putting an order on hold with a reason, and saying what becomes of lines whose shipment was called off."""

from __future__ import annotations

from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QComboBox, QWidget

from app.services import order_stops
from app.services.overview import OrderOverview
from app.services.transaction import Transaction
from app.views import format as written
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr

REASONS: Final = (
    "The customer asked to wait",
    "Credit to be checked",
    "Address to be checked",
    "Price to be checked",
)


class HoldDialog(FormDialog):
    """Asks why an order is put on hold."""

    def __init__(self, context: Context, order_id: UUID, number: str, *, parent: QWidget) -> None:
        about = tr(
            "Nothing of it is picked, packed, shipped or invoiced until it is released. Its stock stays its own."
        )
        super().__init__(context, tr("Put {} on hold").format(number), tr("Put on hold"), about=about, parent=parent)
        self._order_id = order_id
        self.reason = QComboBox()
        self.reason.setEditable(True)
        self.reason.setAccessibleName(tr("Reason"))
        typing = self.reason.lineEdit()
        assert typing is not None, "a box that is typed into has a line"
        typing.setAccessibleName(tr("Reason"))
        self.reason.addItems([tr(words) for words in REASONS])
        self.reason.setCurrentText("")
        self.form.add("reason", tr("Reason"), self.reason, tr("Whoever would ship it reads this."))

    def submit(self) -> None:
        """Put it on hold."""
        order_id, reason = self._order_id, self.reason.currentText().strip()
        self.run(
            "order.hold",
            partial(_hold, order_id=order_id, reason=reason),
            tr("{} is on hold."),
            inverse=Inverse("order.release", lambda tx, _: order_stops.release(tx, order_id)),
        )


class DecideDialog(FormDialog):
    """Asks of each line whose shipment was called off whether it is shipped again or dropped."""

    def __init__(self, context: Context, overview: OrderOverview, *, parent: QWidget) -> None:
        title = tr("What becomes of {}?").format(overview.order.number)
        about = tr("Its shipment was called off. What is shipped again is had from wherever is best by now.")
        super().__init__(context, title, tr("Decide"), about=about, parent=parent)
        self._order_id = overview.order.id
        self.choices: dict[UUID, QComboBox] = {}
        for line in overview.lines:
            if line.undecided and not line.component:
                box = QComboBox()
                box.setAccessibleName(line.name)
                box.addItem(tr("ship it again"), True)
                box.addItem(tr("drop it"), False)
                self.choices[line.id] = box
                self.form.add(str(line.id), f"{written.measured(line.undecided, line.unit)} {line.sku}", box)

    def submit(self) -> None:
        """Decide."""
        order_id = self._order_id
        again = [line_id for line_id, box in self.choices.items() if box.currentData()]
        dropped = [line_id for line_id, box in self.choices.items() if not box.currentData()]
        self.run(
            "order.decide",
            lambda tx: order_stops.decide(tx, order_id, again=again, dropped=dropped),
            tr("It is decided."),
        )


def _hold(tx: Transaction, order_id: UUID, reason: str) -> str:
    return order_stops.hold(tx, order_id, reason)
