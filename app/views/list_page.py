"""A complete list: header, saved filters, filter bar, bulk bar, table, totals and detail panel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.services.database import Changes
from app.services.list_reader import ListReader
from app.services.listing import PAGE, Answer, Listing, ListQuery, Total
from app.views import format as written
from app.views import list_saving
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.filter_bar import FilterBar
from app.views.list_spec import Filter, ListSpec, Option, Tab
from app.views.saved_filters import SavedFilters
from app.views.tab_menu import TabMenu
from app.views.tables import CHECK, MakeSource, PagedTable
from app.views.theme import Type
from app.views.tokens import Size, Space, Tone
from app.views.widgets.bulk_bar import BulkBar
from app.views.widgets.busy_line import BusyLine
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.labels import Hairline, Label
from app.views.widgets.list_view import ListView
from app.views.widgets.page_header import PageHeader
from app.views.widgets.side_panel import SidePanel
from app.views.widgets.tab_bar import TabBar

R = TypeVar("R")

REST_AFTER_MS: Final = 120_000
"""A list hidden for so long gives its connection back."""
ANYTHING: Final = ""
"""Stands among the tabs that are counted for all records, whatever their state."""


class ListPage(QWidget, Generic[R]):
    """A list with everything around it.

    ``picked`` tells the current row (or None), ``opened`` a row to open (Enter).  ``header`` takes the
    screen's buttons, ``set_panel`` its detail panel, ``set_empty`` what stands there without any record.
    ``scope`` is the screen's id, for the commands that need a selection.
    """

    picked = Signal(object)
    opened = Signal(object)
    ticked = Signal(int)

    def __init__(
        self, context: Context, title: str, spec: ListSpec[R], *, scope: str, source: MakeSource | None = None
    ) -> None:
        super().__init__()
        self._context, self._spec, self._scope, self._title = context, spec, scope, title
        self._panel: SidePanel | None = None
        self._empty: QWidget | None = None
        self._nothing: QWidget | None = None
        self._panel_wanted, self._out_of_date = True, False
        self._act: Callable[[Sequence[UUID]], None] | None = None
        self._wanted: UUID | None = None
        columns = list(spec.columns)
        if spec.bulk:
            columns.insert(0, Column(CHECK, "", _no_cell))
        make = source or partial(_reader, context, spec.listing)
        self.table: PagedTable[R] = PagedTable(make, columns, self)
        self.saved = SavedFilters(context.settings, spec.listing.name, spec.tabs)
        self.header, self.tabs, self.filters = PageHeader(title), TabBar(), FilterBar(spec)
        self.view = ListView(self.table, spec.listing.name, density=spec.density, two_lines=spec.two_lines)
        self.view.setAccessibleName(title)
        self.view.keep_columns_in(context.settings)
        self.bulk = BulkBar([(context.commands[one], icon, text) for one, icon, text in spec.bulk])
        self._count, self._sum = Label("", Type.META_BOLD), Label("", Type.META, Tone.SOFT)
        self._stack, self._busy = QStackedWidget(), BusyLine()
        self._lay_out()
        self._rest = QTimer(self, singleShot=True, interval=REST_AFTER_MS)
        self._rest.timeout.connect(self.table.rest)
        self._connect()
        self._show_tabs()
        self._take_tab(self.saved.tabs[0].id)
        self.reload()

    # what the screen uses ----------------------------------------------------------------------

    def set_panel(self, panel: SidePanel) -> None:
        """Show a detail panel at the side, beginning with the first row; it gives way in a narrow window."""
        self.view.picks_first = True
        self._panel = panel
        panel.close_wanted.connect(self.toggle_panel)
        self._outer.addWidget(panel)

    def toggle_panel(self) -> None:
        """Fold the detail panel away, or bring it back."""
        self._panel_wanted = not self._panel_wanted
        self._fit_panel()

    def set_empty(self, widget: QWidget) -> None:
        """What stands in place of the table while there is no record at all."""
        self._empty = widget
        self._stack.addWidget(widget)

    def current(self) -> R | None:
        """The highlighted row."""
        row: R | None = self.view.current_row()
        return row

    def with_ticked(self, act: Callable[[Sequence[UUID]], None]) -> None:
        """Call ``act`` with the keys of all ticked rows, or of the current one if none is ticked.

        With everything of the filter ticked the keys are read first, off the GUI thread.
        """
        checked = self.table.checked
        if checked.all:
            self._act = act
            self.table.read_keys()
            return
        current: Any = self.current()
        keys = sorted(checked.keys) or ([current.id] if current is not None else [])
        if keys:
            act(keys)

    def untick(self) -> None:
        """Untick all rows, e.g. after a bulk action."""
        self.table.check_all(checked=False)

    def query(self) -> ListQuery:
        """What is asked for now."""
        query = self._spec.query(self.filters.chosen, self.filters.order, self._context.today())
        return query.with_text(self.filters.search.text().strip())

    def reload(self) -> None:
        """Ask for the list from the top."""
        query, listing = self.query(), self._spec.listing
        sort = query.sort or listing.default_sort
        self.view.show_sort(sort, descending=query.descending if query.sort else listing.default_descending)
        self.table.show(query)
        self._count_tabs()

    def show_query(self, *, tab: str = "", text: str = "", filters: Mapping[str, str] | None = None) -> None:
        """Show what another screen asks for, e.g. the orders that are late."""
        if tab:
            self.tabs.choose(tab)
            self._take_tab(tab)
        self.filters.take({**self.filters.chosen, **(filters or {})}, self.filters.order)
        self.filters.search.blockSignals(True)
        self.filters.search.setText(text)
        self.filters.search.blockSignals(False)
        self.reload()

    def show_record(self, record_id: UUID, number: str, *, tab: str = "all") -> None:
        """Show one record of the list, found by its number and highlighted."""
        self._wanted = record_id
        self.show_query(tab=tab, text=number)

    def filter(self, name: str) -> Filter | None:
        """The list's filter of a name, if it has one."""
        return self._spec.filter(name)

    def offer(self, one: Filter) -> None:
        """Offer other options of one of the list's filters, e.g. warehouses that have just been read."""
        kept = [known if known.name != one.name else one for known in self._spec.filters]
        self._spec = replace(self._spec, filters=tuple(kept))
        self.filters.offer(one)
        if one.name in self.filters.chosen:
            self.reload()

    def always_pick(self) -> None:
        """Highlight the first row whenever none is: a list that is worked off from the top goes on by itself."""
        self.table.opened.connect(self.pick_first)
        self.table.counted.connect(self.pick_first)
        self.table.moved.connect(self.pick_first)

    def pick_first(self, _told: object = None) -> None:
        """Highlight the first row where none is, so that the panel has something to show."""
        if self.current() is None and self.table.rowCount():
            self.view.pick(0)

    def choose_tab(self, tab_id: str) -> None:
        """Bring a saved filter to the front."""
        self._take_tab(tab_id)
        self.reload()

    # building ----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._outer = QHBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(0)
        main = QWidget()
        column = QVBoxLayout(main)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addLayout(self._tab_row())
        column.addWidget(Hairline())
        column.addWidget(self.filters)
        column.addWidget(self.bulk)
        column.addWidget(self._busy)
        self._stack.addWidget(self.view)
        column.addWidget(self._stack, 1)
        column.addWidget(Hairline())
        column.addLayout(self._foot())
        self._outer.addWidget(main, 1)

    def _tab_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(Space.PAGE, 0, Space.PAGE, 0)
        row.setSpacing(0)
        row.addWidget(self.tabs)
        row.setSpacing(0)
        add = Button(icon="plus", kind=Kind.ICON, name=self.tr("Save this filter as a tab"), small=True)
        add.clicked.connect(self.save_tab)
        row.addWidget(add, alignment=Qt.AlignmentFlag.AlignVCenter)
        row.addStretch(1)
        return row

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(Space.PAGE, Space.SMALL, Space.PAGE, Space.SMALL)
        row.setSpacing(Space.SMALL)
        row.addWidget(self._count)
        row.addWidget(self._sum)
        row.addStretch(1)
        hints = [self.tr("↑ ↓ move"), self.tr("Enter open"), self.tr("/ filter")]
        if self._spec.bulk:
            hints.insert(2, self.tr("Space select"))
        row.addWidget(Label("    ".join(hints), Type.META, Tone.FAINT))
        return row

    def _connect(self) -> None:
        self.filters.changed.connect(self.reload)
        self.filters.columns_wanted.connect(self._choose_columns)
        self.filters.saving_wanted.connect(self.save_list)
        self.filters.search.leave_wanted.connect(self._enter_table)
        self.tabs.chosen.connect(self.choose_tab)
        self.tabs.menu_wanted.connect(self._open_tab_menu)
        self.view.picked.connect(self._picked)
        self.view.opened.connect(self.opened)
        self.view.sort_wanted.connect(self._sort_by)
        self.bulk.cleared.connect(self.untick)
        table = self.table
        table.opened.connect(self._first_rows_came)
        table.counted.connect(self._counted)
        table.summed.connect(self._summed)
        table.selection_summed.connect(self._selection_summed)
        table.tabs_counted.connect(self._tabs_counted)
        table.checked_changed.connect(self._ticks_changed)
        table.keys_read.connect(self._keys_read)
        table.stale_changed.connect(self._busy.set_busy)
        table.failed.connect(self._context.messages.error)
        self._context.tasks.changed.connect(self._changed)

    # tabs --------------------------------------------------------------------------------------

    def save_tab(self) -> None:
        """Keep the filter in force as a tab of the user's own."""
        words = [*self.filters.words(), self.filters.search.text().strip()]
        title = ", ".join(word for word in words if word) or self.tr("My filter")
        self._tabs_changed(self.saved.add(title, self.filters.chosen, self.filters.order).id)

    def _open_tab_menu(self, tab_id: str, where: QPoint) -> None:
        if self.saved.is_own(tab_id):
            self._tab_menu = TabMenu(self, tab_id)
            self._tab_menu.popup(where)

    def keep_in_tab(self, tab_id: str) -> None:
        """Put the filter in force into one of the user's own tabs."""
        tab = self.saved.tab(tab_id)
        self.saved.replace(replace(tab, filters=dict(self.filters.chosen), order=self.filters.order))
        self._tabs_changed(tab_id)

    def rename_tab(self, tab_id: str, title: str) -> None:
        """Give one of the user's own tabs another name."""
        self.saved.replace(replace(self.saved.tab(tab_id), title=title))
        self._tabs_changed(tab_id)

    def remove_tab(self, tab_id: str) -> None:
        """Take away one of the user's own tabs."""
        self.saved.remove(tab_id)
        self._tabs_changed(self.saved.tabs[0].id)
        self.choose_tab(self.saved.tabs[0].id)

    def _tabs_changed(self, tab_id: str) -> None:
        self._show_tabs()
        self.tabs.choose(tab_id)
        self._count_tabs()

    def _take_tab(self, tab_id: str) -> None:
        tab = self.saved.tab(tab_id)
        self.filters.take(tab.filters, tab.order)

    def _show_tabs(self) -> None:
        self.tabs.set_tabs([(tab.id, tab.title) for tab in self.saved.tabs])

    def _count_tabs(self, *, and_all: bool = False) -> None:
        today = self._context.today()
        counted = {tab.id: self._spec.query(tab.filters, "", today) for tab in self.saved.tabs if tab.counted}
        if and_all:
            counted[ANYTHING] = self._spec.query({}, "", today)
        self.table.count_tabs(counted)

    def _tabs_counted(self, counts: Mapping[str, int]) -> None:
        self.tabs.set_counts(counts)
        empty = self._empty
        if empty is not None and self._stack.currentWidget() is self._nothing and counts.get(ANYTHING) == 0:
            self._stack.setCurrentWidget(empty)

    # answers -----------------------------------------------------------------------------------

    def _choose_columns(self) -> None:
        self.view.choose_columns()

    def save_list(self) -> None:
        """Save all that the filter finds, with the columns on show, as XLSX or CSV."""
        shown = [
            column
            for place, column in enumerate(self.table.columns)
            if column.id != CHECK and not self.view.isColumnHidden(place)
        ]
        list_saving.save(self, self._context, self._title, self._spec.listing, self.query(), shown)

    def _enter_table(self) -> None:
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.view.currentIndex().isValid():
            self.view.pick(0)

    def _sort_by(self, sort: str, descending: bool) -> None:
        self.filters.set_order(f"-{sort}" if descending else sort)

    def _first_rows_came(self) -> None:
        wanted, self._wanted = self._wanted, None
        for number in range(min(self.table.rowCount(), PAGE) if wanted else 0):
            row: Any = self.table.row(number)
            if row is not None and row.id == wanted:
                self.view.pick(number)
                return

    def _picked(self, row: R | None) -> None:
        self._context.commands.select(self._scope, selected=row is not None or bool(self._ticks()))
        self.picked.emit(row)

    def _counted(self, total: int) -> None:
        one, many = self._spec.nouns
        self._count.setText(f"{total:,} {one if total == 1 else many}")
        asked = self.filters.search.text() or self.filters.chosen
        if total or (self._empty is None and not asked):
            self._stack.setCurrentWidget(self.view)
        else:
            self._stack.setCurrentWidget(self._nothing_found() if asked or self._empty is None else self._empty)
            if self._empty is not None and asked and not self.filters.search.text():
                self._count_tabs(and_all=True)  # is there no record at all, or only none on this tab?
        if self.table.checked.all:
            self._ticks_changed()

    def _nothing_found(self) -> QWidget:
        """What stands there when no record is as asked for."""
        if self._nothing is None:
            clear = Button(self.tr("Clear search and filters"), "x")
            clear.clicked.connect(self.clear_filters)
            title = self.tr("No {} found").format(self._spec.nouns[1])
            self._nothing = EmptyState("search", title, self.tr("Nothing is as the search and the filters ask."), clear)
            self._stack.addWidget(self._nothing)
        return self._nothing

    def clear_filters(self) -> None:
        """Show all records: without any search or filter."""
        self.filters.take({}, self.filters.order)
        self.show_query()

    def _summed(self, totals: tuple[Total, ...]) -> None:
        words = self._sum_words(totals)
        self._sum.setText(f"·  {words}" if words else "")

    def _sum_words(self, totals: tuple[Total, ...]) -> str:
        name = self._spec.total
        known = [one for one in totals if name and one.values[name] is not None]
        return "  ·  ".join(self._sum_of(one) for one in known)

    def _sum_of(self, one: Total) -> str:
        money = written.money(one.values[self._spec.total], one.group or "")
        still_open = one.values[self._spec.open_total] if self._spec.open_total else None
        return self.tr("{}, {} open").format(money, written.amount(still_open)) if still_open else money

    def _ticks(self) -> int:
        return self.table.checked.count(self.table.rowCount())

    def _ticks_changed(self) -> None:
        count, checked = self._ticks(), self.table.checked
        self.bulk.show_count(count)
        if checked.all and not checked.keys:
            self.bulk.show_sum(self._sum.text().removeprefix("·  "))
        elif count and not checked.all and self._spec.total:
            self.table.sum_selection(sorted(checked.keys))
        self._context.commands.select(self._scope, selected=bool(count) or self.current() is not None)
        self.ticked.emit(count)

    def _selection_summed(self, totals: tuple[Total, ...]) -> None:
        if not self.table.checked.all:
            self.bulk.show_sum(self._sum_words(totals))

    def _keys_read(self, keys: Sequence[UUID]) -> None:
        act, self._act = self._act, None
        if act is not None:
            left_out = self.table.checked.keys
            act([key for key in keys if key not in left_out])

    def _changed(self, changes: Changes) -> None:
        if not changes.touch(*self._spec.listing.tables):
            return
        if self.isVisible():
            self.table.refresh_soon()
            self._count_tabs()
        else:
            self._out_of_date = True

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._rest.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._rest.stop()
        if self._out_of_date:
            self._out_of_date = False
            self.table.refresh_soon()
            self._count_tabs()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_panel()

    def _fit_panel(self) -> None:
        if self._panel is not None:
            room = self.width() + Size.SIDE_BAR_ICONS >= Size.PANEL_FLOATS_BELOW
            self._panel.setVisible(room and self._panel_wanted)


def _no_cell(_row: object) -> Cell:
    return Cell()


def _reader(context: Context, listing: Listing[Any], deliver: Callable[[Answer], None]) -> ListReader[Any]:
    return ListReader(context.database, listing, deliver)


__all__ = ["Filter", "ListPage", "ListSpec", "Option", "Tab"]
