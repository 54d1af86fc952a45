"""A sale of goods that are made, bought, sent by a supplier and sold as a kit, through the window.

What lies on the shelf is shipped and invoiced first; then work and purchases are carried out on their own screens,
and the rest leaves.  In the end one piece comes back and is replaced.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QApplication, QDialog, QPushButton
from sqlalchemy import ColumnElement, Connection, func, select

from app.models.log import command_log
from app.models.order import sales_order_line
from app.models.product import shown
from app.models.purchase import purchase_line, purchase_order
from app.models.returns import goods_return
from app.models.sourcing import Supply
from app.models.work import work_order
from app.services import parties, pegs, work_sheets
from app.tour.sale import Sale
from app.tour.summary import TourFailed
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.give_back import AuthoriseReturnDialog
from app.views.purchasing.screen import PurchasingScreen
from app.views.quotes.screen import QuotesScreen
from app.views.returns.screen import ReturnsScreen
from app.views.work_orders.output import ReportDialog
from app.views.work_orders.screen import WorkOrdersScreen

WANTED: Final = (
    ("WS-PANEL", 2),
    ("WS-SKID", 1),
    ("PU-TANK", 1),
    ("WS-KIT", 2),
    ("PU-GAUGE", 5),
    ("PU-FILTER", 60),
)
"""SKU and pieces: made for it, made already, sent by a supplier, a kit, bought, and more than lies on the shelf."""
STEPS_MOST: Final = 60


class SuppliedSale(Sale):
    """Sells what is not all on the shelf."""

    def take(self) -> UUID:
        """Sell it, carry out what it needs, and replace a piece; gives the order."""
        order_id = self._write()
        self.open_order(order_id)
        self.settle()
        self.picture("order_sourced")
        self._carry_out_all(order_id)
        self.open_order(order_id)
        self.picture("order_supplied")
        self.note(self.closed(order_id))
        self._replace_one(order_id)
        return order_id

    def _write(self) -> UUID:
        self.window.show_place("quotes")
        screen = self.screen(QuotesScreen)
        screen.new_for(self.read(_customer))
        editor = screen.page.editor
        self.until(lambda: screen.page.document is not None and not editor.lines(), "the new quote did not open")
        self.settle()
        for sku, pieces in WANTED:
            self.add_line(editor, sku)
            if pieces > 1:
                self.set_quantity(editor, str(pieces), Decimal(pieces))
        self.until(screen.page.is_saved, "the quote was not saved")
        self.settle()
        self.picture("quote_promised")
        self.note(
            "A quote of goods that are made, bought, sent by a supplier and sold as a kit tells a day for each line"
        )
        quote_id: UUID = screen.page.document.head.id  # type: ignore[union-attr]
        screen.send()
        self.until(lambda: self.window.screen_on_show is not screen, "the sent quote was not shown as it prints")
        return self.accept(screen, quote_id, version=1, po="4500-88240")

    def _carry_out_all(self, order_id: UUID) -> None:
        """Ship what is there, then let the supply come, until all is shipped, invoiced and paid."""
        for _ in range(STEPS_MOST):
            if not self.take_step(order_id) and not self._supply(order_id):
                return
        raise TourFailed("the sale of supplied goods did not come to its end")

    def _supply(self, order_id: UUID) -> bool:
        """Take the next step of one document that the order waits for; False where there is none."""
        waits = self.read(partial(_awaited, order_id=order_id))
        if not waits:
            return False
        kind, document_id, number = waits[0]
        self.program.context.open(kind, document_id)
        screen = self.window.screen_on_show
        if not isinstance(screen, (PurchasingScreen, WorkOrdersScreen)):
            raise TourFailed(f"{number} was not shown")
        self.until(partial(_shows, screen, document_id), f"{number} was not found in its list")
        self.settle()
        self.picture(f"{kind}_{self.read(partial(_state, kind=kind, document_id=document_id))}")
        self._press(screen.take_next_step, number)
        self.note(f"{number} is taken further")
        return True

    def _press(self, step: Callable[[], None], what: str) -> None:
        """Take a step and answer what it asks, until it is in the books."""
        before = self.read(_commands)
        step()
        self.until(lambda: bool(_asking()) or self.read(_commands) > before, f"{what}: nothing was asked or done")
        for dialog in _asking():
            self.settle()
            if isinstance(dialog, ReportDialog):
                self.type(self.read(partial(_left, number=what)), dialog.made)
                self.settle()
            self.picture(f"dialog_{type(dialog).__name__}", dialog)
            if isinstance(dialog, FormDialog):
                dialog.go.click()
            else:
                next(button for button in dialog.findChildren(QPushButton) if button.isDefault()).click()
        self.until(lambda: self.read(_commands) > before, f"{what}: nothing was done")
        self.settle()

    def _replace_one(self, order_id: UUID) -> None:
        """One piece comes back and is replaced."""
        self.window.show_place("returns")
        screen = self.screen(ReturnsScreen)
        screen.new_for(order_id)
        dialog = self.dialog(AuthoriseReturnDialog)
        dialog.reason.setText("Dented in transport")
        dialog.usual.setCurrentIndex(dialog.usual.findData("replace"))
        dialog.table.set_lines(
            [replace(line, chosen=Fraction(place == 0)) for place, line in enumerate(dialog.table.lines)]
        )
        self.settle()
        self._press(lambda: None, "the return")
        return_id = self.read(partial(_return, order_id=order_id))
        self.program.context.open("return", return_id)
        self.until(partial(_shows, screen, return_id), "the return was not found in its list")
        self.settle()
        self.picture("return_authorised")
        self._press(screen.take_next, "the receipt of the return")
        self.note("One piece comes back and is inspected")
        self._carry_out_all(order_id)
        self.program.context.open("return", return_id)
        self.settle()
        self.picture("return_replaced")
        self.note(f"It is replaced. {self.closed(order_id)}")


def _customer(connection: Connection) -> UUID:
    return parties.find(connection, "", 2)[-1][0]


def _awaited(connection: Connection, order_id: UUID) -> list[tuple[str, UUID, str]]:
    """Kind, id and number of the purchase and work orders that bring what an order waits for; the first is carried on.

    Those that are there for it lead, what they wait for before them; then those that bring a product it misses.
    """
    open_ = {one.supply_id: one.supply for one in pegs.of_order(connection, order_id) if one.open and one.supply_id}
    bought = [key for key, supply in open_.items() if supply == Supply.PURCHASE_LINE]
    made = [key for key, supply in open_.items() if supply == Supply.WORK_ORDER]
    line = sales_order_line.c
    covered = line.cancelled + line.shipped + line.reserved + line.picked
    missing = select(line.product_id).where(line.order_id == order_id, line.ordered > covered)
    found = [
        *_purchases(connection, purchase_line.c.id.in_(bought)),
        *_work(connection, work_order.c.id.in_(made)),
    ]
    return found or [
        *_purchases(connection, purchase_line.c.product_id.in_(missing), purchase_order.c.state != "draft"),
        *_work(connection, work_order.c.product_id.in_(missing)),
    ]


def _purchases(connection: Connection, *which: ColumnElement[bool]) -> list[tuple[str, UUID, str]]:
    statement = (
        select(purchase_order.c.id, purchase_order.c.number)
        .join(purchase_line, purchase_line.c.purchase_id == purchase_order.c.id)
        .where(purchase_order.c.state.not_in(("closed", "cancelled")), *which)
        .distinct()
        .order_by(purchase_order.c.number)
    )
    return [("purchase", row.id, row.number) for row in connection.execute(statement)]


def _work(connection: Connection, which: ColumnElement[bool]) -> list[tuple[str, UUID, str]]:
    open_ = work_order.c.state.in_(("planned", "released"))
    statement = select(work_order.c.id, work_order.c.number).where(open_, which).order_by(work_order.c.due_on)
    return [("work_order", row.id, row.number) for row in connection.execute(statement)]


def _state(connection: Connection, kind: str, document_id: UUID) -> str:
    table = purchase_order if kind == "purchase" else work_order
    return str(connection.execute(select(table.c.state).where(table.c.id == document_id)).scalar_one())


def _left(connection: Connection, number: str) -> str:
    """Say how many pieces of a work order are left to make."""
    found = connection.execute(select(work_order.c.id).where(work_order.c.number == number)).scalar_one()
    sheet = work_sheets.read(connection, found)
    return str(shown(Fraction(sheet.left, sheet.product.grain)))


def _return(connection: Connection, order_id: UUID) -> UUID:
    statement = select(goods_return.c.id).where(goods_return.c.order_id == order_id).order_by(goods_return.c.id.desc())
    return connection.execute(statement).scalars().first()  # type: ignore[return-value]


def _commands(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(command_log)).scalar_one()


def _shows(screen: Any, record_id: UUID) -> bool:
    row = screen.list.current()
    return row is not None and row.id == record_id


def _asking() -> list[QDialog]:
    """The dialogs that wait for an answer."""
    return [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]
