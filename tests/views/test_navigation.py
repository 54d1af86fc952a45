"""The side bar: how much waits in each place, and in trouble's colour where some of it is late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtGui import QColor

from app.services import billing
from app.views.places import PLACES
from app.views.theme import colour
from tests.views import small_company
from tests.views.conftest import NOON

TODAY = NOON.date()


@pytest.fixture
def company(database):
    return small_company.found(database)


def button(window, place_id):
    return window.navigation._buttons[place_id]


def colours(widget):
    """The colours of the count at the end of a place's button."""
    image = widget.grab().toImage()
    return {QColor(image.pixel(x, y)).name() for x in range(image.width() * 3 // 4, image.width())
            for y in range(image.height())}  # fmt: skip


def test_late_orders_and_overdue_invoices_are_counted_in_red(company, open_window, qtbot):
    company.order({company.valve: 1}, promised=TODAY - timedelta(days=1))
    company.order({company.valve: 1})
    company.ship(company.order({company.cable: 5}))
    old = company.order({company.gasket: 3})
    company.ship(old)
    company.do(lambda tx: billing.post(tx, company.invoice_of(old), TODAY - timedelta(days=90)))
    window = open_window(PLACES)
    qtbot.waitUntil(lambda: button(window, "orders").accessibleName() == "Orders 4 waiting, 1 late")
    qtbot.waitUntil(lambda: button(window, "invoices").accessibleName() == "Invoices 2 waiting, 1 late")
    assert button(window, "orders").toolTip() == "Orders (Ctrl+3): 4 waiting, 1 late"
    bad = colour("bad").name()
    assert bad in colours(button(window, "orders"))
    assert bad in colours(button(window, "invoices"))
    assert bad not in colours(button(window, "picking"))


def test_what_is_due_today_is_not_late(company, open_window, qtbot):
    company.order({company.valve: 1})
    window = open_window(PLACES)
    qtbot.waitUntil(lambda: button(window, "orders").accessibleName() == "Orders 1 waiting")
    assert colour("bad").name() not in colours(button(window, "orders"))
