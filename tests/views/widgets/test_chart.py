"""A chart is read with the keyboard, follows the theme, and is saved as a picture or as its figures."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from app.errors import Invalid
from app.views.chart_card import ChartCard, FiguresDialog
from app.views.picture import Band, Ink, Mark, Picture, Series, Shape
from app.views.theme import Choice
from app.views.tokens import DARK, LIGHT
from app.views.widgets.chart import Chart

MONDAY = date(2026, 8, 31)
WEEKS = [MONDAY + timedelta(weeks=number) for number in range(12)]


def sold():
    return Picture(
        "Sold: per week?",
        WEEKS,
        [Series("Sold", [Decimal(number) for number in range(12)]), Series("Bars", [1] * 12, Ink.FOURTH, Shape.BARS)],
        [Band("80 %", [0] * 12, [14] * 12)],
        [Mark(WEEKS[6], "today")],
        unit="pcs",
    )


@pytest.fixture
def chart(qtbot, theme):
    made = Chart()
    qtbot.addWidget(made)
    made.resize(800, 400)
    made.show_picture(sold())
    made.show()
    qtbot.waitUntil(lambda: made.is_drawn)
    return made


def test_the_keyboard_goes_from_week_to_week_and_reads_out(qtbot, chart):
    chart.setFocus()
    qtbot.keyClick(chart, Qt.Key.Key_Home)
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert chart.accessibleDescription() == "Mon 7 Sept 2026: Sold 1 pcs, Bars 1 pcs, 80 % 0 pcs to 14 pcs"
    qtbot.keyClick(chart, Qt.Key.Key_End)
    qtbot.keyClick(chart, Qt.Key.Key_Right)
    assert chart.cursor_place == 11
    with qtbot.waitSignal(chart.place_chosen) as chosen:
        qtbot.keyClick(chart, Qt.Key.Key_Return)
    assert chosen.args == [11]
    qtbot.keyClick(chart, Qt.Key.Key_Escape)
    assert chart.accessibleDescription() == ""


def test_the_pointer_reads_out_the_nearest_week_and_a_click_opens_it(qtbot, chart):
    at = chart._canvas.point(4, Decimal(4)).toPoint()
    qtbot.mouseMove(chart, at)
    assert chart.cursor_place == 4
    with qtbot.waitSignal(chart.place_chosen) as chosen:
        qtbot.mouseClick(chart, Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args == [4]


def test_the_ground_follows_the_theme(qtbot, chart, theme):
    for choice, colours in ((Choice.DARK, DARK), (Choice.LIGHT, LIGHT)):
        theme.choose(choice)
        shown = chart.grab().toImage()
        assert shown.pixelColor(shown.width() - 4, 4).name().upper() == colours.surface


@pytest.mark.parametrize(("ending", "begins"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_the_picture_is_saved(chart, tmp_path, ending, begins):
    path = tmp_path / f"sold.{ending}"
    chart.save(path)
    assert path.read_bytes().startswith(begins)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    if ending == "png":
        image = QImage(str(path))
        row = [image.pixelColor(across, image.height() // 2).name().upper() for across in range(image.width())]
        assert row[int(image.width() * 0.9)] != LIGHT.surface, "the band reaches to the right end"


def test_another_ending_is_refused_in_words(chart, tmp_path):
    with pytest.raises(Invalid, match=r"neither in \.png, \.svg nor \.pdf"):
        chart.save(tmp_path / "sold.gif")


def test_the_figures_are_saved_exactly_and_listed(qtbot, context, tmp_path, monkeypatch):
    card = ChartCard(context)
    qtbot.addWidget(card)
    card.show_picture(sold(), "all warehouses")
    path = tmp_path / "sold.csv"
    asked = []
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda _owner, _title, name, _kinds: (asked.append(name), (str(path), "CSV"))[1]
    )
    card.save_figures()
    qtbot.waitUntil(path.exists)
    assert asked == ["Sold per week.xlsx"]
    assert path.read_text("utf-8-sig").splitlines()[2] == "2026-09-07,1,1,0,14"
    card.show_figures()
    dialog = card.findChild(FiguresDialog)
    assert dialog.rows.index(1, 1).data() == "1 pcs"
    assert dialog.rows.index(1, 4).data() == "14 pcs"
    dialog.accept()


def test_many_small_ones_need_no_axes(qtbot):
    small = Chart(bare=True)
    qtbot.addWidget(small)
    small.show_picture(sold())
    small.show()
    qtbot.waitUntil(lambda: small.is_drawn)
    assert small.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert small._canvas.area().width() >= small.width()


def test_more_figures_than_pixels_are_drawn_with_their_peaks(qtbot, theme):
    shown = Chart()
    qtbot.addWidget(shown)
    shown.show_picture(Picture("Many", range(3_000), (Series("Figure", [Decimal(n % 7) for n in range(3_000)]),)))
    shown.show()
    qtbot.waitUntil(lambda: shown.is_drawn)
    shown.grab()
    assert shown.picture.bounds() == (0, 6)
