"""The one way to draw a chart.

Give a :class:`~app.views.picture.Picture` to :meth:`Chart.show_picture`; the rest is done here: axes with round
numbers, colours by tokens in light and dark, the figures under the pointer, by keyboard and for screen readers, and
pictures to save.  On a card, with its title, legend and menu (save the picture or its figures, show them as a table),
take :class:`app.views.chart_card.ChartCard`.

``chart.show_picture(picture)``   draw it (any number of times)
``chart.place_chosen``            Signal(int): Enter or a click at a place: go to its documents
``chart.save(path)``              PNG, SVG or PDF by the file's ending: light colours, with title and legend
``Chart(bare=True)``              no axes, no keyboard: small multiples

Keys: Left, Right, Home, End, Page Up and Page Down go from place to place and read its figures out, Enter opens it,
Escape lets go.  pyqtgraph is loaded on a thread of its own when the first chart is shown; until then the ground is
empty.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.views.format import tr
from app.views.painting import advance, draw_text
from app.views.picture import Picture, Shape
from app.views.theme import Type, colour, is_theme_change, tokens
from app.views.tokens import Radius, Space, Tone

if TYPE_CHECKING:
    from app.views.widgets.chart_canvas import ChartCanvas

CANVAS: Final = "app.views.widgets.chart_canvas"
PAGE: Final = 10
_ROW: Final = 18
_DOT: Final = 4


class _Library(QObject):
    """Loads what draws charts, once, off the GUI thread: it takes half a second and more."""

    ready = Signal()
    failed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.module: Any = None
        self._loading = False

    def ask(self) -> None:
        """Load it; :attr:`ready` tells when it is there."""
        if not self._loading:
            self._loading = True
            Thread(target=self._load, name="charts").start()

    def now(self) -> Any:
        """Load it at once: for a picture that is saved before any was shown."""
        if self.module is None:
            self.module = import_module(CANVAS)
        return self.module

    def _load(self) -> None:
        try:
            self.module = import_module(CANVAS)
        except ImportError as error:
            self.failed.emit(str(error))
        else:
            self.ready.emit()


LIBRARY: Final = _Library()


class Chart(QWidget):
    """Shows a picture; see the module for its keys and what it offers."""

    place_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None, *, bare: bool = False) -> None:
        super().__init__(parent)
        self._bare = bare
        self._canvas: ChartCanvas | None = None
        self._picture: Picture | None = None
        self._cursor = -1
        self._trouble = ""
        self._over = _Over(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        if not bare:
            self.setMouseTracking(True)
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Chart"))

    @property
    def picture(self) -> Picture | None:
        """What is on show."""
        return self._picture

    @property
    def cursor_place(self) -> int:
        """The number of the place that is read out, or -1."""
        return self._cursor

    @property
    def is_drawn(self) -> bool:
        """Whether what draws is loaded and the picture stands."""
        return self._canvas is not None and self._picture is not None

    def show_picture(self, picture: Picture) -> None:
        """Show another picture; the place that was read out is kept where it is still there."""
        self._picture = picture
        if self._cursor >= len(picture.places):
            self._cursor = -1
        self.setAccessibleName(picture.title)
        self._describe()
        self._draw()

    def go_to(self, number: int) -> None:
        """Read out a place, or none (-1); a number outside is brought inside."""
        if self._picture is None or not self._picture.places:
            return
        last = len(self._picture.places) - 1
        self._cursor = min(max(number, -1), last)
        self._describe()
        self._over.update()

    def read_out(self) -> str:
        """Give the words for the place under the cursor: ``Mon 23 Nov 2026: Demand 12 pcs, ...``."""
        if self._picture is None or self._cursor < 0:
            return ""
        figures = ", ".join(f"{name} {figure}" for name, figure in self._picture.read_out(self._cursor))
        return f"{self._picture.place_text(self._cursor)}: {figures}"

    def save(self, path: Path, size: QSize | None = None) -> None:
        """Save the picture as the file's ending says: ``.png``, ``.svg`` or ``.pdf``.

        Raises:
            Invalid: the ending is none of them, or the file cannot be written.

        """
        assert self._picture is not None, "there is a picture to save"
        LIBRARY.now()
        saving: Any = import_module("app.views.widgets.chart_files")
        saving.save(path, self._picture, size or QSize(max(720, self.width()), max(360, self.height())))

    # Qt ----------------------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        return QSize(140, 36) if self._bare else QSize(640, 280)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 24) if self._bare else QSize(280, 160)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._canvas is not None:
            return
        if LIBRARY.module is not None:
            self._make_canvas()
        else:
            LIBRARY.ready.connect(self._make_canvas)
            LIBRARY.failed.connect(self._tell_trouble)
            LIBRARY.ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._over.setGeometry(self.rect())
        if self._canvas is not None:
            self._canvas.view.setGeometry(self.rect())
            self._canvas.fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if is_theme_change(event):
            self._draw()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._canvas is not None and not self._bare:
            self.go_to(self._canvas.nearest(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._cursor >= 0:
            self.place_chosen.emit(self._cursor)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        if not self.hasFocus():
            self.go_to(-1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        last = len(self._picture.places) - 1 if self._picture is not None else -1
        here = self._cursor
        goals = {
            Qt.Key.Key_Left: max(0, here - 1) if here >= 0 else last,
            Qt.Key.Key_Right: here + 1,
            Qt.Key.Key_PageUp: max(0, here - PAGE),
            Qt.Key.Key_PageDown: here + PAGE,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if key in goals and last >= 0:
            self.go_to(goals[key])
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and here >= 0:
            self.place_chosen.emit(here)
        elif key == Qt.Key.Key_Escape and here >= 0:
            self.go_to(-1)
        else:
            super().keyPressEvent(event)

    # drawing -----------------------------------------------------------------------------------------

    def _make_canvas(self) -> None:
        if self._canvas is None:
            self._canvas = LIBRARY.now().ChartCanvas(self, bare=self._bare)
            self._canvas.view.setGeometry(self.rect())
            self._canvas.view.show()
            self._over.raise_()
            self._draw()

    def _tell_trouble(self, error: str) -> None:
        self._trouble = tr("The picture cannot be drawn ({}). Its figures can be shown as a table.").format(error)
        self._over.update()

    def _draw(self) -> None:
        if self._canvas is not None and self._picture is not None:
            self._canvas.show_picture(self._picture, tokens(), self.devicePixelRatioF())
        self._over.update()

    def _describe(self) -> None:
        self.setAccessibleDescription(self.read_out())
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    def paint_over(self, painter: QPainter) -> None:
        """Paint what stands above the picture: the ring of the keyboard, the place that is read out."""
        if self._trouble:
            painter.setPen(colour(Tone.SOFT))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._trouble)
        if self.hasFocus():
            painter.setPen(QPen(colour("accent"), 1))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), Radius.BUTTON, Radius.BUTTON)
        if self._canvas is not None and self._picture is not None and self._cursor >= 0:
            self._paint_cursor(painter, self._canvas, self._picture)

    def _paint_cursor(self, painter: QPainter, canvas: ChartCanvas, picture: Picture) -> None:
        area, number = canvas.area(), self._cursor
        x = round(canvas.point(number, None).x())
        painter.setPen(QPen(colour("border2"), 1))
        painter.drawLine(x, area.top(), x, area.bottom())
        for one in picture.series:
            figure = one.values[number]
            if figure is not None and one.shape is not Shape.BARS:
                painter.setBrush(colour(one.ink))
                painter.setPen(QPen(colour("surface"), 2))
                painter.drawEllipse(QPointF(canvas.point(number, figure)), _DOT, _DOT)
        self._paint_box(painter, area, x, picture)

    def _paint_box(self, painter: QPainter, area: QRect, x: int, picture: Picture) -> None:
        place, rows = picture.place_text(self._cursor), picture.read_out(self._cursor)
        names = max((advance(name, Type.META) for name, _ in rows), default=0)
        figures = max((advance(figure, Type.META_STRONG) for _, figure in rows), default=0)
        width = max(names + Space.LARGE + figures, advance(place, Type.META)) + 2 * Space.MEDIUM
        left = x + Space.MEDIUM
        left = left if left + width < self.width() else max(0, x - Space.MEDIUM - width)
        box = QRect(left, area.top(), width, _ROW * (len(rows) + 1) + Space.MEDIUM)
        painter.setPen(QPen(colour("border2"), 1))
        painter.setBrush(colour("raised"))
        painter.drawRoundedRect(box, Radius.BUTTON, Radius.BUTTON)
        inner = box.adjusted(Space.MEDIUM, Space.SMALL - 2, -Space.MEDIUM, 0)
        painter.setPen(colour(Tone.FAINT))
        draw_text(painter, QRect(inner.left(), inner.top(), inner.width(), _ROW), place, Type.META)
        for line, (name, figure) in enumerate(rows, 1):
            row = QRect(inner.left(), inner.top() + _ROW * line, inner.width(), _ROW)
            painter.setPen(colour(Tone.SOFT))
            draw_text(painter, row, name, Type.META)
            painter.setPen(colour(Tone.TEXT))
            draw_text(painter, row, figure, Type.META_STRONG, right=True)


class _Over(QWidget):
    """A sheet above the drawn picture, so that what follows the pointer draws nothing else anew."""

    def __init__(self, chart: Chart) -> None:
        super().__init__(chart)
        self._chart = chart
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._chart.paint_over(painter)
        painter.end()
