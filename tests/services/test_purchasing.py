"""Purchase orders: proposed and joined, sent, confirmed with other dates, cancelled and what that does to orders."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.errors import Invalid, NotAllowed
from app.models.sourcing import Supply
from app.models.supply import Way
from app.services import orders, papers, pegs, purchasing, receiving, shelves, supply_ways
from app.services.papers import Wanted
from app.services.placing import Put
from app.services.purchasing import Answer, NewLine
from app.services.supply_ways import PriceBreak
from tests.races import overtaken
from tests.supply_desk import FRIDAY, GRAIN, NEXT_FRIDAY, supply_desk


@pytest.fixture
def desk(database):
    return supply_desk(database)


def propose(desk, way, pieces, needed_on=FRIDAY, **fields):
    return desk.do(
        "purchase.propose",
        lambda tx: purchasing.propose(tx, way, pieces * GRAIN, needed_on, location_id=desk.main, **fields),
    )


def purchase_of(desk, line_id):
    statement = select(purchasing.purchase_line.c.purchase_id).where(purchasing.purchase_line.c.id == line_id)
    return desk.read(lambda c: c.execute(statement).scalar_one())


def test_proposals_to_one_supplier_come_together_until_they_are_sent(desk):
    sensors, housings = desk.way(desk.sensor, Way.BUY, "4.00"), desk.way(desk.housing, Way.BUY, "11.50")
    first, second = propose(desk, sensors, 6), propose(desk, housings, 2)
    assert propose(desk, sensors, 4) == first
    purchase = purchase_of(desk, first)
    assert purchase_of(desk, second) == purchase
    assert [row.quantity for row in desk.read(purchasing.lines, purchase)] == [10, 2]
    assert desk.read(purchasing.get, purchase).total == Decimal("63.00")
    assert desk.do("purchase.send", lambda tx: purchasing.send(tx, purchase)) == "PO-00001"
    assert purchase_of(desk, propose(desk, sensors, 1)) != purchase
    assert desk.damages() == []


def test_what_is_received_is_promised_to_whom_it_was_bought_for(desk):
    way = desk.way(desk.sensor, Way.BUY, "4.00")
    early, _ = desk.order(desk.sensor, 5, promised_on=date(2026, 11, 3))
    late, late_line = desk.order(desk.sensor, 5, promised_on=date(2026, 12, 1))
    line = propose(desk, way, 6)
    desk.peg(late_line, Supply.PURCHASE_LINE, line, 5, order_id=late)
    purchase = purchase_of(desk, line)
    desk.do("purchase.send", lambda tx: purchasing.send(tx, purchase))
    desk.do("purchase.receive", lambda tx: receiving.receive(tx, purchase, {line: 4 * GRAIN}))
    assert (desk.line(late).reserved, desk.line(early).reserved) == (4 * GRAIN, 0)
    desk.do("purchase.receive", lambda tx: receiving.receive(tx, purchase))
    assert (desk.line(late).reserved, desk.line(early).reserved) == (5 * GRAIN, 1 * GRAIN)
    assert desk.read(purchasing.get, purchase).state == "closed"
    assert [one.open for one in desk.read(pegs.of_supply, line)] == [0]
    assert desk.damages() == []


def test_minimum_multiple_and_price_breaks_are_kept(desk):
    way = desk.way(desk.sensor, Way.BUY, unit="dozen", minimum=Decimal(2), multiple=Decimal("0.5"))
    prices = (
        PriceBreak(Decimal("48.00")),
        PriceBreak(Decimal("42.00"), Decimal(3)),
        PriceBreak(Decimal("36.00"), Decimal(3), valid_from=date(2026, 12, 1)),
    )
    desk.do("supply.prices", lambda tx: supply_ways.set_prices(tx, way, prices))
    line = propose(desk, way, 5)
    purchase = purchase_of(desk, line)
    assert [(row.quantity, row.unit, row.net) for row in desk.read(purchasing.lines, purchase)] == [(2, "dozen", 96)]
    propose(desk, way, 13)
    (row,) = desk.read(purchasing.lines, purchase)
    assert (row.quantity, row.unit_price, row.net) == (Decimal("3.5"), 42, 147)
    desk.peg(desk.order(desk.sensor, 30)[1], Supply.PURCHASE_LINE, line, 30)
    assert desk.do("purchase.lower", lambda tx: purchasing.lower(tx, line, 20 * GRAIN)) == 12 * GRAIN
    assert [row.quantity for row in desk.read(purchasing.lines, purchase)] == [Decimal("2.5")]
    assert desk.damages() == []


def test_a_little_more_is_taken_in_and_a_little_less_is_complete(desk):
    desk.orbis = desk.supplier("Orbis North", over_receipt=Decimal("0.1"), under_receipt=Decimal("0.2"))
    way = desk.way(desk.sensor, Way.BUY, "4.00")
    line = propose(desk, way, 10)
    purchase = purchase_of(desk, line)
    desk.do("purchase.send", lambda tx: purchasing.send(tx, purchase))
    with pytest.raises(NotAllowed, match="10 units are still to come"):
        desk.do("purchase.receive", lambda tx: receiving.receive(tx, purchase, {line: 12 * GRAIN}))
    desk.do("purchase.receive", lambda tx: receiving.receive(tx, purchase, {line: 7 * GRAIN}))
    assert desk.read(purchasing.get, purchase).state == "sent"
    desk.do("purchase.receive", lambda tx: receiving.receive(tx, purchase, {line: GRAIN}))
    (row,) = desk.read(purchasing.lines, purchase)
    assert (row.received // GRAIN, row.cancelled // GRAIN) == (8, 2)
    assert desk.read(purchasing.get, purchase).state == "closed"
    other = propose(desk, way, 10)
    purchase = purchase_of(desk, other)
    desk.do("purchase.send", lambda tx: purchasing.send(tx, purchase))
    desk.do("purchase.receive", lambda tx: receiving.receive(tx, purchase, {other: 11 * GRAIN}))
    assert desk.level(desk.sensor) == (19, 0)
    with pytest.raises(NotAllowed, match="came in"):
        desk.do("purchase.reopen", lambda tx: purchasing.reopen(tx, purchase))
    assert desk.damages() == []


def test_a_purchase_in_another_currency_is_confirmed_with_other_prices(desk):
    dover = desk.supplier("Dover Sensors", currency="GBP")
    lines = (NewLine(desk.sensor, Decimal(3), unit_price=Decimal("3.335")),)
    purchase = desk.do(
        "purchase.write", lambda tx: purchasing.write(tx, dover, lines, location_id=desk.main, notes="By boat")
    )
    head = desk.read(purchasing.get, purchase)
    assert (head.currency, head.exchange_rate, head.total) == ("GBP", Decimal("0.8417"), Decimal("10.01"))
    (line,) = desk.read(purchasing.lines, purchase)
    answers = {line.id: Answer(expected_on=NEXT_FRIDAY, unit_price=Decimal("3.50"), quantity=Decimal(2))}
    desk.do("purchase.confirm", lambda tx: purchasing.confirm(tx, purchase, answers, reference="DS-77"))
    head, (line,) = desk.read(purchasing.get, purchase), desk.read(purchasing.lines, purchase)
    assert (head.state, head.reference, head.expected_on) == ("confirmed", "DS-77", NEXT_FRIDAY)
    assert (line.ordered, line.unit_price, head.total) == (2 * GRAIN, Decimal("3.5"), 7)
    assert desk.damages() == []


def test_finished_purchases_and_nothing_are_refused(desk):
    way = desk.way(desk.sensor, Way.BUY, "4.00")
    with pytest.raises(Invalid):
        propose(desk, way, 0)
    line = propose(desk, way, 4)
    purchase = purchase_of(desk, line)
    for step in (lambda tx: purchasing.close(tx, purchase), lambda tx: receiving.receive(tx, purchase)):
        with pytest.raises(NotAllowed, match="draft"):
            desk.do("purchase.step", step)
    desk.do("purchase.send", lambda tx: purchasing.send(tx, purchase))
    desk.do("purchase.receive", lambda tx: receiving.receive(tx, purchase, {line: GRAIN}))
    with pytest.raises(NotAllowed, match="Close it"):
        desk.do("purchase.cancel", lambda tx: purchasing.cancel(tx, purchase))
    with pytest.raises(NotAllowed, match="Confirm it"):
        desk.do("purchase.change", lambda tx: purchasing.change_line(tx, line, quantity=Decimal(9)))
    assert desk.do("purchase.lower", lambda tx: purchasing.lower(tx, line, 9 * GRAIN)) == 3 * GRAIN
    assert desk.read(purchasing.get, purchase).state == "closed"
    assert desk.damages() == []


def test_the_supplier_gets_a_paper_with_our_number_their_item_and_the_day(desk):
    orbis = desk.supplier("Orbis", our_number="K-2207", street="Quay 9", city="Delft", country="NL")
    way = desk.way(desk.sensor, Way.BUY, "4.00", supplier_id=orbis, supplier_sku="S-4/A", unit="dozen")
    purchase = purchase_of(desk, propose(desk, way, 24))
    desk.do("purchase.send", lambda tx: purchasing.send(tx, purchase))
    paper = desk.read(papers.build, [Wanted("purchase", purchase)])
    said = "\n".join(page.extract_text() for page in PdfReader(BytesIO(paper.pdf)).pages)
    for words in (
        "Purchase order PO-00001",
        "K-2207",
        "Quay 9",
        "Your item no. S-4/A",
        "Ship to Delta Trading, Main",
    ):
        assert words in said, words
    assert "8.00" in said
    assert desk.read(papers.build, [Wanted("purchase", purchase)]).pdf == paper.pdf


def test_goods_with_lots_are_received_with_them_and_not_without(desk):
    vial = desk.product("VIAL", units={}, tracking="lot")
    line = propose(desk, desk.way(vial, Way.BUY, "4.00"), 6)
    purchase = purchase_of(desk, line)
    desk.do("purchase.send", lambda tx: purchasing.send(tx, purchase))
    with pytest.raises(NotAllowed, match="name one for every piece"):
        desk.do("purchase.receive", lambda tx: receiving.receive(tx, purchase))
    puts = {line: [Put(Decimal(4), lot="L-1", expires_on=date(2027, 5, 1)), Put(Decimal(2), lot="L-2")]}
    desk.do("purchase.receive", lambda tx: receiving.receive(tx, purchase, None, puts))
    rows = desk.read(shelves.of_product, vial)
    assert [(row.lot, row.quantity // GRAIN) for row in rows] == [("L-1", 4), ("L-2", 2)]
    assert desk.damages() == []


def test_an_order_called_off_while_its_purchase_is_sent_leaves_the_purchase_as_it_was_sent(desk):
    way = desk.way(desk.sensor, Way.BUY, "4.00")
    order, order_line = desk.order(desk.sensor, 5)
    line = propose(desk, way, 5)
    desk.peg(order_line, Supply.PURCHASE_LINE, line, 5)
    purchase = purchase_of(desk, line)
    overtaken(desk, lambda tx: purchasing.send(tx, purchase), lambda tx: orders.cancel(tx, order))
    assert [(row.ordered // GRAIN, row.cancelled) for row in desk.read(purchasing.lines, purchase)] == [(5, 0)]
    assert desk.read(purchasing.get, purchase).state == "sent"
    assert desk.damages() == []


def test_a_line_added_after_one_was_removed_stands_last(desk):
    ids = [desk.product(sku) for sku in ("TUBE", "RING", "BOLT")]
    purchase = desk.do(
        "purchase.write",
        lambda tx: purchasing.write(
            tx, desk.orbis, tuple(NewLine(one, Decimal(1)) for one in ids[:2]), location_id=desk.main
        ),
    )
    first = desk.read(purchasing.lines, purchase)[0].id
    desk.do("purchase.remove_line", lambda tx: purchasing.remove_line(tx, first))
    desk.do("purchase.add_line", lambda tx: purchasing.add_line(tx, purchase, NewLine(ids[2], Decimal(1))))
    assert [(row.sku, row.position) for row in desk.read(purchasing.lines, purchase)] == [("RING", 2), ("BOLT", 3)]


def test_a_supplier_who_confirms_what_is_here_already_has_delivered(desk):
    line = propose(desk, desk.way(desk.sensor, Way.BUY, "4.00"), 6)
    purchase = purchase_of(desk, line)
    desk.do("purchase.send", lambda tx: purchasing.send(tx, purchase))
    desk.do("purchase.receive", lambda tx: receiving.receive(tx, purchase, {line: 4 * GRAIN}))
    answer = {line: Answer(quantity=Decimal(4))}
    desk.do("purchase.confirm", lambda tx: purchasing.confirm(tx, purchase, answer))
    assert desk.read(purchasing.get, purchase).state == "closed"
