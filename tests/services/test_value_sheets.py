"""What goods were worth on a day, in layers and entry by entry; the list adds up to the journal."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from app.services import valuation, valuation_previews, value_sheets
from app.services.listing import ListQuery
from app.services.lists import Scope, value_list
from tests.supply_desk import GRAIN, supply_desk
from tests.valued_desk import valued_desk

SOON = timedelta(seconds=30)


@pytest.fixture(params=["average", "fifo"])
def desk(request, database):
    return valued_desk(database, request.param)


def listed(desk, scope):
    """What the report's list shows: pieces and value by SKU; its total, in the end."""
    listing = value_list(lambda: scope)
    condition = listing.condition(ListQuery(), desk.database.engine.dialect.name)

    def read(connection):
        rows = [listing.row(*row) for row in connection.execute(listing.rows(ListQuery(), condition, 64))]
        return {row.sku: (row.quantity // GRAIN, row.value) for row in rows}, connection.execute(
            listing.sums(condition)
        ).scalar_one()

    return desk.read(read)


def test_the_report_of_any_day_adds_up_to_the_journal_with_what_is_on_its_way(desk):
    desk.take(desk.sensor, 10, "4.00")
    first = desk.now + SOON
    desk.take(desk.housing, 3, "3.33")
    desk.bring(desk.sensor, 4, desk.branch)
    desk.sell(desk.sensor, 2)
    now = desk.now + SOON
    rows, total = listed(desk, Scope(now))
    assert rows == {"SENSOR": (8, 32), "HOUSING": (3, Decimal("9.99"))}
    agreed = desk.read(value_sheets.agreement, now)
    assert (agreed.account, agreed.total, agreed.difference) == ("1300", total, 0)
    assert listed(desk, Scope(first)) == ({"SENSOR": (10, 40)}, 40)
    assert desk.read(value_sheets.agreement, first).booked == 40
    assert listed(desk, Scope(now, desk.branch))[0] == {"SENSOR": (4, 16)}
    assert listed(desk, Scope(now, under_way=True))[0] == {}
    during = next(at for at in range(1, 60) if listed(desk, Scope(first + at * SOON, under_way=True))[0])
    assert listed(desk, Scope(first + during * SOON, under_way=True))[0] == {"SENSOR": (4, 16)}
    sheet = desk.read(value_sheets.read, desk.sensor, first + during * SOON)
    assert [(one.warehouse, one.quantity // GRAIN) for one in sheet.places][-1] == ("", 4)
    assert desk.read(value_sheets.agreement, first + during * SOON).under_way == 16


def test_a_product_shows_its_layers_and_every_entry_with_its_document(desk):
    line = desk.buy(desk.means_to_buy("4.00"), 5)
    desk.take(desk.sensor, 5, "6.00")
    desk.sell(desk.sensor, 6)
    sheet = desk.read(value_sheets.read, desk.sensor, desk.now + SOON)
    layers = [(one.quantity // GRAIN, one.value, one.paper) for one in sheet.layers]
    assert layers == ([(4, 24, None)] if sheet.method == "fifo" else [])
    assert sheet.value == sum(one.value for one in sheet.entries)
    assert [(one.place, one.paper.kind if one.paper else "") for one in sheet.entries][-1] == ("supplier", "purchase")
    assert line and sheet.unit_cost(sheet.quantity, sheet.value) == (6 if sheet.method == "fifo" else 5)


def test_what_another_way_of_costing_does_is_told_before(desk):
    desk.take(desk.sensor, 5, "4.00")
    desk.take(desk.sensor, 5, "6.00")
    other = "fifo" if desk.read(valuation_previews.costing, desk.sensor).company == "average" else "average"
    [told] = desk.read(valuation_previews.method, desk.sensor, other)
    assert (told.on_hand // GRAIN, told.value, told.after) == (10, 50, other)
    assert told.layers == (0 if other == "fifo" else 2)
    desk.do("product.costing", lambda tx: valuation.choose_method(tx, desk.sensor, other))
    assert desk.read(valuation_previews.method, desk.sensor, other) == []
    assert desk.worth(desk.sensor) == (10, "50.00")
    assert len(desk.read(value_sheets.read, desk.sensor, desk.now + SOON).layers) == (1 if other == "fifo" else 0)
    assert desk.damages() == []


def test_a_company_begins_with_what_was_shown(database):
    desk = supply_desk(database, stock_value=False)
    desk.receive(desk.sensor, 3)
    desk.receive(desk.housing, 7)
    assert [(one.sku, one.on_hand // GRAIN, one.paid) for one in desk.read(valuation_previews.unvalued)] == [
        ("HOUSING", 7, None),
        ("SENSOR", 3, None),
    ]
    costs = {desk.sensor: Decimal("1.111"), desk.housing: Decimal(2)}
    told = desk.read(valuation_previews.opening, costs)
    assert told == {desk.sensor: Decimal("3.33"), desk.housing: 14}
    assert desk.do("valuation.start", lambda tx: valuation.start(tx, costs)) == 2
    assert desk.read(value_sheets.agreement, desk.now + SOON).booked == Decimal("17.33")
    assert desk.damages() == []
