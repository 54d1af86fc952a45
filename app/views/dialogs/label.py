"""Carrier and labels: every service with its cost and day, the one chosen and why, and a label for each package."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtWidgets import QWidget
from sqlalchemy import Connection

from app.services import carrier_choice, companies, labels
from app.services.carrier_choice import Comparison, Offer
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.dialogs.form_dialog import FormDialog
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Tone
from app.views.widgets.labels import Label
from app.views.widgets.list_view import ListView

MOST_EXCLUDED: Final = 4


class LabelDialog(FormDialog):
    """Compares the carriers for a packed shipment; ``done_with`` tells the ids of the labels to buy."""

    def __init__(self, context: Context, shipment_id: UUID, number: str, *, parent: QWidget) -> None:
        title = context.messages.tr("Carrier of {}").format(number)
        super().__init__(context, title, context.messages.tr("Make labels"), parent=parent)
        self.setMinimumSize(640, 460)
        self._shipment_id = shipment_id
        self._promised_on: date | None = None
        self.reason = Label(self.tr("Comparing carriers…"), Type.BODY_STRONG, wrap=True)
        self.offers: RowsTable[Offer] = RowsTable(
            (
                Column[Offer]("service", self.tr("Service"), _service, 220, stretch=True),
                Column[Offer]("cost", self.tr("Cost"), lambda one: cells.amount(one.cost), 96, right=True),
                Column[Offer]("arrives", self.tr("There"), self._arrives, 170),
            )
        )
        self.view = ListView(self.offers, "carrier_offers", two_lines=True)
        self.view.setAccessibleName(self.tr("Carriers compared"))
        self.view.opened.connect(self._take)
        self.excluded = Label("", Type.META, Tone.SOFT, wrap=True)
        for part in (self.reason, self.view, self.excluded):
            self.body.addWidget(part)
        self.go.setEnabled(False)
        ready_at = context.now().astimezone().replace(tzinfo=None)
        read = partial(_compare, shipment_id=shipment_id, ready_at=ready_at)
        context.tasks.read(self, read, self._show, self._failed_to_read)

    def submit(self) -> None:
        """Plan a label of the highlighted service for each package."""
        offer: Offer | None = self.view.current_row()
        if offer is not None:
            shipment_id, carrier_id, code = self._shipment_id, offer.carrier_id, offer.service_code
            self.run("label.plan", lambda tx: labels.plan(tx, shipment_id, carrier_id, code))

    def _show(self, found: tuple[Comparison, str, date | None]) -> None:
        comparison, currency, self._promised_on = found
        self.reason.setText(comparison.reason)
        self.offers.columns[1] = Column[Offer](
            "cost", self.tr("Cost, {}").format(currency), lambda one: cells.amount(one.cost), 96, right=True
        )
        self.offers.set_rows(comparison.offers)
        left_out = [f"{one.name}: {one.why}." for one in comparison.excluded[:MOST_EXCLUDED]]
        self.excluded.setText("\n".join(left_out))
        self.excluded.setVisible(bool(left_out))
        if comparison.chosen is not None:
            self.view.selectRow(comparison.offers.index(comparison.chosen))
            self.go.setEnabled(True)
        self.view.setFocus()

    def _failed_to_read(self, error: Exception) -> None:
        self.reason.setText(str(error))

    def _take(self, _row: object) -> None:
        self.go.click()

    def _arrives(self, offer: Offer) -> Cell:
        today = self.context.today()
        first, last = written.day(offer.earliest_on, today), written.day(offer.latest_on, today)
        late = self._promised_on is not None and not offer.in_time(self._promised_on)
        return cells.text(first if first == last else f"{first} – {last}", tone=Tone.BAD if late else Tone.SOFT)


def _service(offer: Offer) -> Cell:
    return cells.two_lines(offer.service, offer.carrier, code_below=False)


def _compare(connection: Connection, shipment_id: UUID, ready_at: datetime) -> tuple[Comparison, str, date | None]:
    wish = carrier_choice.wish_for(connection, shipment_id, ready_at)
    return carrier_choice.compare(connection, wish), companies.get(connection).currency, wish.promised_on
