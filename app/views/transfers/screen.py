"""Transfers: find one and do the next thing to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from app.models.transfer import TransferState
from app.services import transfer_sheets, transfers, warehouses
from app.services.lists import TRANSFERS, TransferRow
from app.services.transfer_sheets import TransferSheet
from app.services.warehouses import Warehouse
from app.views import cells
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.format import tr
from app.views.list_screen import SheetScreen
from app.views.list_spec import Filter, ListSpec, Option, Tab, as_of_today, of_states
from app.views.messages import confirm
from app.views.screen import Finder, Found, Group, Place, Waiting
from app.views.tokens import Tone
from app.views.transfers import commands
from app.views.transfers.dialogs import ArrivedDialog, LostDialog, NewTransferDialog, ShipDialog
from app.views.transfers.panel import TransferPanel


def _spec(today: date) -> ListSpec[TransferRow]:
    def leaves(row: TransferRow) -> Cell:
        return cells.due(row.ships_on, today, late=row.state == TransferState.PLANNED)

    def arrives(row: TransferRow) -> Cell:
        return cells.due(row.expected_on, today, late=row.going)

    return ListSpec(
        listing=TRANSFERS,
        columns=(
            Column[TransferRow]("number", "Transfer", lambda row: cells.code(row.number), 104, sort="number"),
            Column[TransferRow]("source", "From", lambda row: cells.text(row.source), 140, stretch=True),
            Column[TransferRow]("target", "To", lambda row: cells.text(row.target), 150),
            Column[TransferRow]("state", "Status", lambda row: cells.state(row.state), 104, sort="state"),
            Column[TransferRow]("going", "", _going, 96),
            Column[TransferRow]("leaves", "Leaves", leaves, 92, sort="ships_on"),
            Column[TransferRow]("arrives", "Arrives", arrives, 92, sort="expected_on"),
            Column[TransferRow]("lines", "Lines", lambda row: cells.quantity(row.lines), 60, right=True),
        ),
        nouns=("transfer", "transfers"),
        search_hint="Transfer, SKU, product…",
        tabs=(
            Tab("planned", "To send", {"state": "planned"}, "ships_on"),
            Tab("going", "On its way", {"going": "yes"}, "expected_on"),
            Tab("late", "Late", {"late": "yes"}, "expected_on"),
            Tab("received", "Received", {"state": "received"}, "-number", counted=False),
            Tab("all", "All", {}, "-number", counted=False),
        ),
        filters=(
            of_states("state", "Status", TransferState),
            Filter("going", "Goods", (Option("yes", "on their way", True),)),
            Filter("late", "Day", (Option("yes", "late", as_of_today),)),
        ),
    )


class TransfersScreen(SheetScreen[TransferRow, TransferSheet]):
    """The transfers with their lines."""

    kind = "transfer"

    def __init__(self, context: Context) -> None:
        super().__init__(context, "transfers", transfer_sheets.read)
        self._cancelling: UUID | None = None
        self.bind_all(
            (commands.NEW, self.new),
            (commands.NEXT, partial(self.with_sheet, self._next)),
            (commands.SHIP, partial(self.with_sheet, self._ask_ship)),
            (commands.RECEIVE, partial(self.with_sheet, self._ask_arrived)),
            (commands.LOSE, partial(self.with_sheet, self._ask_lost)),
            (commands.CANCEL, partial(self.with_sheet, self._ask_cancel)),
        )
        self.panel = TransferPanel(context)
        self.show_list(self.tr("Transfers"), _spec(context.today()), self.panel)
        self.add_buttons(new=commands.NEW)
        self.set_empty(
            "arrow-up-down",
            self.tr("Nothing is on its way between warehouses"),
            self.tr(
                "An order that takes from another warehouse plans its transfer here, and so do components for a "
                "subcontractor. Or bring goods over yourself."
            ),
            commands.NEW,
        )

    def new(self) -> None:
        """Ask what is to go where."""
        self.context.tasks.read(self, warehouses.ours, self._ask_new)

    # inner -------------------------------------------------------------------------------------

    def _next(self, sheet: TransferSheet) -> None:
        if sheet.can_leave:
            self._ask_ship(sheet)
        elif sheet.going:
            self._ask_arrived(sheet)
        elif sheet.head.state == TransferState.PLANNED:
            self._ask_ship(sheet)

    def _ask_new(self, places: list[Warehouse]) -> None:
        if len(places) < 2:
            words = tr("There is one warehouse only. Add another one in Inventory, then bring goods there.")
            self.context.messages.say(words)
            return
        dialog = NewTransferDialog(self.context, places, parent=self)
        dialog.done_with.connect(self.open_record)
        dialog.open()

    def _ask_ship(self, sheet: TransferSheet) -> None:
        if sheet.can_leave:
            ShipDialog(self.context, sheet, parent=self).open()
            return
        words = tr("Nothing of {} can be sent: no goods are promised to it at {}.")
        self.context.messages.say(words.format(sheet.head.number, sheet.source))

    def _ask_arrived(self, sheet: TransferSheet) -> None:
        if not self._is_not_going(sheet):
            ArrivedDialog(self.context, sheet, parent=self).open()

    def _ask_lost(self, sheet: TransferSheet) -> None:
        if not self._is_not_going(sheet):
            LostDialog(self.context, sheet, parent=self).open()

    def _is_not_going(self, sheet: TransferSheet) -> bool:
        """Say so where nothing is on its way; the books would refuse it as well."""
        if sheet.going:
            return False
        self.context.messages.say(tr("Nothing of {} is on its way.").format(sheet.head.number))
        return True

    def _ask_cancel(self, sheet: TransferSheet) -> None:
        self._cancelling = sheet.head.id
        waits = dict.fromkeys(f"{one.number} {one.customer}".strip() for line in sheet.lines for one in line.wanted_by)
        told = [tr("{} waits for it.").format(one) for one in waits]
        detail = " ".join([tr("What has not left is free again where it starts."), *told])
        confirm(self, tr("Cancel {}?").format(sheet.head.number), detail, tr("Cancel the transfer"), self._cancel)

    def _cancel(self) -> None:
        if self._cancelling is not None:
            self.run_for(self._cancelling, "transfer.cancel", transfers.cancel, tr("{} is cancelled."))

    def open_row(self, row: TransferRow) -> None:
        """Enter takes the next step."""
        self.with_sheet(self._next)


def _going(row: TransferRow) -> Cell:
    return cells.text(tr("On its way"), tone=Tone.ACCENT) if row.going else cells.text("")


def _waiting(connection: Connection, today: date) -> Waiting:
    return Waiting(*transfer_sheets.count(connection, today))


def _find(connection: Connection, text: str, limit: int) -> Sequence[Found]:
    found = transfer_sheets.find(connection, text, limit)
    return [Found(key, number, state, code=True) for key, number, state in found]


PLACE: Final = Place(
    "transfers",
    "Transfers",
    "arrow-up-down",
    Group.FULFIL,
    TransfersScreen,
    kinds=("transfer",),
    waiting_on=_waiting,
    tables=("transfer", "transfer_line"),
    commands=commands.COMMANDS,
    finders=(Finder("transfer", "Transfers", "arrow-up-down", _find),),
)
