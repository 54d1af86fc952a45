"""Builds the sample company, from its founding to the evening before today."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, select

from app.models.log import command_log
from app.services import products
from app.services.database import Database
from app.services.demo import (
    buying,
    cases,
    catalogue,
    company,
    customers,
    history,
    lines,
    ordinary,
    stores,
    supply,
    workshop,
)
from app.services.demo.cases import Casebook
from app.services.demo.chance import Chance
from app.services.demo.demand import Market, Sale
from app.services.demo.desk import Appointment, Deal, Desk, Stocked, work_off
from app.services.demo.ordinary import Salesroom
from app.services.demo.workdays import SATURDAY, last_workday_before, moment, workdays_after
from app.services.progress import Progress, Quiet
from app.services.transaction import Transaction

SEED: Final = 418
YEARS: Final = 3
LIVE_DAYS: Final = 80
"""The company works with Waybill since the Saturday before so many days; what was before is taken over."""
RECENT: Final = ((3, 26), (12, 9), (35, 4), (LIVE_DAYS + 7, 2))
"""Up to so many days back, at most so many orders a day are worked through step by step; the rest is taken over."""
SHORT_SINCE: Final = 14
"""So many working days ago the first products ran out."""
BULK_MINUTE: Final = 18 * 60
LAST_MINUTE: Final = 19 * 60
RETIRED: Final = 12


@dataclass(frozen=True, slots=True)
class Size:
    """How large a sample company is; ``products`` is at least three for each family, the workshop's come on top."""

    orders: int
    products: int
    customers: int


SIZES: Final = {
    "S": Size(1_000, 400, 120),
    "M": Size(50_000, 2_000, 1_500),
    "L": Size(257_000, 6_000, 10_000),  # more than a million lines
}


@dataclass(frozen=True, slots=True)
class Built:
    """What was made: how many orders, commands, and the day of the last one; ``cases`` are the deals by case."""

    orders: int
    commands: int
    first_day: date
    live_since: date
    last_day: date
    cases: dict[str, tuple[Deal, ...]]


def build(
    database: Database,
    size: str | Size = "S",
    *,
    today: date,
    seed: int = SEED,
    by: str = "Sample company",
    progress: Progress | None = None,
) -> Built:
    """Make the sample company in an empty database that is at the current schema.

    The same ``seed``, ``size`` and ``today`` give the same figures; only the ids differ.  Everything
    happened before ``today``.  When it is stopped half way, the database holds half a company: remove it.

    Raises:
        NotAllowed: the database holds a company already.
        Cancelled: ``progress`` was asked to stop.

    """
    chosen = SIZES[size] if isinstance(size, str) else size
    return _Builder(database, chosen, today, seed, progress or Quiet()).build(by)


def is_sample(connection: Connection) -> bool:
    """Tell whether the company in the books was made here, and so may be removed without loss."""
    first = select(command_log.c.command).where(command_log.c.sequence == 1)
    return connection.execute(first).scalars().first() == company.FOUNDED


class _Builder:
    def __init__(self, database: Database, size: Size, today: date, seed: int, progress: Progress) -> None:
        self._size, self._today, self._seed, self._progress = size, today, seed, progress
        self._last_day = last_workday_before(today)
        self._first_day = today - timedelta(days=365 * YEARS)
        live = today - timedelta(days=LIVE_DAYS)
        self._live_since = live - timedelta(days=(live.weekday() - SATURDAY) % 7)
        self._desk = Desk(database, moment(self._live_since - timedelta(days=1), LAST_MINUTE))
        self._usage: list[int] = []
        self._recent: list[Sale] = []
        self._worked_through: dict[date, int] = {}
        self._bought: buying.Bought | None = None

    def build(self, by: str) -> Built:
        """Do it all, in the order of time."""
        desk, size, seed = self._desk, self._size, self._seed
        company.found(desk, by=by)
        items = catalogue.make(size.products, seed, self._first_day, self._last_day)
        profiles = customers.make(size.customers, seed, self._first_day, self._last_day)
        self._usage = [0] * len(items)
        self._wait(40)
        stocked = company.stock_up(desk, items, profiles, by=by)
        company.set_rates(desk, self._first_day, self._last_day, Chance(seed, "rates"), by=by)
        self._take_over_history(stocked, by)
        appointments, deals = self._business(stocked, by)
        self._retire(stocked, by)
        until = moment(self._last_day, LAST_MINUTE)
        work_off(desk, appointments, until, self._progress)
        desk.now = until
        other = stores.furnish(desk, stocked, self._last_day, Chance(seed, "stores"))
        assert self._bought is not None
        buying.begin_transfer(desk, self._bought, other)
        return self._built(deals)

    def _wait(self, minutes: int) -> None:
        self._desk.now += timedelta(minutes=minutes)

    def _take_over_history(self, stocked: Stocked, by: str) -> None:
        """Take over what was ordered before the company began with Waybill; the later sales are kept apart."""
        count = self._size.orders - cases.orders_in() - workshop.ORDERS - buying.ORDERS
        market = Market(stocked.items, stocked.profiles, self._seed, "orders")
        batch: list[Sale] = []
        done = 0
        last_delivery = self._live_since - timedelta(days=1)
        used_since = self._last_day - timedelta(weeks=26)
        for sale in market.sales(count, self._first_day, self._last_day):
            if sale.ordered_on >= used_since:
                self._note_usage(sale, stocked)
            if sale.ordered_on >= self._live_since:
                self._recent.append(sale)
                continue
            batch.append(sale)
            if len(batch) == history.BATCH:
                done += len(batch)
                self._write_history(stocked, batch, last_delivery, by)
                self._progress.step(done, count, f"{sale.ordered_on:%b %Y}")
                batch = []
        if batch:
            self._write_history(stocked, batch, last_delivery, by)

    def _write_history(self, stocked: Stocked, batch: list[Sale], last_delivery: date, by: str) -> None:
        history.take_over(self._desk, stocked, batch, last_delivery, by=by)
        self._desk.now += timedelta(seconds=30)

    def _note_usage(self, sale: Sale, stocked: Stocked) -> None:
        for one in sale.lines:
            self._usage[one.item] += lines.stock_units(one, stocked.items[one.item])

    def _business(self, stocked: Stocked, by: str) -> tuple[list[Appointment], list[Deal]]:
        """Plan the weeks since then: shelves, ordinary business, and the cases."""
        seed, last_day = self._seed, self._last_day
        classes = supply.classify(stocked, Chance(seed, "shelves"), last_day)
        room = Salesroom(stocked, Chance(seed, "salesroom"), self._live_since)
        found: list[Appointment] = []
        deals: list[Deal] = []
        bulk: dict[date, list[Sale]] = {}
        for sale in self._fitted(stocked, classes):
            if self._is_worked_through(sale):
                deal = room.deal(sale)
                deals.append(deal)
                found += room.appointments(deal, sale)
            else:
                bulk.setdefault(sale.ordered_on, []).append(sale)
        quotes = Market(stocked.items, stocked.profiles, seed, "quotes")
        found += room.lost_quotes(quotes, max(12, len(deals) // 5), last_day)
        book = Casebook(stocked, quotes, Chance(seed, "cases"), self._today, last_day)
        extra = book.open(list(classes.out))
        deals += dict.fromkeys(one.deal for one in extra)
        chance = Chance(seed, "supply")
        shelves = supply.plan(stocked, classes, self._usage, deals, chance)
        self._wait(30)
        supply.open_shelves(self._desk, stocked, shelves, by="M. Okafor")
        self._wait(5)
        shop = workshop.set_up(self._desk, by="M. Okafor")
        found += workshop.appointments(shop, stocked, last_day)
        self._bought = buying.set_up(self._desk, shop, by="M. Okafor")
        found += buying.appointments(self._bought, stocked, last_day)
        found += extra + supply.appointments(stocked, shelves, classes, chance, last_day)
        found += [self._bulk_appointment(stocked, day, sales, by) for day, sales in bulk.items()]
        return found, deals

    def _fitted(self, stocked: Stocked, classes: supply.Classes) -> Iterator[Sale]:
        """Give the later sales; before anything ran out, customers got other products of the same family."""
        since = workdays_after(self._last_day, -SHORT_SINCE)
        gone = frozenset(classes.out)
        instead = {index: _neighbour(stocked, index, gone) for index in gone}
        for sale in self._recent:
            yield sale if sale.ordered_on > since else ordinary.without_items(sale, gone, instead)

    def _is_worked_through(self, sale: Sale) -> bool:
        back = (self._today - sale.ordered_on).days
        most = next(most for days, most in RECENT if back <= days)
        self._worked_through[sale.ordered_on] = self._worked_through.get(sale.ordered_on, 0) + 1
        return self._worked_through[sale.ordered_on] <= most

    def _bulk_appointment(self, stocked: Stocked, day: date, sales: list[Sale], by: str) -> Appointment:
        """Take the rest of a day's sales over in the evening: they came from the counters and the old web shop."""

        def step(desk: Desk, _: Deal) -> bool:
            history.take_over(desk, stocked, sales, self._last_day, by=by)
            return True

        nobody = Deal(Chance(0), stocked.customer_ids[0], stocked.profiles[0], (), by)
        return Appointment(moment(day, BULK_MINUTE), step, nobody)

    def _retire(self, stocked: Stocked, by: str) -> None:
        """Take products off the list that have not been sold for two months."""
        dead = self._live_since - timedelta(days=60)
        gone = [n for n, item in enumerate(stocked.items) if item.dies < dead][:RETIRED]
        for index in gone:
            self._wait(1)
            self._desk.run("product.change", _retirement(stocked.item_ids[index]), by=by)

    def _built(self, deals: list[Deal]) -> Built:
        by_case: dict[str, list[Deal]] = {}
        for deal in deals:
            if deal.name:
                by_case.setdefault(deal.name, []).append(deal)
        return Built(
            orders=self._size.orders,
            commands=self._desk.commands,
            first_day=self._first_day,
            live_since=self._live_since,
            last_day=self._last_day,
            cases={name: tuple(found) for name, found in by_case.items()},
        )


def _neighbour(stocked: Stocked, index: int, gone: frozenset[int]) -> int:
    """Give the best seller of an item's family, which never runs out."""
    family = stocked.items[index].family
    return next(n for n, item in enumerate(stocked.items) if item.family == family and n not in gone)


def _retirement(product_id: UUID) -> Callable[[Transaction], None]:
    return lambda tx: products.change(tx, product_id, {"active": False}, {"active": True})
