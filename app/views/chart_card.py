"""A chart on a card: title and note, legend, and a menu that saves the picture or its figures or lists them.

``card = ChartCard(context)`` (``narrow=True`` in a side panel), then ``card.show_picture(picture, note)``;
``card.set_empty(title, text)`` says in words what is missing where there is nothing to show.  ``card.chart`` is the
chart itself (``place_chosen``); ``add_button`` puts a screen's own button into its head.
"""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app.views import cells, chart_saving
from app.views.cells import Cell, Column
from app.views.context import Context
from app.views.format import tr
from app.views.picture import Figure, Picture
from app.views.tables import RowsTable
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.cards import Card
from app.views.widgets.chart import Chart
from app.views.widgets.chart_legend import Legend
from app.views.widgets.labels import Label, show_or_hide
from app.views.widgets.list_view import ListView

_PLACE: Final = 150
_FIGURE: Final = 120


class ChartCard(Card):
    """See the module."""

    def __init__(self, context: Context, parent: QWidget | None = None, *, narrow: bool = False) -> None:
        """Make an empty card; on a ``narrow`` one the legend has a row of its own below the title."""
        super().__init__(parent=parent)
        self._context = context
        self.title, self.about = Label("", Type.CARD, wrap=narrow), Label("", Type.META, Tone.SOFT, wrap=narrow)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.title)
        words.addWidget(self.about)
        self.legend, self.chart = Legend(), Chart()
        self.menu_button = Button(icon="ellipsis", kind=Kind.ICON, name=tr("Save or list the figures"), small=True)
        self.menu_button.clicked.connect(self._open_menu)
        self._head = QHBoxLayout()
        self._head.setSpacing(Space.SMALL)
        self._head.addLayout(words, 1)
        if not narrow:
            self._head.addWidget(self.legend, 0, Qt.AlignmentFlag.AlignVCenter)
        self._head.addWidget(self.menu_button, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(self._head)
        if narrow:
            self.body.addWidget(self.legend, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.chart, 1)
        self.empty = Label("", Type.BODY, Tone.SOFT, wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.body.addWidget(self.empty, 1)
        self.empty.hide()

    def add_button(self, button: QWidget) -> None:
        """Put a button of the screen's own beside the menu."""
        self._head.insertWidget(self._head.count() - 1, button)

    def show_picture(self, picture: Picture, note: str = "") -> None:
        """Show a picture with its title; ``note`` stands below it."""
        self._show(picture.title, note)
        self.legend.show_picture(picture)
        self.chart.show_picture(picture)

    def set_empty(self, title: str, text: str) -> None:
        """Say what to do so that there is something to show."""
        self._show(title, "", text)

    def _show(self, title: str, note: str, empty: str = "") -> None:
        self.setAccessibleName(title)
        self.title.setText(title)
        self.about.setText(note)
        self.empty.setText(empty)
        show_or_hide(self.about, shown=bool(note))
        show_or_hide(self.empty, shown=bool(empty))
        for part in (self.chart, self.legend, self.menu_button):
            show_or_hide(part, shown=not empty)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.chart.picture is not None:
            self.menu().popup(event.globalPos())

    def menu(self) -> QMenu:
        """Make the menu: what can be done with the picture and its figures."""
        made = QMenu(self)
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        made.addAction(tr("Show the figures")).triggered.connect(self.show_figures)
        made.addAction(tr("Save the figures…")).triggered.connect(self.save_figures)
        made.addAction(tr("Save the picture…")).triggered.connect(self.save_picture)
        return made

    def show_figures(self) -> None:
        """List the figures in a table."""
        if self.chart.picture is not None:
            FiguresDialog(self.chart.picture, self).open()

    def save_figures(self) -> None:
        """Save the figures as a workbook or CSV."""
        if self.chart.picture is not None:
            chart_saving.save_figures(self, self._context, self.chart.picture)

    def save_picture(self) -> None:
        """Save the picture as PNG, SVG or PDF."""
        chart_saving.save_picture(self, self._context, self.chart)

    def _open_menu(self) -> None:
        self.menu().popup(self.menu_button.mapToGlobal(QPoint(0, self.menu_button.height())))


class FiguresDialog(QDialog):
    """The figures of a picture as a table, the latest first where its places are days."""

    def __init__(self, picture: Picture, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(picture.title)
        headings = picture.headings()
        columns = [Column[int]("place", headings[0], partial(_place, picture), _PLACE, stretch=True)]
        columns += [
            Column[int](f"figure_{at}", heading, partial(_figure, picture, at), _FIGURE, right=True)
            for at, heading in enumerate(headings[1:], 1)
        ]
        self.rows: RowsTable[int] = RowsTable(tuple(columns))
        self.view = ListView(self.rows, "figures")
        self.view.setAccessibleName(picture.title)
        self.rows.set_rows(list(range(len(picture.places))))
        close = Button(tr("Close"))
        close.clicked.connect(self.accept)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(Space.PAGE, Space.PAGE, Space.PAGE, Space.PAGE)
        layout.addWidget(self.view)
        layout.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        self.resize(min(1000, _PLACE + _FIGURE * len(headings)), 560)
        self.view.setFocus()


def _place(picture: Picture, number: int) -> Cell:
    return cells.text(picture.place_text(number))


def _figure(picture: Picture, column: int, number: int) -> Cell:
    count = len(picture.series)
    figure: Figure
    if column <= count:
        figure = picture.series[column - 1].values[number]
    else:
        band = picture.bands[(column - 1 - count) // 2]
        figure = (band.high if (column - 1 - count) % 2 else band.low)[number]
    return cells.text(picture.figure_text(figure))
