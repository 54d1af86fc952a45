"""Draws table cells: hairlines between rows, chips, two lines, bars, numbers at the end.

One delegate serves every table.  It is a hot path (hundreds of calls per repaint), so it looks up
nothing twice and makes no objects it can do without.
"""

from __future__ import annotations

from typing import Any, Final, Protocol

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QLineEdit, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.views import icons
from app.views.cells import Cell, Column
from app.views.curve import draw_curve
from app.views.painting import advance, chip_width, draw_bar, draw_check_box, draw_chip, draw_text, metrics
from app.views.tables import CHECK, PagedTable, RowsTable
from app.views.theme import Type, colour, font
from app.views.tokens import Size, Space

Index = QModelIndex | QPersistentModelIndex

PADDING: Final = Space.MEDIUM
BAR_WIDTH: Final = 44
DIMMED: Final = 0.45
EDGE: Final = 2
MARK: Final = 20
"""Room of the mark of a value that cannot be taken."""


class RowState(Protocol):
    """What the delegate needs to know of the view it draws for."""

    hovered: int
    current: int
    dimmed: bool
    ringed: bool
    touch: bool

    def first_column(self) -> int: ...
    def last_column(self) -> int: ...


class CellDelegate(QStyledItemDelegate):
    """Draws :class:`app.views.cells.Cell` values; edits text columns in place.

    ``typing`` tells row, column id and text at each key, before the cell is left.
    """

    typing = Signal(int, str, str)

    def __init__(self, view: QWidget, state: RowState, table: PagedTable[Any] | RowsTable[Any]) -> None:
        super().__init__(view)
        self._edited = (-1, "")
        self._state, self._table = state, table
        self._mirrored = view.layoutDirection() == Qt.LayoutDirection.RightToLeft

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(80, 38)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        box: QRect = option.rect
        table, row, section = self._table, index.row(), index.column()
        self._ground(painter, box, row, section)
        column: Column[Any] = table.columns[section]
        if self._state.dimmed:
            painter.setOpacity(DIMMED)
        right = column.right != self._mirrored
        wrong = bool(table.errors and table.error(row, section))
        inner = box.adjusted(Space.TINY if self._mirrored else PADDING, 0, -PADDING if right else -Space.TINY, -1)
        if wrong:  # its mark stands at the end
            inner.setRight(box.right() - MARK - Space.SMALL)
        if column.id == CHECK:
            draw_check_box(painter, box, table.check_state(row))
        else:
            cell = table.cell(row, section)
            if cell is not None:
                self._content(painter, inner, cell, right=right)
        if self._state.dimmed:
            painter.setOpacity(1)
        if wrong:
            self._mark_error(painter, box)

    def _ground(self, painter: QPainter, box: QRect, row: int, section: int) -> None:
        state = self._state
        selected = row == state.current
        if selected:
            painter.fillRect(box, colour("sel"))
        elif row == state.hovered:
            painter.fillRect(box, colour("hover"))
        painter.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), colour("border"))
        if not selected:
            return
        accent, first = colour("accent"), section == state.first_column()
        if first:
            painter.fillRect(QRect(box.left(), box.top(), EDGE, box.height()), accent)
        if state.ringed:
            painter.fillRect(QRect(box.left(), box.top(), box.width(), EDGE), accent)
            painter.fillRect(QRect(box.left(), box.bottom() - EDGE + 1, box.width(), EDGE), accent)
            if section == state.last_column():
                painter.fillRect(QRect(box.right() - EDGE + 1, box.top(), EDGE, box.height()), accent)

    def _content(self, painter: QPainter, box: QRect, cell: Cell, *, right: bool) -> None:
        if cell.status is not None:
            left = box.right() - chip_width(cell.status, cell.text) if self._mirrored else box.left()
            draw_chip(painter, left, box.center().y() + 1, cell.status, cell.text)
        elif cell.second:
            self._two_lines(painter, box, cell, right=right)
        elif cell.parts:
            self._parts(painter, box, cell)
        elif cell.share is not None:
            self._progress(painter, box, cell)
        elif cell.curve is not None:
            draw_curve(painter, box.adjusted(0, Space.SMALL, 0, -Space.SMALL), cell.curve)
        else:
            painter.setPen(colour(cell.tone))
            if cell.icon:
                icons.paint(painter, cell.icon, QPoint(box.left(), box.center().y() - Size.ICON // 2 + 1), cell.tone)
                box = box.adjusted(Size.ICON + Space.SMALL, 0, 0, 0)
            draw_text(painter, box, cell.text, self._type(cell), right=right, code=cell.code)

    def _type(self, cell: Cell) -> Type:
        if self._state.touch:
            return Type.TOUCH_STRONG if cell.strong else Type.TOUCH
        return Type.BODY_STRONG if cell.strong else Type.BODY

    def _two_lines(self, painter: QPainter, box: QRect, cell: Cell, *, right: bool) -> None:
        upper, lower = metrics(Type.BODY_STRONG).height(), metrics(Type.META).height()
        top = box.top() + (box.height() - upper - lower + 1) // 2
        painter.setPen(colour(cell.tone))
        above = QRect(box.left(), top, box.width(), upper)
        draw_text(painter, above, cell.text, Type.BODY_STRONG, right=right, code=cell.code)
        painter.setPen(colour(cell.second_tone))
        below = QRect(box.left(), top + upper - 1, box.width(), lower)
        draw_text(painter, below, cell.second, Type.META, right=right, code=cell.second_code)

    def _parts(self, painter: QPainter, box: QRect, cell: Cell) -> None:
        left, middle = box.left(), box.center().y() + 1
        for part in cell.parts:
            icons.paint(painter, part.icon, QPoint(left, middle - 7), part.tone, 14)
            left += 14 + Space.TINY + 1
            painter.setPen(colour("text2"))
            draw_text(painter, QRect(left, box.top(), box.right() - left, box.height()), part.text, Type.META)
            left += advance(part.text, Type.META) + Space.MEDIUM + 2

    def _progress(self, painter: QPainter, box: QRect, cell: Cell) -> None:
        share = cell.share or 0
        bar = QRectF(box.left(), box.center().y() - 1, BAR_WIDTH, 4)
        draw_bar(painter, bar, share / 100, colour("ok" if share >= 100 else "accent"), colour("border"))
        painter.setPen(colour(cell.tone))
        draw_text(painter, box.adjusted(BAR_WIDTH + Space.SMALL, 0, 0, 0), cell.text, Type.META)

    def _mark_error(self, painter: QPainter, box: QRect) -> None:
        painter.setPen(colour("bad"))
        painter.drawRect(box.adjusted(1, 1, -2, -3))
        icons.paint(painter, "circle-alert", QPoint(box.right() - 18, box.center().y() - 6), "bad", 14)

    # editing -----------------------------------------------------------------------------------

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        column: Column[Any] = self._table.columns[index.column()]
        editor.setFont(font(Type.BODY_STRONG, code=False))
        editor.setAlignment(column.alignment)
        editor.setAccessibleName(column.title)
        self._edited = (index.row(), column.id)
        editor.textEdited.connect(self._tell_typing)
        return editor

    def _tell_typing(self, text: str) -> None:
        self.typing.emit(*self._edited, text)

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        editor.setText(str(index.data(Qt.ItemDataRole.EditRole) or ""))
        editor.selectAll()

    def setModelData(self, editor: QWidget, model: Any, index: Index) -> None:
        assert isinstance(editor, QLineEdit)
        if editor.isModified():
            model.setData(index, editor.text(), Qt.ItemDataRole.EditRole)
