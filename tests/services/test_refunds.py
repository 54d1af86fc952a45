"""Money on account is paid back: it leaves the bank and the customer's credit, and comes back when that is undone."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.errors import NotAllowed
from app.services import companies, payments, receivables, refunds
from app.services.books import reports
from app.services.payments import NewPayment
from tests.desk import DAY, Desk

D = Decimal


@pytest.fixture
def desk(database):
    return Desk(database).found()


def receive(desk, customer, amount, **fields):
    return desk.do("payment.receive", lambda tx: payments.receive(tx, NewPayment(customer, D(amount), DAY, **fields)))


def pay_back(desk, customer, amount, currency="EUR"):
    shares = refunds.spread(desk.read(refunds.credit, customer), currency, D(amount))
    new = NewPayment(customer, -D(amount), DAY, currency, paid_back=shares)
    return desk.do("payment.refund", lambda tx: payments.receive(tx, new))


def held(desk, purpose):
    wanted = (
        f"SELECT SUM(l.amount) FROM journal_line l JOIN account a ON a.code = l.account AND a.purpose = '{purpose}'"
    )
    return D(desk.rows(wanted)[0][0] or 0).scaleb(-4)


def lefts(desk, *keys):
    return [desk.read(receivables.payment_sheet, key).left for key in keys]


def test_credit_of_several_payments_is_paid_back_oldest_first_and_comes_back_when_undone(desk):
    harbor = desk.customer()
    first, second = receive(desk, harbor, "60"), receive(desk, harbor, "55.50")
    refund = pay_back(desk, harbor, "100")
    assert lefts(desk, first, second, refund) == [0, D("15.50"), 0]
    assert (held(desk, "bank"), held(desk, "prepayment")) == (D("15.50"), D("-15.50"))
    (item,) = desk.read(reports.open_items, DAY).items
    assert (item.number, item.open_amount) == ("PAY-00002", D("-15.50")), "as the ledger holds it"
    assert desk.read(receivables.count_unallocated) == 1
    with pytest.raises(NotAllowed, match=r"PAY-00001 was paid back with PAY-00003\. Take PAY-00003 back first"):
        desk.do("payment.reverse", lambda tx: payments.reverse(tx, first, DAY))
    reverse = desk.do("payment.reverse", lambda tx: payments.reverse(tx, refund, DAY))
    assert lefts(desk, first, second, refund, reverse) == [60, D("55.50"), 0, 0]
    assert (held(desk, "bank"), held(desk, "prepayment")) == (D("115.50"), D("-115.50"))
    desk.do("payment.reverse", lambda tx: payments.reverse(tx, first, DAY))
    assert pay_back(desk, harbor, "55.50"), "it may be paid back again"
    assert held(desk, "prepayment") == 0
    assert desk.damages() == []


def test_no_more_is_paid_back_than_is_left_and_only_to_whom_it_belongs(desk):
    harbor, quay = desk.customer(), desk.customer("Quay")
    key = receive(desk, harbor, "40")
    before = desk.fingerprint()
    for customer, amount, shares, reason in (
        (harbor, "50", {key: D(50)}, "PAY-00001 has 40.* left. Pay back at most that"),
        (quay, "40", {key: D(40)}, "another customer's"),
    ):
        new = NewPayment(customer, -D(amount), DAY, paid_back=shares)
        with pytest.raises(NotAllowed, match=reason):
            desk.do("payment.refund", lambda tx, new=new: payments.receive(tx, new))
    assert desk.fingerprint() == before


def test_what_a_rate_makes_of_money_that_is_paid_back_is_an_exchange_difference(sqlite_database):
    desk = Desk(sqlite_database).found()
    quay = desk.customer("Quay", currency="GBP")
    key = receive(desk, quay, "100")
    desk.do("rate.set", lambda tx: companies.set_rate(tx, "GBP", DAY, D("0.9")))
    refund = pay_back(desk, quay, "33.33", "GBP")
    assert (held(desk, "bank"), held(desk, "prepayment")) == (D("118.81") - D("37.03"), D("-79.21"))
    pay_back(desk, quay, "66.67", "GBP")
    assert held(desk, "prepayment") == 0, "nothing stays once all is given back"
    desk.do("payment.reverse", lambda tx: payments.reverse(tx, refund, DAY))
    assert lefts(desk, key) == [D("33.33")]
    assert desk.damages() == []
