"""Disputes: opened on what is open, solved by a credit note, a rejection or a payment."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.errors import Invalid, NotAllowed
from app.services import billing, disputes
from app.services.disputes import NewDispute
from tests.services.test_dunning import DAY, Office


@pytest.fixture
def office(sqlite_database):
    return Office(sqlite_database).set_up()


def dispute(office, invoice_id, amount="120", reason="Scratched", **fields):
    new = NewDispute(invoice_id, Decimal(amount), reason, DAY, **fields)
    return office.do("dispute.open", lambda tx: disputes.open_one(tx, new))


def solve(office, op, key, *arguments):
    return office.do("dispute.solve", lambda tx: op(tx, key, *arguments))


def outcome(office, invoice_id):
    return [(row.number, row.outcome, row.owner_name) for row in office.read(disputes.of_invoice, invoice_id)]


def test_no_more_is_disputed_than_is_open_and_not_disputed_yet(office):
    key = office.invoice("500")
    dispute(office, key, owner="Cora")
    with pytest.raises(NotAllowed, match=r"380.00 EUR is open and not disputed"):
        dispute(office, key, "380.01")
    with pytest.raises(Invalid, match="what the customer says"):
        dispute(office, key, "1", " ")
    assert outcome(office, key) == [("DI-00001", "", "Cora")]


def test_a_credit_note_for_the_invoice_solves_it(office):
    key, other = office.invoice("500"), office.invoice("40")
    contested = dispute(office, key)
    wrong = office.do("x", lambda tx: billing.credit(tx, other, DAY))
    with pytest.raises(NotAllowed, match="no credit note for INV-00001"):
        solve(office, disputes.credit, contested, wrong, DAY)
    note = office.do("x", lambda tx: billing.credit(tx, key, DAY))
    solve(office, disputes.credit, contested, note, DAY)
    assert outcome(office, key) == [("DI-00001", "credited", "ann")]
    assert office.damages() == []


def test_a_payment_solves_it_once_it_covers_what_is_disputed(office):
    key = office.invoice("500")
    contested = dispute(office, key)
    office.pay(key, "100")
    with pytest.raises(NotAllowed, match="what is disputed is not paid"):
        solve(office, disputes.paid, contested, DAY)
    office.pay(key, "280")  # what nobody disputes, and not all of what is disputed
    with pytest.raises(NotAllowed, match=r"Of INV-00001 120.00 EUR is open"):
        solve(office, disputes.paid, contested, DAY)
    office.pay(key, "120")
    solve(office, disputes.paid, contested, DAY)
    assert outcome(office, key) == [("DI-00001", "paid", "ann")]


def test_a_rejected_one_is_opened_again_and_given_to_somebody_else(office):
    key = office.invoice("500")
    contested = dispute(office, key)
    solve(office, disputes.reject, contested, DAY, "Signed for")
    with pytest.raises(NotAllowed, match="is solved: rejected"):
        solve(office, disputes.assign, contested, "Cora")
    solve(office, disputes.reopen, contested)
    solve(office, disputes.assign, contested, "Cora")
    assert outcome(office, key) == [("DI-00001", "", "Cora")]
