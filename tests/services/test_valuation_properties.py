"""Whatever happens in whatever order: value = layers = ledger = account, and where nothing is, nothing is worth."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.models.costing import Method
from app.models.supply import Way
from app.services import cost_corrections, production, stock, valuation, work_orders, write_offs
from app.services.integrity import valuation as rules
from app.services.integrity.damage import Steps
from app.services.progress import Quiet
from tests.supply_desk import FRIDAY, GRAIN
from tests.valued_desk import ValuedDesk, valued_desk

PIECES = st.integers(1, 6)
PRICES = st.sampled_from(["0.01", "0.335", "1.00", "2.99", "7.77", "100.00"])
EVENTS = st.one_of(
    st.tuples(st.just("take"), PIECES, st.none() | PRICES),
    st.tuples(st.just("late"), PIECES, PRICES, st.integers(1, 40)),
    st.tuples(st.just("sell"), PIECES),
    st.tuples(st.just("bring_back"), PIECES, st.booleans()),
    st.tuples(st.just("count"), PIECES),
    st.tuples(st.just("scrap"), PIECES),
    st.tuples(st.just("move"), PIECES, st.integers(0, 1)),
    st.tuples(st.just("buy"), PIECES, PRICES),
    st.tuples(st.just("correct"), PRICES),
    st.tuples(st.just("worth"), PRICES),
    st.tuples(st.just("method"), st.sampled_from(list(Method))),
    st.tuples(st.just("make"), st.integers(1, 2), st.integers(0, 1)),
)


class Story:
    """Plays events as far as there are goods for them; what cannot be is left out."""

    def __init__(self, desk: ValuedDesk) -> None:
        self.desk, self.sold, self.bought = desk, list[list](), []
        desk.bill()
        self.making = desk.way(desk.pump, Way.MAKE)
        desk.take(desk.housing, 50, "1.99")

    def here(self) -> int:
        return self.desk.level(self.desk.sensor)[0]

    def play(self, name: str, *values) -> None:
        getattr(self, name)(*values)

    def take(self, pieces, cost):
        self.desk.take(self.desk.sensor, pieces, cost)

    def late(self, pieces, cost, minutes):
        since = self.desk.now - timedelta(minutes=minutes)
        at = self.desk.now + timedelta(minutes=1)
        before = Decimal(self.desk.account("Stock"))
        shown = self.desk.database.read(
            lambda c: cost_corrections.preview_receipt(
                c, self.desk.sensor, Decimal(pieces), Decimal(cost), since=since, at=at
            )
        )
        self.desk.take(self.desk.sensor, pieces, cost, since=since)
        assert Decimal(self.desk.account("Stock")) - before == shown.stock

    def sell(self, pieces):
        if pieces <= self.here():
            order, line, _ = self.desk.sell(self.desk.sensor, pieces)
            self.sold.append([order, line, pieces])

    def bring_back(self, pieces, broken):
        for sale in self.sold:
            back = min(pieces, sale[2])
            if back:
                self.desk.bring_back(sale[0], sale[1], 0 if broken else back, back if broken else 0)
                sale[2] -= back
                return

    def count(self, pieces):
        self.desk.do("stock.count", lambda tx: stock.count(tx, self.desk.sensor, Decimal(pieces)))

    def scrap(self, pieces):
        if pieces <= self.here():
            gone = (self.desk.main, self.desk.sensor, pieces * GRAIN)
            self.desk.do("stock.scrap", lambda tx: write_offs.scrap(tx, *gone, reason="Fell"))

    def move(self, pieces, lost):
        if pieces <= self.here():
            self.desk.bring(self.desk.sensor, pieces, self.desk.branch, lost=lost)

    def buy(self, pieces, price):
        self.bought.append(self.desk.buy(self.desk.way(self.desk.sensor, Way.BUY, price), pieces))

    def correct(self, price):
        if self.bought:
            line = self.bought[len(price) % len(self.bought)]
            self.desk.do("price.correct", lambda tx: cost_corrections.correct_price(tx, line, Decimal(price)))

    def worth(self, price):
        self.desk.do("stock.revalue", lambda tx: valuation.say_worth(tx, self.desk.sensor, Decimal(price)))

    def method(self, method):
        self.desk.do("product.costing", lambda tx: valuation.choose_method(tx, self.desk.sensor, method))

    def make(self, pieces, scrapped):
        if 2 * (pieces + scrapped) > self.here():
            return
        desk, ordered = self.desk, (pieces + scrapped) * GRAIN
        work = desk.do(
            "work.plan", lambda tx: work_orders.plan(tx, self.making, ordered, FRIDAY, location_id=desk.main)
        )
        desk.do("work.release", lambda tx: work_orders.release(tx, work))
        desk.do("work.report", lambda tx: production.report(tx, work, pieces * GRAIN, scrapped=scrapped * GRAIN))


def holds(desk: ValuedDesk) -> None:
    found = desk.database.read(lambda c: list(rules.worth(c, Steps(Quiet(), 0, 0, ""))))
    assert found == []
    known = [desk.read(valuation.read, product_id) for product_id in (desk.sensor, desk.pump, desk.housing)]
    assert Decimal(desk.account("Stock")) == sum(one.value for one in known)
    for place in (place for one in known for place in one.places):
        assert place.value >= 0 and place.on_hand >= 0
        assert place.on_hand or not place.value, "nothing is worth nothing"
    assert desk.account("Work in process") == "0.00"


# Goods that cost little now and cost much when they left: a late receipt takes more off than is left of them.
SPOILT = [
    ("take", 4, "100.00"),
    ("move", 2, 0),
    ("worth", "0.01"),
    ("late", 6, "0.01", 4),
    ("move", 1, 1),
]


@example(costing=Method.AVERAGE, events=SPOILT)
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(costing=st.sampled_from(list(Method)), events=st.lists(EVENTS, min_size=4, max_size=18))
def test_value_layers_ledger_and_account_agree_whatever_happens(new_database, costing, events):
    desk = valued_desk(new_database(), costing)
    story = Story(desk)
    for event in events:
        story.play(*event)
        holds(desk)
    assert desk.damages() == []
