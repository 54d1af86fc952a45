"""Freight charged to customers, from the agreement to the invoice."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.errors import Invalid, NotAllowed
from app.models.carrier import FreightPolicy
from app.models.invoice import invoice, invoice_line
from app.models.shipment import shipment
from app.services import billing, freight, orders, shipping, stock
from app.services.document_lines import LineInput
from app.services.freight import FreightRow, NewFreightTable, price_of
from app.services.orders import NewOrder
from tests.desk import DAY, Desk

ROWS = (FreightRow(0, Decimal("6.00")), FreightRow(5_000, Decimal("9.50")), FreightRow(0, Decimal("19.00"), "DE"))


class Trade:
    """A desk with one product of 1.2 kg, and an order of ten of it."""

    def __init__(self, database, **table):
        self.desk = Desk(database).found()
        self.customer = self.desk.customer()
        self.product = self.desk.product("VAL-1", "10", weight_g=1_200)
        self.desk.do("stock.receive", lambda tx: stock.receive(tx, self.product, Decimal(100)))
        new = NewFreightTable("STD", "Freight", ROWS, tax_codes="V21", **table)
        self.table = self.desk.do("freight.add_table", lambda tx: freight.add_table(tx, new))

    def order(self, policy, quantity=10, **fields):
        new = NewOrder(self.customer, (LineInput(self.product, Decimal(quantity), unit_price=Decimal(10)),), **fields)
        order_id = self.desk.do("order.create", lambda tx: orders.create(tx, new))
        self.desk.do("order.agree_freight", lambda tx: freight.agree(tx, order_id, self.table, policy))
        return order_id

    def confirm(self, order_id):
        self.desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))

    def ship(self, order_id, quantity=None):
        def op(tx):
            planned = shipping.planned_shipment(tx, order_id)
            line = next(line for line in orders.lines(tx.connection, order_id) if line.kind == "product")
            wanted = {line.id: quantity * line.ordered // int(line.quantity)} if quantity else None
            shipping.ship(tx, planned, quantities=wanted)

        self.desk.do("shipment.ship", op)

    def freight_lines(self, order_id):
        rows = self.desk.read(orders.lines, order_id)
        return [(row.description, row.net) for row in rows if row.name == "Freight"]

    def total(self, order_id):
        return self.desk.read(orders.get, order_id).untaxed


@pytest.fixture
def trade(database):
    return Trade(database)


def test_charged_with_the_order_it_follows_the_weight_until_the_order_is_confirmed(trade):
    order_id = trade.order(FreightPolicy.ORDER, quantity=2)
    assert trade.freight_lines(order_id) == [("", Decimal("6.00"))]
    line = trade.desk.read(orders.lines, order_id)[0]
    trade.desk.do("order.change_line", lambda tx: orders.change_line(tx, order_id, line.id, quantity=Decimal(10)))
    trade.confirm(order_id)
    assert trade.freight_lines(order_id) == [("", Decimal("9.50"))]
    assert trade.total(order_id) == Decimal("109.50")
    trade.ship(order_id)
    assert trade.freight_lines(order_id) == [("", Decimal("9.50"))]
    assert trade.desk.damages() == []


def test_charged_per_shipment_it_is_nothing_until_goods_leave_and_a_line_for_each_that_does(trade):
    order_id = trade.order(FreightPolicy.SHIPMENT)
    trade.confirm(order_id)
    assert trade.freight_lines(order_id) == [("charged when shipped", Decimal(0))]
    trade.ship(order_id, 2)
    trade.ship(order_id)
    first, second = trade.desk.read(
        lambda c: c.execute(select(shipment.c.number).order_by(shipment.c.id)).scalars().all()
    )
    assert trade.freight_lines(order_id) == [
        (f"Shipment {first}", Decimal("6.00")),
        (f"Shipment {second}", Decimal("9.50")),
    ]
    assert trade.total(order_id) == Decimal("115.50")
    assert trade.desk.damages() == []


def test_freight_of_a_shipment_is_on_the_invoice_of_that_shipment(trade):
    order_id = trade.order(FreightPolicy.SHIPMENT)
    trade.confirm(order_id)
    for part, freight_price in ((2, "6.00"), (8, "9.50")):
        trade.ship(order_id, part)
        drafted = select(invoice.c.id).where(invoice.c.order_id == order_id, invoice.c.state == "draft")
        draft = trade.desk.read(lambda c, rows=drafted: c.execute(rows).scalar_one())
        lines = select(invoice_line.c.name, invoice_line.c.net).where(invoice_line.c.invoice_id == draft)
        found = trade.desk.read(lambda c, rows=lines: c.execute(rows.order_by(invoice_line.c.position)).all())
        assert [tuple(row) for row in found] == [
            ("Valve VAL-1", Decimal(10 * part)),
            ("Freight", Decimal(freight_price)),
        ]
        trade.desk.do("invoice.post", lambda tx, one=draft: billing.post(tx, one, DAY))
    assert trade.desk.read(orders.get, order_id).billing_state == "invoiced"
    assert trade.desk.damages() == []


def test_an_order_worth_enough_pays_no_freight(database):
    trade = Trade(database, free_from=Decimal(100))
    free, pays = trade.order(FreightPolicy.ORDER, 10), trade.order(FreightPolicy.ORDER, 9)
    assert trade.freight_lines(free) == [("", Decimal(0))]
    assert trade.freight_lines(pays) == [("", Decimal("9.50"))]


def test_an_order_in_another_currency_pays_in_it(trade):
    order_id = trade.order(FreightPolicy.ORDER, 2, currency="GBP")
    assert trade.freight_lines(order_id) == [("", Decimal("5.05"))]  # 6.00 EUR at 0.8417


def test_freight_is_agreed_once_and_only_while_the_order_lives(trade):
    order_id = trade.order(FreightPolicy.ORDER)
    with pytest.raises(NotAllowed, match="already"):
        trade.desk.do("order.agree_freight", lambda tx: freight.agree(tx, order_id, trade.table, FreightPolicy.ORDER))
    other = trade.desk.do(
        "order.create", lambda tx: orders.create(tx, NewOrder(trade.customer, (LineInput(trade.product),)))
    )
    trade.desk.do("order.cancel", lambda tx: orders.cancel(tx, other))
    with pytest.raises(NotAllowed, match="cancelled"):
        trade.desk.do("order.agree_freight", lambda tx: freight.agree(tx, other, trade.table, FreightPolicy.ORDER))


@pytest.mark.parametrize(
    "wrong",
    [
        NewFreightTable("STD", "Taken", ROWS),
        NewFreightTable("A", "Empty", ()),
        NewFreightTable("A", "Twice", (FreightRow(1, Decimal(1)), FreightRow(1, Decimal(2)))),
        NewFreightTable("A", "Tax", ROWS, tax_codes="V99"),
        NewFreightTable("A", "Below", (FreightRow(0, Decimal(-1)),)),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(trade, wrong):
    with pytest.raises(Invalid):
        trade.desk.do("freight.add_table", lambda tx: freight.add_table(tx, wrong))


@given(st.dictionaries(st.integers(0, 9_000), st.integers(0, 99), min_size=1), st.integers(0, 10_000), st.booleans())
def test_a_weight_pays_by_the_heaviest_row_it_is_above(rows, weight, lightest):
    known = [FreightRow(above, Decimal(price)) for above, price in rows.items()]
    below = [above for above in rows if above < weight]
    wanted = rows[max(below)] if below else (rows[min(rows)] if lightest else 0)
    assert price_of(known, weight, lightest_pays=lightest) == wanted
