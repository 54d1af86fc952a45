"""An offer that runs longer: the same lines, until a later day, as the next version."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QWidget

from app.errors import Invalid
from app.services import quotes
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.widgets.fields import DateField

USUALLY: Final = timedelta(days=30)


class ExtendDialog(FormDialog):
    """Asks for the last day and sends the quote anew; ``done_with`` tells the version."""

    def __init__(self, context: Context, quote_id: UUID, number: str, *, parent: QWidget) -> None:
        super().__init__(
            context,
            context.messages.tr("Extend {}").format(number),
            context.messages.tr("Send as the next version"),
            about=context.messages.tr("The customer is offered the same until a later day."),
            parent=parent,
        )
        self._quote_id = quote_id
        self.day = DateField(self.tr("Valid until"), context.today)
        self.day.set_value(context.today() + USUALLY)
        self.form.add("valid_until", self.tr("Valid until"), self.day)

    def submit(self) -> None:
        """Send the quote with its new last day."""
        day: date | None = self.day.value()
        if day is None:
            self.form.show_error(Invalid("valid_until", self.tr("Type the last day of the offer.")))
            return
        quote_id = self._quote_id
        self.run("quote.extend", lambda tx: quotes.extend(tx, quote_id, day), self.tr("Version {} is sent."))
