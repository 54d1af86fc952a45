"""What may not leave before somebody else looked at it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.errors import Invalid, NotAllowed
from app.models.approval import ApprovalRule, RuleKind
from app.services import approvals, exchange_rates, quotes, stock
from app.services.database import Database
from app.services.document_lines import LineInput, OfferedLine
from app.services.exchange_rates import Published
from app.services.quotes import Acceptance, NewQuote
from tests.desk import START, Desk, unhurried

D = Decimal


@pytest.fixture
def desk(database: Database) -> Desk:
    made = Desk(unhurried(database)).found()
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
        ({"discount_amount": D(12)}, "discount 12 %, more than 10 %"),
        ({"price": "85"}, "margin 17.6471 %, less than 20 %"),
        ({"quantity": "51"}, "amount 5100, more than 5000"),
        ({"payment_term": "NET60"}, "terms that are not the customer's own"),
    ],
    ids=["discount", "money off", "margin", "amount", "terms"],
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


def offered(desk, *lines, **fields):
    return desk.do("quote.create", lambda tx: quotes.create(tx, NewQuote(desk.buyer, lines, **fields)))


@pytest.mark.parametrize("choice", ["optional", "alternative"])
def test_what_may_be_chosen_is_looked_at_as_what_is_included(desk, choice):
    plain = OfferedLine(desk.pump, D(1))
    for changed, why in (
        ({"quantity": D(1), "discount_percent": D(15)}, "discount 15 %"),
        ({"quantity": D(1), "unit_price": D(75)}, "margin 6.6667 %"),
        (
            {"quantity": D(60)},
            rf"100 \(6{'1' if choice == 'optional' else '0'}00 with the dearest choice\), more than 5",
        ),
    ):
        quote_id = offered(desk, plain, OfferedLine(desk.pump, choice=choice, **changed))
        with pytest.raises(NotAllowed, match=why):
            send(desk, quote_id)


def test_a_cheap_alternative_gets_the_money_off_of_its_line(desk):
    dear = OfferedLine(desk.pump, D(10))
    cheap = OfferedLine(kind="fee", name="Repair", unit_price=D(100), tax_codes="", choice="alternative")
    with pytest.raises(NotAllowed, match="discount 90 %"):
        send(desk, offered(desk, dear, cheap, discount_amount=D(90)))


def test_a_fee_below_nothing_is_a_discount_and_goods_given_away_have_no_margin(desk):
    rebate = LineInput(kind="fee", name="Rebate", unit_price=D(-500), tax_codes="")
    with pytest.raises(NotAllowed, match=r"discount 50 %, more than 10 %; margin -40 %, less than 20 %"):
        send(desk, offered(desk, LineInput(desk.pump, D(10)), rebate))
    with pytest.raises(NotAllowed, match="margin -100 %"):
        send(desk, quoted(desk, price="0"))


def test_terms_that_an_answer_brings_are_not_the_way_around(desk):
    quote_id = quoted(desk)
    send(desk, quote_id)
    with pytest.raises(NotAllowed, match="nothing was ordered"):
        desk.do("quote.accept", lambda tx: quotes.accept(tx, quote_id, Acceptance(payment_term="NET60")))
    own = desk.read(quotes.get, quote_id).payment_term
    desk.do("quote.accept", lambda tx: quotes.accept(tx, quote_id, Acceptance(payment_term=own)))


def test_the_newest_decision_counts_for_the_rules_there_were(desk):
    quote_id = quoted(desk, price="85")
    first = desk.do("quote.ask", lambda tx: approvals.ask(tx, quote_id))
    by(desk, "bob", lambda tx: approvals.approve(tx, first))
    second = desk.do("quote.ask", lambda tx: approvals.ask(tx, quote_id))
    by(desk, "carl", lambda tx: approvals.refuse(tx, second, "Not at this cost"))
    with pytest.raises(NotAllowed, match="needs an approval"):
        send(desk, quote_id)
    third = desk.do("quote.ask", lambda tx: approvals.ask(tx, quote_id))
    by(desk, "carl", lambda tx: approvals.approve(tx, third))
    rules = (ApprovalRule(RuleKind.MARGIN, D(20)), ApprovalRule(RuleKind.AMOUNT, D(50)))
    desk.do("approval.set_rules", lambda tx: approvals.set_rules(tx, rules))
    with pytest.raises(NotAllowed, match="amount 85, more than 50"):
        send(desk, quote_id)
    desk.do("approval.set_rules", lambda tx: approvals.set_rules(tx, rules[:1]))
    assert send(desk, quote_id) == 1


def test_who_wrote_or_changed_a_quote_does_not_approve_it_however_the_name_is_spelled(desk):
    quote_id = quoted(desk, price="85")
    by(desk, "bob", lambda tx: quotes.change_head(tx, quote_id, 0, {"notes": "as agreed"}))
    asked = by(desk, "carl", lambda tx: approvals.ask(tx, quote_id))
    for name in ("carl", "Carl ", "ANN", "bob"):
        with pytest.raises(NotAllowed, match="Four eyes"):
            by(desk, name, lambda tx: approvals.approve(tx, asked))
    by(desk, "dora", lambda tx: approvals.approve(tx, asked))
    assert send(desk, quote_id) == 1


def test_a_quote_that_was_withdrawn_is_not_approved(desk):
    quote_id = quoted(desk, price="85")
    asked = desk.do("quote.ask", lambda tx: approvals.ask(tx, quote_id))
    desk.do("quote.cancel", lambda tx: quotes.cancel(tx, quote_id))
    with pytest.raises(NotAllowed, match="is cancelled"):
        by(desk, "bob", lambda tx: approvals.approve(tx, asked))


def test_an_amount_in_another_currency_is_measured_in_the_company_s_own(desk):
    days = [Published(START.date(), {"USD": D("1.25")})]
    desk.do("rates.add", lambda tx: exchange_rates.add(tx, days, ("USD",)))
    assert send(desk, offered(desk, LineInput(desk.pump, D(30), unit_price=D(200)), currency="USD")) == 1
    with pytest.raises(NotAllowed, match=r"margin 12\.5 %, less than 20 %"):
        send(desk, offered(desk, LineInput(desk.pump, D(1), unit_price=D(100)), currency="USD"))
    with pytest.raises(NotAllowed, match="amount 5120, more than 5000"):
        send(desk, offered(desk, LineInput(desk.pump, D(32), unit_price=D(200)), currency="USD"))
