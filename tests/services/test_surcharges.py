"""What customers are charged for a shipment: on the order, on its invoice, taxed as the goods, and taken back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.errors import Invalid, NotAllowed
from app.models.invoice import invoice
from app.models.shipment import shipment
from app.services import billing, calling_back, orders, shipping, stock, surcharges
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.surcharges import Surcharge
from tests.desk import DAY, Desk, unhurried
from tests.replay import differences

D = Decimal


class Office(Desk):
    """Sells pumps (100.00, 21 %) and hoses (5.45, 9 % in the price)."""

    def order(self, *quantities: int):
        lines = tuple(LineInput(key, D(n)) for key, n in zip((self.pump, self.hose), quantities, strict=False) if n)
        new = NewOrder(self.customer(), lines)
        order_id = self.do("order.write", lambda tx: orders.create(tx, new))
        self.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
        return order_id

    def ship(self, order_id, *wanted: Surcharge):
        def op(tx):
            planned = shipping.planned_shipment(tx, order_id)
            shipping.ship(tx, planned)
            if wanted:
                surcharges.charge(tx, planned, wanted)
            return planned

        return self.do("shipment.ship", op)

    def fees(self, order_id):
        rows = self.read(orders.lines, order_id)
        return [(row.name, row.description, row.tax_codes, row.net) for row in rows if row.kind == "fee"]

    def draft(self, order_id):
        mine = select(invoice).where(invoice.c.order_id == order_id, invoice.c.state == "draft")
        return self.read(lambda c: c.execute(mine).one_or_none())


@pytest.fixture
def office(database):
    made = Office(unhurried(database)).found()
    made.pump, made.hose = made.product("PUMP", "100"), made.product("HOSE", "5.45", tax_codes="V9")
    for key in (made.pump, made.hose):
        made.do("stock.receive", lambda tx, key=key: stock.receive(tx, key, D(20)))
    yield made
    assert made.damages() == []
    assert made.read(differences) == []


def test_what_a_shipment_costs_the_customer_is_on_order_and_invoice_with_the_taxes_of_its_goods(office):
    order_id = office.order(1, 1)
    sent = office.ship(order_id, Surcharge("Express", D("12.50")), Surcharge("Pallet", D(8), ""))
    number = office.read(lambda c: c.execute(select(shipment.c.number).where(shipment.c.id == sent)).scalar_one())
    said = f"Shipment {number}"
    assert office.fees(order_id) == [("Express", said, "V21", D("12.50")), ("Pallet", said, "", D(8))]
    draft = office.draft(order_id)
    assert (draft.untaxed, draft.total) == (D("125.50"), D("121") + D("15.13") + D("5.45") + 8)
    office.do("invoice.post", lambda tx: billing.post(tx, draft.id, DAY))
    head = office.read(orders.get, order_id)
    assert (head.total, head.invoiced_total, head.stage) == (draft.total, draft.total, "invoiced")
    with pytest.raises(NotAllowed, match="invoiced"):
        office.do("shipment.call_back", lambda tx: calling_back.call_back(tx, sent))


def test_a_shipment_that_is_called_back_takes_its_surcharges_off_the_order(office):
    order_id = office.order(2)
    before = office.read(orders.get, order_id).total
    sent = office.ship(order_id, Surcharge("Express", D("12.50")))
    assert office.read(orders.get, order_id).total == before + D("15.13")
    office.do("shipment.call_back", lambda tx: calling_back.call_back(tx, sent))
    assert (office.fees(order_id), office.draft(order_id)) == ([], None)
    assert office.read(orders.get, order_id).total == before
    office.ship(order_id, Surcharge("Express", D(10)))
    assert [net for *_, net in office.fees(order_id)] == [D(10)]


def test_a_surcharge_without_name_or_amount_and_one_of_a_shipment_that_waits_are_refused(office):
    order_id = office.order(1)
    planned = office.do("shipment.plan", lambda tx: shipping.planned_shipment(tx, order_id))
    with pytest.raises(NotAllowed, match="has not left"):
        office.do("shipment.surcharge", lambda tx: surcharges.charge(tx, planned, [Surcharge("Express", D(5))]))
    for wanted in (Surcharge(" ", D(5)), Surcharge("Express", D(0)), Surcharge("Express", D("5.001"))):
        with pytest.raises(Invalid):
            office.ship(order_id, wanted)
    with pytest.raises(Invalid):
        office.ship(order_id, Surcharge("Express", D(5), "NONE"))
    assert office.fees(order_id) == []
