"""What happened to a shipment on its way, or when it is expected; and the end of a carrier's day."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QComboBox, QWidget
from sqlalchemy import Connection

from app.services import manifests, tracking
from app.services.integrations.carriers.port import Status
from app.services.manifests import HandedOver
from app.services.transaction import Transaction
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.format import tr
from app.views.widgets.fields import DateField, Field

EVENTS: Final = {
    Status.COLLECTED: "Collected by the carrier",
    Status.IN_TRANSIT: "On its way",
    Status.OUT: "Out for delivery",
    Status.WAITING: "Waiting to be fetched",
    Status.PROBLEM: "A problem",
    Status.RETURNED: "On its way back",
    Status.DELIVERED: "Delivered",
}
"""What people call the events."""


class EventDialog(FormDialog):
    """Notes an event of a shipment that has left, and the day it is expected."""

    def __init__(self, context: Context, shipment_id: UUID, number: str, *, parent: QWidget) -> None:
        title = context.messages.tr("What happened to {}").format(number)
        super().__init__(context, title, context.messages.tr("Note"), parent=parent)
        self._shipment_id = shipment_id
        self.status = QComboBox()
        for status, name in EVENTS.items():
            self.status.addItem(tr(name), status)
        self.text, self.place = Field(self.tr("What was said")), Field(self.tr("Place"))
        self.expected = DateField(self.tr("Expected"), context.today)
        self.form.add("status", self.tr("Event"), self.status)
        self.form.add("text", self.tr("What was said"), self.text)
        self.form.add("place", self.tr("Place"), self.place)
        self.form.add("expected_on", self.tr("Expected"), self.expected, self.tr("Empty: as it was."))
        self.status.setFocus()

    def submit(self) -> None:
        """Keep the event."""
        status: Status = self.status.currentData()
        words = self.text.text().strip() or tr(EVENTS[status])
        shipment_id, place, expected_on = self._shipment_id, self.place.text().strip(), self.expected.value()

        def op(tx: Transaction) -> None:
            if expected_on is not None:
                tracking.expect(tx, shipment_id, expected_on)
            tracking.note(tx, shipment_id, status, words, place=place)

        self.run("shipment.note_event", op, self.tr("Noted."))


class CloseDayDialog(FormDialog):
    """Lists what a carrier was handed today; ``done_with`` tells the manifest's id."""

    def __init__(self, context: Context, *, parent: QWidget) -> None:
        title = context.messages.tr("Close a carrier's day")
        super().__init__(context, title, context.messages.tr("Make the manifest"), parent=parent)
        self.carrier, self.reference = QComboBox(), Field(self.tr("Carrier's number"))
        self.form.add("carrier", self.tr("Carrier"), self.carrier)
        self.form.add(
            "reference", self.tr("Carrier's number"), self.reference, self.tr("Of its own list, if it makes one.")
        )
        self.go.setEnabled(False)
        context.tasks.read(self, partial(_waiting, on=context.today()), self._show)

    def submit(self) -> None:
        """Close the day."""
        name, on, reference = str(self.carrier.currentData()), self.context.today(), self.reference.text().strip()
        self.run(
            "manifest.close",
            lambda tx: manifests.close_day(tx, name, on, reference),
            self.tr("The manifest is made."),
        )

    def _show(self, waiting: dict[str, list[HandedOver]]) -> None:
        for name, lines in sorted(waiting.items()):
            words = self.tr("{}: {} packages").format(name or self.tr("No carrier"), len(lines))
            self.carrier.addItem(words, name)
        self.go.setEnabled(bool(waiting))
        if not waiting:
            self.carrier.addItem(self.tr("Nothing was handed over that is not listed already."), "")
        self.carrier.setFocus()


def _waiting(connection: Connection, on: date) -> dict[str, list[HandedOver]]:
    return manifests.waiting(connection, on)
