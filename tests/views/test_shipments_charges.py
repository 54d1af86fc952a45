"""What the customer is charged for a shipment is typed in the dialog that sends it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.services import orders, shipping
from app.views.dialogs.ship import ShipDialog
from tests.views import small_company
from tests.views.office import PLACES, closed, press_next

WAIT = 15_000


@pytest.fixture
def company(sqlite_database):
    return small_company.found(sqlite_database)


def test_a_surcharge_is_typed_and_stands_on_the_order(company, open_window, qtbot):
    order_id = company.order({company.valve: 10})
    planned = company.do(lambda tx: shipping.planned_shipment(tx, order_id))
    window = open_window(PLACES)
    asked = ShipDialog(window._context, planned, "SH-1", parent=window)
    asked.open()
    asked.charges.rows.edited.emit(0, "name", "Express")
    press_next(asked)
    assert "amount above nothing" in asked.charges.first_error()
    assert asked.isVisible()
    asked.charges.rows.edited.emit(0, "amount", "12.50")
    press_next(asked)
    qtbot.waitUntil(lambda: closed(ShipDialog), timeout=WAIT)  # it is deleted once it is closed
    fees = [row for row in company.read(lambda c: orders.lines(c, order_id)) if row.kind == "fee"]
    assert [(row.name, row.net) for row in fees] == [("Express", Decimal("12.50"))]
    assert fees[0].tax_codes != ""
