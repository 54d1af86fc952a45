"""Blanket orders: find one, call off a part of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from app.models.blanket import BlanketState
from app.services import blankets
from app.services.blankets import BlanketSheet
from app.services.lists import BLANKETS, BlanketRow
from app.views import cells
from app.views.blankets import commands
from app.views.blankets.dialogs import CallOffDialog, NewBlanketDialog
from app.views.blankets.panel import BlanketPanel
from app.views.cells import Cell, Column
from app.views.context import Context, Inverse
from app.views.format import tr
from app.views.list_screen import SheetScreen
from app.views.list_spec import Filter, ListSpec, Option, Tab, as_of_today, of_states
from app.views.screen import Finder, Found, Group, Place
from app.views.tokens import Tone


def _spec(today: date) -> ListSpec[BlanketRow]:
    def ends(row: BlanketRow) -> Cell:
        return cells.due(row.ends_on, today, late=row.state == BlanketState.OPEN)

    return ListSpec(
        listing=BLANKETS,
        columns=(
            Column[BlanketRow]("number", "Blanket order", lambda row: cells.code(row.number), 120, sort="number"),
            Column[BlanketRow](
                "customer", "Customer", lambda row: cells.text(row.customer_name), 180, sort="customer", stretch=True
            ),
            Column[BlanketRow](
                "po", "PO number", lambda row: cells.code(row.customer_po, tone=Tone.SOFT, strong=False), 150
            ),
            Column[BlanketRow]("state", "Status", lambda row: cells.state(row.state), 104, sort="state"),
            Column[BlanketRow]("starts", "From", lambda row: cells.on(row.starts_on, today), 92, sort="starts_on"),
            Column[BlanketRow]("ends", "Until", ends, 112, sort="ends_on"),
        ),
        nouns=("blanket order", "blanket orders"),
        search_hint="Blanket order, customer, PO…",
        tabs=(
            Tab("open", "Open", {"state": "open"}),
            Tab("ended", "Out of time", {"ended": "yes"}),
            Tab("all", "All", counted=False),
        ),
        filters=(
            of_states("state", "Status", BlanketState),
            Filter("ended", "Time", (Option("yes", "out of time", as_of_today),)),
        ),
    )


class BlanketsScreen(SheetScreen[BlanketRow, BlanketSheet]):
    """The blanket orders with what is left of each."""

    kind = "blanket"

    def __init__(self, context: Context) -> None:
        super().__init__(context, "blankets", blankets.read)
        self.bind_all(
            (commands.NEW, self.new),
            (commands.CALL_OFF, partial(self.with_sheet, self._ask_call_off)),
            (commands.CLOSE, partial(self.with_sheet, self._close)),
        )
        self.show_list(self.tr("Blanket orders"), _spec(context.today()), BlanketPanel(context))
        self.add_buttons(new=commands.NEW)
        self.set_empty(
            "handshake",
            self.tr("No blanket orders yet"),
            self.tr("Agree with a customer on quantities and prices for a time; orders then call off parts of them."),
            commands.NEW,
        )

    def new(self) -> None:
        """Ask what is agreed."""
        dialog = NewBlanketDialog(self.context, parent=self)
        dialog.done_with.connect(self.open_record)
        dialog.open()

    def open_row(self, row: BlanketRow) -> None:
        """Enter calls off."""
        self.with_sheet(self._ask_call_off)

    def _ask_call_off(self, sheet: BlanketSheet) -> None:
        if self.refuse(sheet, (BlanketState.OPEN,), tr("{} is {}; open it again to call it off.")):
            return
        dialog = CallOffDialog(self.context, sheet, parent=self)
        dialog.done_with.connect(self._open_order)
        dialog.open()

    def _open_order(self, order_id: UUID) -> None:
        self.context.open("order", order_id)

    def _close(self, sheet: BlanketSheet) -> None:
        blanket_id = sheet.head.id
        if sheet.head.state == BlanketState.OPEN:
            self.context.run(
                self,
                "blanket.close",
                lambda tx: blankets.close(tx, blanket_id),
                said=tr("{} is closed."),
                inverse=Inverse("blanket.reopen", lambda tx, _: blankets.reopen(tx, blanket_id)),
            )
            return
        self.context.run(
            self,
            "blanket.reopen",
            lambda tx: blankets.reopen(tx, blanket_id),
            said=tr("{} is open again."),
            inverse=Inverse("blanket.close", lambda tx, _: blankets.close(tx, blanket_id)),
        )


def _find(connection: Connection, text: str, limit: int) -> Sequence[Found]:
    return [Found(key, number, customer, code=True) for key, number, customer in blankets.find(connection, text, limit)]


PLACE: Final = Place(
    "blankets",
    "Blanket orders",
    "handshake",
    Group.SELL,
    BlanketsScreen,
    kinds=("blanket",),
    tables=("blanket",),
    commands=commands.COMMANDS,
    finders=(Finder("blanket", "Blanket orders", "handshake", _find),),
)
