"""Complete a pick list by hand: what was really taken of each line."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QWidget

from app.errors import Invalid
from app.services import picking
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.quantities import QuantityLine, QuantityTable


class PickDialog(FormDialog):
    """Asks what was picked; everything is filled in, only what differs is typed.

    ``lines`` carry the pick lines' ids, not the order lines'.
    """

    def __init__(
        self, context: Context, pick_id: UUID, number: str, lines: Sequence[QuantityLine], *, parent: QWidget
    ) -> None:
        super().__init__(
            context,
            context.messages.tr("Complete {}").format(number),
            context.messages.tr("Complete picking"),
            about=context.messages.tr("Change a quantity only where less was found."),
            parent=parent,
        )
        self._pick_id = pick_id
        self.table = QuantityTable(self.tr("Lines to pick"), self.tr("Picked"), lines)
        self.rest = QCheckBox(self.tr("Take what was not found off the order"))
        self.body.addWidget(self.table)
        self.body.addWidget(self.rest)

    def submit(self) -> None:
        """Complete the list."""
        try:
            picked = self.table.grains()
        except Invalid as error:
            self.form.show_error(error)
            return
        pick_id, cancel_rest = self._pick_id, self.rest.isChecked()
        self.run(
            "pick.complete",
            lambda tx: picking.complete(tx, pick_id, picked, cancel_rest=cancel_rest),
            self.tr("The pick list is complete."),
        )
