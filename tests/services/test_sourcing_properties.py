"""Whatever clerks order, change, cancel, receive and make: what was promised is covered on every day."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.errors import NotAllowed
from app.models.purchase import purchase_line, purchase_order
from app.models.sourcing import peg
from app.models.supply import Way
from app.models.work import work_order
from app.services import orders, production, purchasing, receiving, stock_outlook, work_orders
from app.services.bills import Step
from app.services.document_lines import LineInput
from app.services.stock_outlook import Viewer
from tests.databases import opened
from tests.desk import START
from tests.supply_desk import GRAIN, supply_desk

products = st.sampled_from(["pump", "sensor", "housing"])
few = st.integers(1, 6)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("order"), products, few, st.integers(0, 12)),
        st.tuples(st.just("order"), products, few, st.integers(0, 12)),
        st.tuples(st.just("change"), st.integers(0, 5), few),
        st.tuples(st.just("cancel"), st.integers(0, 5)),
        st.tuples(st.just("stock"), products, few),
        st.tuples(st.just("deliver")),
        st.tuples(st.just("make")),
    ),
    min_size=3,
    max_size=9,
)


class Clerks:
    """Those who sell, buy and make; every sold product can be had."""

    def __init__(self, database):
        self.desk = desk = supply_desk(database)
        bench = desk.center(minutes=120)
        desk.bill((Step("Assemble", bench, Decimal(5), Decimal(30)),))
        desk.way(desk.pump, Way.MAKE)
        desk.way(desk.sensor, Way.BUY, "4.00", minimum=Decimal(5))
        desk.way(desk.housing, Way.BUY, "11.50", lead_days=1, multiple=Decimal(3))
        self.orders = []

    def order(self, name, pieces, days):
        day = START.date() + timedelta(days=days)
        lines = (LineInput(getattr(self.desk, name), Decimal(pieces)),)
        new = orders.NewOrder(self.desk.customer_id, lines, requested_on=day)
        order_id = self.desk.do("order.create", lambda tx: orders.create(tx, new))
        self.desk.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
        self.orders.append(order_id)

    def change(self, n, pieces):
        if n < len(self.orders):
            order_id = self.orders[n]
            line_id = self.desk.line(order_id).id
            self.desk.do("order.change", lambda tx: orders.change_line(tx, order_id, line_id, quantity=Decimal(pieces)))

    def cancel(self, n):
        if n < len(self.orders):
            order_id = self.orders.pop(n)
            self.desk.do("order.cancel", lambda tx: orders.cancel(tx, order_id))

    def stock(self, name, pieces):
        self.desk.receive(getattr(self.desk, name), pieces)

    def deliver(self):
        """The first open purchase order comes in whole."""
        for row in self.rows(select(purchase_order).where(purchase_order.c.state == "draft").limit(1)):
            self.desk.do("purchase.send", lambda tx, p=row.id: purchasing.send(tx, p))
            self.desk.do("purchase.receive", lambda tx, p=row.id: receiving.receive(tx, p))

    def make(self):
        """The first planned work whose components are there is done."""
        for row in self.rows(select(work_order).where(work_order.c.state == "planned")):
            try:
                self.desk.do("work.release", lambda tx, w=row.id: work_orders.release(tx, w))
                self.desk.do("work.report", lambda tx, w=row.id, n=row.ordered: production.report(tx, w, n))
            except NotAllowed:
                continue
            return

    def rows(self, statement):
        return self.desk.read(lambda connection: connection.execute(statement).all())

    def check(self):
        desk = self.desk
        ids = [desk.pump, desk.sensor, desk.housing]
        outlook = desk.read(lambda connection: stock_outlook.read(connection, ids, Viewer(START)))
        for (product_id, _), projection in outlook.projections().items():
            lowest = min(portion.grains for portion in projection.balances())
            assert lowest >= 0, f"{ids.index(product_id)} is {lowest / GRAIN} short: {projection.balances()}"
        for order_id in self.orders:
            line = desk.line(order_id)
            waits = line.ordered - line.cancelled - line.shipped - line.reserved - line.picked
            assert not waits or line.ready_on is not None, line.ready_reason
            assert waits >= 0
        left = {row.id: row.ordered - row.cancelled - row.received for row in self.rows(select(purchase_line))}
        left |= {row.id: row.ordered - row.cancelled - row.made for row in self.rows(select(work_order))}
        for row in self.rows(select(peg)):
            left[row.supply_id] = left.get(row.supply_id, 0) - (row.quantity - row.served)
        assert min(left.values(), default=0) >= 0, "more is pegged to a supply than it brings"


@settings(max_examples=12)
@given(steps)
def test_every_promise_is_covered_on_every_day(sqlite_databases, drawn):
    with ExitStack() as stack:
        clerks = Clerks(stack.enter_context(opened(sqlite_databases)))
        for name, *arguments in drawn:
            getattr(clerks, name)(*arguments)
            clerks.check()
        assert clerks.desk.damages() == []
