"""Light and dark: Fusion style, our palette, one style sheet made from the tokens, and the fonts.

Nothing else in the views names a colour or a font size.  A widget that paints itself asks
:func:`tokens`, :func:`colour` and :func:`font` at paint time; it is repainted when the theme changes.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from app.views.tokens import DARK, LIGHT, Tokens, Tone

RESOURCES: Final = Path(__file__).parents[2] / "resources"
FAMILY: Final = "Inter"


class Choice(StrEnum):
    """What the user may set."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Type(StrEnum):
    """The type scale; see :data:`_SCALE` for sizes in pixels and weights."""

    MICRO = "micro"
    MICRO_SOFT = "micro_soft"
    META = "meta"
    META_STRONG = "meta_strong"
    META_BOLD = "meta_bold"
    META_SMALL = "meta_small"
    BODY = "body"
    BODY_STRONG = "body_strong"
    BODY_BOLD = "body_bold"
    CARD = "card"
    ITEM = "item"
    TITLE = "title"
    FIGURE = "figure"
    TOUCH = "touch"
    TOUCH_STRONG = "touch_strong"
    BAND = "band"
    SKU = "sku"
    QUANTITY = "quantity"
    BIN = "bin"


_SCALE: Final[dict[Type, tuple[int, QFont.Weight]]] = {
    Type.MICRO: (11, QFont.Weight.Medium),
    Type.MICRO_SOFT: (11, QFont.Weight.Normal),
    Type.META: (12, QFont.Weight.Normal),
    Type.META_STRONG: (12, QFont.Weight.Medium),
    Type.META_BOLD: (12, QFont.Weight.DemiBold),
    Type.META_SMALL: (11, QFont.Weight.Normal),
    Type.BODY: (13, QFont.Weight.Normal),
    Type.BODY_STRONG: (13, QFont.Weight.Medium),
    Type.BODY_BOLD: (13, QFont.Weight.DemiBold),
    Type.CARD: (14, QFont.Weight.DemiBold),
    Type.ITEM: (16, QFont.Weight.DemiBold),
    Type.TITLE: (20, QFont.Weight.DemiBold),
    Type.FIGURE: (26, QFont.Weight.DemiBold),
    Type.TOUCH: (16, QFont.Weight.Normal),
    Type.TOUCH_STRONG: (18, QFont.Weight.DemiBold),
    Type.BAND: (26, QFont.Weight.DemiBold),
    Type.SKU: (44, QFont.Weight.DemiBold),
    Type.QUANTITY: (104, QFont.Weight.DemiBold),
    Type.BIN: (116, QFont.Weight.Bold),
}
_TIGHT: Final = 98.9  # letter spacing of headings, per cent
_HEADINGS: Final = frozenset({Type.TITLE, Type.FIGURE, Type.SKU, Type.QUANTITY, Type.BIN})


class _InForce:
    tokens: Tokens = LIGHT
    colours: dict[str, QColor] = {}


def tokens() -> Tokens:
    """The tokens of the theme in force."""
    return _InForce.tokens


def colour(name: str | Tone) -> QColor:
    """The colour of a token (``"border"``) or a tone in the theme in force; not to be changed."""
    made = _InForce.colours.get(name)
    if made is None:
        made = _InForce.colours[name] = QColor(getattr(_InForce.tokens, str(name)))
    return made


@cache
def font(kind: Type = Type.BODY, *, code: bool = False) -> QFont:
    """The font of one step of the scale: tabular figures, and for codes a slashed zero and clear 1/l/I."""
    size, weight = _SCALE[kind]
    made = QFont(_family())
    made.setPixelSize(size)
    made.setWeight(weight)
    made.setFeature(QFont.Tag("tnum"), 1)
    if code:
        made.setFeature(QFont.Tag("zero"), 1)
        made.setFeature(QFont.Tag("ss02"), 1)
    if kind in _HEADINGS:
        made.setLetterSpacing(QFont.SpacingType.PercentageSpacing, _TIGHT)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


@cache
def _family() -> str:
    """Load the shipped fonts; without them the system's own Inter, or its default, is used."""
    families = [
        family
        for path in sorted((RESOURCES / "fonts").glob("Inter-*.ttf"))
        for family in QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(path)))
    ]
    if FAMILY in families or FAMILY in QFontDatabase.families():
        return FAMILY
    return families[0] if families else QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()


def style_sheet(values: Tokens) -> str:
    """The style sheet with each ``@name`` replaced by its token (KeyError if there is none)."""
    text = (RESOURCES / "themes" / "waybill.qss").read_text(encoding="utf-8")
    known = {name: value for name, value in vars(values).items() if isinstance(value, str)}
    known |= {f"chip_{hue}_bg": pair[0] for hue, pair in values.chips.items()}
    known["themes"] = (RESOURCES / "themes").as_posix()
    return re.sub(r"@(\w+)", lambda match: known[match[1]], text)


def palette(values: Tokens) -> QPalette:
    """Qt's palette from the tokens, so that what no rule of the style sheet names still fits."""
    made, role = QPalette(), QPalette.ColorRole
    pairs = {
        role.Window: values.surface,
        role.WindowText: values.text,
        role.Base: values.surface,
        role.AlternateBase: values.subtle,
        role.Text: values.text,
        role.Button: values.surface,
        role.ButtonText: values.text,
        role.BrightText: values.onaccent,
        role.PlaceholderText: values.text3,
        role.Highlight: values.accentfill,
        role.HighlightedText: values.onaccent,
        role.Link: values.accent,
        role.LinkVisited: values.accent,
        role.ToolTipBase: values.raised,
        role.ToolTipText: values.text,
        role.Light: values.border,
        role.Midlight: values.border,
        role.Mid: values.border2,
        role.Dark: values.border2,
        role.Shadow: values.shadow,
        role.Accent: values.accentfill,
    }
    for where, value in pairs.items():
        made.setColor(where, QColor(value))
    for where in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, where, QColor(values.text3))
    return made


class Theme(QObject):
    """Puts a theme in force for the whole program and follows the system while nobody has chosen."""

    changed = Signal()

    def __init__(self, application: QApplication, choice: Choice = Choice.SYSTEM) -> None:
        super().__init__(application)
        self._application, self._choice = application, choice
        application.setStyle("Fusion")
        application.setFont(font())
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)
        self._apply()

    @property
    def choice(self) -> Choice:
        """What the user has set."""
        return self._choice

    def choose(self, choice: Choice) -> None:
        """Set light, dark or the system's own, at once and for every window."""
        self._choice = choice
        self._apply()

    def toggle(self) -> None:
        """Change to the other of light and dark."""
        self.choose(Choice.LIGHT if _InForce.tokens is DARK else Choice.DARK)

    def _follow(self, _scheme: Qt.ColorScheme) -> None:
        if self._choice is Choice.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        dark = self._choice is Choice.DARK
        if self._choice is Choice.SYSTEM:
            dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        _InForce.tokens, _InForce.colours = (DARK if dark else LIGHT), {}
        self._application.setPalette(palette(_InForce.tokens))
        self._application.setStyleSheet("")  # from none to a sheet takes a fifth of the time from sheet to sheet
        self._application.setStyleSheet(style_sheet(_InForce.tokens))
        self.changed.emit()


def is_theme_change(event: QEvent) -> bool:
    """Tell a widget that keeps colours of its own (pixmaps, charts) to make them anew."""
    return event.type() == QEvent.Type.PaletteChange
