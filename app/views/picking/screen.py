"""Picking: which lists wait, what is on them, and the way to the picking screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from app.models.shipment import PickState
from app.services import pick_sheets
from app.services.lists import PICKS, PickRow
from app.services.pick_sheets import PickSheet
from app.views import cells
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.dialogs.pick import PickDialog
from app.views.dialogs.quantities import QuantityLine
from app.views.list_screen import SheetScreen
from app.views.list_spec import Filter, ListSpec, Option, Tab, of_states
from app.views.picking import commands
from app.views.picking.panel import PickPanel
from app.views.picking.round import is_begun
from app.views.screen import Finder, Found, Group, Place, Target, Waiting
from app.views.tokens import Tone
from app.views.widgets.buttons import ActionButton, Kind


def _spec(context: Context) -> ListSpec[PickRow]:
    today = context.today()

    def state(row: PickRow) -> Cell:
        return cells.state("picking" if row.state == PickState.OPEN and is_begun(context, row.id) else row.state)

    return ListSpec(
        listing=PICKS,
        columns=(
            Column[PickRow]("number", "Pick list", lambda row: cells.code(row.number), 104, sort="number"),
            Column[PickRow](
                "customer", "Customer", lambda row: cells.text(row.customer_name), 150, sort="customer", stretch=True
            ),
            Column[PickRow](
                "order", "Order", lambda row: cells.code(row.order_number, tone=Tone.SOFT, strong=False), 98
            ),
            Column[PickRow](
                "due",
                "Due",
                lambda row: cells.due(row.promised_on, today, late=row.state == PickState.OPEN),
                92,
                sort="promised_on",
            ),
            Column[PickRow]("state", "Status", state, 104),
            Column[PickRow]("by", "Picked by", lambda row: cells.text(row.picked_by, tone=Tone.SOFT), 92),
            Column[PickRow]("lines", "Lines", lambda row: cells.quantity(row.lines), 62, sort="lines", right=True),
        ),
        nouns=("pick list", "pick lists"),
        search_hint="Pick list, order, customer…",
        tabs=(
            Tab("open", "Open", {"open": "yes"}),
            Tab("late", "Late", {"late": "yes"}),
            Tab("done", "Done", {"state": "done"}, "-number", counted=False),
            Tab("all", "All", {}, "-number", counted=False),
        ),
        filters=(
            Filter("open", "Lists", (Option("yes", "to pick", True),)),
            Filter("late", "Due", (Option("yes", "late", lambda day: day),)),
            of_states("state", "Status", PickState),
        ),
        bulk=((commands.PRINT.id, "printer", "Print"),),
    )


class PickingScreen(SheetScreen[PickRow, PickSheet]):
    """The pick lists with their lines by bin."""

    kind = "pick"

    def __init__(self, context: Context) -> None:
        super().__init__(context, "picking", pick_sheets.read)
        self.bind_all(
            (commands.START, self.start),
            (commands.COMPLETE, self.complete_by_hand),
            (commands.PRINT, self.print_lists),
            (commands.ORDER, self.show_order),
            (commands.WAVES, self.show_waves),
        )
        self.panel = PickPanel(context)
        self.show_list(self.tr("Picking"), _spec(context), self.panel)
        self.list.header.add(ActionButton(context.commands[commands.WAVES.id], "boxes"))
        self.list.header.add(ActionButton(context.commands[commands.START.id], "scan-barcode", Kind.PRIMARY))
        self.set_empty(
            "scan-barcode",
            self.tr("Nothing to pick yet"),
            self.tr("Confirm an order that has stock: its pick list appears here, in the order of the bins."),
        )

    def show_asked(self, target: Target) -> None:
        """Show the lists in the tab asked for, and the panel anew: what it shows may have been picked."""
        super().show_asked(target)
        self.panel.show_row(self.list.current())

    def start(self) -> None:
        """Pick the highlighted list with the scanner."""
        self.with_row(self.open_row)

    def complete_by_hand(self) -> None:
        """Type what was picked."""
        row = self.list.current()
        if row is not None and row.state == PickState.OPEN:
            self.read_sheet(row.id, self._ask)

    def print_lists(self) -> None:
        """Print the ticked lists, or the highlighted one."""
        self.list.with_ticked(self._print)

    def show_order(self) -> None:
        """Show the order the highlighted list is for."""
        row = self.list.current()
        if row is not None:
            self.context.open("order", row.order_id)

    def show_waves(self) -> None:
        """Choose lists that are walked together."""
        self.context.open("waves")

    def _ask(self, sheet: PickSheet) -> None:
        lines = [
            QuantityLine(
                one.id, one.name, one.sku, one.unit, one.shown(one.wanted), one.grains_per_unit, one.shown(one.wanted)
            )
            for one in sheet.stops
        ]
        PickDialog(self.context, sheet.id, sheet.number, lines, parent=self).open()

    def _print(self, keys: Sequence[UUID]) -> None:
        self.context.open("print", keys[0], kinds="pick", others=tuple(keys[1:]))


def _waiting(connection: Connection) -> Waiting:
    return Waiting(pick_sheets.count_open(connection))


def _find(connection: Connection, text: str, limit: int) -> Sequence[Found]:
    found = pick_sheets.find(connection, text, limit)
    return [Found(key, number, f"{customer} · {state}", code=True) for key, number, customer, state in found]


PLACE: Final = Place(
    "picking",
    "Picking",
    "scan-barcode",
    Group.FULFIL,
    PickingScreen,
    waiting=_waiting,
    tables=("pick",),
    commands=commands.LIST_COMMANDS,
    finders=(Finder("pick", "Pick lists", "scan-barcode", _find),),
)
