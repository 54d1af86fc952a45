"""Saved filters as tabs, each with its live count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QTabBar, QWidget

from app.views.painting import draw_text, metrics
from app.views.theme import Type, colour, font
from app.views.tokens import Space

HEIGHT = 36
GAP = 22
COUNT_GAP = 7


class TabBar(QTabBar):
    """Tabs with counts; arrows move between them.  ``chosen`` gives the tab's id."""

    chosen = Signal(str)
    menu_wanted = Signal(str, QPoint)  # tab id, place on the screen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ids: list[str] = []
        self._counts: dict[str, int] = {}
        self._ringed = False
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setUsesScrollButtons(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFont(font(Type.BODY_STRONG))
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Saved filters"))
        self.currentChanged.connect(self._tell)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._tell_menu)

    def set_tabs(self, tabs: Sequence[tuple[str, str]]) -> None:
        """Show tabs as (id, title)."""
        self.blockSignals(True)
        while self.count():
            self.removeTab(0)
        self._ids = [tab_id for tab_id, _ in tabs]
        for _, title in tabs:
            self.addTab(title)
        self.blockSignals(False)

    def set_counts(self, counts: Mapping[str, int]) -> None:
        """Show how many records each tab has."""
        self._counts = dict(counts)
        for number, tab_id in enumerate(self._ids):
            if tab_id in counts:
                self.setAccessibleTabName(number, f"{self.tabText(number)}, {counts[tab_id]}")
            self.setTabText(number, self.tabText(number))  # lays the tabs out anew
        self.updateGeometry()
        self.update()

    def choose(self, tab_id: str) -> None:
        """Bring a tab to the front without telling about it."""
        self.blockSignals(True)
        self.setCurrentIndex(self._ids.index(tab_id))
        self.blockSignals(False)
        self.update()

    @property
    def current_id(self) -> str:
        """The tab at the front; empty without tabs."""
        return self._ids[self.currentIndex()] if self._ids and self.currentIndex() >= 0 else ""

    def _tell(self, number: int) -> None:
        if 0 <= number < len(self._ids):
            self.chosen.emit(self._ids[number])

    def _tell_menu(self, where: QPoint) -> None:
        number = self.tabAt(where)
        if number >= 0:
            self.menu_wanted.emit(self._ids[number], self.mapToGlobal(where))

    def _count_text(self, number: int) -> str:
        count = self._counts.get(self._ids[number])
        return "" if count is None else f"{count:,}"

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ringed = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ringed = False
        super().focusOutEvent(event)

    def tabSizeHint(self, index: int) -> QSize:
        width = metrics(Type.BODY_STRONG).horizontalAdvance(self.tabText(index)) + GAP
        words = self._count_text(index) if index < len(self._ids) else ""
        return QSize(width + (metrics(Type.META).horizontalAdvance(words) + COUNT_GAP if words else 0), HEIGHT)

    def minimumTabSizeHint(self, index: int) -> QSize:
        return self.tabSizeHint(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for number in range(self.count()):
            self._draw_tab(painter, self.tabRect(number), number)
        painter.end()

    def _draw_tab(self, painter: QPainter, box: QRect, number: int) -> None:
        chosen = number == self.currentIndex()
        title, words = self.tabText(number), self._count_text(number)
        text_box = box.adjusted(0, 0, 0, -3)
        painter.setPen(colour("text" if chosen else "text2"))
        draw_text(painter, text_box, title, Type.BODY_STRONG)
        width = metrics(Type.BODY_STRONG).horizontalAdvance(title)
        if words:
            count_box = text_box.adjusted(width + COUNT_GAP, 0, 0, 0)
            painter.setPen(colour("text3"))
            draw_text(painter, count_box, words, Type.META)
            width += COUNT_GAP + metrics(Type.META).horizontalAdvance(words)
        if chosen:
            painter.fillRect(QRect(box.left(), box.bottom() - 1, width, 2), colour("accent"))
            if self._ringed:
                painter.setPen(QPen(colour("accent"), 2))
                painter.drawRoundedRect(QRect(box.left(), box.top() + 5, width + 2, box.height() - 12), 4, 4)


MARGIN = Space.PAGE
