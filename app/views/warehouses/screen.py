"""Warehouses on the left; the bins of the highlighted one, and what lies in them, on the right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from app.services import warehouses
from app.services.warehouses import Bin, Warehouse
from app.views import cells
from app.views.cells import Cell, Column
from app.views.context import Context, Inverse
from app.views.format import tr
from app.views.screen import Group, Place
from app.views.set_up_screen import SetUpScreen
from app.views.silent_printing import print_or_show
from app.views.tables import RowsTable
from app.views.tokens import Tone
from app.views.warehouses import commands
from app.views.warehouses.dialogs import KIND_NAMES, BinDialog, RackDialog, WarehouseDialog
from app.views.widgets.cards import Card
from app.views.widgets.list_view import ListView
from app.views.widgets.search_field import SearchField


@dataclass(frozen=True, slots=True)
class _Found:
    """The warehouses, and the bins of one of them with how many kinds of goods lie in each."""

    known: list[Warehouse]
    bins: dict[UUID, list[Bin]]
    filled: dict[UUID, int]


class WarehousesScreen(SetUpScreen[_Found]):
    """Set up once, changed seldom: everything is on one page."""

    tables = ("location", "storage_bin", "shelf_stock")

    def __init__(self, context: Context) -> None:
        super().__init__(context, "warehouses")
        self.found: _Found | None = None
        self.bind_all(
            (commands.OPEN, partial(context.open, "warehouses")),
            (commands.ADD, self.add),
            (commands.CHANGE, self.change),
            (commands.MAIN, self.make_main),
            (commands.CLOSE, self.close_or_reopen),
            (commands.RACK, self.add_rack),
            (commands.CHANGE_BIN, self.change_bin),
            (commands.CLOSE_BIN, self.close_or_reopen_bin),
            (commands.LABELS, self.print_labels),
        )
        self.set_title(
            self.tr("Warehouses and bins"),
            (commands.LABELS, "barcode"),
            (commands.RACK, "plus"),
            (commands.ADD, "plus"),
        )
        self.set_columns((2, (self._places_card(),)), (3, (self._bins_card(),)))

    def search(self) -> None:
        """Put the keyboard into the filter of the bins."""
        self.filter.setFocus()

    # commands ----------------------------------------------------------------------------------

    def add(self) -> None:
        """Add a warehouse."""
        WarehouseDialog(self.context, None, parent=self).open()

    def change(self) -> None:
        """Change the highlighted warehouse."""
        place = self.place()
        if place is not None:
            WarehouseDialog(self.context, place, parent=self).open()

    def make_main(self) -> None:
        """Let goods come to the highlighted warehouse, and leave from it, first."""
        place = self.place()
        if place is None:
            return
        key = place.id
        self.context.run(
            self,
            "warehouse.make_main",
            lambda tx: warehouses.make_main(tx, key),
            said=tr("{} is the main warehouse now.").format(place.name),
            inverse=Inverse("warehouse.make_main", warehouses.make_main),
        )

    def close_or_reopen(self) -> None:
        """Close the highlighted warehouse, or use it again."""
        place = self.place()
        if place is None:
            return
        key, ways = place.id, (warehouses.deactivate, warehouses.reopen)
        do, undo = ways if place.active else ways[::-1]
        said = tr("{} is closed.") if place.active else tr("{} is open again.")
        self.context.run(
            self,
            "warehouse.close" if place.active else "warehouse.reopen",
            lambda tx: do(tx, key),
            said=said.format(place.name),
            inverse=Inverse("warehouse.reopen", lambda tx, _: undo(tx, key)),
        )

    def add_rack(self) -> None:
        """Add bins to the highlighted warehouse."""
        place = self.place()
        if place is not None:
            RackDialog(self.context, place, parent=self).open()

    def change_bin(self) -> None:
        """Change the highlighted bin."""
        row: Bin | None = self.bins_view.current_row()
        if row is None:
            self.context.messages.say(self.tr("Choose the bin first."))
            return
        BinDialog(self.context, row, parent=self).open()

    def close_or_reopen_bin(self) -> None:
        """Take the highlighted bin out of use, or use it again."""
        row: Bin | None = self.bins_view.current_row()
        if row is None:
            self.context.messages.say(self.tr("Choose the bin first."))
            return
        key, ways = row.id, (warehouses.deactivate_bin, warehouses.reopen_bin)
        do, undo = ways if row.active else ways[::-1]
        said = tr("Bin {} is out of use.") if row.active else tr("Bin {} is in use again.")
        self.context.run(
            self,
            "bin.close" if row.active else "bin.reopen",
            lambda tx: do(tx, key),
            said=said.format(row.code),
            inverse=Inverse("bin.reopen", lambda tx, _: undo(tx, key)),
        )

    def print_labels(self) -> None:
        """Print a label for each bin on show; the filter narrows them down."""
        ids = [one.id for one in self.bins.rows if one.active]
        if ids:
            print_or_show(self, "bin_label", ids)
        else:
            self.context.messages.say(self.tr("There is no bin on show. Add bins, or clear the filter."))

    def place(self) -> Warehouse | None:
        """The warehouse highlighted."""
        row: Warehouse | None = self.places_view.current_row()
        return row

    # building ----------------------------------------------------------------------------------

    def _places_card(self) -> Card:
        card = Card(self.tr("Warehouses"), self.tr("goods leave from the first one first"))
        self.places: RowsTable[Warehouse] = RowsTable(
            (
                Column[Warehouse]("name", self.tr("Warehouse"), _name, 180, stretch=True),
                Column[Warehouse]("bins", self.tr("Bins"), self._bin_count, 64, right=True),
                Column[Warehouse]("state", self.tr("Status"), self._state, 110),
            )
        )
        self.places_view = ListView(self.places, "warehouses", two_lines=True)
        self.places_view.setAccessibleName(self.tr("Warehouses"))
        self.places_view.picks_first = True
        self.places_view.picked.connect(self._picked)
        self.places_view.opened.connect(self._opened)
        card.body.addWidget(self.places_view, 1)
        card.body.addWidget(
            self.button_row((commands.CHANGE, "pencil"), (commands.MAIN, "check"), (commands.CLOSE, "lock"))
        )
        return card

    def _bins_card(self) -> Card:
        card = Card(self.tr("Bins"), self.tr("in walking order"))
        self.filter = SearchField(self.tr("Code or zone…"), self.tr("Filter the bins"))
        self.filter.textChanged.connect(self._filter)
        card.body.addWidget(self.filter)
        self.bins: RowsTable[Bin] = RowsTable(
            (
                Column[Bin]("code", self.tr("Bin"), lambda row: cells.code(row.code), 130),
                Column[Bin]("zone", self.tr("Zone"), lambda row: cells.text(row.zone, tone=Tone.SOFT), 80),
                Column[Bin]("where", self.tr("Aisle, bay, level"), _where, 130),
                Column[Bin]("kind", self.tr("Kind"), _kind, 150, stretch=True),
                Column[Bin]("filled", self.tr("Products"), self._filled, 84, right=True),
            )
        )
        self.bins_view = ListView(self.bins, "bins")
        self.bins_view.setAccessibleName(self.tr("Bins"))
        self.bins_view.opened.connect(self._opened_bin)
        card.body.addWidget(self.bins_view, 1)
        card.body.addWidget(self.button_row((commands.CHANGE_BIN, "pencil"), (commands.CLOSE_BIN, "lock")))
        return card

    # inner -------------------------------------------------------------------------------------

    def reading(self) -> Callable[[Connection], _Found]:
        """What reads all that is shown."""
        return _read

    def show_found(self, found: _Found) -> None:
        """Fill the cards."""
        self.found = found
        self.places.set_rows(found.known)
        if self.place() is None and found.known:
            self.places_view.pick(0)
        self._picked(self.place())

    def _picked(self, row: Warehouse | None) -> None:
        self.context.commands.select(self.place_id, selected=row is not None)
        self._filter()

    def _filter(self, _text: str = "") -> None:
        place, wanted = self.place(), self.filter.text().strip().casefold()
        known = self.found.bins.get(place.id, []) if self.found and place else []
        self.bins.set_rows(
            [one for one in known if one.code.casefold().startswith(wanted) or one.zone.casefold() == wanted]
        )

    def _opened(self, _row: object) -> None:
        self.change()

    def _opened_bin(self, _row: object) -> None:
        self.change_bin()

    def _bin_count(self, row: Warehouse) -> Cell:
        known = self.found.bins.get(row.id, []) if self.found else []
        return cells.quantity(sum(one.active for one in known), strong=False)

    def _state(self, row: Warehouse) -> Cell:
        if not row.active:
            return cells.state("closed")
        if row.kind != "warehouse":
            return cells.text(tr("Subcontractor"), tone=Tone.SOFT)
        ours = [one.id for one in self.found.known if one.active and one.kind == "warehouse"] if self.found else []
        return cells.text(tr("Main"), tone=Tone.ACCENT, strong=True) if row.id in ours[:1] else Cell()

    def _filled(self, row: Bin) -> Cell:
        if not row.active:
            return cells.text(tr("closed"), tone=Tone.FAINT)
        return cells.quantity(self.found.filled.get(row.id, 0) if self.found else 0, strong=False)


def _name(row: Warehouse) -> Cell:
    address = ", ".join(part for part in (row.code, row.city, row.country) if part)
    return cells.two_lines(row.name, address, code_below=False)


def _where(row: Bin) -> Cell:
    parts = [str(part) if part else cells.DASH for part in (row.aisle, row.bay, row.level)]
    return cells.text(" · ".join(parts), tone=Tone.SOFT)


def _kind(row: Bin) -> Cell:
    return cells.text(tr(KIND_NAMES[row.kind]), tone=Tone.SOFT)


def _read(connection: Connection) -> _Found:
    known = warehouses.all_of(connection, closed=True)
    bins = {one.id: warehouses.bins(connection, one.id, closed=True) for one in known}
    filled: dict[UUID, int] = {}
    for one in known:
        filled |= warehouses.filled(connection, one.id)
    return _Found(known, bins, filled)


PLACE: Final = Place(
    "warehouses",
    "Warehouses and bins",
    "warehouse",
    Group.HIDDEN,
    WarehousesScreen,
    kinds=("warehouses",),
    commands=commands.COMMANDS,
)
