"""A negotiation through the services: rounds that stay, words of the customer line by line, orders of a part."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from app.errors import Invalid, NotAllowed
from app.models.negotiation import LineChange
from app.services import acceptances, negotiation, offers, orders, papers, quotes
from app.services.database import Database
from app.services.document_lines import LineInput, OfferedLine
from app.services.negotiation import Ask
from app.services.papers import Wanted
from app.services.quotes import Acceptance, NewQuote
from tests.desk import Desk, unhurried

D = Decimal
DECEMBER = date(2026, 12, 18)


class Negotiating(Desk):
    """A desk with a quote of two lines that was sent once."""

    def open(self, **fields) -> Negotiating:
        self.found()
        self.buyer, self.pump, self.hose = self.customer(), self.product("PUMP", "100"), self.product("HOSE", "8")
        lines = (LineInput(self.pump, D(10)), LineInput(self.hose, D(50)))
        return self.quote(*lines, **fields)

    def quote(self, *lines: LineInput, **fields) -> Negotiating:
        new = NewQuote(self.buyer, lines, **fields)
        self.quote_id = self.do("quote.create", lambda tx: quotes.create(tx, new))
        self.send()
        return self

    def send(self) -> int:
        return self.do("quote.send", lambda tx: quotes.send(tx, self.quote_id))

    def ask(self, line: int, **wishes):
        ask = Ask(self.lines[line].id, **wishes)
        return self.do("quote.counter", lambda tx: negotiation.counter(tx, self.quote_id, [ask]))[0]

    def step(self, verb, *arguments):
        return self.do(f"quote.{verb.__name__}", lambda tx: verb(tx, *arguments))

    def accept(self, **answer):
        return self.do("quote.accept", lambda tx: quotes.accept(tx, self.quote_id, Acceptance(**answer)))

    @property
    def head(self):
        return self.read(quotes.get, self.quote_id)

    @property
    def lines(self):
        return self.read(quotes.lines, self.quote_id)


@pytest.fixture
def desk(sqlite_database: Database) -> Negotiating:
    return Negotiating(unhurried(sqlite_database)).open()


@pytest.fixture
def any_desk(database: Database) -> Negotiating:
    return Negotiating(unhurried(database)).open()


def test_three_rounds_stand_beside_each_other_with_what_changed(desk):
    price = desk.ask(0, unit_price=D(90), requested_on=DECEMBER, note="The other one asks 88")
    amount = desk.ask(1, quantity=D(80))
    assert desk.head.open_counters == 2
    desk.step(negotiation.answer, price, Ask(desk.lines[0].id, unit_price=D(95)))
    desk.step(negotiation.accept, amount)
    assert (desk.head.state, desk.head.open_counters) == ("draft", 0)
    assert desk.send() == 2
    found = desk.read(negotiation.difference, desk.quote_id, 1, 2)
    assert [(pair.kind, pair.changes[0].what, pair.changes[0].after) for pair in found.lines] == [
        (LineChange.CHANGED, "unit_price", 95),
        (LineChange.CHANGED, "quantity", 80),
    ]
    assert (found.before_total, found.after_total) == (D("1694.00"), D("1923.90"))
    rounds = desk.read(negotiation.rounds, desk.quote_id)
    assert [(one.version, one.version_id is None, len(one.counters)) for one in rounds] == [
        (1, False, 0),
        (1, True, 1),
        (1, True, 1),
        (2, False, 0),
    ]
    assert len({one.fingerprint for one in rounds if one.version_id}) == 2
    assert [one.counters[0].state for one in rounds[1:3]] == ["answered", "accepted"]
    assert desk.damages() == []


def test_a_new_round_settles_what_is_open_by_what_it_says(desk):
    granted, passed = desk.ask(0, unit_price=D(90)), desk.ask(1, unit_price=D(7))
    desk.step(quotes.revise, desk.quote_id)
    changed = [OfferedLine(id=row.id, product_id=row.product_id, quantity=row.quantity) for row in desk.lines]
    changed[0] = OfferedLine(id=changed[0].id, product_id=desk.pump, quantity=D(10), unit_price=D(90))
    desk.step(quotes.set_lines, desk.quote_id, desk.head.revision, changed)
    desk.send()
    states = dict(desk.rows("SELECT id, state FROM quote_counter"))
    assert {str(states[key.bytes]) for key in (granted,)} == {"accepted"}
    assert str(states[passed.bytes]) == "answered"
    assert desk.head.open_counters == 0
    assert desk.damages() == []


def test_what_was_settled_is_opened_again_until_the_next_version_is_sent(desk):
    asked = desk.ask(0, unit_price=D(90))
    desk.step(negotiation.decline, asked)
    assert (desk.head.state, desk.head.open_counters) == ("sent", 0)
    desk.step(negotiation.reopen, asked)
    desk.step(negotiation.accept, asked)
    assert desk.lines[0].unit_price == 90
    desk.step(negotiation.reopen, asked)
    assert (desk.lines[0].unit_price, desk.head.open_counters) == (100, 1)
    desk.step(negotiation.accept, asked)
    desk.send()
    with pytest.raises(NotAllowed, match="went on since"):
        desk.step(negotiation.reopen, asked)
    assert desk.damages() == []


def test_an_answer_is_checked_and_taken_back_without_what_was_typed_since(desk):
    asked = desk.ask(0, unit_price=D(90))
    line_id = desk.lines[0].id
    for wrong in ({"quantity": D(0)}, {"quantity": D(-3)}, {"unit_price": D(-1)}):
        with pytest.raises(Invalid, match="more than nothing"):
            desk.step(negotiation.answer, asked, Ask(line_id, **wrong))
    ours = Ask(line_id, unit_price=D(95), requested_on=DECEMBER)
    for settle, back in (((negotiation.accept, asked), (asked,)), ((negotiation.answer, asked, ours), (asked, ours))):
        desk.step(*settle)
        typed = [replace(offers.line_input(row), quantity=row.quantity + 1) for row in desk.lines]
        desk.step(quotes.set_lines, desk.quote_id, desk.head.revision, typed)
        desk.step(negotiation.reopen, *back)
    line = desk.lines[0]
    assert (line.quantity, line.unit_price, line.requested_on, desk.head.open_counters) == (12, 100, None, 1)
    assert desk.damages() == []


def test_what_a_later_word_replaced_is_not_opened_again(desk):
    first = desk.ask(0, unit_price=D(90))
    desk.step(negotiation.decline, first)
    second = desk.ask(0, unit_price=D(95))
    with pytest.raises(NotAllowed, match="something else of Valve PUMP"):
        desk.step(negotiation.reopen, first)
    desk.step(negotiation.withdraw, second)
    desk.step(negotiation.reopen, first)
    assert desk.head.open_counters == 1


def test_the_day_of_the_quote_is_what_its_lines_offer(desk):
    desk.quote(LineInput(desk.pump), requested_on=DECEMBER)
    with pytest.raises(Invalid, match="that is what is offered"):
        desk.ask(0, requested_on=DECEMBER)
    asked = desk.ask(0, requested_on=DECEMBER + timedelta(days=1))
    desk.step(quotes.revise, desk.quote_id)
    desk.step(quotes.change_head, desk.quote_id, desk.head.revision, {"requested_on": DECEMBER + timedelta(days=1)})
    desk.send()
    assert dict(desk.rows("SELECT id, state FROM quote_counter"))[asked.bytes] == "accepted"


def test_only_what_is_offered_is_countered_and_a_later_word_takes_the_place_of_the_earlier(desk):
    first = desk.ask(0, unit_price=D(90))
    desk.ask(0, unit_price=D(92))
    assert desk.head.open_counters == 1
    with pytest.raises(NotAllowed, match="withdrawn already"):
        desk.step(negotiation.accept, first)
    for wrong in ({"unit_price": D(100)}, {"quantity": D(0)}, {"unit_price": D(-1)}, {}):
        with pytest.raises(Invalid):
            desk.ask(0, **wrong)
    desk.step(quotes.revise, desk.quote_id)
    with pytest.raises(NotAllowed, match="answers what was sent"):
        desk.ask(1, unit_price=D(7))


def test_a_part_is_ordered_and_the_rest_stays_open_with_its_share_of_the_discount(any_desk):
    desk = any_desk
    desk.quote(
        LineInput(desk.pump, D(1), unit_price=D(100)),
        LineInput(desk.hose, D(1), unit_price=D(50)),
        LineInput(desk.hose, D(1), unit_price=D(50)),
        discount_amount=D("10.01"),
    )
    first = desk.accept(keep_lines=(desk.lines[0].id,), customer_po="PO-1")
    assert (desk.head.state, desk.read(orders.get, first).untaxed) == ("part", D("94.99"))
    with pytest.raises(Invalid, match="ordered before"):
        desk.accept(keep_lines=(desk.lines[0].id,))
    with pytest.raises(Invalid, match="ordered before"):
        desk.ask(0, unit_price=D(1))
    second = desk.accept()
    sums = [desk.read(orders.get, one).untaxed for one in (first, second)]
    assert (desk.head.state, sum(sums)) == ("accepted", desk.head.untaxed)
    assert desk.damages() == []


def test_the_rest_of_a_part_is_offered_anew_or_declined(desk):
    desk.accept(keep_lines=(desk.lines[0].id,))
    desk.step(quotes.revise, desk.quote_id)
    assert [row.sku for row in desk.lines] == ["HOSE"]
    assert desk.send() == 2
    assert desk.read(negotiation.difference, desk.quote_id, 1, 2).lines[0].kind is LineChange.REMOVED
    last = desk.accept()
    assert [row.sku for row in desk.read(orders.lines, last)] == ["HOSE"]
    desk.quote(LineInput(desk.pump), LineInput(desk.hose))
    desk.accept(keep_lines=(desk.lines[1].id,))
    desk.step(quotes.decline, desk.quote_id)
    assert desk.head.state == "accepted"
    desk.quote(LineInput(desk.pump), LineInput(desk.hose))
    desk.accept(keep_lines=(desk.lines[1].id,), drop_rest=True)
    assert desk.head.state == "accepted"
    assert desk.damages() == []


def test_options_and_alternatives_count_when_they_are_chosen(desk):
    desk.quote(
        OfferedLine(desk.pump, D(2)),
        OfferedLine(desk.pump, D(2), unit_price=D(130), choice="alternative", name="Steel pump"),
        OfferedLine(desk.hose, D(5), choice="optional", requested_on=DECEMBER),
    )
    pump, steel, hose = desk.lines
    assert (desk.head.untaxed, steel.amount, hose.net) == (200, 260, 40)
    assert desk.damages() == []
    with pytest.raises(Invalid, match="excludes another"):
        desk.accept(keep_lines=(pump.id,), chosen=(steel.id,))
    order_id = desk.accept(chosen=(steel.id, hose.id))
    ordered = desk.read(orders.lines, order_id)
    assert [(row.name, row.amount) for row in ordered] == [("Steel pump", 260), (hose.name, 40)]
    assert ordered[1].requested_on == DECEMBER
    assert (desk.head.state, desk.read(orders.get, order_id).untaxed) == ("accepted", 300)
    assert desk.damages() == []


def steel_or_gold(desk, **fields):
    """A quote of a pump, two alternatives to it and two hoses, of which the steel pump and a hose are ordered."""
    desk.quote(
        OfferedLine(desk.pump, D(1), unit_price=D(100), name="Pump"),
        OfferedLine(desk.pump, D(1), unit_price=D(130), choice="alternative", name="Steel"),
        OfferedLine(desk.pump, D(1), unit_price=D(140), choice="alternative", name="Gold"),
        OfferedLine(desk.hose, D(1), unit_price=D(50), name="Hose"),
        OfferedLine(desk.hose, D(1), unit_price=D(50), name="Second hose"),
        **fields,
    )
    return desk.accept(keep_lines=(desk.lines[3].id,), chosen=(desk.lines[1].id,))


def test_once_an_alternative_is_ordered_nothing_else_in_its_place_is(desk):
    first = steel_or_gold(desk, discount_amount=D(20))
    pump, _, gold, _, second_hose = desk.lines
    offered = desk.read(acceptances.read, desk.quote_id)
    assert {line.name for line in offered.choices} == {"Second hose"}
    for wrong in ({"keep_lines": (pump.id,)}, {"chosen": (gold.id,)}, {"keep_lines": (second_hose.id, pump.id)}):
        with pytest.raises(Invalid, match="another one was ordered"):
            desk.accept(**wrong)
    with pytest.raises(Invalid, match="another one was ordered"):
        desk.ask(0, unit_price=D(1))
    with pytest.raises(Invalid, match="another one was ordered"):
        desk.ask(2, unit_price=D(1))
    second = desk.accept()
    assert [row.name for row in desk.read(orders.lines, second)] == ["Second hose"]
    assert [desk.read(orders.get, one).untaxed for one in (first, second)] == [D(165), D(45)]
    assert desk.head.state == "accepted"
    assert desk.damages() == []


def test_what_is_offered_anew_keeps_its_share_of_the_discount_and_the_alternatives_to_its_options(desk):
    steel_or_gold(desk, discount_amount=D(20))
    desk.step(quotes.revise, desk.quote_id)
    assert [row.name for row in desk.lines] == ["Second hose"]
    assert (desk.head.discount_amount, desk.head.untaxed) == (5, 45)
    desk.quote(
        OfferedLine(desk.pump, name="Pump"),
        OfferedLine(desk.pump, name="Spare pump", choice="optional"),
        OfferedLine(desk.pump, name="Steel spare pump", choice="alternative"),
        OfferedLine(desk.hose, name="Hose"),
    )
    desk.accept(keep_lines=(desk.lines[0].id,))
    desk.step(quotes.revise, desk.quote_id)
    assert [row.name for row in desk.lines] == ["Spare pump", "Steel spare pump", "Hose"]
    assert desk.damages() == []


def test_a_note_alone_is_no_order(desk):
    desk.quote(LineInput(kind="text", name="Delivery within a week"), LineInput(desk.pump))
    with pytest.raises(NotAllowed, match="Choose goods or a fee"):
        desk.accept(keep_lines=(desk.lines[0].id,))


def test_who_declines_asks_for_nothing_any_more(desk):
    desk.ask(0, unit_price=D(90))
    desk.step(quotes.decline, desk.quote_id)
    assert (desk.head.state, desk.head.open_counters) == ("declined", 0)
    assert desk.rows("SELECT state FROM quote_counter") == [("withdrawn",)]


def test_who_orders_as_it_was_offered_asks_for_nothing_any_more(desk):
    desk.quote(LineInput(desk.pump, D(3), unit_price=D("1.115")), tax_rounding="document")
    desk.ask(0, unit_price=D(1))
    ordered = desk.read(orders.get, desk.accept())
    assert (desk.head.state, desk.head.open_counters) == ("accepted", 0)
    assert desk.rows("SELECT state FROM quote_counter") == [("withdrawn",)]
    assert (ordered.tax_rounding, ordered.total) == ("document", desk.head.total)


def test_an_alternative_needs_a_line_to_replace(desk):
    with pytest.raises(Invalid, match="no line above it"):
        desk.quote(OfferedLine(desk.pump, choice="alternative"))


def test_a_quote_that_is_over_is_extended_by_a_round_that_differs_in_its_day_alone(desk):
    late = desk.head.valid_until + timedelta(days=1)
    desk._minutes += 60 * 24 * 60
    with pytest.raises(NotAllowed, match="was valid until"):
        desk.accept()
    with pytest.raises(Invalid, match="after today"):
        desk.step(quotes.extend, desk.quote_id, late)
    assert desk.step(quotes.extend, desk.quote_id, late + timedelta(days=90)) == 2
    found = desk.read(negotiation.difference, desk.quote_id, 1, 2)
    assert [one.what for one in found.terms] == ["valid_until"]
    assert {pair.kind for pair in found.lines} == {LineChange.SAME}
    desk.accept()
    assert desk.damages() == []


def test_the_paper_says_what_may_be_chosen_and_shows_no_discount_that_nobody_gave(desk):
    desk.quote(
        OfferedLine(desk.pump, D(2)),
        OfferedLine(desk.pump, D(2), unit_price=D(130), choice="alternative", name="Steel pump"),
        OfferedLine(desk.hose, D(5), choice="optional"),
    )
    paper = desk.read(papers.build, (Wanted("quote", desk.quote_id),))
    text = "\n".join(page.extract_text() for page in PdfReader(BytesIO(paper.pdf)).pages)
    assert "Alternative to the line above, not in the total" in text
    assert "(260.00)" in text
    assert "Optional, not in the total" in text
    assert "Discount" not in text
    assert "242.00" in text
