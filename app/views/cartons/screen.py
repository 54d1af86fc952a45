"""Cartons and pallets: what shipments are packed in, with what each holds, weighs and costs."""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout
from sqlalchemy import Connection

from app.models.base import AMOUNT
from app.models.cartons import Box
from app.models.shipment import PALLET
from app.services import packing_proposals
from app.services.database import Changes
from app.views import cells
from app.views import format as written
from app.views.cartons import commands
from app.views.cartons.dialog import CartonDialog
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.format import tr
from app.views.screen import Group, Place, Screen, Target
from app.views.tables import RowsTable
from app.views.tokens import Glyph, Hue
from app.views.widgets.buttons import ActionButton, Kind
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.labels import Hairline
from app.views.widgets.list_view import ListView
from app.views.widgets.page_header import PageHeader


class CartonsScreen(Screen):
    """The list of cartons and pallets."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, "cartons")
        self.bind_all(
            (commands.OPEN, partial(context.open, "cartons")),
            (commands.ADD, self.add),
            (commands.CHANGE, self.change),
            (commands.RETIRE, self.retire),
        )
        bound = context.commands
        header = PageHeader(self.tr("Cartons and pallets"))
        header.add(
            ActionButton(bound[commands.RETIRE.id], "package-x"),
            ActionButton(bound[commands.CHANGE.id], "pencil"),
            ActionButton(bound[commands.ADD.id], "plus", Kind.PRIMARY),
        )
        self.rows: RowsTable[Any] = RowsTable(
            (
                Column[Any]("code", self.tr("Code"), lambda row: cells.code(row.code), 110),
                Column[Any]("name", self.tr("Name"), lambda row: cells.text(row.name), 200, stretch=True),
                Column[Any]("kind", self.tr("Kind"), _kind, 110),
                Column[Any]("size", self.tr("Holds"), _size, 170, right=True),
                Column[Any]("tare", self.tr("Empty"), lambda row: _kilograms(row.tare_g), 110, right=True),
                Column[Any]("most", self.tr("Heaviest"), lambda row: _kilograms(row.most_g), 110, right=True),
                Column[Any]("cost", self.tr("Cost"), lambda row: cells.amount(row.cost), 90, right=True),
                Column[Any]("state", self.tr("Status"), _state, 120),
            )
        )
        self.view = ListView(self.rows, "cartons")
        self.view.setAccessibleName(self.tr("Cartons and pallets"))
        self.view.picked.connect(self._picked)
        self.view.opened.connect(self._opened)
        self.empty = EmptyState(
            "package",
            self.tr("No cartons yet"),
            self.tr("Add the cartons and pallets you pack in: the pack dialog then proposes the cheapest that hold."),
            ActionButton(bound[commands.ADD.id], "plus"),
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(header)
        outer.addWidget(Hairline())
        outer.addWidget(self._stack, 1)
        context.tasks.changed.connect(self._changed)

    def visit(self, target: Target) -> None:
        """Read everything anew."""
        self._read()

    def add(self) -> None:
        """Add a kind."""
        CartonDialog(self.context, parent=self).open()

    def change(self) -> None:
        """Change the highlighted kind."""
        row = self.view.current_row()
        if row is not None:
            CartonDialog(self.context, row, parent=self).open()

    def retire(self) -> None:
        """Take the highlighted kind out of use, or into use again."""
        row = self.view.current_row()
        if row is None:
            return
        size = (row.length_mm, row.width_mm, row.height_mm)
        box = Box(row.code, size, row.tare_g, row.most_g, int(row.cost.scaleb(AMOUNT)))
        active = not row.active
        said = self.tr("{} is in use again.") if active else self.tr("{} is out of use.")
        self.context.run(
            self,
            "carton.change",
            lambda tx: packing_proposals.change_carton(tx, row.id, row.name, box, active=active),
            said=said.format(row.code),
        )

    def _opened(self, _row: object) -> None:
        self.change()

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and changes.touch("carton"):
            self._read()

    def _read(self) -> None:
        self.context.tasks.read(self, _read, self._show)

    def _show(self, found: list[Any]) -> None:
        self.rows.set_rows(found)
        self._stack.setCurrentWidget(self.view if found else self.empty)
        if found and self.view.current_row() is None:
            self.view.pick(0)
        self._picked(self.view.current_row())

    def _picked(self, row: Any) -> None:
        self.context.commands.select(self.place_id, selected=row is not None)


def _kind(row: Any) -> Cell:
    return cells.text(tr("Pallet") if row.kind == PALLET else tr("Carton"))


def _size(row: Any) -> Cell:
    sides = (row.length_mm, row.width_mm, row.height_mm)
    return cells.text("×".join(written.quantity(Decimal(side).scaleb(-1)) for side in sides) + " cm")


def _kilograms(grams: int) -> Cell:
    return cells.text(f"{written.quantity(Decimal(grams).scaleb(-3))} kg")


def _state(row: Any) -> Cell:
    if row.active:
        return cells.chip(tr("In use"), Hue.GREEN, Glyph.CHECK)
    return cells.chip(tr("Out of use"), Hue.GREY, Glyph.SLASH)


def _read(connection: Connection) -> list[Any]:
    return packing_proposals.kinds_of(connection, all_of_them=True)


PLACE = Place(
    "cartons",
    "Cartons and pallets",
    "package",
    Group.HIDDEN,
    CartonsScreen,
    kinds=("cartons",),
    commands=commands.COMMANDS,
)
