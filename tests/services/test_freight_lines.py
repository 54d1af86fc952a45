"""Freight beside kits, and freight of goods that did not leave after all: nothing is weighed or charged twice."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.models.carrier import FreightPolicy
from app.models.order import sales_order_line
from app.models.product import GRAIN
from app.services import calling_back, freight, orders, products, shipping
from app.services.freight import FreightRow, NewFreightTable
from tests.desk import Desk, unhurried
from tests.services.test_kits import Company

ROWS = (FreightRow(0, Decimal("6.00")), FreightRow(5_000, Decimal("9.50")))


@pytest.fixture
def company(database) -> Company:
    made = Company(Desk(unhurried(database)).found(delivery_steps=1))
    new = NewFreightTable("STD", "Freight", ROWS, tax_codes="V21")
    made.freight = made.desk.do("freight.add_table", lambda tx: freight.add_table(tx, new))
    return made


def agree(company, order_id, policy):
    company.desk.do("order.agree_freight", lambda tx: freight.agree(tx, order_id, company.freight, policy))


def ship(company, order_id):
    planned = company.desk.do("shipment.find", lambda tx: shipping.planned_shipment(tx, order_id))
    company.desk.do("shipment.ship", lambda tx: shipping.ship(tx, planned))
    return planned


def parts(company, order_id):
    mine = select(sales_order_line).where(
        sales_order_line.c.order_id == order_id, sales_order_line.c.kit_line_id.is_not(None)
    )
    rows = company.desk.read(lambda c: c.execute(mine.order_by(sales_order_line.c.sku)).all())
    return [(row.sku, row.ordered // GRAIN, row.reserved // GRAIN, row.shipped // GRAIN) for row in rows]


def freights(company, order_id):
    rows = company.desk.read(orders.lines, order_id)
    return [row.net for row in rows if row.name == "Freight"]


def test_freight_agreed_for_a_confirmed_kit_leaves_its_components_as_they_are(company):
    order_id = company.order(2)
    before = parts(company, order_id)
    assert before == [("BOLT", 8, 8, 0), ("MANUAL", 1, 1, 0), ("PANEL", 2, 2, 0)]
    agree(company, order_id, FreightPolicy.SHIPMENT)
    assert parts(company, order_id) == before
    ship(company, order_id)
    assert [row[3] for row in parts(company, order_id)] == [8, 1, 2]
    assert freights(company, order_id) == [Decimal("6.00")]
    assert company.desk.damages() == []


def test_a_shipment_that_is_called_back_is_charged_once_when_it_leaves_again(company):
    order_id = company.order(2)
    agree(company, order_id, FreightPolicy.SHIPMENT)
    first = ship(company, order_id)
    company.desk.do("shipment.call_back", lambda tx: calling_back.call_back(tx, first))
    assert freights(company, order_id) == [Decimal(0)]
    ship(company, order_id)
    assert freights(company, order_id) == [Decimal("6.00")]
    assert company.desk.damages() == []


def test_a_kit_weighs_what_is_in_it(company):
    for product, weight in ((company.table, 9_000), (company.panel, 4_000), (company.bolt, 20)):
        change = {"weight_g": weight}
        company.desk.do("product.change", lambda tx, p=product, c=change: products.change(tx, p, c, {"weight_g": None}))
    order_id = company.order(2)
    assert company.desk.read(freight.weight_of_order, order_id) == 8_160
