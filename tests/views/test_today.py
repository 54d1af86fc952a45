"""The Today page: every figure opens its list, every need has its step, and it can all be reached by keyboard."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from app.views import today
from app.views.axis import ceiling, thousands
from app.views.screen import Group, Place, Screen
from tests.views import small_company
from tests.views.accessible import unnamed
from tests.views.small_company import TODAY

PLACES = ("orders", "shipments", "invoices")


class Listening(Screen):
    """Keeps what it is asked to show."""

    def visit(self, target):
        self.asked = (target.kind, target.record_id, dict(target.options))


def place(place_id: str) -> Place:
    kinds = ("order",) if place_id == "orders" else ()
    return Place(place_id, place_id, "box", Group.SELL, lambda context: Listening(context, place_id), kinds=kinds)


@pytest.fixture
def company(database):
    return small_company.found(database)


@pytest.fixture
def page(company, open_window, qtbot):
    def go():
        window = open_window((today.PLACE, *(place(one) for one in PLACES)))
        window.show_place("today")
        screen = window.screen_on_show
        qtbot.waitUntil(lambda: screen.day is not None)
        return screen

    return go


def test_every_figure_opens_its_list_by_keyboard(company, page):
    screen = page()
    window = screen.window()
    for figure, place_id, tab in (
        (screen.to_ship, "orders", "due"),
        (screen.open_value, "orders", "open"),
        (screen.on_time, "shipments", "shipped"),
        (screen.overdue, "invoices", "overdue"),
    ):
        figure.setFocus()
        QTest.keyClick(figure, Qt.Key.Key_Return)
        assert window.screen_on_show.asked == (place_id, None, {"tab": tab})
        window.show_place("today")
    assert unnamed(window) == []


def test_a_need_has_its_step_on_the_row_and_goes_when_it_is_settled(company, page, qtbot):
    late = company.order({company.valve: 1}, promised=TODAY - timedelta(days=2))
    screen = page()
    qtbot.waitUntil(lambda: screen.needs.note.text() == "1")
    buttons = screen.needs.findChildren(QAbstractButton)
    assert [one.accessibleName() for one in buttons] == ["Open: SO-00001 is 2 days late"]
    buttons[0].click()
    assert screen.window().screen_on_show.asked[:2] == ("order", late)
    company.ship(late)
    screen.window().show_place("today")
    qtbot.waitUntil(lambda: [need.kind for need in screen.day.needs] == ["drafts"])


def test_stages_open_the_orders_at_that_stage(company, page, qtbot):
    company.order({company.valve: 1})
    screen = page()
    qtbot.waitUntil(lambda: screen.open_orders.text() == "1")
    screen.stages.setFocus()
    QTest.keyClick(screen.stages, Qt.Key.Key_Down)
    QTest.keyClick(screen.stages, Qt.Key.Key_Return)
    assert screen.window().screen_on_show.asked == ("orders", None, {"tab": "all", "stage": "confirmed"})


@pytest.mark.parametrize(("value", "top", "written"), [("63", "80", "80"), ("63000", "80000", "80 k"), ("4", "4", "4")])
def test_the_axis_ends_at_a_round_number(value, top, written):
    found = ceiling(Decimal(value))
    assert found == Decimal(top)
    assert thousands(found) == written
