"""Both themes: every pair of colours that meets can be read, nothing is named outside the tokens."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QFontInfo, QPalette

from app.views import icons
from app.views.theme import RESOURCES, Choice, Theme, Type, colour, font, style_sheet, tokens
from app.views.tokens import DARK, LIGHT, STATUSES, Hue, status

VIEWS = Path(__file__).parents[2] / "app" / "views"


def luminance(value: str) -> float:
    parts = [int(value[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.1, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


TEXTS = [
    ("text", "surface"), ("text", "canvas"), ("text", "sel"), ("text", "hover"), ("text", "raised"), ("text", "subtle"),
    ("text2", "surface"), ("text2", "canvas"), ("text2", "navsel"), ("text2", "accentsub"), ("text2", "subtle"),
    ("text3", "surface"), ("text3", "canvas"), ("text3", "sel"), ("text3", "hover"), ("text3", "raised"),
    ("accent", "surface"), ("accent", "accentsub"), ("accent", "raised"), ("onaccent", "accentfill"),
    ("onaccent", "accenthover"), ("onaccent", "okfill"), ("onaccent", "badfill"), ("ok", "surface"), ("ok", "sel"),
    ("warn", "surface"), ("warn", "sel"), ("bad", "surface"), ("bad", "sel"), ("surface", "text"),
]  # fmt: skip
MARKS = [("control", "surface"), ("accent", "surface"), ("accent", "sel"), ("chart_actual", "surface")]
MARKS += [("chart_forecast", "surface"), ("chart_reorder", "surface"), ("chart_fourth", "surface")]


@pytest.mark.parametrize("values", [LIGHT, DARK], ids=lambda values: values.name)
def test_every_text_and_mark_can_be_read_on_its_ground(values):
    low = {pair: contrast(getattr(values, pair[0]), getattr(values, pair[1])) for pair in TEXTS}
    assert {pair: ratio for pair, ratio in low.items() if ratio < 4.5} == {}
    marks = {pair: contrast(getattr(values, pair[0]), getattr(values, pair[1])) for pair in MARKS}
    assert {pair: ratio for pair, ratio in marks.items() if ratio < 3} == {}
    chips = {hue: contrast(*values.chips[hue]) for hue in Hue}
    assert {hue: ratio for hue, ratio in chips.items() if ratio < 4.5} == {}
    warn = values.chips[Hue.AMBER][0]
    assert min(contrast(values.text, warn), contrast(values.text2, warn), contrast(values.warn, warn)) >= 4.5


def test_no_two_states_of_one_colour_share_a_glyph_and_a_word():
    words = [one.word for one in STATUSES.values()]
    repeated = {word for word in words if words.count(word) > 1}
    assert repeated <= {"Deposit due", "Part shipped"}, "two names of one state at most"
    assert status("never_heard_of").word == "Never heard of"


def test_the_style_sheet_names_only_tokens_and_views_name_no_colour():
    for values in (LIGHT, DARK):
        assert "@" not in style_sheet(values)
    sheet = (RESOURCES / "themes" / "waybill.qss").read_text(encoding="utf-8")
    assert not re.search(r"#[0-9A-Fa-f]{3,8}\b(?![a-z])[;, ]", re.sub(r"Q\w+(\[[^\]]*\])?#\w+", "", sheet))
    for path in VIEWS.rglob("*.py"):
        if path.name != "tokens.py":
            found = re.findall(r"[\"']#[0-9A-Fa-f]{6}[\"']|setPointSize|font-size", path.read_text(encoding="utf-8"))
            assert not found, f"{path.name} names {found}: take a token"


def test_light_and_dark_change_the_whole_program_at_once(qapp):
    theme = Theme(qapp, Choice.LIGHT)
    heard = []
    theme.changed.connect(lambda: heard.append(tokens().name))
    assert qapp.palette().color(QPalette.ColorRole.Base).name().upper() == LIGHT.surface
    theme.toggle()
    assert theme.choice is Choice.DARK
    assert qapp.palette().color(QPalette.ColorRole.Base).name().upper() == DARK.surface
    assert colour("accent").name().upper() == DARK.accent
    assert DARK.surface in qapp.styleSheet()
    theme.choose(Choice.LIGHT)
    assert heard == ["dark", "light"]


def test_the_shipped_font_is_used_with_tabular_figures(qapp, theme):
    body, title = font(), font(Type.TITLE)
    assert QFontInfo(body).family().startswith("Inter")
    assert (body.pixelSize(), title.pixelSize()) == (13, 20)
    assert [bytes(tag.toString()).decode() for tag in body.featureTags()] == ["tnum"]
    assert len(font(code=True).featureTags()) == 3


def test_icons_take_the_themes_colour_and_are_sharp_at_twice_the_size(qapp, theme):
    icon = icons.icon("truck", "accent")
    image = icons.pixmap("truck", "accent", 16, 2.0).toImage()
    assert (image.width(), image.height()) == (32, 32)
    in_button = icon.pixmap(QSize(16, 16), 2.0)
    assert (in_button.width(), in_button.devicePixelRatio()) == (32, 2.0)
    opaque = {
        image.pixelColor(x, y).name().upper()
        for x in range(32)
        for y in range(32)
        if image.pixelColor(x, y).alpha() == 255
    }
    assert opaque == {LIGHT.accent}
    theme.choose(Choice.DARK)
    dark = icons.pixmap("truck", "accent", 16, 2.0).toImage()
    assert dark.pixelColor(*_opaque(dark)).name().upper() == DARK.accent
    theme.choose(Choice.LIGHT)
    with pytest.raises(FileNotFoundError):
        icons.icon("no-such-icon")
    copies = [type(icon)(icon) for _ in range(50)]
    assert all(not copy.pixmap(16, 16).isNull() for copy in copies), "the engine survives copying"


def _opaque(image) -> tuple[int, int]:
    return next((x, y) for x in range(32) for y in range(32) if image.pixelColor(x, y).alpha() == 255)


def test_every_icon_that_is_named_is_shipped():
    shipped = {path.stem for path in (RESOURCES / "icons").glob("*.svg")}
    named = set()
    for path in VIEWS.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        named |= set(re.findall(r"icon(?:s\.icon)?\(\"([a-z0-9-]+)\"|icon=\"([a-z0-9-]+)\"", text))
    flat = {name for pair in named for name in pair if name}
    assert flat - shipped == set()
    assert (RESOURCES / "icons" / "LICENSE").read_text(encoding="utf-8").startswith("ISC")
