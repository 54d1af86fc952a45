"""Capable to promise: answers are checked by an auditor who knows nothing of how they were found, and against a model
that tries everything."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.models.capable import Planner, Want
from app.models.promise import Flow, Projection
from app.models.supply import Way
from app.models.ways import Center, Item, Lane, Need, Source, Step, Tier, World
from app.models.working_days import Calendar

TODAY = date(2026, 11, 25)
EVERY_DAY = Calendar("1111111")
HERE, THERE, A, B, C, MILL, LATHE = (UUID(int=n) for n in range(1, 8))
ITEMS = {product: Item(product, name) for product, name in ((A, "A"), (B, "B"), (C, "C"))}


def day(n):
    return TODAY + timedelta(days=n)


def source(number, way, **fields):
    price = fields.pop("price", None)
    tiers = (Tier(0, Fraction(price)),) if price is not None else ()
    return Source(UUID(int=100 + number), way, calendar=EVERY_DAY, tiers=tiers, **fields)


def shelf(on_hand, receipts=(), promises=()):
    return Projection(TODAY, on_hand, [Flow(day(n), g) for n, g in receipts], [Flow(day(n), g) for n, g in promises])


def world(*, stock=None, sources=None, lanes=(), centers=None, items=ITEMS):
    return World(TODAY, items, dict(stock or {}), sources or {}, {HERE: tuple(lanes)}, centers or {}, EVERY_DAY)


def ask(known, grains, by=0, product=A, **fields):
    return Planner(known).answer(Want(product, HERE, grains, day(by), **fields))


def told(answer):
    return [(str(part.way), part.grains, (part.on - TODAY).days) for part in answer.parts]


BUY = source(1, Way.BUY, lead_days=6, price=5, partner="Orbis")
MAKE = source(2, Way.MAKE, lead_days=1, needs=(Need(B, Fraction(2)),), steps=(Step(MILL, Fraction(0), Fraction(60)),))


def test_part_comes_from_stock_part_is_made_and_part_is_bought_each_in_time():
    known = world(
        stock={(A, HERE): shelf(3), (B, HERE): shelf(100)},
        sources={A: [BUY, MAKE]},
        centers={MILL: Center("Mill", 120, EVERY_DAY)},
        items={**ITEMS, B: Item(B, "B", cost=Fraction(2))},
    )
    answer = ask(known, 20, by=6)
    # Two a day on six days, and a day after the last step: making costs 4, buying 5.
    assert told(answer) == [("stock", 3, 6), ("make", 12, 6), ("buy", 5, 6)]
    assert (answer.ready_on, answer.cost) == (day(6), 15 * 4 + 5 * 5)  # what is in stock is worth what making it costs


def test_the_cheapest_way_is_taken_among_those_in_time_and_among_those_too_late():
    slow, quick = source(1, Way.BUY, lead_days=9, price=4), source(2, Way.BUY, lead_days=3, price=5)
    assert told(ask(world(sources={A: [slow, quick]}), 5, by=4)) == [("buy", 5, 4)]
    assert told(ask(world(sources={A: [slow, quick]}), 5, by=1)) == [("buy", 5, 9)]
    early = Planner(world(sources={A: [slow, quick]}), earliest=True).answer(Want(A, HERE, 5, day(1)))
    assert told(early) == [("buy", 5, 3)]


def test_of_equally_cheap_ways_the_earliest_then_the_lowest_rank():
    slow, quick = source(1, Way.BUY, lead_days=9, price=4), source(2, Way.BUY, lead_days=3, price=4, rank=5)
    other = source(3, Way.BUY, lead_days=3, price=4, rank=2)
    assert ask(world(sources={A: [slow, quick, other]}), 5).parts[0].source is other


def test_what_is_on_its_way_and_comes_no_later_is_taken_before_more_is_bought():
    known = world(stock={(A, HERE): shelf(0, [(4, 3), (7, 9)])}, sources={A: [BUY]})
    assert told(ask(known, 5)) == [("stock", 3, 4), ("buy", 2, 6)]


def test_lots_leave_the_rest_of_a_lot_to_the_next_who_asks():
    lots = source(1, Way.BUY, lead_days=2, price=5, minimum=10, multiple=4)
    known = world(sources={A: [lots]})
    planner = Planner(known)
    first, second = (planner.answer(Want(A, HERE, grains, TODAY)) for grains in (7, 7))
    assert [(part.way, part.grains, part.ordered) for part in first.parts] == [(Way.BUY, 7, 12)]
    assert [(part.way, part.grains, part.ordered) for part in second.parts] == [(Way.STOCK, 5, 0), (Way.BUY, 2, 12)]


def test_another_warehouse_sends_what_is_free_there_before_anything_is_bought():
    known = world(
        stock={(A, HERE): shelf(2), (A, THERE): shelf(4, promises=[(3, 1)])},
        sources={A: [BUY]},
        lanes=[Lane(THERE, "Rotterdam", 2, EVERY_DAY)],
    )
    assert told(ask(known, 10, by=6)) == [("stock", 2, 6), ("transfer", 3, 6), ("buy", 5, 6)]


def test_components_are_planned_over_all_levels_and_a_cycle_is_no_way():
    deep = {
        A: [source(1, Way.MAKE, lead_days=1, needs=(Need(B, Fraction(2)),))],
        B: [source(2, Way.ASSEMBLE, lead_days=2, needs=(Need(C, Fraction(3), once=4),))],
        C: [source(3, Way.BUY, lead_days=5, price=1)],
    }
    answer = ask(world(sources=deep), 5)
    (made,) = answer.parts
    (below,) = made.needs
    (bought,) = below.parts[0].needs
    assert (below.want.grains, bought.want.grains) == (10, 34)
    assert answer.ready_on == day(8)
    assert answer.cost == 34
    deep[C] = [source(4, Way.MAKE, needs=(Need(A, Fraction(1)),))]
    assert ask(world(sources=deep), 5).missing == 5


def test_only_the_ways_that_are_allowed_are_taken():
    known = world(stock={(A, HERE): shelf(9)}, sources={A: [BUY, source(3, Way.DROP_SHIP, lead_days=1, price=9)]})
    assert told(ask(known, 5, ways=frozenset({Way.DROP_SHIP}))) == [("drop_ship", 5, 1)]
    never = source(4, Way.DROP_SHIP, lead_days=1, price=9, stock_first=False)
    assert told(ask(world(stock={(A, HERE): shelf(9)}, sources={A: [never]}), 5)) == [("drop_ship", 5, 1)]


# the auditor ----------------------------------------------------------------------------------------

near = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 6)), max_size=3)
shelves = st.tuples(st.integers(0, 6), near, near)
stocks = st.fixed_dictionaries({(product, place): shelves for product in (A, B, C) for place in (HERE, THERE)})
lots = st.fixed_dictionaries({"minimum": st.sampled_from([0, 5]), "multiple": st.sampled_from([0, 3])})


@st.composite
def many_sources(draw):
    """Ways for A (of B and C), B (of C) and C; whichever there are."""
    found = {}
    for product, components in ((A, (B, C)), (B, (C,)), (C, ())):
        rows = []
        for n in range(draw(st.integers(0, 2))):
            number = 10 * product.int + n
            fields = {"lead_days": draw(st.integers(0, 4)), "rank": n, **draw(lots)}
            if components and draw(st.booleans()):
                needs = tuple(
                    Need(component, Fraction(draw(st.integers(1, 3)), 2), draw(st.integers(0, 1)))
                    for component in components
                    if draw(st.booleans())
                )
                steps = tuple(
                    Step(center, Fraction(draw(st.integers(0, 2))), Fraction(draw(st.integers(0, 3))))
                    for center in draw(st.lists(st.sampled_from([MILL, LATHE]), max_size=2))
                )
                rows.append(source(number, Way.MAKE, needs=needs, steps=steps, **fields))
            else:
                rows.append(source(number, Way.BUY, price=draw(st.integers(1, 4)), **fields))
        found[product] = rows
    return found


wants = st.lists(st.tuples(st.sampled_from([A, B]), st.integers(1, 9), st.integers(0, 8)), min_size=1, max_size=3)


class Auditor:
    """Replays answers on paper: goods by product, place and day; minutes by work center and day."""

    def __init__(self):
        self.goods, self.minutes = [], Counter()

    def check(self, answer, asked, place=HERE):
        assert sum(part.grains for part in answer.parts) + answer.missing == asked
        for part in answer.parts:
            assert part.grains > 0 and part.on >= TODAY
            getattr(self, str(part.way))(part, answer.want.product_id, place)

    def stock(self, part, product, place):
        self.goods.append((product, place, part.on, -part.grains))

    def transfer(self, part, product, place):
        self.goods.append((product, part.lane.from_place, part.begins_on, -part.grains))
        assert part.on >= part.begins_on + timedelta(days=part.lane.days)

    def buy(self, part, product, place):
        self.lot(part)
        assert part.on >= TODAY + timedelta(days=part.source.lead_days)
        self.goods.append((product, place, part.on, part.ordered - part.grains))

    def make(self, part, product, place):
        self.lot(part)
        begin = TODAY
        assert [need.want.product_id for need in part.needs] == [need.product_id for need in part.source.needs]
        for need, answer in zip(part.source.needs, part.needs, strict=True):
            assert not answer.missing
            self.check(answer, -(-need.each.numerator * part.ordered // need.each.denominator) + need.once, place)
            begin = max(begin, answer.ready_on)
        assert sorted(part.work, key=lambda each: (each.step, each.on)) == list(part.work)
        done = Counter()
        for each in part.work:
            assert begin <= each.on  # nothing begins before the components are there and the step before is done
            done[each.step] += each.minutes
            self.minutes[part.source.steps[each.step].center_id, each.on] += each.minutes
            begin = each.on
        assert all(done[n] == step.minutes(part.ordered) for n, step in enumerate(part.source.steps))
        assert part.on >= begin + timedelta(days=part.source.lead_days)
        self.goods.append((product, place, part.on, part.ordered - part.grains))

    def lot(self, part):
        assert part.ordered >= max(part.grains, part.source.minimum)
        assert not part.source.multiple or part.ordered % part.source.multiple == 0


def balances(stock, goods, product, place):
    on_hand, receipts, promises = stock[product, place]
    moves = [(day(n), g) for n, g in receipts] + [(day(n), -g) for n, g in promises]
    moves += [(on, grains) for p, where, on, grains in goods if (p, where) == (product, place)]
    return [on_hand + sum(grains for on, grains in moves if on <= day(n)) for n in range(60)]


@given(stocks, many_sources(), wants)
def test_no_answer_takes_what_is_not_there_or_was_promised_nor_more_time_than_a_day_has(stock, sources, asked):
    known = world(
        stock={key: shelf(*each) for key, each in stock.items()},
        sources=sources,
        lanes=[Lane(THERE, "Rotterdam", 2, EVERY_DAY)],
        centers={MILL: Center("Mill", 5, EVERY_DAY), LATHE: Center("Lathe", 7, EVERY_DAY)},
    )
    planner, auditor = Planner(known), Auditor()
    for product, grains, by in asked:
        auditor.check(planner.answer(Want(product, HERE, grains, day(by))), grains)
    for product, place in stock:
        before, after = (balances(stock, goods, product, place) for goods in ([], auditor.goods))
        assert all(later >= min(earlier, 0) for earlier, later in zip(before, after, strict=True))
    assert all(minutes <= (5 if center == MILL else 7) for (center, _), minutes in auditor.minutes.items())


# the model that tries everything -----------------------------------------------------------------------


def makeable(grains, by, capacity, component):
    """Whether so many are made in time, tried start by start: all components on the first day, then work day by day."""
    free = balances({(B, HERE): component}, [], B, HERE)
    starts = [n for n in range(by + 1) if min(free[n:]) >= 2 * grains]
    return any(capacity * (by - start + 1) >= 3 * grains for start in starts)


@given(st.integers(0, 5), shelves, st.integers(1, 12), st.integers(0, 9), st.integers(1, 4))
def test_as_much_as_possible_is_made_in_time_before_the_dearer_way_is_taken(there, component, wanted, by, capacity):
    cheap = source(1, Way.MAKE, needs=(Need(B, Fraction(2)),), steps=(Step(MILL, Fraction(0), Fraction(3)),))
    dear = source(2, Way.BUY, price=50)
    known = world(
        stock={(A, HERE): shelf(there), (B, HERE): shelf(*component)},
        sources={A: [cheap, dear]},
        centers={MILL: Center("Mill", capacity, EVERY_DAY)},
        items={**ITEMS, B: Item(B, "B", cost=Fraction(1))},
    )
    found = Counter()
    for way, grains, on in told(ask(known, wanted, by=by)):
        assert on == by
        found[way] += grains
    rest = wanted - min(there, wanted)
    most = max(n for n in range(rest + 1) if n == 0 or makeable(n, by, capacity, component))
    assert (found["stock"], found["make"], found["buy"]) == (wanted - rest, most, rest - most)


@given(shelves, st.integers(1, 8), st.integers(1, 4), st.integers(0, 3))
def test_what_is_late_is_made_on_the_first_day_it_can_be(component, wanted, capacity, lead):
    """Components from stock and receipts, else bought; the bench takes three minutes for a piece."""
    making = source(1, Way.MAKE, needs=(Need(B, Fraction(2)),), steps=(Step(MILL, Fraction(0), Fraction(3)),))

    def known():
        return world(
            stock={(B, HERE): shelf(*component)},
            sources={A: [making], B: [source(2, Way.BUY, lead_days=lead, price=1)]},
            centers={MILL: Center("Mill", capacity, EVERY_DAY)},
        )

    free = balances({(B, HERE): component}, [], B, HERE)
    start = min(next((n for n in range(60) if min(free[n:]) >= 2 * wanted), 60), lead)
    days = -(-3 * wanted // capacity)
    whole = ask(known(), wanted, split=False).ready_on
    assert whole == day(start + days - 1)
    assert ask(known(), wanted).ready_on <= whole


def test_of_the_prices_that_fit_a_quantity_the_cheapest_counts_as_when_it_is_bought():
    tiers = (Tier(0, Fraction(48)), Tier(0, Fraction(40)), Tier(30, Fraction(42)))
    source = Source(UUID(int=1), Way.BUY, tiers=tiers)
    assert [source.price(grains) for grains in (10, 30)] == [40, 40]
