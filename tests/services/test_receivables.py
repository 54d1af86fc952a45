"""Invoices and payments as the office reads them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.services import billing, payments, receivables
from app.services.payments import NewPayment
from tests.views import small_company
from tests.views.small_company import TODAY


@pytest.fixture
def company(database):
    return small_company.found(database)


def test_what_a_payment_was_used_for_and_how_it_was_booked(company):
    order_id = company.order({company.valve: 10})
    company.ship(order_id)
    invoice_id = company.invoice_of(order_id)
    company.do(lambda tx: billing.post(tx, invoice_id, TODAY))
    new = NewPayment(company.harbor, Decimal(250), TODAY, allocations={invoice_id: Decimal("222.64")})
    payment_id = company.do(lambda tx: payments.receive(tx, new))
    sheet = company.read(lambda connection: receivables.payment_sheet(connection, payment_id))
    assert sheet.left == Decimal("27.36")
    assert [(one.invoice_number, one.amount) for one in sheet.settled] == [("INV-00001", Decimal("222.64"))]
    assert sum(one.amount for one in sheet.bookings) == 0
    company.do(lambda tx: payments.reverse(tx, payment_id, TODAY))
    sheet = company.read(lambda connection: receivables.payment_sheet(connection, payment_id))
    assert (sheet.is_taken_back, sheet.reversal) == (True, "PAY-00002")
    assert company.read(receivables.count_unallocated) == 0
