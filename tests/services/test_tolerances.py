"""How much more or less than what was ordered leaves the house, and what then becomes of the rest."""

from decimal import Decimal

import pytest

from app.errors import Invalid, NotAllowed
from app.services import orders, overview, products, shipping
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from tests.supply_desk import GRAIN, supply_desk


@pytest.fixture
def desk(database):
    return supply_desk(database)


def confirmed(desk, quantity, *, on_hand=200, **tolerances):
    """A confirmed order of one line of a product with tolerances of its own."""
    product_id = desk.product("CABLE", **{name: Decimal(share) for name, share in tolerances.items()})
    desk.receive(product_id, on_hand)
    new = NewOrder(desk.customer_id, (LineInput(product_id, Decimal(quantity)),))
    order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    return order_id


def ship(desk, order_id, pieces):
    line_id = desk.line(order_id).id

    def op(tx):
        planned = shipping.planned_shipment(tx, order_id)
        shipping.ship(tx, planned, quantities={line_id: pieces * GRAIN})

    desk.do("shipment.ship", op)


def test_a_product_may_be_shipped_beyond_the_order_by_its_own_tolerance(desk):
    order_id = confirmed(desk, 100, over_delivery="0.05")  # the company allows none
    with pytest.raises(NotAllowed, match="106 are too many"):
        ship(desk, order_id, 106)
    ship(desk, order_id, 105)
    assert desk.line(order_id).shipped == 105 * GRAIN
    assert desk.read(orders.get, order_id).delivery_state == "shipped"
    assert desk.damages() == []


def test_what_is_too_little_to_wait_for_is_taken_off_the_order(desk):
    order_id = confirmed(desk, 100, under_delivery="0.03")
    ship(desk, order_id, 90)
    assert desk.line(order_id).cancelled == 0  # ten of a hundred are worth waiting for
    ship(desk, order_id, 7)
    row = desk.line(order_id)
    assert (row.shipped, row.cancelled, row.reserved) == (97 * GRAIN, 3 * GRAIN, 0)
    head = desk.read(orders.get, order_id)
    assert (head.delivery_state, head.warning) == ("shipped", "")
    assert desk.read(overview.read, order_id).lines[0].outstanding == 0
    assert desk.level(row.product_id) == (103, 0)
    assert desk.damages() == []


def test_a_tolerance_is_a_share(desk):
    for wrong in ({"over_delivery": Decimal(-1)}, {"under_delivery": Decimal(1)}):
        with pytest.raises(Invalid, match="tolerance is a share"):
            desk.product("ROPE", **wrong)
    product_id = desk.product("TAPE")
    values = {"under_delivery": Decimal("1.5")}
    with pytest.raises(Invalid, match="tolerance is a share"):
        desk.do("product.change", lambda tx: products.change(tx, product_id, values, {"under_delivery": None}))
