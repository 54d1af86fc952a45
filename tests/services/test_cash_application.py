"""Discounts and rests that come with a payment: given once, and not for a payment that was taken back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.errors import Invalid, NotAllowed
from app.models.payment_terms import Part
from app.services import billing, cash_application, deductions, payment_terms, payments
from app.services.cash_application import Adjustments
from app.services.payment_terms import Terms
from app.services.payments import NewPayment
from tests.races import overtaken
from tests.services.test_dunning import DAY, Office

D = Decimal


@pytest.fixture
def office(sqlite_database):
    return Office(sqlite_database).set_up()


def discounted(office):
    """An invoice of 1000 with 2 % off for paying within ten days."""
    terms = Terms("D2", "2 % in 10 days", (Part(),), D(2), 10)
    office.do("payment_terms.save", lambda tx: payment_terms.save(tx, terms))
    return office.invoice("1000", payment_term="D2")


def paying(office, key, amount, **adjustments):
    new = NewPayment(office.late, D(amount), DAY, allocations={key: D(amount)})
    return lambda tx: cash_application.receive(tx, new, Adjustments(**adjustments))


def left(office, key):
    return office.read(billing.get, key).open_amount


def test_an_early_discount_is_given_once_however_often_one_pays(office):
    key = discounted(office)
    office.do("payment.receive", paying(office, key, "10", discounts={key: D(15)}))
    with pytest.raises(NotAllowed, match="has no such discount"):
        office.do("payment.receive", paying(office, key, "10", discounts={key: D(6)}))
    office.do("payment.receive", paying(office, key, "10", discounts={key: D(5)}))
    assert left(office, key) == 960
    assert office.damages() == []


def test_two_clerks_give_a_discount_once(database):
    office = Office(database).set_up()
    key = discounted(office)
    with pytest.raises(NotAllowed, match="has no such discount"):
        overtaken(office, *[paying(office, key, "10", discounts={key: D(20)})] * 2)
    assert left(office, key) == 970


def test_a_discount_that_another_payment_took_is_not_given_again(office):
    key = discounted(office)
    office.do("payment.receive", paying(office, key, "10", discounts={key: D(20)}))
    (one,) = office.read(cash_application.standing, key)
    office.do("deduction.take_back", lambda tx: deductions.take_back(tx, one.id, DAY))
    office.do("payment.receive", paying(office, key, "10", discounts={key: D(20)}))
    with pytest.raises(NotAllowed, match="another payment took it"):
        office.do("deduction.settle", lambda tx: cash_application.settle_again(tx, one, DAY))


def test_nothing_is_settled_again_with_a_payment_that_bounced(office):
    key = office.invoice("100")
    payment = office.do("payment.receive", paying(office, key, "90", write_offs={key: D(10)}, reason="Agreed"))
    (one,) = office.read(cash_application.standing, key)
    office.do("deduction.take_back", lambda tx: deductions.take_back(tx, one.id, DAY))
    office.do("payment.reverse", lambda tx: payments.reverse(tx, payment, DAY))
    with pytest.raises(NotAllowed, match="was taken back"):
        office.do("deduction.settle", lambda tx: cash_application.settle_again(tx, one, DAY))
    assert left(office, key) == 100


def test_only_money_that_is_there_is_kept(office):
    payment = office.do("payment.receive", lambda tx: payments.receive(tx, NewPayment(office.late, D(100), DAY)))

    def keep(amount):
        return office.do("payment.keep", lambda tx: deductions.keep(tx, payment, D(amount), DAY, reason="Too little"))

    with pytest.raises(Invalid, match="at most 2 decimal places"):
        keep("0.001")
    office.do("payment.reverse", lambda tx: payments.reverse(tx, payment, DAY))
    with pytest.raises(NotAllowed, match="was taken back"):
        keep("100")
    assert office.damages() == []
