"""Counts: the lists, what is on them, and the page a list is counted and booked on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select

from app.models.counting import CountState, stock_count
from app.services import count_sheets, counting
from app.services.lists import COUNTS, CountRow
from app.views import cells
from app.views import format as written
from app.views.cells import Column
from app.views.context import Context, Inverse
from app.views.counts import commands
from app.views.counts.dialogs import FoundDialog, NewCountDialog, Places, read_places
from app.views.counts.page import CountPage
from app.views.format import tr
from app.views.list_screen import PageScreen
from app.views.list_spec import Filter, ListSpec, Option, Tab, of_states
from app.views.screen import Finder, Found, Group, Place, Target, Waiting
from app.views.silent_printing import print_or_show
from app.views.tokens import Tone
from app.views.widgets.buttons import ActionButton, Kind

SPEC: Final = ListSpec[CountRow](
    listing=COUNTS,
    columns=(
        Column[CountRow]("number", "Count list", lambda row: cells.code(row.number), 130, sort="number"),
        Column[CountRow]("note", "Note", lambda row: cells.text(row.note), 220, stretch=True),
        Column[CountRow]("warehouse", "Warehouse", lambda row: cells.text(row.warehouse, tone=Tone.SOFT), 140),
        Column[CountRow]("state", "Status", lambda row: cells.state(row.state), 120, sort="state"),
        Column[CountRow]("made", "Made", lambda row: cells.text(written.moment(row.created_at), tone=Tone.SOFT), 184),
        Column[CountRow]("counted", "Counted", lambda row: cells.progress(row.counted, row.lines), 120),
    ),
    nouns=("count list", "count lists"),
    search_hint="Number, note…",
    tabs=(
        Tab("open", "Open", {"open": "yes"}),
        Tab("booked", "Booked", {"state": "booked"}, "-number", counted=False),
        Tab("all", "All", {}, "-number", counted=False),
    ),
    filters=(
        Filter("open", "Lists", (Option("yes", "to count", True),)),
        of_states("state", "Status", CountState),
    ),
)


class CountsScreen(PageScreen[CountRow, CountPage]):
    """The list of count lists, and one of them."""

    kind = "count"

    def __init__(self, context: Context) -> None:
        super().__init__(context, "counts")
        self.bind_all(
            (commands.OPEN, partial(context.open, "counts")),
            (commands.NEW, self.new),
            (commands.ENTER, self.enter),
            (commands.CANCEL, self.cancel),
            (commands.PRINT, self.print_sheets),
            (commands.FOUND, self.note_found),
            (commands.DIFFERENCES, self.compare),
            (commands.AGAIN, self.count_again),
            (commands.BOOK, self.book),
        )
        bound = context.commands
        self.show_list(self.tr("Counts"), SPEC)
        self.add_buttons((commands.PRINT, "printer"), (commands.ENTER, "scan-barcode"), new=commands.NEW)
        self.set_empty(
            "clipboard-check",
            self.tr("Nothing was counted yet"),
            self.tr("Make a list by zone, class or last count. It is counted blind and compared before it is booked."),
            commands.NEW,
        )
        self.list.always_pick()
        self.set_page(CountPage(context, self.place_id))
        self.page.header.add(
            ActionButton(bound[commands.PRINT.id], "printer"),
            ActionButton(bound[commands.FOUND.id], "package-plus"),
            ActionButton(bound[commands.AGAIN.id], "refresh-cw"),
            ActionButton(bound[commands.BOOK.id], "check", Kind.PRIMARY),
        )

    def show_page(self, record_id: UUID, target: Target) -> None:
        """Show one count list."""
        self.page.show_count(record_id)

    def new(self) -> None:
        """Choose what is counted."""
        self.context.tasks.read(self, read_places, self._ask)

    def enter(self) -> None:
        """Count the highlighted list."""
        self.with_row(self.open_row)

    def cancel(self) -> None:
        """Call a list off."""
        count_id = self._on_show()
        if count_id is not None:
            said = self.tr("The list is called off; nothing was booked.")
            self.context.run(self, "count.cancel", lambda tx: counting.cancel(tx, count_id), said=said)

    def print_sheets(self) -> None:
        """Print the list on show."""
        count_id = self._on_show()
        if count_id is not None:
            print_or_show(self, "count", [count_id])

    def note_found(self) -> None:
        """Note goods the list does not ask for."""
        if self.on_page() and self.page.sheet is not None and self.page.sheet.is_open:
            FoundDialog(self.context, self.page.sheet, parent=self).open()

    def compare(self) -> None:
        """Show what was counted beside the books."""
        if self.on_page():
            self.page.show_part("differences")

    def count_again(self) -> None:
        """Have the highlighted line counted once more."""
        if self.on_page() and self.page.compares:
            self.page.count_again()
        else:
            self.context.messages.say(self.tr("Choose the line under Differences."))

    def book(self) -> None:
        """Show the differences first; with them on show, book them."""
        sheet = self.page.sheet
        if not self.on_page() or sheet is None or not sheet.is_open:
            return
        if not self.page.compares:
            self.page.show_part("differences")
            self.context.messages.say(self.tr("These are the differences. Ctrl+Enter once more books them."))
            return
        count_id = sheet.id
        self.context.run(
            self,
            "count.book",
            lambda tx: counting.book(tx, count_id),
            said=_booked,
            inverse=Inverse("count.take_back", lambda tx, _: counting.take_back(tx, count_id)),
        )

    def _on_show(self) -> UUID | None:
        if self.on_page():
            return self.page.sheet.id if self.page.sheet is not None else None
        row = self.list.current()
        return row.id if row is not None else None

    def _ask(self, places: Places) -> None:
        dialog = NewCountDialog(self.context, places, parent=self)
        dialog.done_with.connect(self.open_record)
        dialog.open()


def _booked(differing: int) -> str:
    if differing == 0:
        return tr("Booked; all of it was there.")
    return tr("Booked; 1 line differed.") if differing == 1 else tr("Booked; {} lines differed.").format(differing)


def _waiting(connection: Connection) -> Waiting:
    return Waiting(count_sheets.count_open(connection))


def _find(connection: Connection, text: str, limit: int) -> Sequence[Found]:
    number = stock_count.c.number
    rows = connection.execute(
        select(stock_count.c.id, number, stock_count.c.state)
        .where(number.icontains(text, autoescape=True))
        .order_by(stock_count.c.id.desc())
        .limit(limit)
    )
    return [Found(row.id, row.number, row.state, code=True) for row in rows]


PLACE: Final = Place(
    "counts",
    "Counts",
    "clipboard-check",
    Group.HIDDEN,
    CountsScreen,
    kinds=("count",),
    waiting=_waiting,
    tables=("stock_count",),
    commands=(*commands.LIST_COMMANDS, *commands.PAGE_COMMANDS),
    finders=(Finder("count", "Count lists", "clipboard-check", _find),),
)
