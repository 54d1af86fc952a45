"""Returns: what a customer may send back and why, and what arrived."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtWidgets import QCheckBox, QWidget

from app.errors import Invalid
from app.services import returns
from app.views.context import Context, Inverse
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.quantities import QuantityLine, QuantityTable
from app.views.widgets.fields import Field


class AuthoriseReturnDialog(FormDialog):
    """Asks which goods come back and why; ``lines`` carry order lines with what is out with the customer."""

    def __init__(
        self, context: Context, order_id: UUID, number: str, lines: Sequence[QuantityLine], *, parent: QWidget
    ) -> None:
        super().__init__(
            context,
            context.messages.tr("Return from {}").format(number),
            context.messages.tr("Authorise return"),
            parent=parent,
        )
        self._order_id = order_id
        self.reason = Field(self.tr("Reason"))
        self.replace = QCheckBox(self.tr("Deliver the goods again instead of crediting them"))
        self.form.add("reason", self.tr("Reason"), self.reason)
        self.form.add("replace", "", self.replace)
        self.table = QuantityTable(self.tr("Lines that come back"), self.tr("Comes back"), lines)
        self.body.addWidget(self.table)
        self.reason.setFocus()

    def submit(self) -> None:
        """Authorise the return."""
        try:
            quantities = self.table.grains()
        except Invalid as error:
            self.form.show_error(error)
            return
        order_id, reason, replace = self._order_id, self.reason.text(), self.replace.isChecked()
        self.run(
            "return.authorise",
            lambda tx: returns.authorise(tx, order_id, quantities, reason=reason, replace=replace),
            self.tr("The return is authorised."),
            inverse=Inverse("return.cancel", returns.cancel),
        )


class ReceiveReturnDialog(FormDialog):
    """Asks what arrived in good state and what was broken; ``lines`` carry order lines with what was authorised."""

    def __init__(
        self, context: Context, return_id: UUID, number: str, lines: Sequence[QuantityLine], *, parent: QWidget
    ) -> None:
        super().__init__(
            context,
            context.messages.tr("Receive {}").format(number),
            context.messages.tr("Receive return"),
            about=context.messages.tr("Good pieces go back to stock, broken ones to scrap."),
            parent=parent,
        )
        self._return_id = return_id
        self.table = QuantityTable(self.tr("Lines that arrived"), self.tr("Good"), lines, second=self.tr("Broken"))
        self.body.addWidget(self.table)

    def submit(self) -> None:
        """Book what arrived."""
        try:
            good, broken = self.table.grains(), self.table.second_grains()
        except Invalid as error:
            self.form.show_error(error)
            return
        return_id = self._return_id
        self.run(
            "return.receive", lambda tx: returns.receive(tx, return_id, good, broken), self.tr("The return is booked.")
        )
