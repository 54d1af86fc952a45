"""A warning tells all of its words, however little room there is."""

from __future__ import annotations

import pytest

from app.views.widgets.banner import Banner
from app.views.widgets.buttons import Button

CHANGED = "Someone else changed quote Q-00058 meanwhile. Your change was not saved; look at it again."


@pytest.fixture
def banner(qtbot, theme):
    made = Banner(CHANGED, "What you typed is still here.", Button("Read again"))
    qtbot.addWidget(made)
    return made


def test_a_long_warning_stands_in_several_lines_and_pushes_nothing_aside(banner, qtbot):
    banner.resize(420, 46)
    banner.show()
    qtbot.waitExposed(banner)
    assert banner.minimumSizeHint().width() <= 420
    text = banner._text
    qtbot.waitUntil(lambda: banner.heightForWidth(420) > 2 * text.fontMetrics().height())
    banner.resize(420, banner.heightForWidth(420))
    assert text.height() >= text.heightForWidth(text.width())


def test_with_room_it_stays_one_line(banner, qtbot):
    banner.resize(1400, 46)
    banner.show()
    qtbot.waitExposed(banner)
    assert banner._text.width() >= banner._text.fontMetrics().horizontalAdvance(CHANGED)
