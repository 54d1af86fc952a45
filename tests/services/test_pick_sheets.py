"""Pick lists as the warehouse reads them."""

from __future__ import annotations

import pytest

from app.services import pick_sheets
from tests.views import small_company


@pytest.fixture
def company(database):
    return small_company.found(database)


def test_a_pick_sheet_stands_in_walking_order_and_knows_its_codes(company):
    order_id = company.order({company.cable: 1, company.gasket: 2, company.valve: 3})
    sheet = company.read(lambda connection: pick_sheets.read(connection, company.pick_of(order_id)))
    assert [(stop.bin, stop.sku, stop.shown(stop.wanted)) for stop in sheet.stops] == [
        ("A-2", "VAL-1", 3),
        ("A-10", "GAS-1", 2),
        ("B-1", "CBL-1", 1),
    ]
    assert dict(sheet.stops[0].codes) == {"VAL-1": 3_600_000, "8719327004418": 3_600_000}
    assert company.read(lambda c: pick_sheets.product_of_code(c, "8719327004425")) == ("GAS-1", "Rubber gasket")
    assert company.read(lambda c: pick_sheets.product_of_code(c, "nothing")) is None
    assert company.read(pick_sheets.count_open) == 1
