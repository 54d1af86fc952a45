"""What may not leave before somebody else looked at it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.errors import Invalid, NotAllowed
from app.models.approval import ApprovalRule, RuleKind
from app.services import approvals, quotes, stock
from app.services.database import Database
from app.services.document_lines import LineInput
from app.services.quotes import Acceptance, NewQuote
from tests.desk import Desk, unhurried

D = Decimal


@pytest.fixture
def desk(sqlite_database: Database) -> Desk:
    made = Desk(unhurried(sqlite_database)).found()
    rules = (
        ApprovalRule(RuleKind.DISCOUNT, D(10)),
        ApprovalRule(RuleKind.MARGIN, D(20)),
        ApprovalRule(RuleKind.AMOUNT, D(5000)),
        ApprovalRule(RuleKind.TERMS, D(0)),
    )
    made.do("approval.set_rules", lambda tx: approvals.set_rules(tx, rules))
    made.buyer, made.pump = made.customer(), made.product("PUMP", "100")
    made.do("stock.receive", lambda tx: stock.receive(tx, made.pump, D(10), unit_cost=D(70)))
    return made


def quoted(desk, price="100", quantity="1", **fields):
    line = LineInput(desk.pump, D(quantity), unit_price=D(price), discount_percent=fields.pop("line", D(0)))
    new = NewQuote(desk.buyer, (line,), **fields)
    return desk.do("quote.create", lambda tx: quotes.create(tx, new))


def send(desk, quote_id):
    return desk.do("quote.send", lambda tx: quotes.send(tx, quote_id))


def by(desk, name, op):
    return desk.database.run("quote.approval", op, by=name, at=desk.now).value


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"line": D(6), "discount_percent": D(5)}, "discount 10.7 %, more than 10 %"),
        ({"price": "85"}, "margin 17.6471 %, less than 20 %"),
        ({"quantity": "51"}, "amount 5100, more than 5000"),
        ({"payment_term": "NET60"}, "terms that are not the customer's own"),
    ],
    ids=["discount", "margin", "amount", "terms"],
)
def test_each_rule_keeps_a_quote_in_and_says_why(desk, changed, why):
    quote_id = quoted(desk, **changed)
    with pytest.raises(NotAllowed, match=why):
        send(desk, quote_id)
    with pytest.raises(NotAllowed, match=why):
        desk.do("quote.accept", lambda tx: quotes.accept(tx, quote_id, Acceptance()))
    assert desk.read(quotes.get, quote_id).state == "draft"


def test_four_eyes_approve_what_was_asked_and_nothing_that_was_changed_since(desk):
    quote_id = quoted(desk, price="85")
    first = desk.do("quote.ask", lambda tx: approvals.ask(tx, quote_id))
    with pytest.raises(NotAllowed, match="Four eyes"):
        by(desk, "ann", lambda tx: approvals.approve(tx, first))
    [waits] = desk.read(approvals.waiting)
    assert (waits.number, waits.asked_by, waits.why) == ("Q-00001", "ann", "margin 17.6471 %, less than 20 %")
    by(desk, "bob", lambda tx: approvals.approve(tx, first))
    desk.do("quote.change", lambda tx: quotes.change_head(tx, quote_id, 0, {"notes": "free of charge"}))
    with pytest.raises(NotAllowed, match="needs an approval"):
        send(desk, quote_id)
    second = desk.do("quote.ask", lambda tx: approvals.ask(tx, quote_id))
    with pytest.raises(Invalid):
        by(desk, "bob", lambda tx: approvals.refuse(tx, second, " "))
    by(desk, "bob", lambda tx: approvals.refuse(tx, second, "Too cheap"))
    third = desk.do("quote.ask", lambda tx: approvals.ask(tx, quote_id))
    by(desk, "bob", lambda tx: approvals.approve(tx, third))
    assert (send(desk, quote_id), desk.read(approvals.waiting)) == (1, [])
    assert desk.damages() == []


def test_what_no_rule_asks_for_goes_out_as_ever(desk):
    quote_id = quoted(desk)
    with pytest.raises(NotAllowed, match="needs no approval"):
        desk.do("quote.ask", lambda tx: approvals.ask(tx, quote_id))
    assert send(desk, quote_id) == 1
