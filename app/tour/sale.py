"""One sale through the window, from the first key of a quote to the last payment."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtCore import Qt
from sqlalchemy import Connection, select

from app.models.product import product
from app.models.stock import stock_level
from app.services import overview, papers, parties
from app.services.overview import OrderOverview
from app.services.papers import Wanted
from app.tour.hands import Hands
from app.tour.summary import TourFailed
from app.views.dialogs.accept import AcceptDialog
from app.views.dialogs.form_dialog import FormDialog
from app.views.dialogs.ship import ShipDialog
from app.views.lines import LineEditor
from app.views.orders.screen import OrdersScreen
from app.views.quotes.screen import QuotesScreen

STEPS_MOST: Final = 12
"""A sale has at most so many steps; more means that one of them did nothing."""


class Sale(Hands):
    """Sells goods that lie on the shelf."""

    def write_quote(self) -> UUID:
        """Write a quote by keyboard, offer it twice, have it signed; gives the order."""
        customer, skus = self.read(_customer), self.read(stocked_skus)
        self.window.show_place("quotes")
        screen = self.screen(QuotesScreen)
        screen.new_for(customer)
        editor: LineEditor = screen.page.editor
        self.until(lambda: screen.page.document is not None and editor.draft is not None, "the new quote did not open")
        self.note("A new quote is written for a customer")
        for sku in skus:
            self.add_line(editor, sku)
        self.note(f"{len(skus)} lines are typed by SKU and Enter")
        self.set_quantity(editor, "3*4", Decimal(12))
        self.until(screen.page.is_saved, "the quote was not saved")
        self.settle()
        self.picture("quote_writing")
        quote_id: UUID = screen.page.document.head.id  # type: ignore[union-attr]
        screen.send()
        self.until(lambda: self.window.screen_on_show is not screen, "the sent quote was not shown as it prints")
        self.settle()
        self.picture("quote_printed")
        self.note("The quote is sent: version 1 is frozen and printed")
        self.program.context.open("quote", quote_id)
        self.settle()
        screen.revise()
        self.until(
            lambda: screen.page.document is not None and screen.page.document.head.state == "draft", "not revised"
        )
        self.settle()
        screen.page.discount.setText("2")
        screen.page.discount.editingFinished.emit()
        self.until(screen.page.is_saved, "the discount was not saved")
        screen.send()
        self.until(lambda: self.window.screen_on_show is not screen, "version 2 was not shown")
        self.note("The customer asks for 2 % off: version 2 is sent")
        return self.accept(screen, quote_id, version=2, po="4500-88213")

    def add_line(self, editor: LineEditor, sku: str) -> None:
        """Add a line by SKU and Enter."""
        lines = len(editor.lines())
        editor.start()
        self.type(sku, editor.add)
        self.settle()
        self.key(Qt.Key.Key_Return, editor.add)
        self.until(partial(_has_lines, editor, lines + 1), f"{sku} was not added")

    def set_quantity(self, editor: LineEditor, typed: str, quantity: Decimal) -> None:
        """Type the quantity of the line added last."""
        self.key(Qt.Key.Key_Tab, editor.add)
        self.settle()
        self.type(typed)
        self.key(Qt.Key.Key_Return)
        self.until(lambda: editor.lines()[-1].quantity == quantity, f"the quantity {typed} was not taken")

    def accept(self, screen: QuotesScreen, quote_id: UUID, *, version: int, po: str) -> UUID:
        """Have a version signed; gives the order."""
        self.program.context.open("quote", quote_id)
        self.until(
            lambda: screen.page.document is not None and screen.page.document.head.version == version,
            "not the version sent",
        )
        self.settle()
        screen.accept_quote()
        dialog = self.dialog(AcceptDialog)
        self.until(dialog.go.isEnabled, "the lines to accept were not read")
        dialog.po.setText(po)
        dialog.signer.setText("Jo Finch")
        dialog.signed_as.setCurrentIndex(1)
        self.settle()
        self.draw(dialog.pad)
        self.picture("quote_accepting", dialog)
        dialog.submit()
        self.until(lambda: isinstance(self.window.screen_on_show, OrdersScreen), "the order was not opened")
        self.note(f"The customer signs, with PO {po}: the order is confirmed")
        orders = self.screen(OrdersScreen)
        self.until(partial(_is_for, orders, po), "the order was not read")
        order_id: UUID = orders.page.overview.order.id  # type: ignore[union-attr]
        return order_id

    def carry_out(self, order_id: UUID) -> None:
        """Press the primary button until nothing is left to do.

        Raises:
            TourFailed: the order is not closed and paid then.

        """
        for _ in range(STEPS_MOST):
            if not self.take_step(order_id):
                break
        else:
            raise TourFailed("the sale did not come to its end")
        self.open_order(order_id)
        self.settle()
        self.picture("order_paid_light")
        self.note(self.closed(order_id))

    def take_step(self, order_id: UUID) -> bool:
        """Take an order's next step in its dialog; False where there is none now."""
        self.open_order(order_id)
        orders = self.screen(OrdersScreen)
        found = self.read(partial(_overview, order_id=order_id))
        if not found.next_step:
            return False
        self.until(partial(_offers, orders, found.next_step), f"the order page does not offer {found.next_step}")
        step = found.next_step.replace(".", "_")
        self.picture(f"order_{step}")
        words = orders.page.next.text()
        orders.page.take_next_step()
        dialog = self.dialog(FormDialog)
        self.until(dialog.go.isEnabled, f"the dialog of {found.next_step} was not ready")
        if isinstance(dialog, ShipDialog):
            dialog.carrier.setEditText("DHL Freight")
            dialog.tracking.setText("JD014600006228974219")
        self.settle()
        self.picture(f"dialog_{step}", dialog)
        dialog.submit()
        self.until(partial(self._moved_on, found), f"{words} did nothing")
        self.note(words)
        return True

    def closed(self, order_id: UUID) -> str:
        """Say how an order ended.

        Raises:
            TourFailed: it is not closed and paid.

        """
        state = self.read(partial(_overview, order_id=order_id)).order
        if (state.state, state.billing_state) != ("closed", "paid"):
            raise TourFailed(f"order {state.number} ended {state.state}, {state.billing_state}")
        return f"{state.number} is closed: shipped, invoiced and paid, {state.total:.2f} {state.currency}"

    def _moved_on(self, before: OrderOverview) -> bool:
        """Tell whether the order has changed since ``before`` was read."""
        now = self.read(partial(_overview, order_id=before.order.id))
        return now.order.revision != before.order.revision or now.next_step != before.next_step

    def open_order(self, order_id: UUID) -> None:
        """Show an order."""
        self.program.context.open("order", order_id)
        orders = self.screen(OrdersScreen)
        self.until(
            lambda: orders.page.overview is not None and orders.page.overview.order.id == order_id, "order not shown"
        )
        self.settle()

    def save_papers(self, order_id: UUID) -> None:
        """Save all papers of an order."""
        for wanted in self.read(lambda connection: papers.of_order(connection, order_id)):
            self._save_paper(wanted)
        self.program.context.open("print", order_id, kinds="order")
        self.settle()
        self.picture("print_preview")

    def _save_paper(self, wanted: Wanted) -> None:
        paper = self.read(lambda connection: papers.build(connection, (wanted,)))
        name = f"{wanted.kind}.pdf"
        number = 2
        while name in self.summary.papers:
            name, number = f"{wanted.kind}_{number}.pdf", number + 1
        (self.out / name).write_bytes(paper.pdf)
        self.summary.papers.append(name)


def _overview(connection: Connection, order_id: UUID) -> OrderOverview:
    return overview.read(connection, order_id)


def _offers(orders: OrdersScreen, step: str) -> bool:
    """Tell whether the order's page offers a step."""
    return orders.page.overview is not None and orders.page.overview.next_step == step


def _is_for(orders: OrdersScreen, po: str) -> bool:
    """Tell whether the order on show has the customer's PO number."""
    return orders.page.overview is not None and orders.page.overview.order.customer_po == po


def _has_lines(editor: LineEditor, number: int) -> bool:
    return len(editor.lines()) == number


def _customer(connection: Connection) -> UUID:
    found = parties.find(connection, "Harbor", 1) or parties.find(connection, "", 1)
    return found[0][0]


def stocked_skus(connection: Connection) -> list[str]:
    """Five well-stocked products of some worth, of different kinds."""
    rows = connection.execute(
        select(product.c.sku, product.c.category)
        .join(stock_level, stock_level.c.product_id == product.c.id)
        .where(stock_level.c.free >= 20 * product.c.grain, product.c.list_price.between(Decimal(12), Decimal(400)))
        .order_by(product.c.list_price.desc(), product.c.sku)
    )
    by_kind: dict[str, str] = {}
    for row in rows:
        by_kind.setdefault(row.category, row.sku)
    return list(by_kind.values())[:5]
