"""Fields that understand what people type: amounts with small sums, quantities, dates in short."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import shiboken6
from PySide6.QtCore import QDate, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QCalendarWidget, QComboBox, QLineEdit, QMenu, QWidget, QWidgetAction

from app.views import format as written
from app.views import icons
from app.views.theme import Type, colour, font
from app.views.tokens import Radius, Size

ADD_LINE = "addline"
"""Object name of a field that begins a new line of a document."""


class Field(QLineEdit):
    """A line of text that can show an error at its own place; ``setObjectName(ADD_LINE)`` dashes its border."""

    def __init__(self, name: str, text: str = "", *, code: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setAccessibleName(name)
        self.setFont(font(code=code))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.objectName() == ADD_LINE:
            self._draw_dashes()

    def _draw_dashes(self) -> None:
        """The place where a new line is begun: dashed, or ringed while it has the keyboard."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focus = self.hasFocus()
        pen = QPen(colour("accent" if focus else "control"), 2 if focus else 1)
        if not focus:
            pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), Radius.BUTTON, Radius.BUTTON)
        icons.paint(painter, "plus", QPoint(11, (self.height() - 14) // 2), "text3", 14)
        painter.end()

    def set_error(self, reason: str) -> None:
        """Mark the field with why it cannot be taken, or clear the mark (empty)."""
        mark_error(self, reason)


def mark_error(field: QWidget, reason: str) -> None:
    """Show ``reason`` on any field; an empty one takes the mark away."""
    field.setProperty("error", bool(reason))
    field.setToolTip(reason)
    field.setAccessibleDescription(reason)
    field.style().unpolish(field)
    field.style().polish(field)


def place_of(box: QComboBox, value: object) -> int:
    """Find the place of a value in a box, -1 where it is not; ``findData`` finds an id only as the same object."""
    return next((place for place in range(box.count()) if box.itemData(place) == value), -1)


class NumberField(Field):
    """A number, exact; a small sum such as ``3*12+4`` is worked out when the field is left."""

    changed = Signal(object)  # Decimal, or None while empty

    def __init__(
        self, name: str, value: Decimal | None = None, *, step: Decimal = Decimal(1), parent: QWidget | None = None
    ) -> None:
        super().__init__(name, parent=parent)
        self._value, self._step = value, step
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setFont(font(Type.BODY_STRONG))
        self.editingFinished.connect(self._take)
        self.set_value(value)

    def written(self, value: Decimal) -> str:
        """How the number is shown."""
        return written.quantity(value)

    def refusal(self, value: Decimal) -> str:
        """Why ``value`` cannot be taken; empty if it can."""
        return ""

    def value(self) -> Decimal | None:
        """The number; None while the field is empty or holds something else."""
        return self._value

    def set_value(self, value: Decimal | None) -> None:
        """Show a number without telling about it."""
        self._value = value
        self.setText("" if value is None else self.written(value))
        self.set_error("")

    def _take(self) -> None:
        typed = self.text().strip()
        value = written.number(typed)
        if typed and value is None:
            self._value = None
            self.set_error(self.tr("“{}” is not a number. Type for example 1250 or 3*12.").format(typed))
            return
        reason = self.refusal(value) if value is not None else ""
        if reason:
            self._value = None
            self.set_error(reason)
            return
        before = self._value
        self.set_value(value)
        if value != before:
            self.changed.emit(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Up: self._step, Qt.Key.Key_Down: -self._step}
        by = steps.get(Qt.Key(event.key()))
        if by is None or event.modifiers() not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
            super().keyPressEvent(event)
            return
        current = written.number(self.text()) or Decimal(0)
        self.setText(self.written(current + by))
        self._take()


class AmountField(NumberField):
    """Money in one currency; more decimals than it has are refused, never rounded."""

    def __init__(
        self, name: str, value: Decimal | None = None, *, decimals: int = 2, parent: QWidget | None = None
    ) -> None:
        self._decimals = decimals
        super().__init__(name, value, parent=parent)

    def written(self, value: Decimal) -> str:
        return written.amount(value, self._decimals)

    def refusal(self, value: Decimal) -> str:
        if value != round(value, self._decimals):
            return self.tr("This currency has {} decimals.").format(self._decimals)
        return ""


class QuantityField(NumberField):
    """A quantity; ``minimum`` and ``decimals`` say what is allowed."""

    def __init__(
        self,
        name: str,
        value: Decimal | None = None,
        *,
        minimum: Decimal | None = Decimal(0),
        decimals: int = 6,
        parent: QWidget | None = None,
    ) -> None:
        self._minimum, self._decimals = minimum, decimals
        super().__init__(name, value, parent=parent)

    def refusal(self, value: Decimal) -> str:
        if self._minimum is not None and value < self._minimum:
            return self.tr("The quantity must be at least {}.").format(written.quantity(self._minimum))
        if value != round(value, self._decimals):
            return self.tr("At most {} decimals.").format(self._decimals)
        return ""


class DateField(Field):
    """A date: ``+5``, ``3``, ``5-2``, ``tomorrow``, a weekday; Alt+Down opens the calendar, arrows step a day."""

    changed = Signal(object)  # date, or None while empty

    def __init__(
        self, name: str, today: Callable[[], date], value: date | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(name, parent=parent)
        self._today, self._value = today, value
        self.setPlaceholderText(self.tr("+5, 24-11, Friday"))
        self.setTextMargins(0, 0, Size.ICON + 8, 0)
        self.editingFinished.connect(self._take)
        self.set_value(value)

    def value(self) -> date | None:
        """The date; None while the field is empty or holds something else."""
        return self._value

    def set_value(self, value: date | None) -> None:
        """Show a date without telling about it."""
        self._value = value
        self.setText("" if value is None else written.full_day(value))
        self.set_error("")

    def _take(self) -> None:
        typed = self.text().strip()
        if self._value is not None and typed == written.full_day(self._value):
            return
        value = written.date_from(typed, self._today()) if typed else None
        if typed and value is None:
            self._value = None
            self.set_error(self.tr("“{}” is not a date. Type for example +5, 24-11 or Friday.").format(typed))
            return
        before = self._value
        self.set_value(value)
        if value != before:
            self.changed.emit(value)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        days = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if days is not None and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.open_calendar()
        elif days is not None and self._value is not None:
            self.setText(written.full_day(self._value + timedelta(days=days)))
            moved = self._value + timedelta(days=days)
            self.set_value(moved)
            self.changed.emit(moved)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.position().x() > self.width() - Size.ICON - 14:
            self.open_calendar()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        where = QPoint(self.width() - Size.ICON - 9, (self.height() - Size.ICON) // 2)
        icons.paint(painter, "calendar", where, "text3")
        painter.end()

    def open_calendar(self) -> QMenu:
        """Open the month view under the field."""
        menu = QMenu(self)
        calendar = QCalendarWidget()
        calendar.setAccessibleName(self.accessibleName())
        shown = self._value or self._today()
        calendar.setSelectedDate(QDate(shown.year, shown.month, shown.day))
        calendar.clicked.connect(self._clicked)
        calendar.activated.connect(self._clicked)
        calendar.clicked.connect(menu.close)
        action = QWidgetAction(menu)
        action.setDefaultWidget(calendar)
        menu.addAction(action)
        menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))
        calendar.setFocus()
        return menu

    def _clicked(self, picked: QDate) -> None:
        value = date(picked.year(), picked.month(), picked.day())
        self.set_value(value)
        self.changed.emit(value)


def take_typed(within: QWidget) -> None:
    """Take what is being typed in a field or cell of ``within``, as if the keyboard had left it.

    A key such as Ctrl+Enter and a click on a button do not move the keyboard, so what stands in the field
    would not be known yet.
    """
    typing = QApplication.focusWidget()
    if typing is None or not within.isAncestorOf(typing):
        return
    typing.clearFocus()
    if shiboken6.isValid(typing) and typing.isVisible():  # a cell's editor is gone now
        typing.setFocus()


def unread_field(within: QWidget) -> NumberField | DateField | None:
    """The first field of ``within`` that holds something it cannot read; its mark says why."""
    fields: list[NumberField | DateField] = [*within.findChildren(NumberField), *within.findChildren(DateField)]
    return next((one for one in fields if one.isVisible() and one.text().strip() and one.value() is None), None)
