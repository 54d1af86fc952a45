"""Writing an order: a new one, or the lines of one that is not finished."""

from __future__ import annotations

from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout

from app.services import orders
from app.services.orders import NewOrder
from app.services.transaction import Transaction
from app.views.commands import Command
from app.views.context import Context
from app.views.dialogs.amend import AmendDialog, Typed
from app.views.dialogs.new_document import NewDocumentDialog
from app.views.document_kind import ORDER
from app.views.document_page import DocumentPage
from app.views.messages import confirm
from app.views.orders.leaving import Leaving
from app.views.screen import Group, Place, Screen, Target
from app.views.widgets.buttons import ActionButton, Kind

DONE = Command("order.written", "Done", "Save and show the whole order.", "Ctrl+Return", "check", needs_selection=True)

PRICE = Command(
    "order.explain_price",
    "Why this price",
    "Tell how the price of the line comes about, and what would be cheaper.",
    "Ctrl+Shift+I",
    "tag",
    needs_selection=True,
)


class OrderWriting(Screen):
    """The page an order's lines and terms are typed on."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "order_writing")
        self.bind(DONE, self.show_whole)
        self.page = DocumentPage(context, ORDER)
        self.bind(PRICE, self.page.explain_price)
        self.done = ActionButton(context.commands[DONE.id], "check", Kind.PRIMARY)
        self.page.header.add(self.done)
        self.page.header.back_wanted.connect(context.navigator.back)
        self.page.shown.connect(self._shown)
        self.leaving = Leaving(context, self.page)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)

    def visit(self, target: Target) -> None:
        """Write the order named, or ask for the customer of a new one."""
        if target.kind == "edit_order" and target.record_id is not None:
            self.page.show_document(target.record_id, start=True)
            return
        customer = target.option("customer")
        if customer is not None:
            self.context.run(self, "order.create", partial(_create, customer_id=customer), done=self._open_new)
            return
        dialog = NewDocumentDialog(self.context, self.tr("New order"), "order.create", _create, parent=self)
        dialog.done_with.connect(self._open_new)
        dialog.rejected.connect(self.context.navigator.back)
        dialog.open()

    def leave(self) -> None:
        """Save what was typed."""
        self.page.leave()

    def is_saving(self) -> bool:
        """Whether something typed is still on its way into the books."""
        return self.page.is_saving()

    def may_leave(self) -> bool:
        """Ask before changes of a confirmed order are dropped that nobody agreed to yet."""
        document = self.page.document
        if document is None or self.page.is_saved() or self.page.saves_itself():
            return True
        number = document.head.number
        confirm(
            self,
            self.tr("The changes of {} are not agreed yet.").format(number),
            self.tr("Ctrl+Enter shows what they do and makes them. Leaving drops them; the order stays as it was."),
            self.tr("Drop them"),
            self._drop,
        )
        return False

    def show_whole(self) -> None:
        """Save and show the whole order; of a confirmed one what changes is shown first."""
        document = self.page.document
        if document is None:
            return
        if self.page.saves_itself():
            self.page.finish(partial(self.context.open, "order", document.head.id))
        elif self.page.may_finish():
            self._agree(document.head)

    def _agree(self, head: Any) -> None:
        if self.page.is_saved():
            self.context.open("order", head.id)
            return
        lines = tuple(line.to_input() for line in self.page.editor.lines())
        typed = Typed(head.id, head.number, head.revision, self.page.head_changes(), lines)
        dialog = AmendDialog(self.context, typed, parent=self)
        dialog.done_with.connect(self._amended)
        dialog.open()

    def _amended(self, _times: int) -> None:
        self._drop()

    def _drop(self) -> None:
        """What was typed is made, or let go: show the order as it is in the books."""
        document = self.page.document
        self.page.drop_typed()
        if document is not None:
            self.context.open("order", document.head.id)

    def _shown(self, head: Any) -> None:
        self.page.header.set_state(head.stage)
        self.done.set_text(self.tr("Done") if self.page.saves_itself() else self.tr("Show what changes"))
        self.context.commands.select(self.place_id, selected=True)

    def _open_new(self, order_id: UUID) -> None:
        self.context.open("edit_order", order_id)


def _create(tx: Transaction, customer_id: UUID) -> UUID:
    return orders.create(tx, NewOrder(customer_id, ()))


PLACE: Final = Place(
    "order_writing",
    "Write an order",
    "pencil",
    Group.HIDDEN,
    OrderWriting,
    kinds=("edit_order", "new_order"),
    commands=(DONE, PRICE),
)
