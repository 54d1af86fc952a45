"""The one table model for lists of any size, and a small one for rows that are all in memory.

:class:`PagedTable` never touches the database: it asks a :class:`ListSource` and is answered later.
Until then the old rows stay (dimmed), so nothing flickers; rows are replaced in place, so the selection
and the scroll position survive.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Generic, Protocol, TypeVar
from uuid import UUID

from PySide6.QtCore import (
    QAbstractTableModel,
    QCoreApplication,
    QObject,
    Qt,
    QTimer,
    Signal,
    Slot,
)

from app.services.listing import (
    PAGE,
    Answer,
    Counted,
    KeysRead,
    ListQuery,
    Opened,
    PageRead,
    ReadFailed,
    Refreshed,
    SelectionSummed,
    Summed,
    TabsCounted,
    Total,
)
from app.views.cells import CHECK, NOWHERE, Cell, CellRole, Column, Index, Role, answer
from app.views.rows_table import RowsTable

R = TypeVar("R")

PAGES_KEPT: Final = 64
REFRESH_AFTER_MS: Final = 60
DIM_AFTER_MS: Final = 150
"""Nothing is dimmed for an answer that takes less."""


@dataclass
class Checked:
    """The rows ticked: some keys, or with ``all`` every row of the filter except some keys."""

    all: bool = False
    keys: set[UUID] = field(default_factory=set)

    def has(self, key: UUID | None) -> bool:
        """Whether the record is ticked."""
        return key is not None and (key in self.keys) != self.all

    def toggle(self, key: UUID) -> None:
        """Tick or untick one record."""
        self.keys ^= {key}

    def count(self, total: int) -> int:
        """How many records are ticked, of ``total``."""
        return total - len(self.keys) if self.all else len(self.keys)


class ListSource(Protocol):
    """What a table asks; :class:`app.services.list_reader.ListReader` is one.

    Every method returns at once.  Answers come through the function the source was made with, on any
    thread, and carry the generation :meth:`open` returned.
    """

    def open(self, query: ListQuery) -> int: ...
    def page(self, number: int) -> None: ...
    def refresh(self, pages: Sequence[int], keys: Sequence[UUID] = ()) -> None: ...
    def count(self, tabs: Mapping[str, ListQuery]) -> None: ...
    def sum_selection(self, keys: Sequence[UUID]) -> None: ...
    def read_keys(self) -> None: ...
    def rest(self) -> None: ...
    def close(self) -> None: ...


MakeSource = Callable[[Callable[[Answer], None]], ListSource]
"""Makes a source that answers to the given function, e.g. ``partial(ListReader, database, ORDERS)``."""


class _Post(QObject):
    """Carries answers from the reader's thread; lives as long as the program, so no answer comes too late."""

    came = Signal(object)

    def deliver(self, answer: Answer) -> None:
        """Send an answer to the GUI thread; called on the reader's."""
        self.came.emit(answer)


class PagedTable(QAbstractTableModel, Generic[R]):
    """A list of any size.  A row not read yet is blank until its page arrives, a moment later."""

    counted = Signal(int)  # rows of the whole filter
    summed = Signal(object)  # tuple[Total, ...] of the whole filter
    selection_summed = Signal(object)  # tuple[Total, ...] of the chosen rows
    tabs_counted = Signal(object)  # Mapping[str, int]
    keys_read = Signal(object)  # Sequence[UUID]
    moved = Signal(object)  # Mapping[UUID, int | None]: where records are after a refresh
    stale_changed = Signal(bool)  # the rows on show belong to the query before
    opened = Signal()  # the first rows of a new query are there
    checked_changed = Signal()
    failed = Signal(object)

    def __init__(self, make_source: MakeSource, columns: Sequence[Column[R]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._post = _Post(QCoreApplication.instance())
        self._post.came.connect(self._answered)
        self._source = make_source(self._post.deliver)
        self.columns: list[Column[R]] = list(columns)
        self.query = ListQuery()
        self.checked = Checked()
        self.errors: dict[tuple[int, str], str] = {}
        self._generation, self._count, self._known = 0, 0, False
        self._pages: OrderedDict[int, Sequence[R | None]] = OrderedDict()
        self._cells: dict[int, dict[tuple[int, int], Cell]] = {}  # by page
        self._asked: set[int] = set()
        self._stale = False
        self._shown: tuple[int, int] = (0, 0)
        self._watched: tuple[UUID, ...] = ()
        self._refresh_timer = QTimer(self, singleShot=True, interval=REFRESH_AFTER_MS)
        self._refresh_timer.timeout.connect(self.refresh)
        self._dim_timer = QTimer(self, singleShot=True, interval=DIM_AFTER_MS)
        self._dim_timer.timeout.connect(self._dim)
        self.destroyed.connect(self._source.close)

    # what the view asks ------------------------------------------------------------------------

    def show(self, query: ListQuery) -> None:
        """Show ``query`` from the top; the rows of the last one stay until its first rows are there."""
        self.query, self._known = query, False
        self._asked.clear()
        self._refresh_timer.stop()
        self._generation = self._source.open(query)
        self._dim_timer.start()

    def refresh_soon(self) -> None:
        """Read again after a change, once for many changes in a row."""
        if not self._refresh_timer.isActive():
            self._refresh_timer.start()

    def refresh(self) -> None:
        """Read the rows on show and the count again, in place."""
        first, last = self._shown
        pages = range(first // PAGE, last // PAGE + 1)
        self._source.refresh(tuple(pages), self._watched)

    def count_tabs(self, tabs: Mapping[str, ListQuery]) -> None:
        """Ask how many rows each saved filter has."""
        self._source.count(tabs)

    def sum_selection(self, keys: Sequence[UUID]) -> None:
        """Ask for the totals of chosen records."""
        self._source.sum_selection(keys)

    def read_keys(self) -> None:
        """Ask for all keys of the query."""
        self._source.read_keys()

    def rest(self) -> None:
        """The list is hidden for long: give its connection back."""
        self._source.rest()

    def close(self) -> None:
        """End the reader."""
        self._source.close()

    def set_shown(self, first: int, last: int) -> None:
        """Tell which rows the view shows, so that their pages and the next one are read."""
        down = first >= self._shown[0]
        self._shown = (first, last)
        if not self._known:
            return
        pages = list(range(first // PAGE, last // PAGE + 1))
        ahead = pages[-1] + 1 if down else pages[0] - 1
        for number in (ahead, *pages):  # the page asked last is read first
            self._ask(number)

    def watch(self, keys: Sequence[UUID]) -> None:
        """Name the records whose place matters after a refresh (the current one)."""
        self._watched = tuple(keys)

    def row(self, number: int) -> R | None:
        """The row at place ``number``, or None while its page is on the way."""
        page, place = divmod(number, PAGE)
        rows = self._pages.get(page)
        if rows is None:
            self._ask(page)
            return None
        self._pages.move_to_end(page)
        return rows[place] if place < len(rows) else None

    def is_read(self, number: int) -> bool:
        """Whether the row's page is here, without asking for it."""
        return number // PAGE in self._pages

    def key(self, number: int) -> UUID | None:
        """The key of the record at place ``number``, if it is read."""
        row: Any = self.row(number)
        return None if row is None else row.id

    def toggle(self, number: int) -> None:
        """Tick or untick the row at place ``number``."""
        key = self.key(number)
        if key is not None:
            self.checked.toggle(key)
            self._repaint(number, number)
            self.checked_changed.emit()

    def check_all(self, *, checked: bool) -> None:
        """Tick every row of the filter, or none."""
        self.checked = Checked(all=checked)
        self._repaint(0, self._count - 1)
        self.checked_changed.emit()

    @property
    def stale(self) -> bool:
        """Whether the rows on show belong to the query before."""
        return self._stale

    # Qt's questions ----------------------------------------------------------------------------

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Role.DisplayRole:
            return column.title
        return column.alignment if role == Role.TextAlignmentRole else None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        row, column = index.row(), index.column()
        match role:
            case Role.DisplayRole | Role.ToolTipRole | CellRole.CELL:
                return answer(self.cell(row, column), role)
            case Role.AccessibleTextRole:
                return self.summary(row) if column == 0 else answer(self.cell(row, column), Role.DisplayRole)
            case Role.CheckStateRole:
                return self.check_state(row) if self.columns[column].id == CHECK else None
            case Role.TextAlignmentRole:
                return self.columns[column].alignment
            case CellRole.KEY:
                return self.key(row)
            case _:
                return None

    def summary(self, number: int) -> str:
        """The whole row in words, for a screen reader."""
        cells = (self.cell(number, column) for column in range(len(self.columns)))
        return ", ".join(words for cell in cells if cell is not None and (words := cell.plain()))

    def check_state(self, number: int) -> Qt.CheckState:
        """Whether the row at place ``number`` is ticked."""
        return Qt.CheckState.Checked if self.checked.has(self.key(number)) else Qt.CheckState.Unchecked

    def error(self, number: int, column: int) -> str:
        """Why a cell cannot be taken: never, this table is not edited."""
        return ""

    def cell(self, number: int, column: int) -> Cell | None:
        """What stands in one cell; None while its page is on the way."""
        of_page = self._cells.get(number // PAGE)
        made = of_page.get((number, column)) if of_page is not None else None
        if made is None:
            row = self.row(number)
            if row is None:
                return None
            made = self.columns[column].cell(row)
            self._cells.setdefault(number // PAGE, {})[number, column] = made
        return made

    # answers -----------------------------------------------------------------------------------

    @Slot(object)
    def _answered(self, answer: Answer) -> None:
        match answer:
            case TabsCounted():
                self.tabs_counted.emit(answer.counts)
            case SelectionSummed():
                self.selection_summed.emit(answer.totals)
            case _ if answer.generation != self._generation:
                return  # the user has typed on; a newer answer is coming
            case _:
                self._take(answer)

    def _take(self, answer: Any) -> None:
        match answer:
            case Opened():
                self._take_first(answer.rows, complete=answer.complete)
            case Counted():
                self._take_count(answer.total)
            case Summed():
                self.summed.emit(answer.totals)
            case PageRead():
                self._take_page(answer.number, answer.rows)
            case Refreshed():
                self._take_refresh(answer)
            case KeysRead():
                self.keys_read.emit(answer.keys)
            case ReadFailed():
                self._undim()
                self.failed.emit(answer.error)

    def _take_first(self, rows: Sequence[R], *, complete: bool) -> None:
        self._pages.clear()
        self._cells.clear()
        self._pages[0] = rows
        if complete or self._count < len(rows):
            self._resize(len(rows))
        self._undim()
        self.opened.emit()
        self._repaint(0, self._count - 1)

    def _take_count(self, total: int) -> None:
        self._known = True
        self._resize(total)
        self.counted.emit(total)
        self.set_shown(*self._shown)

    def _take_page(self, number: int, rows: Sequence[R | None]) -> None:
        self._asked.discard(number)
        if self._pages.get(number) == rows:
            return
        self._keep(number, rows)
        self._repaint(number * PAGE, number * PAGE + len(rows) - 1)

    def _take_refresh(self, answer: Refreshed[R]) -> None:
        self._pages.clear()
        self._cells.clear()
        self._asked.clear()
        self._pages.update(answer.pages)
        self._resize(answer.total)
        self._known = True
        self._undim()
        self.counted.emit(answer.total)
        self.moved.emit(answer.ranks)
        self._repaint(0, self._count - 1)

    def _keep(self, number: int, rows: Sequence[R | None]) -> None:
        self._pages[number] = rows
        self._cells.pop(number, None)
        while len(self._pages) > PAGES_KEPT:
            gone, _ = self._pages.popitem(last=False)
            self._cells.pop(gone, None)

    def _ask(self, page: int) -> None:
        if self._known and 0 <= page * PAGE < self._count and page not in self._pages and page not in self._asked:
            self._asked.add(page)
            self._source.page(page)

    def _resize(self, count: int) -> None:
        """Add or take away rows at the end only: no reset, so the view keeps its place."""
        if count > self._count:
            self.beginInsertRows(NOWHERE, self._count, count - 1)
            self._count = count
            self.endInsertRows()
        elif count < self._count:
            self.beginRemoveRows(NOWHERE, count, self._count - 1)
            self._count = count
            self.endRemoveRows()

    def _repaint(self, first: int, last: int) -> None:
        last = min(last, self._count - 1)
        if first <= last:
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))

    def _dim(self) -> None:
        if not self._stale:
            self._stale = True
            self.stale_changed.emit(True)

    def _undim(self) -> None:
        self._dim_timer.stop()
        if self._stale:
            self._stale = False
            self.stale_changed.emit(False)


__all__ = ["CHECK", "CellRole", "Checked", "ListSource", "MakeSource", "PagedTable", "RowsTable", "Total"]
