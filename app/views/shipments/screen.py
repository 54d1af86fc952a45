"""Shipments: find one and do the next thing to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from sqlalchemy import Connection

from app.models.shipment import ShipmentState
from app.services import calling_back, fulfilment, shipping
from app.services.fulfilment import ShipmentSheet
from app.services.lists import SHIPMENTS, ShipmentRow
from app.services.transaction import Transaction
from app.views import cells
from app.views.bulk import Bulk, run_each
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.dialogs.pack import PackDialog
from app.views.dialogs.ship import ShipDialog
from app.views.format import tr
from app.views.list_screen import SheetScreen
from app.views.list_spec import Filter, ListSpec, Option, Tab, of_states
from app.views.screen import Finder, Found, Group, Place, Waiting
from app.views.shipments import commands
from app.views.shipments.carrying import Carrying
from app.views.shipments.notices import Notices
from app.views.shipments.panel import ShipmentPanel
from app.views.silent_printing import print_or_show
from app.views.tokens import Tone
from app.views.widgets.buttons import Button
from app.views.widgets.empty_state import EmptyState

GONE: Final = (ShipmentState.SHIPPED, ShipmentState.DELIVERED, ShipmentState.CANCELLED)


def _spec(today: date) -> ListSpec[ShipmentRow]:
    def due(row: ShipmentRow) -> Cell:
        return cells.due(row.promised_on, today, late=row.state not in GONE)

    def shipped(row: ShipmentRow) -> Cell:
        return cells.on(row.shipped_at.astimezone().date() if row.shipped_at else None, today)

    def tracking(row: ShipmentRow) -> Cell:
        return cells.code(row.tracking_number, tone=Tone.SOFT, strong=False)

    return ListSpec(
        listing=SHIPMENTS,
        columns=(
            Column[ShipmentRow]("number", "Shipment", lambda row: cells.code(row.number), 94, sort="number"),
            Column[ShipmentRow](
                "customer", "Customer", lambda row: cells.text(row.customer_name), 110, sort="customer", stretch=True
            ),
            Column[ShipmentRow](
                "order",
                "Order",
                lambda row: cells.code(row.order_number, tone=Tone.SOFT, strong=False),
                96,
                hidden=True,
            ),
            Column[ShipmentRow]("due", "Due", due, 104),
            Column[ShipmentRow]("state", "Status", lambda row: cells.state(row.state), 104, sort="state"),
            Column[ShipmentRow]("carrier", "Carrier", lambda row: cells.text(row.carrier, tone=Tone.SOFT), 78),
            Column[ShipmentRow]("tracking", "Tracking", tracking, 116),
            Column[ShipmentRow]("shipped", "Shipped", shipped, 78, sort="shipped_at"),
            Column[ShipmentRow]("packages", "Pkg", lambda row: cells.quantity(row.packages), 50, right=True),
        ),
        nouns=("shipment", "shipments"),
        search_hint="Shipment, order, tracking, SSCC…",
        tabs=(
            Tab("to_pack", "To pack", {"state": "planned"}, "number"),
            Tab("packed", "Packed", {"state": "packed"}, "number"),
            Tab("shipped", "Shipped", {"gone": "yes"}, counted=False),
            Tab("all", "All", {"known": "yes"}, counted=False),
        ),
        filters=(
            of_states("state", "Status", ShipmentState),
            Filter("gone", "Shipments", (Option("yes", "shipped", True),)),
            Filter("known", "Shipments", (Option("yes", "not cancelled", True),)),
        ),
        bulk=(
            (commands.NOTE.id, "printer", "Delivery notes"),
            (commands.LABEL.id, "barcode", "Labels"),
            (commands.DELIVERED.id, "circle-check", "Delivered"),
        ),
    )


class ShipmentsScreen(SheetScreen[ShipmentRow, ShipmentSheet]):
    """The shipments with their packages."""

    kind = "shipment"

    def __init__(self, context: Context) -> None:
        super().__init__(context, "shipments", fulfilment.shipment_sheet)
        self.carrying, self.notices = Carrying(self), Notices(self)
        self.bind_all(
            (commands.NEXT, self.take_next_step),
            (commands.PACK, self.pack),
            (commands.SHIP, self.ship),
            (commands.UNPACK, self.unpack),
            (commands.CALL_BACK, self.call_back),
            (commands.DELIVERED, self.deliver),
            (commands.NOTE, self.print_notes),
            (commands.SLIP, self.print_slips),
            (commands.LABEL, self.print_labels),
            (commands.NOTICE, partial(self.with_row, self.notices.ask)),
            (commands.TRACK, self.track),
            (commands.LABELS, partial(self.with_row, self.carrying.buy)),
            (commands.CHECK, partial(self.with_row, self.carrying.check)),
            (commands.VOID, partial(self.with_row, self.carrying.void)),
            (commands.EVENT, partial(self.with_row, self.carrying.note)),
            (commands.FETCH, self.carrying.fetch),
            (commands.CLOSE_DAY, self.carrying.close_day),
            (commands.ORDER, self.show_order),
        )
        self.panel = ShipmentPanel(context)
        self.show_list(self.tr("Shipments"), _spec(context.today()), self.panel)
        self.add_buttons((commands.LABELS, "truck"), (commands.LABEL, "printer"))
        picking = Button(self.tr("Show pick lists"), "scan-barcode")
        picking.clicked.connect(partial(context.open, "picking"))
        self.list.set_empty(
            EmptyState(
                "truck",
                self.tr("No shipments yet"),
                self.tr("A confirmed order with stock plans its shipment. Pick it, then pack and ship it here."),
                picking,
            )
        )

    # commands ----------------------------------------------------------------------------------

    def take_next_step(self) -> None:
        """Pack, ship, or note the arrival."""
        row = self.list.current()
        if row is None:
            return
        if row.state == ShipmentState.PLANNED:
            self.read_sheet(row.id, self._pack_or_ship)
        elif row.state == ShipmentState.PACKED:
            self.ship()
        elif row.state == ShipmentState.SHIPPED:
            self._deliver([row.id])

    def pack(self) -> None:
        """Ask what goes into which package."""
        self.with_sheet(self._ask_pack)

    def ship(self) -> None:
        """Ask how it leaves."""
        row = self.list.current()
        if row is not None:
            ShipDialog(self.context, row.id, row.number, parent=self).open()

    def unpack(self) -> None:
        """Open the packages again."""
        said = self.tr("The shipment is unpacked; its labels are void.")
        self.run_current("shipment.unpack", shipping.unpack, said, back=("shipment.pack", shipping.pack))

    def call_back(self) -> None:
        """Take back the shipping of what has not left after all."""
        row = self.list.current()
        if row is not None:
            said = self.tr("Shipping of {} is taken back; its goods are planned again.").format(row.number)
            self.run_for(row.id, "shipment.call_back", calling_back.call_back, said)

    def deliver(self) -> None:
        """Note that the ticked shipments, or the highlighted one, have arrived."""
        self.list.with_ticked(self._deliver)

    def print_notes(self) -> None:
        """Print delivery notes."""
        self.list.with_ticked(partial(self._print, "delivery_note"))

    def print_slips(self) -> None:
        """Print packing slips."""
        self.list.with_ticked(partial(self._print, "packing_slip"))

    def print_labels(self) -> None:
        """Print a label for each package."""
        self.list.with_ticked(partial(self._print, "label"))

    def track(self) -> None:
        """Open the carrier's page."""
        sheet = self.panel.sheet
        if sheet is not None and sheet.tracking_url:
            QDesktopServices.openUrl(QUrl(sheet.tracking_url))
        else:
            self.context.messages.say(self.tr("There is no tracking page for this shipment."))

    def show_order(self) -> None:
        """Show the order it belongs to."""
        self.with_row(self.open_row)

    # inner -------------------------------------------------------------------------------------

    def _pack_or_ship(self, sheet: ShipmentSheet) -> None:
        if sheet.to_pack:
            self._ask_pack(sheet)
        else:
            ShipDialog(self.context, sheet.head.id, sheet.head.number, parent=self).open()

    def _ask_pack(self, sheet: ShipmentSheet) -> None:
        if not sheet.to_pack:
            self.context.messages.say(self.tr("Nothing is picked for {} yet.").format(sheet.head.number))
            return
        PackDialog(self.context, sheet.head.id, sheet.head.number, parent=self).open()

    def _deliver(self, keys: Sequence[UUID]) -> None:
        run_each(self.context, self, _DELIVERING, keys)
        self.list.untick()

    def _print(self, kind: str, keys: Sequence[UUID]) -> None:
        print_or_show(self, kind, keys)

    def open_row(self, row: ShipmentRow) -> None:
        """Enter shows the order it belongs to."""
        self.context.open("order", row.order_id)


def _deliver(tx: Transaction, shipment_id: UUID) -> str:
    shipping.deliver(tx, shipment_id)
    return _number(tx.connection, shipment_id)


def _number(connection: Connection, shipment_id: UUID) -> str:
    number: str = fulfilment.shipment_sheet(connection, shipment_id).head.number
    return number


_DELIVERING: Final = Bulk(
    "shipment.deliver",
    _deliver,
    _number,
    one=tr("{} has arrived."),
    doing=tr("Noting the arrival of {} shipments…"),
    done_one=tr("1 shipment has arrived."),
    done=tr("{} shipments have arrived."),
)


def _waiting(connection: Connection) -> Waiting:
    return Waiting(fulfilment.count_shipments(connection, ShipmentState.PACKED))


def _find(connection: Connection, text: str, limit: int) -> Sequence[Found]:
    found = fulfilment.find_shipments(connection, text, limit)
    return [Found(key, number, f"{customer} · {state}", code=True) for key, number, customer, state in found]


PLACE: Final = Place(
    "shipments",
    "Shipments",
    "truck",
    Group.FULFIL,
    ShipmentsScreen,
    kinds=("shipment",),
    waiting=_waiting,
    tables=("shipment",),
    commands=commands.COMMANDS,
    finders=(Finder("shipment", "Shipments", "truck", _find),),
)
