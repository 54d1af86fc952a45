"""Payments in another currency: what was booked at one rate is used up at that rate, whatever is stored later."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from app.services import billing, companies, journal, payments
from app.services.billing import FreeInvoice
from app.services.database import Database
from app.services.document_lines import LineInput
from app.services.payments import NewPayment
from tests.desk import DAY, Desk, unhurried


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(unhurried(database)).found()


def received(desk: Desk, customer_id: UUID, amount: str) -> UUID:
    new = NewPayment(customer_id, Decimal(amount), DAY, "GBP")
    return desk.do("payment.receive", lambda tx: payments.receive(tx, new))


def invoiced(desk: Desk, customer_id: UUID, amount: str) -> UUID:
    line = LineInput(kind="fee", name="Crane", unit_price=Decimal(amount))
    key = desk.do("invoice.write", lambda tx: billing.write(tx, FreeInvoice(customer_id, (line,), "GBP")))
    desk.do("invoice.post", lambda tx: billing.post(tx, key, DAY))
    return key


def test_a_rate_stored_later_does_not_reach_back_to_a_payment(desk):
    """The rate of the 20th is typed on the 25th, after payments were booked by the one before it."""
    customer_id = desk.customer()
    used, bounced = received(desk, customer_id, "100"), received(desk, customer_id, "70.01")
    first, second = invoiced(desk, customer_id, "33.33"), invoiced(desk, customer_id, "66.67")
    desk.do("rate.set", lambda tx: companies.set_rate(tx, "GBP", date(2026, 11, 20), Decimal("0.9")))
    desk.do("payment.allocate", lambda tx: payments.allocate(tx, used, first, Decimal("33.33"), DAY))
    desk.do("payment.allocate", lambda tx: payments.allocate(tx, used, second, Decimal("66.67"), DAY))
    desk.do("payment.reverse", lambda tx: payments.reverse(tx, bounced, DAY))
    desk.do("payment.reverse", lambda tx: payments.reverse(tx, used, DAY))
    assert desk.damages() == []
    held = {account: amount for account, _, amount in desk.read(journal.balances)}
    assert held["1710"] == 0
    assert held["1000"] == 0
