"""Ageing and statements: by customer, currency and class, as of any day, to the cent of the ledger."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from app.models.ageing import aged
from app.services import account_statements, ageing, billing, payments
from app.services.payments import NewPayment
from tests.services.test_dunning import DAY, Office


def test_what_is_open_falls_into_classes_and_what_is_paid_settled_the_first_due():
    due = [(date(2026, 1, 1), Decimal(60)), (date(2026, 3, 1), Decimal(40))]
    assert aged(due, Decimal(100), date(2026, 3, 1)) == [40, 0, 60, 0, 0]
    assert aged(due, Decimal(30), date(2026, 4, 15)) == [0, 0, 30, 0, 0]
    assert aged(due, Decimal(-5), date(2026, 4, 15)) == [0, 0, -5, 0, 0]
    assert aged([(date(2026, 1, 1), Decimal(-50))], Decimal(-20), date(2026, 1, 31)) == [0, -20, 0, 0, 0]


def test_the_report_and_the_statement_are_what_the_ledger_held_on_any_day(sqlite_database):
    office = Office(sqlite_database).set_up()
    other = office.customer("=Odd, Ltd", currency="GBP")
    first = office.invoice("100")
    office.invoice("50", DAY + timedelta(days=40))
    office.invoice("84.17", customer=other, payment_term="NET30")
    paid = NewPayment(office.late, Decimal(130), DAY + timedelta(days=45), allocations={first: Decimal(100)})
    office.do("payment.receive", lambda tx: payments.receive(tx, paid))
    office.do("x", lambda tx: billing.credit(tx, first, DAY + timedelta(days=50)))

    at = office.read(ageing.at_day, DAY + timedelta(days=41))
    assert [(one.customer, one.currency, one.classes, one.total) for one in at.rows] == [
        ("=Odd, Ltd", "GBP", (0, Decimal("84.17"), 0, 0, 0), Decimal("84.17")),
        ("Late & Sons", "EUR", (0, 50, 100, 0, 0), 150),
    ]
    assert (at.rows[0].company_total, at.total, at.held) == (100, 250, 250)
    assert ageing.as_csv(at.rows).splitlines()[1].startswith('"\'=Odd, Ltd",GBP,0,84.17,')
    now = office.read(ageing.at_day, DAY + timedelta(days=60))
    (own,) = [one for one in now.rows if one.currency == "EUR"]
    assert (own.classes, own.on_account, own.total) == ((0, -50, 0, 0, 0), -30, -80)
    assert now.total == now.held

    sheet = office.read(account_statements.read, office.late, "EUR", DAY + timedelta(days=1), DAY + timedelta(days=60))
    assert sheet.opening == 100
    assert [(one.kind, one.number, one.amount, one.balance) for one in sheet.lines] == [
        ("invoice", "INV-00002", 50, 150),
        ("payment", "PAY-00001", -130, 20),
        ("credit", "CN-00001", -100, -80),
    ]
    assert sheet.closing == own.total
    assert "Opening balance" in account_statements.as_csv(sheet)
