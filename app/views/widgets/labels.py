"""Text, lines and key caps."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QWidget

from app.views import icons
from app.views.theme import Type, font, is_theme_change
from app.views.tokens import Size, Space, Tone


def show_or_hide(widget: QWidget, *, shown: bool) -> None:
    """Show or hide a part of a window, also before it has its place: a widget without one would open a window."""
    if shown and widget.parentWidget() is None:
        widget.setAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide, on=False)
        widget.setAttribute(Qt.WidgetAttribute.WA_WState_Hidden, on=True)
    else:
        widget.setVisible(shown)


class Label(QLabel):
    """Words in one step of the type scale and one tone; never read as markup."""

    def __init__(
        self,
        text: str = "",
        kind: Type = Type.BODY,
        tone: Tone = Tone.TEXT,
        *,
        code: bool = False,
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(font(kind, code=code))
        self.setWordWrap(wrap)
        self.setProperty("tone", str(tone))

    def set_tone(self, tone: Tone) -> None:
        """Change what the words mean, and with it their colour."""
        self.setProperty("tone", str(tone))
        self.style().unpolish(self)
        self.style().polish(self)


class IconLabel(QLabel):
    """An icon that only illustrates; it follows the theme."""

    def __init__(self, name: str, tone: Tone = Tone.SOFT, size: int = Size.ICON, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._tone, self._size = name, tone, size
        self.setFixedSize(size, size)
        self._draw()

    def _draw(self) -> None:
        self.setPixmap(icons.pixmap(self._name, self._tone, self._size, self.devicePixelRatioF()))

    def changeEvent(self, event) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        super().changeEvent(event)
        if is_theme_change(event):
            self._draw()

    def showEvent(self, event) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        super().showEvent(event)
        self._draw()


class KeyCap(QLabel):
    """A key as it stands on the keyboard."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setObjectName("keycap")
        self.setFont(font(Type.MICRO))
        self.setFixedHeight(18)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


class Hairline(QFrame):
    """A horizontal line of one pixel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("hairline")
        self.setFixedHeight(1)


class Upright(QFrame):
    """A vertical line of one pixel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("upright")
        self.setFixedWidth(1)


class Row(QWidget):
    """Widgets side by side; None is room that grows."""

    def __init__(self, *items: QWidget | None, gap: int = Space.SMALL, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(gap)
        for item in items:
            if item is None:
                layout.addStretch(1)
            else:
                layout.addWidget(item)
