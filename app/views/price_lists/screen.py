"""Price lists at a glance, with for whom each is, how many rules it has, when it applies and what goes first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import ClassVar, Final
from uuid import UUID

from sqlalchemy import Connection

from app.services import price_list_sheets, price_lists
from app.services.price_list_sheets import ListRow, Sheet
from app.services.price_lists import For
from app.views import cells
from app.views import format as written
from app.views.cells import Cell, Column
from app.views.context import Context, Inverse
from app.views.format import tr
from app.views.price_lists import commands
from app.views.price_lists.dialogs import PriceListDialog
from app.views.screen import Group, Place
from app.views.set_up_screen import SetUpScreen
from app.views.tables import RowsTable
from app.views.tokens import Glyph, Hue, Tone
from app.views.widgets.buttons import ActionButton, Kind
from app.views.widgets.cards import Card
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.list_view import ListView

NAMED: Final = 3
"""So many buyers are named in a row; of more it says how many."""


class PriceListsScreen(SetUpScreen[Sequence[ListRow]]):
    """Set-up of price lists."""

    tables: ClassVar[tuple[str, ...]] = ("price_list", "price_list_buyer", "price_rule", "customer")

    def __init__(self, context: Context) -> None:
        super().__init__(context, "price_lists")
        self.bind_all(
            (commands.OPEN, partial(context.open, "price_lists")),
            (commands.NEW, self.add),
            (commands.CHANGE, self.change),
            (commands.STOP, self.stop),
        )
        self.set_title(
            self.tr("Price lists"), (commands.STOP, "ban"), (commands.CHANGE, "pencil"), (commands.NEW, "plus")
        )
        about = self.tr("the highest priority goes first, then the list nearest to the buyer")
        self.card = Card(self.tr("Price lists"), about)
        self.rows: RowsTable[ListRow] = RowsTable(
            (
                Column[ListRow]("name", self.tr("Name"), _name, 220, stretch=True),
                Column[ListRow]("for", self.tr("For"), _whom, 300, stretch=True),
                Column[ListRow]("state", self.tr("Status"), self._state, 110),
                Column[ListRow]("days", self.tr("Days"), _days, 264),
                Column[ListRow]("priority", self.tr("Priority"), _priority, 80, right=True),
                Column[ListRow]("rules", self.tr("Rules"), _rules, 70, right=True),
            )
        )
        self.view = ListView(self.rows, "price_lists", two_lines=True)
        self.view.setAccessibleName(self.tr("Price lists"))
        self.view.picked.connect(self._picked)
        self.view.opened.connect(self._opened)
        self.card.body.addWidget(self.view, 1)
        self.set_columns((1, (self.card,)))
        self.set_empty(
            EmptyState(
                "tag",
                self.tr("No price lists yet"),
                self.tr(
                    "Every line begins at its product's list price. Write a list for what differs: 10 % less for a "
                    "customer group, a price from 12 pieces, other prices from a day on."
                ),
                ActionButton(context.commands[commands.NEW.id], "plus", Kind.PRIMARY),
            )
        )

    def reading(self) -> Callable[[Connection], Sequence[ListRow]]:
        """Read all lists."""
        return price_list_sheets.read

    def show_found(self, found: Sequence[ListRow]) -> None:
        """Fill the list; the one that was highlighted stays so."""
        current = self.view.current_row()
        ids = [one.id for one in found]
        self.rows.set_rows(found)
        self.show_empty(empty=not found)
        if found:
            self.view.selectRow(ids.index(current.id) if current is not None and current.id in ids else 0)
        self._picked(self.view.current_row())

    def add(self) -> None:
        """Write another list."""
        self._ask(None)

    def change(self) -> None:
        """Change the highlighted list."""
        row = self.view.current_row()
        if row is not None:
            self._ask(row.id)

    def stop(self) -> None:
        """Put the highlighted list away, or use it again."""
        row = self.view.current_row()
        if row is None:
            return
        key, used = row.id, row.active
        said = tr("{} is put away.") if used else tr("{} is used again.")
        self.context.run(
            self,
            "price_list.stop",
            lambda tx: price_lists.change(tx, key, {"active": not used}, {"active": used}),
            said=said.format(row.name),
            inverse=Inverse(
                "price_list.stop", lambda tx, _: price_lists.change(tx, key, {"active": used}, {"active": not used})
            ),
        )

    def _ask(self, list_id: UUID | None) -> None:
        self.context.tasks.read(self, partial(price_list_sheets.sheet, list_id=list_id), self._open_dialog)

    def _open_dialog(self, sheet: Sheet) -> None:
        PriceListDialog(self.context, sheet, parent=self).open()

    def _picked(self, row: object) -> None:
        self.context.commands.select(self.place_id, selected=row is not None)

    def _opened(self, _row: object) -> None:
        self.change()

    def _state(self, row: ListRow) -> Cell:
        return _used(row, self.context.today())


def _name(row: ListRow) -> Cell:
    return cells.two_lines(row.name, row.currency)


def _whom(row: ListRow) -> Cell:
    if not row.buyers:
        return cells.text(tr("nobody: other lists use it"), tone=Tone.SOFT)
    if For() in row.buyers:
        return cells.text(tr("everybody"))
    said = [_buyer(one, row) for one in row.buyers[:NAMED]]
    more = len(row.buyers) - NAMED
    return cells.text(" · ".join([*said, tr("{} more").format(more)] if more > 0 else said))


def _buyer(one: For, row: ListRow) -> str:
    parts = [row.customers.get(one.customer_id, "")] if one.customer_id else []
    parts += [tr("group {}").format(one.group)] if one.group else []
    parts += [tr("channel {}").format(one.channel)] if one.channel else []
    parts += [tr("campaign {}").format(one.campaign)] if one.campaign else []
    return ", ".join(parts)


def _used(row: ListRow, today: date) -> Cell:
    if not row.active:
        return cells.chip(tr("Put away"), Hue.GREY, Glyph.SLASH)
    if row.ends_on is not None and row.ends_on < today:
        return cells.chip(tr("Over"), Hue.GREY, Glyph.SLASH)
    if row.starts_on is not None and today < row.starts_on:
        return cells.chip(tr("To come"), Hue.AMBER, Glyph.CLOCK)
    return cells.chip(tr("In use"), Hue.GREEN, Glyph.CHECK)


def _days(row: ListRow) -> Cell:
    if row.starts_on is None and row.ends_on is None:
        return cells.text(tr("always"), tone=Tone.SOFT)
    first, last = (written.full_day(one) if one else "" for one in (row.starts_on, row.ends_on))
    if not last:
        return cells.text(tr("from {}").format(first), tone=Tone.SOFT)
    return cells.text(f"{first} – {last}" if first else tr("until {}").format(last), tone=Tone.SOFT)


def _priority(row: ListRow) -> Cell:
    return cells.text("–" if row.priority is None else str(row.priority), tone=Tone.SOFT)


def _rules(row: ListRow) -> Cell:
    return cells.quantity(row.rules)


PLACE: Final = Place(
    "price_lists",
    "Price lists",
    "tag",
    Group.HIDDEN,
    PriceListsScreen,
    kinds=("price_lists",),
    commands=commands.COMMANDS,
)
