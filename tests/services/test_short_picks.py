"""What was not found at picking is replaced by a product there is enough of."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.models.base import new_id
from app.models.product import product_substitute
from app.models.shipment import pick, pick_line
from app.services import orders, picking, short_picks, stock
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from tests.desk import START, Desk

ONE = 3_600_000


@pytest.fixture
def desk(database):
    """Five valves are promised to an order; taps may be sold in their place, six lie free."""
    desk = Desk(database).found(delivery_steps=2)
    desk.valve, desk.tap = desk.product("VALVE", units={}), desk.product("TAP", "20.00", units={})
    pair = {"id": new_id(), "product_id": desk.valve, "substitute_id": desk.tap, "rank": 1, "both_ways": False}
    desk.do("product.substitute", lambda tx: tx.insert(product_substitute, pair))
    for product, n in ((desk.valve, 5), (desk.tap, 6)):
        desk.do("stock.receive", lambda tx, product=product, n=n: stock.receive(tx, product, Decimal(n)))
    new = NewOrder(desk.customer(), (LineInput(desk.valve, Decimal(5)),))
    desk.order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, desk.order_id))
    desk.line_id = desk.read(orders.lines, desk.order_id)[0].id
    return desk


def offers(desk, pieces):
    return desk.database.read(lambda c: short_picks.offers(c, {desk.line_id: pieces * ONE}, at=START))


def test_a_substitute_is_offered_only_where_enough_of_it_lies_free(desk):
    (one,) = offers(desk, 2)
    assert one.words() == "VALVE by 2 TAP"
    desk.do("stock.count", lambda tx: stock.count(tx, desk.tap, Decimal(1)))
    assert offers(desk, 2) == []


def test_the_rest_of_the_line_is_called_off_and_the_substitute_is_sold_at_its_own_price(desk):
    chosen = offers(desk, 2)
    pick_id, row_id = desk.read(
        lambda c: c.execute(select(pick.c.id, pick_line.c.id).join(pick_line, pick_line.c.pick_id == pick.c.id)).one()
    )

    def finish(tx):
        picking.complete(tx, pick_id, {row_id: 3 * ONE}, cancel={row_id})
        return short_picks.sell_instead(tx, chosen)

    (made,) = desk.do("pick.complete", finish)
    valve, tap = desk.read(orders.lines, desk.order_id)
    assert (valve.picked, valve.cancelled) == (3 * ONE, 2 * ONE)
    assert (tap.id, tap.sku, tap.quantity, tap.unit_price, tap.reserved) == (made, "TAP", 2, Decimal("20.00"), 2 * ONE)
    assert desk.damages() == []
