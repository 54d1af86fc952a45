"""Confirmed orders that are amended: customer, product, quantity and price in one step."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import select

from app.errors import Conflict, Invalid, NotAllowed
from app.models.invoice import invoice
from app.models.shipment import pick, shipment
from app.services import amendments, credit_checks, orders, picking, stock
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from tests.desk import Desk, unhurried
from tests.replay import differences


@pytest.fixture
def desk(database):
    made = Desk(unhurried(database)).found(delivery_steps=2)
    yield made
    assert made.damages() == []
    assert made.read(differences) == []


@pytest.fixture
def valve(desk):
    key = desk.product("VALVE", "10")
    desk.do("stock.receive", lambda tx: stock.receive(tx, key, Decimal(9)))
    return key


def ordered(desk, customer, *lines, policy="order"):
    new = NewOrder(customer, lines, invoice_policy=policy)
    order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    return order_id


def amend(desk, order_id, **changes):
    revision = desk.read(orders.get, order_id).revision
    return desk.do("order.amend", lambda tx: amendments.amend(tx, order_id, revision, **changes))


def test_customer_product_quantity_and_price_change_together(desk, valve):
    gasket = desk.product("GASKET", "4")
    desk.do("stock.receive", lambda tx: stock.receive(tx, gasket, Decimal(9)))
    fee = LineInput(kind="fee", name="Crane", quantity=Decimal(1), unit_price=Decimal(5))
    order_id = ordered(desk, desk.customer(), LineInput(valve, Decimal(5)), fee)
    old = desk.read(orders.lines, order_id)
    lines = (
        LineInput(gasket, Decimal(4), unit_price=Decimal(9), id=old[0].id),
        LineInput(kind="fee", name="Crane", quantity=Decimal(2), unit_price=Decimal(5), id=old[1].id),
    )
    other = desk.customer("Quay Diplomatic", payment_term="EOM30")
    assert amend(desk, order_id, customer_id=other, lines=lines) == 1
    head = desk.read(orders.get, order_id)
    assert (head.customer_name, head.payment_term, head.untaxed) == ("Quay Diplomatic", "EOM30", Decimal(46))
    assert head.amendments == 1
    for table in (shipment, pick, invoice):
        names = select(table.c.customer_name).where(table.c.order_id == order_id, table.c.state != "cancelled")
        assert desk.read(lambda c, q=names: c.execute(q).scalars().all()) == ["Quay Diplomatic"], table.name


def test_goods_picked_for_one_customer_are_not_handed_to_another(desk, valve):
    order_id = ordered(desk, desk.customer(), LineInput(valve, Decimal(5)))
    lists = select(pick.c.id).where(pick.c.order_id == order_id)
    pick_id = desk.read(lambda c: c.execute(lists).scalar_one())
    desk.do("pick.complete", lambda tx: picking.complete(tx, pick_id))
    with pytest.raises(NotAllowed, match="picked, shipped or invoiced"):
        amend(desk, order_id, customer_id=desk.customer("Quay Diplomatic"))


def test_another_currency_a_stale_screen_and_a_draft_are_refused(desk, valve):
    order_id = ordered(desk, desk.customer(), LineInput(valve, Decimal(1)))
    with pytest.raises(Invalid, match="pays in GBP"):
        amend(desk, order_id, customer_id=desk.customer("Dover", currency="GBP"))
    with pytest.raises(Conflict):
        desk.do("order.amend", lambda tx: amendments.amend(tx, order_id, 77))
    new = NewOrder(desk.customer("Marsh"), (LineInput(valve, Decimal(1)),))
    draft = desk.do("order.create", lambda tx: orders.create(tx, new))
    with pytest.raises(NotAllowed, match="only a confirmed order"):
        amend(desk, draft)


def test_a_look_at_an_amendment_says_what_it_does_to_total_deposit_credit_and_margin(desk):
    dearer = desk.product("PUMP", "10")
    desk.do("stock.receive", lambda tx: stock.receive(tx, dearer, Decimal(30), unit_cost=Decimal(6)))
    customer = desk.customer(credit_limit=Decimal(200))
    new = NewOrder(customer, (LineInput(dearer, Decimal(5)),), invoice_policy="order", deposit_amount=Decimal(10))
    order_id = desk.do("order.create", lambda tx: orders.create(tx, new))
    desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
    row, head = desk.read(orders.lines, order_id)[0], desk.read(orders.get, order_id)
    more = (LineInput(dearer, Decimal(18), unit_price=Decimal(10), id=row.id),)
    change = partial(amendments.agree, lines=more)
    before = desk.fingerprint()
    seen = amendments.preview(desk.database, order_id, head.revision, change, by="ann", at=desk.now)
    assert desk.fingerprint() == before
    old, new = seen.worth_before, seen.worth_after
    assert (old.net, old.tax, old.total) == (Decimal(50), Decimal("10.50"), Decimal("60.50"))
    assert (new.net, new.tax, new.total) == (Decimal(180), Decimal("37.80"), Decimal("217.80"))
    assert (old.deposit, new.deposit, new.left) == (Decimal(10), Decimal(10), Decimal("217.80"))
    assert (old.margin.margin.left, new.margin.margin.left) == (Decimal(20), Decimal(72))
    assert (old.credit.free, new.credit.free, new.credit.is_over) == (Decimal("139.50"), Decimal("-17.80"), True)
    desk.do("order.amend", lambda tx: change(tx, order_id, head.revision))
    made = desk.read(orders.get, order_id)
    assert (made.untaxed, made.tax, made.total) == (new.net, new.tax, new.total)
    assert desk.read(credit_checks.standing, customer, desk.now.date()).exposure.total == Decimal("217.80")
