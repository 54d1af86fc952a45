"""Invoices due in parts: agreed by their terms, settled the first due first, agreed anew, printed as they were."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.errors import Invalid, NotAllowed
from app.models.einvoice import Form
from app.models.invoice import invoice
from app.models.payment_terms import After, Every, Instalment, Part, ShareOf, evenly
from app.services import billing, instalments, papers, payment_terms, payments
from app.services.billing import FreeInvoice
from app.services.document_lines import LineInput
from app.services.einvoices import posted
from app.services.papers import Wanted
from app.services.payment_terms import Terms
from app.services.payments import NewPayment
from tests.desk import DAY, Desk

THIRD = Part(ShareOf.TOTAL, Decimal(30), After(days=10))
IN_PARTS = Terms(
    "3X",
    "30 % in 10 days, 100 a month later, the rest at the end of the year",
    (
        THIRD,
        Part(ShareOf.FIXED, Decimal(100), After(months=1)),
        Part(after=After(months=1, end_of_month=True)),
    ),
)


@pytest.fixture
def desk(database):
    desk = Desk(database).found()
    desk.buyer = desk.customer()
    desk.do("payment_term.save", lambda tx: payment_terms.save(tx, IN_PARTS))
    return desk


def post(desk, amount="1000", term="3X"):
    lines = (LineInput(kind="fee", name="Hire", quantity=Decimal(1), unit_price=Decimal(amount)),)
    new = FreeInvoice(desk.buyer, lines, payment_term=term)
    key = desk.do("invoice.write", lambda tx: billing.write(tx, new))
    desk.do("invoice.post", lambda tx: billing.post(tx, key, DAY))
    return key


def head(desk, key):
    return desk.read(lambda c: c.execute(select(invoice).where(invoice.c.id == key)).one())


def left(desk, key):
    return [(one.due_on, one.amount) for one in desk.read(lambda c: instalments.still_open(c, billing.get(c, key)))]


def pay(desk, key, amount):
    new = NewPayment(desk.buyer, Decimal(amount), DAY, allocations={key: Decimal(amount)})
    return desk.do("payment.receive", lambda tx: payments.receive(tx, new))


def test_what_is_paid_settles_the_first_due_and_a_payment_taken_back_opens_it_again(desk):
    key = post(desk)
    due = [(date(2026, 12, 5), 300), (date(2026, 12, 25), 100), (date(2026, 12, 31), 600)]
    assert left(desk, key) == due
    assert head(desk, key).due_on == due[0][0]
    paid = pay(desk, key, "350")
    assert left(desk, key) == [(due[1][0], 50), due[2]]
    assert head(desk, key).due_on == due[1][0]
    pay(desk, key, "650")
    assert (left(desk, key), head(desk, key).state, head(desk, key).due_on) == ([], "paid", due[2][0])
    desk.do("payment.reverse", lambda tx: payments.reverse(tx, paid, DAY))
    assert left(desk, key) == [(due[2][0], 350)], "what else was paid settles the first due"
    assert head(desk, key).due_on == due[2][0]
    assert desk.damages() == []


def test_a_credit_note_settles_its_invoice_part_by_part(desk):
    key = post(desk)
    desk.do("invoice.credit", lambda tx: billing.credit(tx, key, DAY))
    assert (head(desk, key).state, left(desk, key)) == ("paid", [])
    assert desk.damages() == []


def test_what_is_open_is_agreed_anew_and_the_paper_stays_as_it_was(desk):
    key = post(desk, term="NET30")
    before = desk.read(lambda c: papers.build(c, [Wanted("invoice", key)])).pdf
    pay(desk, key, "10")
    wanted = evenly(Decimal(990), 4, date(2026, 11, 28), Every.MONTH, 2)
    desk.do("invoice.reschedule", lambda tx: instalments.reschedule(tx, key, wanted))
    assert left(desk, key) == [(one.due_on, one.amount) for one in wanted]
    assert head(desk, key).due_on == date(2026, 11, 28)
    pay(desk, key, "300")
    assert left(desk, key)[0] == (date(2026, 12, 28), Decimal(195))
    desk.do(
        "invoice.reschedule",
        lambda tx: instalments.reschedule(tx, key, [Instalment(date(2027, 3, 1), Decimal(690))]),
    )
    assert left(desk, key) == [(date(2027, 3, 1), 690)]
    assert desk.read(lambda c: papers.build(c, [Wanted("invoice", key)])).pdf == before
    assert desk.damages() == []


def test_the_e_invoice_says_the_instalments_as_they_were_posted(desk):
    lines = (LineInput(kind="fee", name="Hire", quantity=Decimal(1), unit_price=Decimal(100), tax_codes="V21"),)
    new = FreeInvoice(desk.buyer, lines, payment_term="3X")
    key = desk.do("invoice.write", lambda tx: billing.write(tx, new))
    desk.do("invoice.post", lambda tx: billing.post(tx, key, DAY))
    pay(desk, key, "50")
    content, findings = desk.read(lambda c: posted.read(c, key, Form.PEPPOL))
    assert findings == []
    assert content.due_on == date(2026, 12, 5)
    assert content.payment.terms.endswith(": 36.30 EUR 2026-12-05; 84.70 EUR 2026-12-25")


def test_other_days_must_come_to_what_is_open(desk):
    key = post(desk)
    wrong = [
        [Instalment(date(2026, 12, 1), Decimal(999))],
        [Instalment(date(2026, 12, 1), Decimal(1100)), Instalment(date(2026, 12, 2), Decimal(-100))],
        [Instalment(date(2020, 1, 1), Decimal(1000))],
        [Instalment(date(2026, 12, 1), Decimal("0.005")), Instalment(date(2026, 12, 1), Decimal("999.995"))],
        [],
    ]
    for wanted in wrong:
        with pytest.raises(Invalid):
            desk.do("invoice.reschedule", lambda tx, wanted=wanted: instalments.reschedule(tx, key, wanted))
    pay(desk, key, "1000")
    with pytest.raises(NotAllowed):
        desk.do("invoice.reschedule", lambda tx: instalments.reschedule(tx, key, wrong[0]))


def test_terms_are_changed_for_what_is_posted_later_and_removed_when_nobody_has_them(desk):
    key = post(desk)
    simple = Terms("3X", "10 days", (Part(after=After(days=10)),))
    desk.do("payment_term.save", lambda tx: payment_terms.save(tx, simple))
    assert left(desk, post(desk)) == [(date(2026, 12, 5), 1000)]
    assert len(left(desk, key)) == 3
    assert simple in desk.read(payment_terms.read)
    with pytest.raises(NotAllowed, match="Harbor"):
        desk.do("payment_term.remove", lambda tx: payment_terms.remove(tx, "NET30"))
    desk.do("payment_term.remove", lambda tx: payment_terms.remove(tx, "3X"))
    assert "3X" not in {one.code for one in desk.read(payment_terms.read)}
