"""Who orders what and when: three years of orders, day by day, before anything is written to the books.

Orders follow growth, weekdays, holidays and the summer; families follow their seasons and their
customers' trades; products follow popularity (Zipf), come and go, and some are wanted only now and then.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.services.demo.assortment import FAMILIES
from app.services.demo.catalogue import Item
from app.services.demo.chance import Chance, Wheel
from app.services.demo.company_names import TRADES
from app.services.demo.customers import Profile
from app.services.demo.workdays import BRIDGED, DAY, HOLIDAYS, SATURDAY, workdays_after

WEEKDAYS: Final = (112, 118, 110, 104, 92, 7, 0)
MONTHS: Final = (94, 98, 106, 104, 100, 104, 86, 80, 108, 110, 106, 92)
YEARLY_GROWTH: Final = 9  # percent of the first year, each year
LINE_COUNTS: Final = Wheel((20, 20, 17, 13, 9, 7, 5, 4, 2, 2, 1, 1))
LEAD_DAYS: Final = (2, 2, 3, 3, 3, 4, 5, 5, 7, 8, 10, 15)
SLIPS: Final = (-1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 3)
CHANNELS: Final = (("email", 40), ("phone", 22), ("web", 20), ("edi", 12), ("counter", 6))
FREIGHT: Final = (("Freight", 6_400), ("Parcel", 1_250), ("Parcel", 1_250), ("Courier", 3_400))
FREE_FREIGHT: Final = 900_000  # mills; above that the goods travel free
LUMP_WEEKS: Final = 9
"""A lumpy product is wanted in one week of so many, by chance."""

_CHANNEL_WHEEL: Final = Wheel(weight for _, weight in CHANNELS)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line: an item's index in the catalogue, a quantity in a unit (empty: the stock unit), percent off."""

    item: int
    quantity: int
    unit: str
    discount: int


@dataclass(frozen=True, slots=True)
class Sale:
    """An order to be: a customer's index, its days, lines, and the freight charged (cents, 0 for none)."""

    customer: int
    ordered_on: date
    requested_on: date
    delivered_on: date
    lines: tuple[Wanted, ...]
    freight: str
    freight_cents: int
    po: str
    channel: str


class Market:
    """Draws orders in the order of their days; week by week it knows what is wanted."""

    def __init__(self, items: list[Item], customers: list[Profile], seed: int, name: str) -> None:
        """Draw from a stream of its own, ``name``, so that two markets do not disturb each other."""
        self._items, self._customers, self._seed = items, customers, seed
        self._chance = Chance(seed, name)
        self._opened = min(item.born for item in items)
        self._mills = [int(item.new.list_price * 1000) for item in items]
        self._by_family: list[list[int]] = [[] for _ in FAMILIES]
        for index, item in enumerate(items):
            self._by_family[item.family].append(index)
        self._lumpy = [index for index, item in enumerate(items) if item.lumpy]
        self._wanted_now: set[int] = set()
        self._week = -1
        self._month = (0, 0)
        self._family_wheels: list[Wheel] = []
        self._item_wheels: list[Wheel] = []
        self._customer_wheel = Wheel(())

    def sales(self, count: int, first_day: date, last_day: date) -> Iterator[Sale]:
        """Draw ``count`` orders from ``first_day`` to ``last_day``, the earliest first."""
        days = _order_days(self._seed, count, first_day, last_day)
        for day, orders in days:
            self._turn_to(day)
            for _ in range(orders):
                yield self._sale(day)

    def draw_lines(
        self,
        day: date,
        customer: int,
        count: int,
        *,
        goods_only: bool = False,
        without: frozenset[int] = frozenset(),
    ) -> tuple[Wanted, ...]:
        """Draw what a customer would order on ``day``: ``count`` different products, none of ``without``."""
        self._turn_to(day)
        found: list[Wanted] = []
        for _ in range(60):
            if len(found) == count:
                break
            one = self._wanted(self._customers[customer])
            new = one.item not in without and all(one.item != other.item for other in found)
            if new and (self._items[one.item].is_goods or not goods_only):
                found.append(one)
        return tuple(found)

    def _sale(self, day: date) -> Sale:
        chance = self._chance
        customer = self._customer_wheel.turn(chance)
        profile = self._customers[customer]
        lines = self.draw_lines(day, customer, LINE_COUNTS.turn(chance) + 1)
        requested = workdays_after(day, chance.one_of(LEAD_DAYS))
        delivered = workdays_after(requested, chance.one_of(SLIPS))
        freight, cents = "", 0
        if self._value(lines) < FREE_FREIGHT and chance.percent(45):
            freight, cents = chance.one_of(FREIGHT)
        weekend = day.weekday() >= SATURDAY
        channel = "web" if weekend else CHANNELS[_CHANNEL_WHEEL.turn(chance)][0]
        po = "" if channel == "counter" else chance.spelled(profile.po_pattern)
        return Sale(customer, day, requested, delivered, lines, freight, cents, po, channel)

    def _value(self, lines: tuple[Wanted, ...]) -> int:
        """Give the list price of the lines in mills."""
        total = 0
        for one in lines:
            mills = self._mills[one.item] * one.quantity
            total += int(mills * self._items[one.item].new.units[one.unit]) if one.unit else mills
        return total

    def _wanted(self, profile: Profile) -> Wanted:
        chance = self._chance
        family = self._family_wheels[profile.trade].turn(chance)
        index = self._by_family[family][self._item_wheels[family].turn(chance)]
        item = self._items[index]
        quantity, unit, _ = FAMILIES[family].lots[item.lots.turn(chance)]
        if item.lumpy:
            quantity *= chance.between(2, 5)
        elif item.is_goods and profile.size > 1 and chance.percent(50):
            quantity *= profile.size
        return Wanted(index, quantity, unit, profile.discount)

    def _turn_to(self, day: date) -> None:
        week = day.toordinal() // 7
        if week != self._week:
            self._week = week
            middle = max(date.fromordinal(week * 7 + 3), self._opened)
            lumps = Chance(self._seed, "lumps", week)
            self._wanted_now = {index for index in self._lumpy if not lumps.below(LUMP_WEEKS)}
            self._item_wheels = [
                Wheel(self._item_weight(index, middle) for index in indexes) for indexes in self._by_family
            ]
            self._family_wheels = [
                Wheel(self._family_weight(family, trade, middle) for family in range(len(FAMILIES)))
                for trade in range(len(TRADES))
            ]
        if (day.year, day.month) != self._month:
            self._month = (day.year, day.month)
            self._customer_wheel = Wheel(one.weight if one.joined <= day <= one.left else 0 for one in self._customers)

    def _family_weight(self, family: int, trade: int, middle: date) -> int:
        if not self._item_wheels[family].total:
            return 0
        one = FAMILIES[family]
        return one.demand * one.trades[trade] * between_months(one.season, middle)

    def _item_weight(self, index: int, middle: date) -> int:
        item = self._items[index]
        if middle < item.born or middle >= item.dies:
            return 0
        weight = item.weight
        age = (middle - item.born).days
        left = (item.dies - middle).days
        if left < 180:
            weight = weight * left // 180
        if item.born > self._opened and age < 90:
            weight = weight * (age + 15) // 105
        if item.lumpy:
            return weight * LUMP_WEEKS if index in self._wanted_now else 0
        return weight


def between_months(table: tuple[int, ...], day: date) -> int:
    """Read a table of twelve monthly values on a day, passing evenly from the middle of a month to the next."""
    month, into = day.month - 1, min(day.day, 30)
    if into >= 15:
        return (table[month] * (45 - into) + table[(month + 1) % 12] * (into - 15)) // 30
    return (table[month] * (15 + into) + table[month - 1] * (15 - into)) // 30


def _order_days(seed: int, count: int, first_day: date, last_day: date) -> list[tuple[date, int]]:
    """Share ``count`` orders out over the days by growth, weekday, month and holidays, with chance."""
    chance = Chance(seed, "days")
    days = [first_day + DAY * offset for offset in range((last_day - first_day).days + 1)]
    wheel = Wheel(_day_weight(day, offset) for offset, day in enumerate(days))
    counts = [0] * len(days)
    for _ in range(count):
        counts[wheel.turn(chance)] += 1
    return list(zip(days, counts, strict=True))


def _day_weight(day: date, offset: int) -> int:
    if (day.month, day.day) in HOLIDAYS:
        return 0
    weight = WEEKDAYS[day.weekday()] * between_months(MONTHS, day) * (36_500 + YEARLY_GROWTH * offset)
    return weight // 5 if (day.month, day.day) in BRIDGED else weight
