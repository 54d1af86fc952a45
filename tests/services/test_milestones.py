"""Invoicing by milestone: planned on the order, invoiced one by one with its taxes, and all come to the order."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.errors import Invalid, NotAllowed
from app.models.invoice import invoice
from app.services import billing, companies, milestones, orders
from app.services.document_lines import LineInput
from app.services.milestones import Step
from app.services.orders import NewOrder
from tests.desk import DAY, Desk, unhurried
from tests.replay import differences

D = Decimal
THIRDS = (
    Step("On signing", percent=D("33.3")),
    Step("Delivery", percent=D("33.3"), event="delivery to the site"),
    Step("Acceptance", percent=D("33.4"), due_on=date(2026, 12, 20)),
)


class Office(Desk):
    """Sells work that is invoiced when it is ordered, with two taxes, one of them in the price."""

    def order(self, *, confirmed: bool = True, **agreed: Any) -> UUID:
        prices = (("100.01", "V21"), ("54.49", "V9"))
        lines = tuple(LineInput(kind="fee", name="Work", unit_price=D(p), tax_codes=tax) for p, tax in prices)
        new = NewOrder(self.customer(), lines, **agreed)
        order_id = self.do("order.write", lambda tx: orders.create(tx, new))
        if confirmed:
            self.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
        return order_id

    def plan(self, order_id: UUID, *steps: Step) -> None:
        self.do("order.plan_milestones", lambda tx: milestones.plan(tx, order_id, steps))

    def planned(self, order_id: UUID) -> list[milestones.Planned]:
        return self.read(milestones.of_order, order_id)

    def bill(self, order_id: UUID, place: int) -> Any:
        key = self.planned(order_id)[place].step.id
        return self.head(self.do("order.bill_milestone", lambda tx: milestones.bill(tx, key, DAY)))

    def head(self, invoice_id: UUID) -> Any:
        return self.read(billing.get, invoice_id)

    def final(self, order_id: UUID) -> Any:
        drafts = select(invoice.c.id).where(invoice.c.order_id == order_id, invoice.c.state == "draft")
        key = self.read(lambda c: c.execute(drafts).scalar_one())
        self.do("invoice.post", lambda tx: billing.post(tx, key, DAY))
        return self.head(key)

    def taxes(self, order_id: UUID) -> dict[str, Decimal]:
        found: dict[str, Decimal] = {}
        for head in self.read(lambda c: c.execute(select(invoice).where(invoice.c.order_id == order_id)).all()):
            for row in self.read(orders.taxes, head.id) if head.number else ():
                found[row.code] = found.get(row.code, D(0)) + row.amount
        return found


@pytest.fixture
def office(sqlite_database):
    return Office(unhurried(sqlite_database)).found(invoice_policy="order")


@pytest.fixture
def any_office(database):
    return Office(unhurried(database)).found(invoice_policy="order")


def test_milestones_and_the_last_invoice_come_to_the_order_and_to_each_of_its_taxes(any_office):
    office = any_office
    order_id = office.order()
    total = office.read(orders.get, order_id).total
    office.plan(order_id, *THIRDS[:2], Step("Sample", amount=D("20.01")))
    asked = [one.asks for one in office.planned(order_id)]
    assert asked == [D("58.44"), D("58.44"), D("20.01")]  # 33.3 % and 66.6 % of 175.50, rounded
    heads = [office.bill(order_id, place) for place in range(3)]
    assert [head.total for head in heads] == asked
    assert [head.kind for head in heads] == ["deposit"] * 3
    names = [row.name for head in heads for row in office.read(billing.lines, head.id)]
    assert names[0] == "On signing"
    assert [one.number for one in office.planned(order_id)] == [head.number for head in heads]
    final = office.final(order_id)
    assert sum(head.total for head in heads) + final.total == total
    assert office.taxes(order_id) == {row.code: row.amount for row in office.read(orders.taxes, order_id)}
    assert office.damages() == []
    assert office.read(differences) == []


@pytest.mark.parametrize("coin", [None, "0.05"])
def test_all_of_an_order_in_milestones_leaves_nothing_for_the_last_invoice(office, coin):
    office.do("company.change", lambda tx: companies.change(tx, {"cash_rounding": D(coin) if coin else None}))
    order_id = office.order()
    office.plan(order_id, *THIRDS)
    asked = [office.bill(order_id, place).total for place in (2, 0, 1)]  # in any order
    assert sum(asked) == office.read(orders.get, order_id).total
    assert (office.final(order_id).total, office.damages()) == (0, [])


def test_a_plan_beyond_the_order_is_refused_and_one_without_a_name_or_figure(office):
    order_id = office.order(confirmed=False)
    for steps, words in (
        ((Step("All", percent=D(100)), Step("More", amount=D("0.01"))), "come to 175.51"),
        ((Step(" ", percent=D(10)),), "what milestone 1 is for"),
        ((Step("Both", percent=D(10), amount=D(5)),), "not both"),
        ((Step("None"),), "not both"),
        ((Step("Fine", amount=D("5.001")),), "decimal places"),
    ):
        with pytest.raises(Invalid, match=words):
            office.plan(order_id, *steps)
    office.plan(order_id, *THIRDS)
    with pytest.raises(NotAllowed, match="Confirm it"):
        office.bill(order_id, 0)


def test_what_is_invoiced_stays_and_a_credit_note_opens_it_again(office):
    order_id = office.order()
    office.plan(order_id, *THIRDS)
    first = office.bill(order_id, 0)
    with pytest.raises(NotAllowed, match="invoiced already"):
        office.bill(order_id, 0)
    kept = office.planned(order_id)[0].step
    with pytest.raises(NotAllowed, match="stays as it is"):
        office.plan(order_id, *THIRDS[1:])
    office.plan(order_id, kept, Step("Rest", amount=D(100)))
    assert [one.is_invoiced for one in office.planned(order_id)] == [True, False]
    office.do("invoice.credit", lambda tx: billing.credit(tx, first.id, DAY))
    assert not any(one.is_invoiced for one in office.planned(order_id))
    again = office.bill(order_id, 0)
    assert (again.total, again.id != first.id) == (first.total, True)
    assert office.damages() == []


def test_more_than_is_left_to_invoice_is_not_asked_for(office):
    order_id = office.order()
    office.plan(order_id, Step("Late", amount=D(150)))
    row = office.read(orders.lines, order_id)[0]
    part = office.do("invoice.draft", lambda tx: billing.draft(tx, order_id, {row.id: row.ordered}))
    office.do("invoice.post", lambda tx: billing.post(tx, part, DAY))
    with pytest.raises(Invalid, match="left to ask for"):
        office.bill(order_id, 0)
    assert office.planned(order_id)[0].invoice_id is None
