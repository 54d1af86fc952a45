"""The table every list is shown in: keyboard first, hairlines, columns to choose and size, copy as table."""

from __future__ import annotations

from html import escape
from typing import Any, Final

from PySide6.QtCore import QEvent, QItemSelection, QMimeData, QModelIndex, QPoint, QRect, QSettings, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView, QWidget

from app.views import icons
from app.views.delegates import CellDelegate
from app.views.painting import advance, draw_check_box, draw_text
from app.views.rows_table import TickedRows
from app.views.tables import CHECK, PagedTable, RowsTable
from app.views.theme import Type, colour
from app.views.tokens import ROW_HEIGHT, TWO_LINE_HEIGHT, Density, Size, Space

CHECK_WIDTH: Final = 40
LEAST_PER_CENT: Final = 60
"""How far the column that takes the room left may shrink before the table scrolls sideways."""
COPY_LIMIT: Final = 10_000
SETTLE_MS: Final = 120
"""How long the first row of a new answer must stand before anybody is told that it is the current one."""
Table = PagedTable[Any] | RowsTable[Any]


class ListHeader(QHeaderView):
    """Column headings: click sorts, right click chooses columns; numbers' headings stand over their numbers."""

    def __init__(self, view: ListView) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self._view = view
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setFixedHeight(Size.TABLE_HEADER)
        self.setMinimumSectionSize(40)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setAccessibleName(self.tr("Columns"))

    def paintSection(self, painter: QPainter, rect: QRect, logical_index: int) -> None:
        view = self._view
        column = view.table.columns[logical_index]
        painter.save()
        painter.fillRect(rect, colour("surface"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), colour("border"))
        if column.id == CHECK:
            draw_check_box(painter, rect, view.header_check_state())
            painter.restore()
            return
        inner = rect.adjusted(Space.MEDIUM, 0, -Space.MEDIUM, -1)
        sorted_here = bool(column.sort) and view.sort == column.sort
        painter.setPen(colour("text" if sorted_here else "text3"))
        right = column.right != (self.layoutDirection() == Qt.LayoutDirection.RightToLeft)
        draw_text(painter, inner, column.title, Type.META_STRONG, right=right)
        if sorted_here:
            width = advance(column.title, Type.META_STRONG)
            left = inner.right() - width - Space.LARGE - 2 if right else inner.left() + width + Space.TINY
            name = "arrow-down" if view.descending else "arrow-up"
            icons.paint(painter, name, QPoint(left, inner.center().y() - 6), "text2", 13)
        painter.restore()


class ListView(QTableView):
    """Shows a :class:`PagedTable` or :class:`RowsTable`.

    One row is *current* (highlighted; the detail panel shows it); any number may be *ticked* for a bulk
    action.  Arrows move, Enter opens, Space ticks, Ctrl+A ticks all, Ctrl+C copies.
    """

    picked = Signal(object)  # the current row, or None
    opened = Signal(object)  # Enter or double click
    sort_wanted = Signal(str, bool)
    filter_wanted = Signal()  # the user typed "/"
    typing = Signal(int, str, str)  # row, column id and text of a cell, at each key

    def __init__(
        self,
        table: Table,
        name: str,
        parent: QWidget | None = None,
        *,
        density: Density = Density.REGULAR,
        two_lines: bool = False,
        row_height: int = 0,
    ) -> None:
        """Show ``table``; ``name`` is what its columns are kept under, ``row_height`` is in pixels at 100 %."""
        super().__init__(parent)
        self.table, self._name = table, name
        self.hovered, self.current, self.dimmed, self.ringed = -1, -1, False, False
        self.touch, self.picks_first = density is Density.TOUCH, False
        self.sort, self.descending = "", False
        self._last_picked: object = None
        self._text = ""
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._settled)
        self._settings: QSettings | None = None
        self.setModel(table)
        delegate = CellDelegate(self, self, table)
        delegate.typing.connect(self.typing)
        self.setItemDelegate(delegate)
        self._set_up(row_height or (TWO_LINE_HEIGHT if two_lines else ROW_HEIGHT)[density])
        for section, column in enumerate(table.columns):
            self.setColumnWidth(section, CHECK_WIDTH if column.id == CHECK else column.width)
            self.setColumnHidden(section, column.hidden)
        self._connect()

    def _set_up(self, row_height: int) -> None:
        self.setHorizontalHeader(ListHeader(self))
        rows = self.verticalHeader()
        rows.setVisible(False)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(row_height)
        rows.setDefaultSectionSize(row_height)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.verticalScrollBar().setSingleStep(row_height)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, on=False)

    def _connect(self) -> None:
        header = self.horizontalHeader()
        header.sectionClicked.connect(self._header_clicked)
        header.sectionResized.connect(self._section_resized)
        header.customContextMenuRequested.connect(self.choose_columns)
        self.verticalScrollBar().valueChanged.connect(self._tell_shown)
        self.doubleClicked.connect(self._open_index)
        self.selectionModel().currentRowChanged.connect(self._current_changed)
        self.table.dataChanged.connect(self._data_changed)
        if isinstance(self.table, PagedTable):
            self.table.stale_changed.connect(self._set_dimmed)
            self.table.opened.connect(self._start_at_top)
            self.table.moved.connect(self._follow)
            self.table.checked_changed.connect(self._checks_changed)

    def show_all_rows(self) -> None:
        """Be as tall as the rows need, without scrolling: for a table inside a page or panel."""
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.rowsInserted.connect(self._fit_height)
        self.table.rowsRemoved.connect(self._fit_height)
        self._fit_height()

    def _fit_height(self) -> None:
        rows = self.table.rowCount() * self.verticalHeader().defaultSectionSize()
        self.setFixedHeight(Size.TABLE_HEADER + rows)

    # for the delegate and header ---------------------------------------------------------------

    def first_column(self) -> int:
        """The leftmost visible column."""
        return self.horizontalHeader().logicalIndexAt(0)

    def last_column(self) -> int:
        """The rightmost visible column."""
        header = self.horizontalHeader()
        visible = [v for v in range(header.count()) if not self.isColumnHidden(header.logicalIndex(v))]
        return header.logicalIndex(visible[-1]) if visible else -1

    def header_check_state(self) -> Qt.CheckState:
        """Whether all, some or no rows are ticked."""
        if isinstance(self.table, TickedRows):
            ticked, total = len(self.table.ticked()), self.table.rowCount()
            state = Qt.CheckState.Checked if ticked == total else Qt.CheckState.PartiallyChecked
            return state if ticked else Qt.CheckState.Unchecked
        if not isinstance(self.table, PagedTable):
            return Qt.CheckState.Unchecked
        ticked, total = self.table.checked.count(self.table.rowCount()), self.table.rowCount()
        if not ticked:
            return Qt.CheckState.Unchecked
        return Qt.CheckState.Checked if ticked == total else Qt.CheckState.PartiallyChecked

    # what is current ---------------------------------------------------------------------------

    def current_row(self) -> Any:
        """The highlighted row, or None."""
        index = self.currentIndex()
        return self.table.row(index.row()) if index.isValid() else None

    def pick(self, number: int) -> None:
        """Highlight the row at place ``number``."""
        self._settle.stop()
        if 0 <= number < self.table.rowCount():
            self.setCurrentIndex(self.table.index(number, max(self.first_column(), 0)))
            self._tell_picked(number)

    def show_sort(self, sort: str, *, descending: bool) -> None:
        """Show the arrow of the order in force."""
        self.sort, self.descending = sort, descending
        self.horizontalHeader().viewport().update()

    def _current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        self.current = current.row() if current.isValid() else -1
        self.viewport().update()
        self._tell_picked(self.current)

    def _tell_picked(self, number: int) -> None:
        if self._settle.isActive():
            return  # the user is typing on: what stands first now may be gone in a moment
        row: Any = self.table.row(number) if number >= 0 else None
        if isinstance(self.table, PagedTable):
            self.table.watch((row.id,) if row is not None else ())
        if row != self._last_picked:
            self._last_picked = row
            self.picked.emit(row)

    def _data_changed(self, first: QModelIndex, last: QModelIndex) -> None:
        current = self.currentIndex()
        if current.isValid() and first.row() <= current.row() <= last.row():
            self._tell_picked(current.row())

    def _start_at_top(self) -> None:
        self.scrollToTop()
        text = self.table.query.text if isinstance(self.table, PagedTable) else ""
        if text != self._text:
            self._settle.start()
        self._text = text
        first = self.table.index(0, max(self.first_column(), 0)) if self.picks_first else QModelIndex()
        self.setCurrentIndex(first)
        self._tell_picked(first.row() if first.isValid() else -1)
        self._tell_shown()

    def _settled(self) -> None:
        self._tell_picked(self.current)

    def _follow(self, places: dict[Any, int | None]) -> None:
        """After a refresh the highlight stays on its record, wherever that stands now."""
        current: Any = self._last_picked
        if current is None or current.id not in places:
            return
        place, index = places[current.id], self.currentIndex()
        if place is None:
            self.setCurrentIndex(QModelIndex())
        elif not index.isValid() or place != index.row():
            offset = self.verticalScrollBar().value()
            self.setCurrentIndex(self.table.index(place, max(self.first_column(), 0)))
            self.verticalScrollBar().setValue(offset)

    # what is shown -----------------------------------------------------------------------------

    def _tell_shown(self, _value: int = 0) -> None:
        if isinstance(self.table, PagedTable):
            first = max(self.rowAt(0), 0)
            rows = self.viewport().height() // max(self.verticalHeader().defaultSectionSize(), 1) + 1
            self.table.set_shown(first, min(first + rows, max(self.table.rowCount() - 1, 0)))

    def _set_dimmed(self, dimmed: bool) -> None:
        self.dimmed = dimmed
        self.viewport().update()

    def _checks_changed(self) -> None:
        self.horizontalHeader().viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._stretch()
        self._tell_shown()

    def _stretch(self) -> None:
        columns = [c for i, c in enumerate(self.table.columns) if not self.isColumnHidden(i)]
        wide = [column for column in columns if column.stretch]
        if not wide:
            return
        section = self.table.columns.index(wide[0])
        others = sum(self.columnWidth(self.table.columns.index(c)) for c in columns if c is not wide[0])
        least = wide[0].width * LEAST_PER_CENT // 100
        self.horizontalHeader().blockSignals(True)
        self.setColumnWidth(section, max(least, self.viewport().width() - others))
        self.horizontalHeader().blockSignals(False)
        self.updateGeometries()

    # mouse and keys ----------------------------------------------------------------------------

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(event.position().toPoint().y()))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.ringed = False
        if self._settle.isActive():
            self._settle.stop()
            self._settled()
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and self.table.columns[index.column()].id == CHECK:
            self._toggle(index.row())
            return
        super().mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        keys = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
        self.ringed = event.reason() in keys
        if self.ringed and not self.currentIndex().isValid():
            self.pick(0)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.ringed = False
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._settle.isActive():
            self._settle.stop()
            self._settled()
        key, row = event.key(), self.currentIndex().row()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.matches(QKeySequence.StandardKey.SelectAll) and isinstance(self.table, PagedTable | TickedRows):
            self.table.check_all(checked=self.header_check_state() != Qt.CheckState.Checked)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() and row >= 0:
            self._open_index(self.currentIndex())
        elif key == Qt.Key.Key_Space and row >= 0 and self._tickable():
            self._toggle(row)
        elif event.text() and event.text().isprintable() and not self._edits():
            event.ignore()  # letters are commands of the window ("/", "?"), never a search of Qt's own
        else:
            self.ringed = True
            super().keyPressEvent(event)
            self.viewport().update()

    def _tickable(self) -> bool:
        return isinstance(self.table, PagedTable | TickedRows) and any(
            column.id == CHECK for column in self.table.columns
        )

    def _edits(self) -> bool:
        return any(column.edit is not None for column in self.table.columns)

    def _toggle(self, row: int) -> None:
        if isinstance(self.table, PagedTable | TickedRows):
            self.table.toggle(row)

    def _hover(self, row: int) -> None:
        if row != self.hovered:
            old, self.hovered = self.hovered, row
            for number in (old, row):
                if number >= 0:
                    top, height = self.rowViewportPosition(number), self.rowHeight(number)
                    self.viewport().update(0, top, self.viewport().width(), height)

    def _open_index(self, index: QModelIndex) -> None:
        row = self.table.row(index.row())
        editable = self.table.columns[index.column()].edit is not None
        if row is not None and not editable:
            self.opened.emit(row)

    # columns -----------------------------------------------------------------------------------

    def keep_columns_in(self, settings: QSettings) -> None:
        """Remember widths and choice of columns across starts."""
        self._settings = settings
        stored = settings.value(f"lists/{self._name}/columns")
        for entry in stored if isinstance(stored, list) else []:
            column_id, _, rest = str(entry).partition(":")
            width, _, hidden = rest.partition(":")
            for section, column in enumerate(self.table.columns):
                if column.id == column_id and column.id != CHECK:
                    self.setColumnWidth(section, int(width or column.width))
                    self.setColumnHidden(section, hidden == "1")

    def choose_columns(self, where: QPoint | None = None) -> QMenu:
        """Open the menu that shows and hides columns."""
        menu = QMenu(self)
        menu.setAccessibleName(self.tr("Columns"))
        for section, column in enumerate(self.table.columns):
            if column.id != CHECK:
                action = QAction(column.title, menu, checkable=True, checked=not self.isColumnHidden(section))
                action.setData(section)
                action.toggled.connect(self._column_toggled)
                menu.addAction(action)
        header = self.horizontalHeader()
        menu.popup(header.mapToGlobal(where or QPoint(header.width() - 200, header.height())))
        return menu

    def _column_toggled(self, shown: bool) -> None:
        action = self.sender()
        assert isinstance(action, QAction)
        self.setColumnHidden(int(action.data()), not shown)
        self._stretch()
        self._store_columns()

    def _section_resized(self, _section: int, _old: int, _new: int) -> None:
        self._store_columns()

    def _store_columns(self) -> None:
        if self._settings is not None:
            entries = [
                f"{column.id}:{self.columnWidth(section) or column.width}:{int(self.isColumnHidden(section))}"
                for section, column in enumerate(self.table.columns)
            ]
            self._settings.setValue(f"lists/{self._name}/columns", entries)

    def _header_clicked(self, section: int) -> None:
        column = self.table.columns[section]
        if column.id == CHECK and isinstance(self.table, PagedTable | TickedRows):
            self.table.check_all(checked=self.header_check_state() != Qt.CheckState.Checked)
        elif column.sort:
            down = not self.descending if self.sort == column.sort else column.right
            self.sort_wanted.emit(column.sort, down)

    # copy --------------------------------------------------------------------------------------

    def copy(self) -> None:
        """Copy the ticked rows, or else the current one, as text and as a table."""
        header = self.horizontalHeader()
        order = [header.logicalIndex(v) for v in range(header.count())]
        sections = [s for s in order if not self.isColumnHidden(s) and self.table.columns[s].id != CHECK]
        titles = [self.table.columns[section].title for section in sections]
        lines = [[self._copied(number, section) for section in sections] for number in self._copied_rows()]
        data = QMimeData()
        data.setText("\n".join("\t".join(line) for line in lines))
        head = "".join(f"<th>{escape(title)}</th>" for title in titles)
        body = "".join("<tr>" + "".join(f"<td>{escape(text)}</td>" for text in line) + "</tr>" for line in lines)
        data.setHtml(f"<table><tr>{head}</tr>{body}</table>")
        QGuiApplication.clipboard().setMimeData(data)

    def _copied(self, number: int, section: int) -> str:
        cell = self.table.cell(number, section)
        return "" if cell is None else cell.plain().replace("\t", " ").replace("\n", " ")

    def _copied_rows(self) -> list[int]:
        if isinstance(self.table, PagedTable) and self.table.checked.count(self.table.rowCount()):
            total = min(self.table.rowCount(), COPY_LIMIT)
            return [n for n in range(total) if self.table.is_read(n) and self.table.checked.has(self.table.key(n))]
        current = self.currentIndex()
        return [current.row()] if current.isValid() else []

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        self.viewport().update()
