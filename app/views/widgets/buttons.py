"""Buttons: one primary per screen, secondary beside it, quiet and icon-only for the rest."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton, QWidget

from app.views import icons
from app.views.theme import Type, font
from app.views.tokens import Size, Tone
from app.views.widgets.labels import show_or_hide


class Kind(StrEnum):
    """How loud a button is."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    QUIET = "quiet"
    ICON = "icon"
    LINK = "link"
    DANGER = "danger"


_TONES = {Kind.PRIMARY: Tone.ON_ACCENT, Kind.LINK: Tone.ACCENT, Kind.DANGER: Tone.BAD}


class Button(QPushButton):
    """A button with words or only an icon; an icon-only one needs ``name`` for screen readers."""

    def __init__(
        self,
        text: str = "",
        icon: str = "",
        kind: Kind = Kind.SECONDARY,
        *,
        name: str = "",
        small: bool = False,
        touch: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._kind, self._icon_name = kind, icon
        self.setProperty("kind", str(kind))
        self.setProperty("small", small)
        self.setProperty("touch", touch)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if kind is Kind.LINK else Qt.CursorShape.ArrowCursor)
        strong = Type.BODY if kind is Kind.LINK else Type.BODY_STRONG
        self.setFont(font(Type.TOUCH_STRONG if touch else strong))
        self.setIconSize(QSize(Size.ICON, Size.ICON))
        self.setAutoDefault(False)
        self.set_text(text)
        self.set_icon(icon)
        if name:
            self.setAccessibleName(name)
            self.setToolTip(name)

    def set_text(self, text: str) -> None:
        """Change the words; a space keeps them off the icon."""
        gap = " " if text and self._icon_name and self._kind is not Kind.LINK else ""
        self.setText(f"{gap}{text}".replace("&", "&&"))
        if text:
            self.setAccessibleName(text)

    def set_icon(self, name: str) -> None:
        """Change the icon."""
        self._icon_name = name
        if name:
            self.setIcon(icons.icon(name, _TONES.get(self._kind, Tone.SOFT)))


class ActionButton(Button):
    """A button for a command: words, icon, tool tip and enabled state are the action's."""

    def __init__(
        self,
        action: QAction,
        icon: str = "",
        kind: Kind = Kind.SECONDARY,
        *,
        text: str = "",
        small: bool = False,
        hide_when_disabled: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        words = "" if kind is Kind.ICON else text or action.text().replace("&", "")
        super().__init__(words, icon, kind, small=small, parent=parent)
        self.action, self._hides = action, hide_when_disabled
        if kind is Kind.ICON:
            self.setAccessibleName(action.text().replace("&", ""))
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.setEnabled(self.action.isEnabled())
        self.setToolTip(self.action.toolTip())
        self.setAccessibleDescription(self.action.statusTip())
        if self._hides:
            show_or_hide(self, shown=self.action.isEnabled())
