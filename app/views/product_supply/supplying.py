"""What a product's page does with ways of supply and bills."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.services import bills, calendars, supply_ways
from app.services.calendars import CenterRow
from app.services.product_sheets import ProductSheet, WayRow
from app.views.commands import Command
from app.views.context import Context, Inverse
from app.views.format import tr
from app.views.product_supply import commands
from app.views.product_supply.bill_dialog import BillDialog
from app.views.product_supply.tabs import BILL, SUPPLY, SupplyTabs, bill_id_of
from app.views.product_supply.way_dialog import WayDialog

TABLES: Final = ("product_supply", "supplier_price", "bill", "bill_line", "bill_step", "supplier", "work_center")


class Supplying(QObject):
    """The commands of :mod:`app.views.product_supply.commands` on the product that ``tabs`` show."""

    def __init__(self, context: Context, tabs: SupplyTabs, owner: QWidget) -> None:
        super().__init__(owner)
        self._context, self._tabs, self._owner = context, tabs, owner

    def runs(self) -> Sequence[tuple[Command, Callable[[], None]]]:
        """The commands with what runs them."""
        return (
            (commands.ADD_WAY, self.add_way),
            (commands.CHANGE_WAY, self.change_way),
            (commands.EARLIER, partial(self._move, -1)),
            (commands.LATER, partial(self._move, 1)),
            (commands.DROP_WAY, self.drop_way),
            (commands.WRITE_BILL, self.write_bill),
            (commands.USE_BILL, self.use_bill),
        )

    def add_way(self) -> None:
        """Ask how the product may be had."""
        sheet = self._sheet(SUPPLY)
        if sheet is not None:
            WayDialog(self._context, sheet, None, parent=self._owner).open()

    def change_way(self) -> None:
        """Change the way under the highlight."""
        sheet, row = self._sheet(SUPPLY), self._way()
        if sheet is not None and row is not None:
            WayDialog(self._context, sheet, row, parent=self._owner).open()

    def drop_way(self) -> None:
        """Take the way under the highlight out of use."""
        row = self._way()
        if row is None:
            return
        way_id = row.way.id
        self._context.run(
            self._owner,
            "supply.change",
            lambda tx: supply_ways.change(tx, way_id, {"active": False}, {"active": True}),
            said=tr("It is not had this way any more."),
            inverse=Inverse(
                "supply.change", lambda tx, _: supply_ways.change(tx, way_id, {"active": True}, {"active": False})
            ),
        )

    def write_bill(self) -> None:
        """Write a new version of the bill."""
        sheet = self._sheet(BILL)
        if sheet is not None:
            read = partial(calendars.centers, today=self._context.today())
            self._context.tasks.read(self._owner, read, partial(self._ask_bill, sheet))

    def use_bill(self) -> None:
        """Make the version on show the one in use."""
        sheet = self._sheet(BILL)
        bill_id = bill_id_of(sheet) if sheet is not None else None
        if sheet is None or bill_id is None:
            self._context.messages.say(tr("This version is in use already. Choose another one."))
            return
        before = next((row.id for row in sheet.versions if row.active), None)
        wanted = bill_id

        def back(tx: Any, _: Any) -> None:
            if before is None:
                bills.deactivate(tx, wanted)
            else:
                bills.activate(tx, before)

        said = tr("This version is in use.")
        inverse = Inverse("bill.activate", back)
        self._context.run(
            self._owner, "bill.activate", lambda tx: bills.activate(tx, wanted), said=said, inverse=inverse
        )

    def _ask_bill(self, sheet: ProductSheet, centers: list[CenterRow]) -> None:
        if sheet.product.kind == "service":
            text = tr("{} is a service: it has no components.").format(sheet.product.sku)
            self._context.messages.say(text)
            return
        BillDialog(self._context, sheet, centers, parent=self._owner).open()

    def _move(self, by: int) -> None:
        """Bring the way under the highlight before or after its neighbour."""
        sheet, row = self._sheet(SUPPLY), self._way()
        if sheet is None or row is None:
            return
        order = [one.way.id for one in sheet.ways]
        place = order.index(row.way.id)
        if not 0 <= place + by < len(order):
            return
        before: list[UUID] = list(order)
        order[place], order[place + by] = order[place + by], order[place]
        product_id = sheet.product.id
        self._context.run(
            self._owner,
            "supply.prefer",
            lambda tx: supply_ways.prefer(tx, product_id, order),
            said=tr("The order of the ways is changed."),
            inverse=Inverse("supply.prefer", lambda tx, _: supply_ways.prefer(tx, product_id, before)),
        )
        self._tabs.ways_view.pick(place + by)

    def _way(self) -> WayRow | None:
        row = self._tabs.current_way()
        if row is None:
            self._context.messages.say(tr("Choose a way first."))
        return row

    def _sheet(self, tab: str) -> ProductSheet | None:
        """The product on show, with the tab the command is about at the front."""
        if self._tabs.sheet is not None and self._tabs.isVisible():
            self._tabs.choose(tab)
            return self._tabs.sheet
        self._context.messages.say(tr("Open a product first."))
        return None
