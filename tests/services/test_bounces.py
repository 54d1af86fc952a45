"""A payment that the bank takes back, with its fee."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.errors import Invalid, NotAllowed
from app.services import billing, bounces, integrity, journal, payments
from app.services.payments import NewPayment
from tests.views import small_company
from tests.views.small_company import TODAY


def test_a_bounced_payment_opens_its_invoice_again_and_its_fee_is_a_cost(sqlite_database):
    company = small_company.found(sqlite_database)
    order_id = company.order({company.valve: 10})
    company.ship(order_id)
    invoice_id = company.invoice_of(order_id)
    company.do(lambda tx: billing.post(tx, invoice_id, TODAY))
    new = NewPayment(company.harbor, Decimal("222.64"), TODAY, allocations={invoice_id: Decimal("222.64")})
    payment_id = company.do(lambda tx: payments.receive(tx, new))
    with pytest.raises(Invalid, match="not below zero"):
        company.do(lambda tx: bounces.bounce(tx, payment_id, TODAY, Decimal(-1)))
    company.do(lambda tx: bounces.bounce(tx, payment_id, TODAY, Decimal("8.50")))
    held = {code: amount for code, _, amount in company.read(journal.balances)}
    assert (held["1000"], held["1200"], held["6855"]) == (Decimal("-8.50"), Decimal("222.64"), Decimal("8.50"))
    assert company.read(lambda c: billing.get(c, invoice_id)).open_amount == Decimal("222.64")
    with pytest.raises(NotAllowed, match="taken back already"):
        company.do(lambda tx: bounces.bounce(tx, payment_id, TODAY))
    assert company.read(integrity.check) == []
