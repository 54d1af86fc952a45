"""Payment terms in a list, with what each means for an invoice of today."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final

from PySide6.QtWidgets import QVBoxLayout

from app.services import payment_terms
from app.services.database import Changes
from app.services.payment_terms import Terms
from app.views import cells
from app.views.cells import Cell, Column
from app.views.context import Context, Inverse
from app.views.format import tr
from app.views.payment_terms import commands, parts
from app.views.payment_terms.dialogs import TermsDialog
from app.views.screen import Group, Place, Screen, Target
from app.views.tables import RowsTable
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import ActionButton, Kind
from app.views.widgets.cards import Card
from app.views.widgets.labels import Hairline
from app.views.widgets.list_view import ListView
from app.views.widgets.page_header import PageHeader

TABLES: Final = ("payment_term", "payment_term_part")


class PaymentTermsScreen(Screen):
    """Set-up of payment terms."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "payment_terms")
        for command, run in (
            (commands.OPEN, partial(context.open, "payment_terms")),
            (commands.NEW, self.add),
            (commands.CHANGE, self.change),
            (commands.REMOVE, self.remove),
        ):
            self.bind(command, run)
        bound = context.commands
        header = PageHeader(self.tr("Payment terms"))
        header.add(
            ActionButton(bound[commands.REMOVE.id], "trash-2"),
            ActionButton(bound[commands.CHANGE.id], "pencil"),
            ActionButton(bound[commands.NEW.id], "plus", Kind.PRIMARY),
        )
        card = Card(self.tr("Terms"), self.tr("customers and documents have one of them"))
        self.terms: RowsTable[Terms] = RowsTable(
            (
                Column[Terms]("name", self.tr("Name"), _name, 240, stretch=True),
                Column[Terms]("example", self.tr("1,000.00 invoiced today"), self._example, 460, stretch=True),
            )
        )
        self.view = ListView(self.terms, "payment_terms", two_lines=True)
        self.view.setAccessibleName(self.tr("Payment terms"))
        self.view.picked.connect(self._picked)
        self.view.opened.connect(self._opened)
        card.body.addWidget(self.view, 1)
        outer, inner = QVBoxLayout(self), QVBoxLayout()
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        inner.setContentsMargins(Space.PAGE, Space.LARGE, Space.PAGE, Space.LARGE)
        inner.addWidget(card)
        outer.addWidget(header)
        outer.addWidget(Hairline())
        outer.addLayout(inner, 1)
        context.tasks.changed.connect(self._changed)

    def visit(self, target: Target) -> None:
        """Read them anew."""
        self._read()

    def add(self) -> None:
        """Agree new terms."""
        TermsDialog(self.context, None, parent=self).open()

    def change(self) -> None:
        """Change the highlighted terms."""
        terms = self.view.current_row()
        if terms is not None:
            TermsDialog(self.context, terms, parent=self).open()

    def remove(self) -> None:
        """Remove the highlighted terms; a refusal says who has them."""
        terms = self.view.current_row()
        if terms is None:
            return
        self.context.run(
            self,
            "payment_term.remove",
            lambda tx: payment_terms.remove(tx, terms.code),
            said=tr("{} is removed.").format(terms.name),
            inverse=Inverse("payment_term.save", lambda tx, _: payment_terms.save(tx, terms)),
        )

    def _read(self) -> None:
        self.context.tasks.read(self, payment_terms.read, self._show)

    def _show(self, found: Sequence[Terms]) -> None:
        current = self.view.current_row()
        codes = [one.code for one in found]
        self.terms.set_rows(found)
        if found:
            self.view.selectRow(codes.index(current.code) if current is not None and current.code in codes else 0)
        self._picked(self.view.current_row())

    def _picked(self, row: object) -> None:
        self.context.commands.select(self.place_id, selected=row is not None)

    def _opened(self, _row: object) -> None:
        self.change()

    def _changed(self, changes: Changes) -> None:
        if changes.touch(*TABLES):
            self._read()

    def _example(self, terms: Terms) -> Cell:
        return cells.text(parts.words(terms.parts, self.context.today()), tone=Tone.SOFT)


def _name(terms: Terms) -> Cell:
    return cells.two_lines(terms.name, terms.code)


PLACE: Final = Place(
    "payment_terms",
    "Payment terms",
    "hand-coins",
    Group.HIDDEN,
    PaymentTermsScreen,
    kinds=("payment_terms",),
    commands=commands.COMMANDS,
)
