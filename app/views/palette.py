"""Ctrl+K: find a record, run a command, go to a place, all from one field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from sqlalchemy import Connection

from app.errors import UserError
from app.views import icons
from app.views.commands import EVERYWHERE, Bound
from app.views.context import Context
from app.views.painting import draw_text, metrics
from app.views.screen import Finder, Found, Place
from app.views.theme import Type, colour, font, tokens
from app.views.tokens import Radius, Size, Space, Tone
from app.views.widgets.labels import Hairline, IconLabel, KeyCap

WIDTH: Final = 620
TOP: Final = 120
ROW: Final = 38
HEADING: Final = 28
HEAD: Final = 51
FOOT: Final = 9
PER_KIND: Final = 4
WAIT_MS: Final = 30
SHOWN: Final = 440
SHADOW_RINGS: Final = 20
SHADOW_ALPHA: Final = 7
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Item:
    """One line of the palette; a heading has no ``act``.  ``act`` is (what, id, record id)."""

    text: str
    icon: str = ""
    detail: str = ""
    key: str = ""
    code: bool = False
    act: tuple[str, str, UUID | None] | None = None


class _Items(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.items: list[Item] = []

    def set_items(self, items: Sequence[Item]) -> None:
        self.beginResetModel()
        self.items = list(items)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            item = self.items[index.row()]
            return f"{item.text} {item.detail}".strip()
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        runs = self.items[index.row()].act is not None
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable if runs else Qt.ItemFlag.NoItemFlags


class _ItemDelegate(QStyledItemDelegate):
    def __init__(self, parent: QObject, model: _Items) -> None:
        super().__init__(parent)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(WIDTH - 14, ROW if self._model.items[index.row()].act else HEADING)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item, box = self._model.items[index.row()], option.rect
        painter.save()
        if item.act is None:
            painter.setPen(colour("text3"))
            draw_text(painter, box.adjusted(12, 6, -12, 0), item.text, Type.MICRO)
        else:
            self._draw(painter, box, item, selected=bool(option.state & QStyle.StateFlag.State_Selected))
        painter.restore()

    def _draw(self, painter: QPainter, box: QRect, item: Item, *, selected: bool) -> None:
        if selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("accentsub"))
            painter.drawRoundedRect(QRectF(box), Radius.BUTTON, Radius.BUTTON)
        icons.paint(painter, item.icon, QPoint(box.left() + 12, box.center().y() - 7), Tone.SOFT)
        text = box.adjusted(40, 0, -12, 0)
        key = item.key or (_tr("Enter") if selected else "")
        if key:
            text.setRight(text.right() - self._draw_key(painter, text, key) - Space.SMALL)
        painter.setPen(colour("text"))
        draw_text(painter, text, item.text, Type.BODY_STRONG, code=item.code)
        text.setLeft(text.left() + metrics(Type.BODY_STRONG, code=item.code).horizontalAdvance(item.text) + 13)
        painter.setPen(colour("text3"))
        if text.width() > 0:
            draw_text(painter, text, item.detail, Type.BODY)

    def _draw_key(self, painter: QPainter, box: QRect, key: str) -> int:
        width = metrics(Type.MICRO).horizontalAdvance(key) + 14
        cap = QRectF(box.right() - width + 1.5, box.center().y() - 8.5, width, 18)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour("border2"), 1))
        painter.setBrush(colour("raised"))
        painter.drawRoundedRect(cap, 4, 4)
        painter.setPen(colour("text2"))
        draw_text(painter, cap.toRect().adjusted(7, 0, 0, 0), key, Type.MICRO)
        return width


class Palette(QWidget):
    """Lies over the whole window; built once, shown in a few milliseconds.

    ``place_wanted``, ``record_wanted`` and ``command_wanted`` (command id, record id or None) tell what
    was picked.  Records are found off the GUI thread; a newer text wins over an older answer.
    """

    place_wanted = Signal(str)
    record_wanted = Signal(str, object)
    command_wanted = Signal(str, object)

    def __init__(self, context: Context, places: Sequence[Place], window: QWidget) -> None:
        super().__init__(window)
        self._context, self._places, self._window = context, tuple(places), window
        self._finders = tuple(finder for place in places for finder in place.finders)
        self._asked = self._answered_last = 0
        self._enter_waits = self._moved = False
        self._found = dict[str, tuple[Found, ...]]()
        self._came_from: QWidget | None = None
        self.setAccessibleName(self.tr("Search or run"))
        self._model = _Items(self)
        self._build()
        self._timer = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._timer.timeout.connect(self._ask)
        window.installEventFilter(self)
        self.hide()

    def _build(self) -> None:
        self.box = QFrame(self)
        self.box.setObjectName("palette")
        self.field = QLineEdit()
        self.field.setObjectName("palettefield")
        self.field.setFont(font(Type.TOUCH))
        self.field.setPlaceholderText(self.tr("Customer, order, product, or what to do"))
        self.field.setAccessibleName(self.tr("Search or run"))
        self.field.textChanged.connect(self._typed)
        self.field.installEventFilter(self)
        self.list = QListView()
        self.list.setAccessibleName(self.tr("Found"))
        self.list.setModel(self._model)
        self.list.setItemDelegate(_ItemDelegate(self.list, self._model))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.clicked.connect(self._clicked)
        self.list.entered.connect(self.list.setCurrentIndex)
        self.list.viewport().setObjectName("palettelist")
        head = QHBoxLayout()
        head.setContentsMargins(Space.PAGE, Space.SMALL, Space.LARGE, Space.SMALL)
        head.setSpacing(Space.MEDIUM)
        for widget in (IconLabel("search", Tone.SOFT, Size.ICON + 2), self.field, KeyCap(self.tr("Esc"))):
            head.addWidget(widget)
        layout = QVBoxLayout(self.box)
        layout.setContentsMargins(1, 1, 1, 6)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(Hairline())
        rows = QHBoxLayout()
        rows.setContentsMargins(6, 0, 6, 0)
        rows.addWidget(self.list)
        layout.addLayout(rows)

    # open and close ----------------------------------------------------------------------------

    def open(self) -> None:
        """Show the palette, empty, with the keyboard in its field."""
        self._came_from = QApplication.focusWidget()
        self.field.blockSignals(True)
        self.field.clear()
        self.field.blockSignals(False)
        self._found = {}
        self._answered_last = self._asked
        self._enter_waits = self._moved = False
        self._show_items()
        self.setGeometry(self._window.rect())
        self.show()
        self.raise_()
        self.field.setFocus()

    def dismiss(self) -> None:
        """Close without doing anything; the keyboard goes back to where it was."""
        self._timer.stop()
        self._asked += 1
        self._enter_waits = False
        self.hide()
        if self._came_from is not None:
            self._came_from.setFocus()

    def _place_box(self) -> None:
        heights = sum(ROW if item.act else HEADING for item in self._model.items)
        top = min(TOP, self.height() // 7)
        rows = min(max(heights, ROW), SHOWN, max(self.height() - top - HEAD - Space.WIDE, ROW))
        self.list.setFixedHeight(rows)
        width = min(WIDTH, self.width() - 2 * Space.PAGE)
        self.box.setGeometry((self.width() - width) // 2, top, width, rows + HEAD + FOOT)

    # finding -----------------------------------------------------------------------------------

    def _typed(self, _text: str) -> None:
        self._enter_waits = self._moved = False
        self._timer.start()
        self._show_items()

    def _ask(self) -> None:
        self._asked += 1
        text, finders = self.field.text().strip(), self._finders
        if text:
            ask = partial(_find_all, finders, text)
            answered, failed = partial(self._answered, self._asked), partial(self._not_answered, self._asked)
            self._context.tasks.read(self, ask, answered, failed)
        else:
            self._answered(self._asked, {})

    def _answered(self, asked: int, found: dict[str, tuple[Found, ...]]) -> None:
        if asked != self._asked or not self.isVisible():
            return
        self._answered_last = asked
        self._found = found
        self._show_items()
        if self._enter_waits:
            self._enter_waits = False
            self._run(self.list.currentIndex().row())

    def _not_answered(self, asked: int, error: UserError) -> None:
        self._answered(asked, {})
        self._context.messages.error(error)

    def _enter(self) -> None:
        """Run what is highlighted; what was typed last is looked up first, unless the highlight was moved by hand."""
        if self._moved or (not self._timer.isActive() and self._answered_last == self._asked):
            self._run(self.list.currentIndex().row())
            return
        self._enter_waits = True
        if self._timer.isActive():
            self._timer.stop()
            self._ask()

    def _groups(self, text: str) -> list[Finder]:
        """The kinds of records found; those whose best begins with what is typed come first."""
        found = [finder for finder in self._finders if self._found.get(finder.kind)]
        return sorted(found, key=lambda one: not _begins(self._found[one.kind][0], text))

    def _show_items(self) -> None:
        text = self.field.text().strip().lower()
        items: list[Item] = []
        groups = self._groups(text)
        for finder in groups:
            items += _with_heading(finder.title, [_found_item(finder, one) for one in self._found[finder.kind]])
        items += _with_heading(self.tr("Do"), self._command_items(text, groups))
        items += _with_heading(self.tr("Go to"), [_place_item(p) for p in self._places if _fits(p.title, text)])
        if not items:
            items = [Item(self.tr("Nothing found for “{}”").format(self.field.text()))]
        self._model.set_items(items)
        self._place_box()
        self._select_first()

    def _command_items(self, text: str, groups: Sequence[Finder]) -> list[Item]:
        best = (groups[0].kind, self._found[groups[0].kind][0]) if groups else None
        items = []
        for bound in self._context.commands:
            command = bound.command
            if best is not None and command.record == best[0]:
                words = command.record_text.format(best[1].title)
                items.append(Item(words, command.icon or "play", "", _key(bound), act=("run", command.id, best[1].id)))
            elif _runs_now(bound) and _fits(f"{command.text} {command.help}", text):
                words = command.text.replace("&", "")
                items.append(Item(words, command.icon or "play", "", _key(bound), act=("run", command.id, None)))
        return items

    # keys and mouse ----------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            return self._key_pressed(event)
        if watched is self._window and event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._window.rect())
            self._place_box()
        return False

    def _key_pressed(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.dismiss()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Tab):
            self._move(1)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Backtab):
            self._move(-1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._enter()
        else:
            return False
        return True

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.box.geometry().contains(event.position().toPoint()):
            self.dismiss()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        scrim = QColor(tokens().scrim)
        scrim.setAlpha(255 * tokens().scrim_per_cent // 100)
        painter.fillRect(self.rect(), scrim)
        self._draw_shadow(painter)
        painter.end()

    def _draw_shadow(self, painter: QPainter) -> None:
        """A soft edge of a few rings: a blur effect would cost more than all the rest."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        ring = QColor(tokens().shadow)
        ring.setAlpha(SHADOW_ALPHA)
        painter.setBrush(ring)
        below = QRectF(self.box.geometry()).translated(0, SHADOW_RINGS // 2)
        for width in range(SHADOW_RINGS, 0, -2):
            corner = Radius.PALETTE + width
            painter.drawRoundedRect(below.adjusted(-width, -width, width, width), corner, corner)

    def _select_first(self) -> None:
        self._select(next((n for n, item in enumerate(self._model.items) if item.act), -1))

    def _move(self, by: int) -> None:
        runs = [number for number, item in enumerate(self._model.items) if item.act]
        self._moved = True
        if runs:
            current = self.list.currentIndex().row()
            place = runs.index(current) if current in runs else -1
            self._select(runs[(place + by) % len(runs)])

    def _select(self, number: int) -> None:
        if number >= 0:
            self.list.setCurrentIndex(self._model.index(number))

    def _clicked(self, index: QModelIndex) -> None:
        self._run(index.row())

    def _run(self, number: int) -> None:
        act = self._model.items[number].act if 0 <= number < len(self._model.items) else None
        if act is None:
            return
        what, name, record_id = act
        self.dismiss()
        if what == "place":
            self.place_wanted.emit(name)
        elif what == "record":
            self.record_wanted.emit(name, record_id)
        else:
            self.command_wanted.emit(name, record_id)


def _tr(text: str) -> str:
    return QApplication.translate("Palette", text)


def _find_all(finders: Sequence[Finder], text: str, connection: Connection) -> dict[str, tuple[Found, ...]]:
    return {finder.kind: tuple(finder.find(connection, text, PER_KIND)) for finder in finders}


def _begins(found: Found, text: str) -> bool:
    """Whether a record's name or number begins with what is typed; behind a document's number stands another's name."""
    names = (found.title,) if found.code else (found.title, found.detail)
    return any(name.lower().startswith(text) for name in names)


def _with_heading(title: str, items: list[Item]) -> list[Item]:
    return [Item(title), *items] if items else []


def _found_item(finder: Finder, found: Found) -> Item:
    return Item(found.title, finder.icon, found.detail, code=found.code, act=("record", finder.kind, found.id))


def _place_item(place: Place) -> Item:
    return Item(place.title, place.icon, act=("place", place.id, None))


def _runs_now(bound: Bound) -> bool:
    hidden = bound.command.id.startswith("palette.") or bound.command.id.startswith("go.")
    return not hidden and (bound.action.isEnabled() or (bound.command.opens and bound.scope != EVERYWHERE))


def _fits(words: str, text: str) -> bool:
    """Every word typed begins a word of ``words``."""
    have = words.replace("&", "").lower().split()
    return all(any(word.startswith(part) for word in have) for part in text.split())


def _key(bound: Bound) -> str:
    return QKeySequence(bound.key).toString().replace("+", " ").replace("Return", _tr("Enter")) if bound.key else ""
