"""Orders that leave from several warehouses, go to several addresses, or wait until they are complete."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import new_id
from app.models.product import GRAIN
from app.models.shipment import pick, pick_line, shipment, shipment_line
from app.models.stock import location, stock_level
from app.services import orders, picking, routing, shipping, stock, stock_ledger
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.parties import Address
from tests.desk import Desk, unhurried
from tests.replay import differences


class Company:
    """Two warehouses, two products, an order; whole pieces in and out."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.customer = desk.customer()
        self.valve, self.gasket = desk.product("VALVE"), desk.product("GASKET", "2.10")
        self.main = desk.read(stock_ledger.main_location)
        self.branch = desk.do("warehouse.add", self.add_branch)

    @staticmethod
    def add_branch(tx: Any) -> UUID:
        key = new_id()
        row = {"id": key, "code": "BR", "name": "Breskens", "owner": tx.site, "active": True, "rank": 1}
        tx.insert(location, row)
        return key

    def receive(self, product: UUID, pieces: int, place: UUID | None = None) -> None:
        self.desk.do(
            "stock.receive", lambda tx: stock.receive(tx, product, Decimal(pieces), location_id=place or self.main)
        )

    def order(self, *lines: tuple[UUID, int], **fields: Any) -> UUID:
        inputs = tuple(LineInput(product, Decimal(pieces)) for product, pieces in lines)
        new = NewOrder(self.customer, inputs, **fields)
        order_id = self.desk.do("order.create", lambda tx: orders.create(tx, new))
        self.desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
        return order_id

    def line(self, order_id: UUID, number: int = 0) -> Any:
        return self.desk.read(orders.lines, order_id)[number]

    def level(self, product: UUID, place: UUID) -> tuple[int, ...]:
        level = stock_level.c
        query = select(level.free, level.promised, level.picked).where(
            level.product_id == product, level.location_id == place
        )
        row = self.desk.read(lambda c: c.execute(query).one())
        return tuple(figure // GRAIN for figure in row)

    def planned(self, order_id: UUID) -> dict[Any, int]:
        """Pieces planned to leave, by warehouse and place they go to."""
        query = (
            select(shipment.c.location_id, shipment.c.ship_to, func.sum(shipment_line.c.planned))
            .join(shipment_line, shipment_line.c.shipment_id == shipment.c.id)
            .where(shipment.c.order_id == order_id, shipment.c.state == "planned")
            .group_by(shipment.c.id)
        )
        rows = self.desk.read(lambda c: c.execute(query).all())
        return {(row[0], json.loads(row[1])["city"]): int(row[2]) // GRAIN for row in rows}

    def to_pick(self, order_id: UUID) -> dict[UUID, int]:
        query = (
            select(pick.c.location_id, func.sum(pick_line.c.wanted))
            .join(pick_line, pick_line.c.pick_id == pick.c.id)
            .where(pick.c.order_id == order_id, pick.c.state == "open")
            .group_by(pick.c.location_id)
        )
        return {row[0]: int(row[1]) // GRAIN for row in self.desk.read(lambda c: c.execute(query).all())}

    def send_from(self, order_id: UUID, shares: dict[UUID, int]) -> None:
        line_id = self.line(order_id).id
        grains = {place: pieces * GRAIN for place, pieces in shares.items()}
        self.desk.do("order.route", lambda tx: routing.send_from(tx, order_id, line_id, grains))

    def lists(self, order_id: UUID, place: UUID) -> UUID:
        query = select(pick.c.id).where(
            pick.c.order_id == order_id, pick.c.state == "open", pick.c.location_id == place
        )
        return self.desk.read(lambda c: c.execute(query).scalar_one())

    def shipment(self, order_id: UUID, place: UUID) -> UUID:
        query = select(shipment.c.id).where(
            shipment.c.order_id == order_id, shipment.c.state == "planned", shipment.c.location_id == place
        )
        return self.desk.read(lambda c: c.execute(query).scalar_one())

    def is_sound(self) -> bool:
        assert self.desk.damages() == []
        assert self.desk.read(differences) == []
        return True


@pytest.fixture
def company(database):
    made = Company(Desk(unhurried(database)).found(delivery_steps=2))
    yield made
    assert made.is_sound()


def test_an_order_leaves_from_two_warehouses_each_with_its_own_list_and_shipment(company):
    company.receive(company.valve, 6)
    company.receive(company.valve, 9, company.branch)
    order_id = company.order((company.valve, 10))
    assert company.to_pick(order_id) == {company.main: 6}
    company.send_from(order_id, {company.branch: 4})
    assert company.to_pick(order_id) == {company.main: 6, company.branch: 4}
    assert company.planned(order_id) == {(company.main, "Schiedam"): 6, (company.branch, "Schiedam"): 4}
    assert company.level(company.valve, company.branch) == (5, 4, 0)
    company.is_sound()

    branch_list = company.lists(order_id, company.branch)
    company.desk.do("pick.complete", lambda tx: picking.complete(tx, branch_list))
    assert company.level(company.valve, company.branch) == (5, 0, 4)
    company.is_sound()
    from_branch = company.shipment(order_id, company.branch)
    company.desk.do("shipment.pack", lambda tx: shipping.pack(tx, from_branch))
    company.desk.do("shipment.ship", lambda tx: shipping.ship(tx, from_branch))
    assert company.level(company.valve, company.branch) == (5, 0, 0)
    assert (company.line(order_id).shipped // GRAIN, company.line(order_id).reserved // GRAIN) == (4, 6)
    assert company.planned(order_id) == {(company.main, "Schiedam"): 6}


def test_what_lies_packed_at_another_warehouse_is_no_rest_of_this_one(company):
    company.receive(company.valve, 6)
    company.receive(company.valve, 4, company.branch)
    order_id = company.order((company.valve, 10))
    company.send_from(order_id, {company.branch: 4})
    for place in (company.main, company.branch):
        company.desk.do("pick.complete", lambda tx, at=place: picking.complete(tx, company.lists(order_id, at)))
    packed, here = company.shipment(order_id, company.branch), company.shipment(order_id, company.main)
    company.desk.do("shipment.pack", lambda tx: shipping.pack(tx, packed))
    part = {company.line(order_id).id: 5 * GRAIN}
    company.desk.do("shipment.ship", lambda tx: shipping.ship(tx, here, quantities=part, backorder=False))
    line = company.line(order_id)
    assert (line.shipped // GRAIN, line.picked // GRAIN, line.cancelled // GRAIN) == (5, 4, 1)


def test_moving_a_part_to_another_warehouse_gives_the_promise_back_where_it_was(company):
    company.receive(company.valve, 10)
    company.receive(company.valve, 10, company.branch)
    order_id = company.order((company.valve, 10))
    other = company.order((company.valve, 4))
    assert company.line(other).reserved == 0
    company.send_from(order_id, {company.branch: 10})
    assert company.level(company.valve, company.main) == (6, 4, 0)
    assert company.line(other).reserved == 4 * GRAIN, "what was given back is promised to who waits"
    company.send_from(order_id, {})
    assert company.level(company.valve, company.branch) == (10, 0, 0)
    assert company.line(order_id).reserved == 6 * GRAIN


def test_goods_picked_at_a_branch_are_put_back_there(company):
    company.receive(company.valve, 5, company.branch)
    order_id = company.order((company.valve, 5))
    company.send_from(order_id, {company.branch: 5})
    branch_list = company.lists(order_id, company.branch)
    company.desk.do("pick.complete", lambda tx: picking.complete(tx, branch_list))
    with pytest.raises(NotAllowed, match="picked at another warehouse"):
        company.send_from(order_id, {})
    company.desk.do("pick.put_back", lambda tx: picking.put_back(tx, order_id))
    assert company.level(company.valve, company.branch) == (0, 5, 0)
    company.desk.do("order.cancel", lambda tx: orders.cancel(tx, order_id))
    assert company.level(company.valve, company.branch) == (5, 0, 0)
    with pytest.raises(NotAllowed, match="is cancelled; only a draft is confirmed"):
        company.desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))


def test_more_than_is_to_ship_cannot_leave_from_elsewhere(company):
    order_id = company.order((company.valve, 3))
    with pytest.raises(Invalid, match="more than is still to ship"):
        company.send_from(order_id, {company.branch: 4})


def test_an_order_whose_own_warehouse_is_the_branch_takes_from_there(company):
    company.receive(company.valve, 5)
    company.receive(company.valve, 3, company.branch)
    order_id = company.order((company.valve, 4), location_id=company.branch)
    assert company.to_pick(order_id) == {company.branch: 3}
    assert company.level(company.valve, company.main) == (5, 0, 0)
    company.receive(company.valve, 2, company.branch)
    assert company.to_pick(order_id) == {company.branch: 4}


def test_a_line_for_another_address_leaves_by_itself(company):
    company.receive(company.valve, 5)
    company.receive(company.gasket, 5)
    order_id = company.order((company.valve, 2), (company.gasket, 3))
    line_id = company.line(order_id, 1).id
    hulst = Address(street="Markt 1", city="Hulst", country="NL")
    company.desk.do("order.redirect", lambda tx: routing.send_to(tx, order_id, line_id, hulst))
    assert company.planned(order_id) == {(company.main, "Schiedam"): 2, (company.main, "Hulst"): 3}
    assert company.to_pick(order_id) == {company.main: 5}
    company.is_sound()
    company.desk.do("order.redirect", lambda tx: routing.send_to(tx, order_id, line_id, None))
    assert company.planned(order_id) == {(company.main, "Schiedam"): 5}


def test_an_order_to_be_shipped_complete_waits_until_all_is_there(company):
    company.receive(company.valve, 5)
    order_id = company.order((company.valve, 2), (company.gasket, 3), ship_policy="complete")
    assert company.to_pick(order_id) == {}
    planned = company.shipment(order_id, company.main)
    with pytest.raises(NotAllowed, match="shipped complete"):
        company.desk.do("shipment.ship", lambda tx: shipping.ship(tx, planned))
    company.receive(company.gasket, 3)
    assert company.to_pick(order_id) == {company.main: 5}


def test_an_order_shipped_by_line_picks_only_whole_lines(company):
    company.receive(company.valve, 1)
    company.receive(company.gasket, 3)
    order_id = company.order((company.valve, 2), (company.gasket, 3), ship_policy="line")
    assert company.to_pick(order_id) == {company.main: 3}
    company.receive(company.valve, 1)
    assert company.to_pick(order_id) == {company.main: 5}


def test_a_subcontractors_yard_is_no_warehouse_that_orders_leave_from(company):
    yard = {"id": new_id(), "code": "AT-1", "name": "Lathe Works", "owner": "HQ", "active": True}
    company.desk.do("location.add", lambda tx: tx.insert(location, {**yard, "kind": "subcontractor", "rank": -1}))
    assert company.desk.read(stock_ledger.main_location) == company.main
    company.receive(company.valve, 2)
    order_id = company.order((company.valve, 2))
    with pytest.raises(NotFound):
        company.send_from(order_id, {yard["id"]: 1})
