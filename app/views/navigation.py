"""The side bar: company, search box, places with what waits in them, and the quiet mark at the bottom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.views import icons
from app.views.painting import draw_text
from app.views.screen import Group, Place, Waiting
from app.views.theme import Type, colour
from app.views.tokens import Radius, Size, Space, Tone
from app.views.widgets.buttons import Button, Kind
from app.views.widgets.labels import Hairline, IconLabel, KeyCap, Label

LOGO: Final = 24


class Logo(QWidget):
    """The mark of the program."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(LOGO, LOGO)
        self.setAccessibleName("Waybill")

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("accentfill"))
        painter.drawRoundedRect(QRectF(0, 0, LOGO, LOGO), Radius.BUTTON, Radius.BUTTON)
        pen = QPen(colour("onaccent"), 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        points = ((5.6, 8.2), (8.8, 16), (12, 9.4), (15.2, 16), (18.4, 8.2))
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))
        painter.end()


class _SideButton(QAbstractButton):
    """A button of the side bar; its ring is drawn only when the keyboard brought one there."""

    def __init__(self) -> None:
        super().__init__()
        self.narrow, self.ringed = False, False
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedHeight(Size.NAV_ITEM)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.ringed = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.ringed = False
        super().focusOutEvent(event)


class PlaceButton(_SideButton):
    """One place: icon, title, and how many things wait there."""

    def __init__(self, place: Place, key: str) -> None:
        super().__init__()
        self.place, self._key, self._waiting = place, key, Waiting(0)
        self.setObjectName(f"place.{place.id}")
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.set_waiting(Waiting(0))

    def set_waiting(self, waiting: Waiting) -> None:
        """Show how many things wait."""
        self._waiting = waiting
        words = self.tr("{} waiting").format(waiting.count) if waiting.count else ""
        if waiting.late:
            words = self.tr("{}, {} late").format(words, waiting.late)
        self.setAccessibleName(f"{self.place.title} {words}".strip())
        title = f"{self.place.title} ({self._key})" if self._key else self.place.title
        self.setToolTip(f"{title}: {words}" if words else title)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(Size.NAV_ITEM, Size.NAV_ITEM)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box, chosen = self.rect(), self.isChecked()
        painter.setPen(Qt.PenStyle.NoPen)
        if chosen or self.underMouse():
            painter.setBrush(colour("navsel" if chosen else "subtle"))
            painter.drawRoundedRect(QRectF(box), Radius.BUTTON, Radius.BUTTON)
        if self.ringed:
            painter.setPen(QPen(colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(box).adjusted(1, 1, -1, -1), Radius.BUTTON, Radius.BUTTON)
        left = (box.width() - Size.ICON) // 2 if self.narrow else 10
        tone = Tone.TEXT if chosen else Tone.SOFT
        icons.paint(painter, self.place.icon, QPoint(left, (box.height() - Size.ICON) // 2), tone)
        painter.setPen(colour(tone))
        if not self.narrow:
            text = box.adjusted(36, 0, -11, 0)
            draw_text(painter, text, self.place.title, Type.BODY_STRONG if chosen else Type.BODY)
            self._draw_count(painter, text)
        painter.end()

    def _draw_count(self, painter: QPainter, box: QRect) -> None:
        if self._waiting.count:
            late = self._waiting.late > 0
            painter.setPen(colour("bad" if late else "text3"))
            draw_text(painter, box, f"{self._waiting.count:,}", Type.META_BOLD if late else Type.META, right=True)


class SearchBox(_SideButton):
    """Looks like a field, opens the palette."""

    def __init__(self) -> None:
        super().__init__()
        self.setText(self.tr("Search or run"))
        self.setAccessibleName(self.text())
        self.setToolTip(self.tr("Search records or run a command (Ctrl+K)"))
        self._key = KeyCap(self.tr("Ctrl K"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 7, 0)
        layout.addStretch(1)
        layout.addWidget(self._key)

    def set_narrow(self, narrow: bool) -> None:
        """Show the icon only."""
        self.narrow = narrow
        self._key.setVisible(not narrow)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focus = self.ringed
        painter.setPen(QPen(colour("accent" if focus else "border"), 2 if focus else 1))
        painter.setBrush(colour("surface"))
        inset = 1 if focus else 0.5
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 6, 6)
        left = (self.width() - Size.ICON) // 2 if self.narrow else 10
        icons.paint(painter, "search", QPoint(left, (self.height() - Size.ICON) // 2), Tone.SOFT)
        if not self.narrow:
            painter.setPen(colour("text3"))
            draw_text(painter, self.rect().adjusted(33, 0, -60, 0), self.text(), Type.BODY)
        painter.end()


class StatusMark(QWidget):
    """Where the data is: saved here, synced, offline."""

    def __init__(self) -> None:
        super().__init__()
        self.icon, self.label = IconLabel("hard-drive", Tone.OK, 14), Label("", Type.META, Tone.SOFT)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.icon)
        layout.addWidget(self.label)
        self.set_text(self.tr("On this computer"))

    def set_text(self, text: str) -> None:
        """Say where the data is."""
        self.label.setText(text)
        self.setToolTip(text)
        self.setAccessibleName(text)


class Navigation(QWidget):
    """The side bar; ``chosen`` gives the id of a place."""

    chosen = Signal(str)
    search_wanted = Signal()
    settings_wanted = Signal()

    def __init__(self, company: str) -> None:
        super().__init__()
        self.setObjectName("navigation")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Places"))
        self._buttons: dict[str, PlaceButton] = {}
        self._labels: list[Label] = []
        self.search, self.mark = SearchBox(), StatusMark()
        self.search.clicked.connect(self.search_wanted)
        self._company = Label(company, Type.MICRO_SOFT, Tone.FAINT)
        self._names = QWidget()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(Space.MEDIUM, 14, Space.MEDIUM, 0)
        self._column.setSpacing(1)
        self._head()
        self._places = QVBoxLayout()
        self._places.setSpacing(1)
        self._column.addLayout(self._places)
        self._column.addStretch(1)
        self._foot()
        self.set_narrow(narrow=False)

    def _head(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(Space.TINY, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(Logo())
        names = QVBoxLayout(self._names)
        names.setContentsMargins(0, 0, 0, 0)
        names.setSpacing(0)
        names.addWidget(Label("Waybill", Type.CARD))
        names.addWidget(self._company)
        row.addWidget(self._names, 1)
        self._column.addLayout(row)
        self._column.addSpacing(13)
        self._column.addWidget(self.search)
        self._column.addSpacing(13)

    def _foot(self) -> None:
        self._column.addWidget(Hairline())
        row = QHBoxLayout()
        row.setContentsMargins(6, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.mark, 1)
        self.settings_button = Button(icon="settings", kind=Kind.ICON, name=self.tr("Settings"), small=True)
        self.settings_button.clicked.connect(self.settings_wanted)
        row.addWidget(self.settings_button)
        holder = QWidget()
        holder.setFixedHeight(40)
        holder.setLayout(row)
        self._column.addWidget(holder)

    def set_company(self, name: str) -> None:
        """Show whose books are open."""
        self._company.setText(name)

    def set_places(self, places: Sequence[Place], keys: dict[str, str]) -> None:
        """Show the places in their groups; ``keys`` gives the shortcut of each by id."""
        group = Group.TOP
        for place in places:
            if place.group is Group.HIDDEN:
                continue
            if place.group is not group:
                group = place.group
                label = Label(str(group), Type.MICRO, Tone.FAINT)
                label.setFixedHeight(29)
                label.setContentsMargins(10, 6, 0, 0)
                self._labels.append(label)
                self._places.addWidget(label)
            button = PlaceButton(place, keys.get(place.id, ""))
            button.clicked.connect(self._clicked)
            self._buttons[place.id] = button
            self._places.addWidget(button)

    def choose(self, place_id: str) -> None:
        """Mark the place on show; one without an entry marks none."""
        button = self._buttons.get(place_id)
        if button is not None:
            button.setChecked(True)

    def set_waiting(self, place_id: str, waiting: Waiting) -> None:
        """Show how many things wait in a place."""
        if place_id in self._buttons:
            self._buttons[place_id].set_waiting(waiting)

    def set_narrow(self, *, narrow: bool) -> None:
        """Show icons only, or icons and words."""
        self.setFixedWidth(Size.SIDE_BAR_ICONS if narrow else Size.SIDE_BAR)
        self._names.setVisible(not narrow)
        self.mark.label.setVisible(not narrow)
        self.settings_button.setVisible(not narrow)
        self.search.set_narrow(narrow)
        for label in self._labels:
            label.setVisible(not narrow)
        for button in self._buttons.values():
            button.narrow = narrow
            button.update()

    def _clicked(self) -> None:
        button = self.sender()
        assert isinstance(button, PlaceButton)
        self.chosen.emit(button.place.id)
