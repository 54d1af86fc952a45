"""A field that finds a party or a product while one types, off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QCompleter,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)
from sqlalchemy import Connection

from app.views.painting import draw_text, metrics
from app.views.tasks import Tasks
from app.views.theme import Type, colour
from app.views.widgets.fields import Field

WAIT_MS: Final = 40
ROW: Final = 32


@dataclass(frozen=True, slots=True)
class Choice:
    """A record found: ``title`` is what the field shows, ``detail`` stands faint beside it."""

    id: UUID
    title: str
    detail: str = ""
    code: str = ""
    data: Any = None


Find = Callable[[Connection, str], Sequence[Choice]]
"""A service call that finds records by what is typed; best first."""


class _ChoiceDelegate(QStyledItemDelegate):
    """Code, title and detail of one choice in a row."""

    def __init__(self, field: RecordField) -> None:
        super().__init__(field)
        self._field = field

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(320, ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        choice = self._field.choice_at(index.row())
        if choice is None:
            return
        box, state = option.rect, option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, colour("accentsub"))
        inner = box.adjusted(10, 0, -10, 0)
        for text, kind, tone, code in (
            (choice.code, Type.BODY_STRONG, "text", True),
            (choice.title, Type.BODY, "text", False),
            (choice.detail, Type.META, "text3", False),
        ):
            if text:
                painter.setPen(colour(tone))
                draw_text(painter, inner, text, kind, code=code)
                inner.setLeft(inner.left() + metrics(kind, code=code).horizontalAdvance(text) + 12)


class RecordField(Field):
    """Type a name or a code, pick from the list; Enter takes the first, ``chosen`` tells it.

    ``submitted`` tells what was typed when Enter is pressed and nothing is found, e.g. a barcode.
    """

    chosen = Signal(object)  # Choice
    cleared = Signal()
    submitted = Signal(str)

    def __init__(self, name: str, tasks: Tasks, find: Find, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self._tasks, self._find = tasks, find
        self._choices: tuple[Choice, ...] = ()
        self._choice: Choice | None = None
        self._asked = self._answered = 0
        self._enter_waits = False
        self._model = QStringListModel(self)
        completer = QCompleter(self._model, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        popup = QListView()
        popup.setObjectName("choices")
        popup.setAccessibleName(self.tr("{}: choices").format(name))
        popup.setUniformItemSizes(True)
        completer.setPopup(popup)
        popup.setItemDelegate(_ChoiceDelegate(self))
        completer.setMaxVisibleItems(9)
        completer.setWidget(self)  # not the line edit's own completer: that would open on old choices while one types
        completer.activated[QModelIndex].connect(self._activated)  # type: ignore[index]
        self._list, self._popup = completer, popup
        self._timer = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._timer.timeout.connect(self._ask)
        self.textEdited.connect(self._typed)

    def choice(self) -> Choice | None:
        """The record picked, or None."""
        return self._choice

    def choice_at(self, number: int) -> Choice | None:
        """The choice at a place of the list."""
        return self._choices[number] if 0 <= number < len(self._choices) else None

    def set_choice(self, choice: Choice | None) -> None:
        """Show a record without telling about it."""
        self._choice = choice
        self.setText(choice.title if choice else "")
        self.set_error("")

    def _typed(self, text: str) -> None:
        if self._choice is not None:
            self._choice = None
            self.cleared.emit()
        if text.strip():
            self._timer.start()
        else:
            self._close_list()

    def _ask(self) -> None:
        self._asked += 1
        find, text = self._find, self.text().strip()
        self._tasks.read(self, lambda connection: tuple(find(connection, text)), partial(self._found, self._asked))

    def _found(self, asked: int, choices: tuple[Choice, ...]) -> None:
        if asked != self._asked:
            return  # typed on meanwhile
        self._answered = asked
        self._choices = choices
        self._model.setStringList([choice.title for choice in choices])
        if self._enter_waits:
            self._enter_waits = False
            self._take_first()
        elif not choices:
            self._close_list()
        elif self.hasFocus():
            self._list.complete()
            self._popup.setCurrentIndex(self._model.index(0))

    def _take_first(self) -> None:
        if self._choices:
            self._take(self._choices[0])
        else:
            self.submitted.emit(self.text().strip())

    def _activated(self, index: QModelIndex) -> None:
        choice = self.choice_at(index.row())
        if choice is not None:
            self._take(choice)

    def _close_list(self) -> None:
        if self._popup.isVisible():
            self._popup.hide()
            self.activateWindow()  # some window systems forget whose the keyboard was

    def _take(self, choice: Choice) -> None:
        self._close_list()
        self._choices = ()
        self.set_choice(choice)
        self.chosen.emit(choice)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or event.modifiers():
            super().keyPressEvent(event)
        elif self._choice is None and self.text().strip():
            if self._timer.isActive() or self._asked != self._answered or not self._asked:
                self._timer.stop()
                self._enter_waits = True
                self._ask()
            else:
                self._take_first()
        else:
            super().keyPressEvent(event)
