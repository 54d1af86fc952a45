"""Agree freight for an order: by which table, and whether once with the order or for each shipment."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QComboBox, QWidget
from sqlalchemy import Connection

from app.models.carrier import FreightPolicy
from app.services import freight
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr

POLICIES: Final = {
    FreightPolicy.ORDER: "once, with the order, as its goods weigh",
    FreightPolicy.SHIPMENT: "for each shipment, as its packages weigh",
}


class AgreeFreightDialog(FormDialog):
    """Puts freight on an order as a line of its own."""

    def __init__(self, context: Context, order_id: UUID, number: str, *, parent: QWidget) -> None:
        title = context.messages.tr("Freight of {}").format(number)
        super().__init__(context, title, context.messages.tr("Charge freight"), parent=parent)
        self._order_id = order_id
        self.table, self.policy = QComboBox(), QComboBox()
        for policy, words in POLICIES.items():
            self.policy.addItem(tr(words), policy)
        self.form.add("table_id", self.tr("Table"), self.table)
        self.form.add("policy", self.tr("Charged"), self.policy)
        self.go.setEnabled(False)
        context.tasks.read(self, _tables, self._show)

    def submit(self) -> None:
        """Agree it."""
        order_id, table_id, policy = self._order_id, self.table.currentData(), self.policy.currentData()
        self.run(
            "order.agree_freight",
            lambda tx: freight.agree(tx, order_id, table_id, policy),
            self.tr("Freight is on the order."),
        )

    def _show(self, tables: list[Any]) -> None:
        for row in tables:
            self.table.addItem(f"{row.name} ({row.code})", row.id)
        self.go.setEnabled(bool(tables))
        if not tables:
            self.table.addItem(self.tr("There is no freight table yet; add one under Carriers and freight."), None)
        self.table.setFocus()


def _tables(connection: Connection) -> list[Any]:
    return freight.tables(connection)
