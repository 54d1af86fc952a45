"""What comes and goes of a product, document by document, says the same as the outlook promises are made by."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from app.models.supply import Way
from app.services import orders, stock_outlook, stock_sheet, write_offs
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.shelf_ledger import UNPLACED
from app.services.stock_outlook import Viewer
from tests.desk import START
from tests.supply_desk import GRAIN, supply_desk


@pytest.fixture
def desk(database):
    return supply_desk(database)


def sheet(desk, product_id):
    return desk.read(stock_sheet.read, product_id, START)


def test_every_document_is_named_and_the_sums_are_the_outlooks(desk):
    south = desk.warehouse("SOUTH", country="NL", postal_code="3100")
    desk.receive(desk.sensor, 3, south)
    desk.bill()
    desk.way(desk.pump, Way.MAKE)
    for bought in (desk.housing, desk.sensor):
        desk.way(bought, Way.BUY, "9.00")
    lines = (LineInput(desk.pump, Decimal(4)),)
    order_id = desk.do("order.create", lambda tx: orders.create(tx, NewOrder(desk.customer_id, lines)))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    kinds = set()
    for product_id in (desk.pump, desk.housing, desk.sensor):
        told = sheet(desk, product_id).due
        outlook = desk.read(stock_outlook.read, [product_id], Viewer(START))
        expected = Counter({(one.kind, one.on): 0 for one in outlook.entries})
        for one in outlook.entries:
            expected[one.kind, one.on] += one.grains
        named = Counter({(one.kind, one.on): 0 for one in told})
        for one in told:
            named[one.kind, one.on] += one.grains
        assert named == expected
        assert all(one.number for one in told)
        kinds |= {one.kind for one in told}
    assert kinds >= {"order", "work order", "purchase", "component"}


def test_scrap_and_receipts_booked_by_mistake_are_taken_back(desk):
    desk.receive(desk.sensor, 5)
    scrapped = (desk.main, desk.sensor, 2 * GRAIN)
    desk.do("stock.scrap", lambda tx: write_offs.scrap(tx, *scrapped, reason="dropped"))
    assert desk.level(desk.sensor) == (3, 0)
    desk.do("stock.unscrap", lambda tx: write_offs.take_back(tx, *scrapped))
    assert desk.level(desk.sensor) == (5, 0)
    parts = [(UNPLACED, 5 * GRAIN)]
    desk.do("stock.send_back", lambda tx: write_offs.send_back(tx, desk.main, desk.sensor, parts, reason="mistake"))
    assert desk.level(desk.sensor) == (0, 0)
    assert desk.damages() == []
    moved = sheet(desk, desk.sensor).moved
    assert [(one.move.source, one.move.target) for one in moved][:2] == [("free", "supplier"), ("scrap", "free")]
