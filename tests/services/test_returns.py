"""Goods come back: credited, replaced (also before they are here), exchanged, repaired, or sent back as they came."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.errors import Invalid, NotAllowed
from app.models.invoice import invoice
from app.models.returns import Disposition, goods_return, goods_return_line
from app.models.shipment import shipment
from app.services import (
    billing,
    companies,
    day_begin,
    integrity,
    orders,
    parties,
    products,
    return_credits,
    returns,
    shipping,
    stock,
)
from app.services.document_lines import LineInput
from app.services.orders import NewOrder
from app.services.parties import NewCustomer
from app.services.products import NewProduct
from app.services.returns import Inspection, LineTerms, Terms
from tests.replay import differences
from tests.views import small_company
from tests.views.small_company import TODAY

UNIT = 3_600_000
SOON = TODAY + timedelta(days=14)
REPAIR = Terms(LineTerms(Disposition.REPAIR))


class Company:
    """The small company with one order of ten valves, shipped and billed, and what tests ask of it."""

    def __init__(self, made) -> None:
        self.made, self.do, self.read = made, made.do, made.read
        self.order = made.order({made.valve: 10})
        made.ship(self.order)
        self.post()

    def post(self):
        rows = self.read(lambda c: c.execute(select(invoice).where(invoice.c.state == "draft")).all())
        for row in rows:
            self.do(lambda tx, key=row.id: billing.post(tx, key, on=TODAY))
        return [row.total for row in rows]

    def lines(self):
        return self.read(lambda c: orders.lines(c, self.order))

    @property
    def line(self):
        return self.lines()[0]

    @property
    def head(self):
        return self.read(lambda c: orders.get(c, self.order))

    def counts(self, *names):
        return tuple(getattr(self.line, name) // UNIT for name in names)

    def authorise(self, pieces, terms=returns.CREDITED, **more):
        wanted = {self.line.id: pieces * UNIT}
        return self.do(lambda tx: returns.authorise(tx, self.order, wanted, reason="Leaks", terms=terms, **more))

    def advance(self, pieces):
        return self.authorise(pieces, Terms(LineTerms(Disposition.REPLACE), in_advance=True, expected_on=SOON))

    def receive(self, return_id, good=None, scrap=None, **found):
        of = self.line.id

        def pieces(number):
            return None if number is None else {of: number * UNIT}

        last = found.pop("last", False)
        more = Inspection(**{name: pieces(number) for name, number in found.items()}, last=last)
        self.do(lambda tx: returns.receive(tx, return_id, pieces(good), pieces(scrap), None, more))

    def ship(self):
        if self.head.stage != "picking":
            self.made.pick_all(self.order)
        key = self.made.shipment_of(self.order)
        self.do(lambda tx: shipping.ship(tx, key))
        return self.read(lambda c: c.execute(select(shipment).where(shipment.c.id == key)).one())

    def state(self, return_id):
        return self.read(lambda c: returns.get(c, return_id)).state

    def back(self, return_id):
        rows = select(goods_return_line).where(goods_return_line.c.return_id == return_id)
        return self.read(lambda c: c.execute(rows).one())

    def notes(self, return_id):
        return [row.total for row in self.read(lambda c: return_credits.notes(c, self.order, return_id))]

    def on_hand(self):
        return self.read(lambda c: stock.figures(c, self.made.valve)).on_hand // UNIT


@pytest.fixture
def company(database):
    made = Company(small_company.found(database))
    yield made
    assert made.read(differences) == []
    assert made.read(integrity.check) == []


def test_goods_arrive_in_parts_and_are_inspected_and_only_what_arrived_is_credited(company):
    back = company.authorise(6)
    company.receive(back, good=2, scrap=1)
    assert company.state(back) == "partial"
    assert company.counts("returned", "returned_open") == (3, 0)
    [note] = company.do(lambda tx: return_credits.credit(tx, back, TODAY))
    assert company.notes(back) == [Decimal("-66.79")]  # 3 x 18.40 and 21 %
    company.receive(back, good=1, repair=1, last=True)
    assert company.state(back) == "received"
    row = company.back(back)
    assert (row.received_good // UNIT, row.received_repair // UNIT, row.given_up // UNIT) == (3, 1, 1)
    company.do(lambda tx: return_credits.credit(tx, back, TODAY))
    assert sorted(company.notes(back)) == [Decimal("-66.79"), Decimal("-44.53")]
    with pytest.raises(NotAllowed, match=r"Nothing of .* to be credited"):
        company.do(lambda tx: return_credits.credit(tx, back, TODAY))
    with pytest.raises(NotAllowed, match="nothing more of it is awaited"):
        company.receive(back, good=1)
    assert note


def test_no_more_comes_back_than_is_out_however_many_returns_are_open(company):
    first, repair = company.authorise(4), company.authorise(3, REPAIR)
    with pytest.raises(NotAllowed, match=r"3 .* are with the customer"):
        company.authorise(4)
    company.receive(repair)
    with pytest.raises(NotAllowed, match=r"3 .* are with the customer"):
        company.authorise(4)  # what is in repair is still the customer's, and cannot be announced twice
    company.receive(first, good=1, last=True)
    company.authorise(6)
    with pytest.raises(NotAllowed, match=r"0 .* are with the customer"):
        company.authorise(1)


def test_a_replacement_leaves_before_the_goods_are_back_and_costs_nothing(company):
    back = company.advance(3)
    assert (company.head.state, company.head.delivery_state, company.head.stage) == ("confirmed", "partial", "part")
    assert company.counts("reserved", "advanced", "returned_open", "returned") == (3, 3, 3, 0)
    sent = company.ship()
    assert sent.state == "shipped"
    assert company.post() == []
    with pytest.raises(NotAllowed, match="has left"):
        company.do(lambda tx: returns.cancel(tx, back))
    company.receive(back, good=1)
    assert company.counts("advanced", "returned_open", "returned", "shipped") == (2, 3, 1, 13)
    company.receive(back, scrap=2)
    assert company.state(back) == "received"
    assert company.counts("advanced", "returned_open", "returned", "reserved") == (0, 3, 3, 0)
    assert company.head.delivery_state == "shipped"
    assert company.post() == []
    with pytest.raises(NotAllowed):
        company.do(lambda tx: return_credits.credit(tx, back, TODAY))


def test_what_was_replaced_in_advance_and_does_not_come_back_in_time_is_invoiced(company):
    back = company.advance(3)
    company.ship()
    company.receive(back, good=1)
    assert company.read(lambda c: day_begin.due(c, SOON)) == []
    [(duty, [charge])] = company.read(lambda c: day_begin.due(c, SOON + timedelta(days=1)))
    assert duty is day_begin.RETURNS
    assert [company.do(charge), company.do(charge)] == [1, 0]  # a second desk comes too late
    assert company.state(back) == "received"
    assert company.head.billing_state == "to_invoice"
    assert company.post() == [Decimal("44.53")]  # 2 x 18.40 and 21 %
    assert company.head.billing_state == "invoiced"
    assert company.counts("shipped", "returned", "invoiced", "advanced") == (13, 1, 12, 0)
    assert (company.line.quantity, company.head.total) == (12, Decimal("267.17"))
    never = company.advance(1)
    company.ship()
    company.do(lambda tx: returns.stop_waiting(tx, never))
    assert company.state(never) == "kept"


def test_a_replacement_that_has_not_left_is_called_off_with_its_return(company):
    back = company.advance(2)
    company.do(lambda tx: returns.cancel(tx, back))
    assert company.counts("reserved", "advanced", "returned_open") == (0, 0, 0)
    assert company.made.shipment_of(company.order) is None
    assert company.head.delivery_state == "shipped"
    with pytest.raises(Invalid, match="by which day"):
        company.authorise(1, Terms(LineTerms(Disposition.REPLACE), in_advance=True))


def test_what_is_repaired_stays_the_customers_and_goes_back_with_the_order(company):
    back = company.authorise(4, REPAIR)
    company.receive(back, repair=3, refused=1)
    assert company.state(back) == "in_repair"
    assert company.counts("returned", "returned_open", "reserved") == (1, 1, 1)  # no fault was found in one
    assert company.on_hand() == 991  # the three in repair are not ours
    company.do(lambda tx: returns.finish_repair(tx, back, {company.line.id: 2 * UNIT}, {company.line.id: UNIT}))
    assert company.on_hand() == 993
    assert company.state(back) == "received"
    assert company.counts("returned", "returned_open", "reserved") == (4, 3, 3)
    company.ship()
    assert company.head.delivery_state == "shipped"
    company.do(lambda tx: return_credits.credit(tx, back, TODAY))
    assert company.notes(back) == [Decimal("-22.26")]  # the one that could not be repaired


def test_refused_goods_go_back_as_they_came(company):
    back = company.authorise(2, Terms(LineTerms(Disposition.SEND_BACK)))
    with pytest.raises(NotAllowed, match="go back as they came"):
        company.receive(back, repair=1)
    company.receive(back)
    assert company.counts("returned", "returned_open", "reserved") == (2, 2, 2)
    company.ship()
    assert (company.head.delivery_state, company.post()) == ("shipped", [])
    with pytest.raises(NotAllowed):
        company.do(lambda tx: return_credits.credit(tx, back, TODAY))


def test_another_product_at_another_price_is_invoiced_and_what_came_back_credited(company):
    terms = Terms(LineTerms(Disposition.EXCHANGE, exchange_for=company.made.cable))
    back = company.authorise(2, terms)
    assert len(company.lines()) == 1  # nothing goes out before the goods are here
    company.receive(back)
    given = company.lines()[1]
    assert (given.sku, given.ordered, given.reserved, given.no_charge) == ("CBL-1", 2 * UNIT, 2 * UNIT, False)
    assert company.head.delivery_state == "partial"
    company.do(lambda tx: return_credits.credit(tx, back, TODAY))
    assert company.notes(back) == [Decimal("-44.53")]
    company.ship()
    assert company.post() == [Decimal("4.48")]
    assert (company.head.delivery_state, company.head.billing_state) == ("shipped", "invoiced")


def test_a_customer_who_does_not_want_the_other_product_after_all_keeps_the_credit(company):
    back = company.authorise(2, Terms(LineTerms(Disposition.EXCHANGE, exchange_for=company.made.cable)))
    company.receive(back)
    given = company.lines()[1]
    company.do(lambda tx: orders.remove_line(tx, company.order, given.id))
    assert [line.sku for line in company.lines()] == ["VAL-1"]
    company.do(lambda tx: return_credits.credit(tx, back, TODAY))
    assert company.notes(back) == [Decimal("-44.53")]
    assert (company.head.delivery_state, company.post()) == ("shipped", [])


def test_another_product_at_the_same_price_is_given_at_no_charge(company):
    twin = company.do(lambda tx: _twin(tx, company))
    back = company.authorise(2, Terms(LineTerms(Disposition.EXCHANGE, exchange_for=twin)))
    company.receive(back, good=1)
    company.receive(back, scrap=1)
    given = [(line.sku, line.ordered // UNIT, line.no_charge, line.total) for line in company.lines()[1:]]
    assert given == [("VAL-2", 1, True, 0), ("VAL-2", 1, True, 0)]
    company.ship()
    assert (company.head.delivery_state, company.head.billing_state, company.post()) == ("shipped", "invoiced", [])
    with pytest.raises(NotAllowed):
        company.do(lambda tx: return_credits.credit(tx, back, TODAY))
    free = company.lines()[1]
    with pytest.raises(NotAllowed, match="at no charge"):
        company.do(lambda tx: orders.change_line(tx, company.order, free.id, quantity=Decimal(5)))
    with pytest.raises(NotAllowed, match="replaces goods"):
        company.do(lambda tx: orders.remove_line(tx, company.order, free.id))


def test_an_exchange_in_pounds_is_priced_by_the_rate_to_the_penny_or_even(database):
    made = small_company.found(database)
    made.do(lambda tx: companies.set_rate(tx, "GBP", TODAY, Decimal("0.8417")))
    pound = made.do(lambda tx: parties.add(tx, NewCustomer("Dover Chandlers", currency="GBP")))
    lines = (LineInput(made.valve, Decimal(4), unit_price=Decimal("15.05")),)
    order = made.do(lambda tx: orders.create(tx, NewOrder(pound, lines)))
    made.do(lambda tx: orders.confirm(tx, order))
    made.ship(order)
    company = Company(made)
    company.order = order
    company.post()
    twin = made.do(lambda tx: _twin(tx, company))
    for other, pieces in ((twin, 1), (made.gasket, 3)):
        back = company.authorise(pieces, Terms(LineTerms(Disposition.EXCHANGE, exchange_for=other)))
        company.receive(back)
    _, even, sold = company.lines()
    assert (even.sku, even.no_charge, even.total) == ("VAL-2", True, 0)
    gasket = Decimal("1.94")  # 2.30 at 0.8417 is 1.93591
    assert (sold.sku, sold.unit_price, sold.net, sold.ordered // UNIT) == ("GAS-1", gasket, 3 * gasket, 3)
    company.do(lambda tx: return_credits.credit(tx, back, TODAY))
    assert company.read(integrity.check) == []


def _twin(tx, company):
    key = products.add(tx, NewProduct("VAL-2", "Steel valve", Decimal("18.40"), tax_codes="V21"))
    stock.receive(tx, key, Decimal(10))
    return key


def test_goods_that_were_not_billed_yet_need_no_credit_note(database):
    made = small_company.found(database)
    other = Company(made)
    order = made.order({made.gasket: 4})
    made.ship(order)
    [line] = made.read(lambda c: orders.lines(c, order))
    back = made.do(lambda tx: returns.authorise(tx, order, {line.id: UNIT}, reason="Too many"))
    made.do(lambda tx: returns.receive(tx, back))
    with pytest.raises(NotAllowed):
        made.do(lambda tx: return_credits.credit(tx, back, TODAY))
    assert other.post() == [Decimal("8.35")]  # three of four: 6.90 and 21 %


def test_each_line_has_a_disposition_of_its_own(company):
    order = company.made.order({company.made.gasket: 3, company.made.cable: 3})
    company.made.ship(order)
    gasket, cable = company.read(lambda c: orders.lines(c, order))
    terms = Terms(by_line={gasket.id: LineTerms(Disposition.REPLACE, "torn")})
    wanted = {gasket.id: UNIT, cable.id: UNIT}
    back = company.do(lambda tx: returns.authorise(tx, order, wanted, reason="See lines", terms=terms))
    company.do(lambda tx: returns.receive(tx, back))
    gasket, cable = company.read(lambda c: orders.lines(c, order))
    assert (gasket.returned_open // UNIT, cable.returned_open // UNIT) == (1, 0)
    head = company.read(lambda c: c.execute(select(goods_return).where(goods_return.c.id == back)).one())
    assert (head.disposition, head.state) == ("", "received")
