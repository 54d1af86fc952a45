"""Taking history over: orders of five lines in bulk, in microseconds per line."""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from app.services import takeover
from app.services.database import Database
from app.services.document_lines import LineInput
from app.services.takeover import TakenOrder
from bench.clock import Clock
from bench.company import Masters, do, found
from bench.databases import sqlite_files
from bench.results import Report

TITLE: Final = "Taking history over: delivered orders of five lines, in batches"
LINES: Final = 5
FIRST_DAY: Final = date(2024, 1, 1)
CPU_MICROSECONDS_MOST: Final = 60.0


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of this benchmark."""
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--batch", type=int, default=2_000, help="orders of one command")


def run(options: argparse.Namespace) -> Report:
    """Measure on SQLite."""
    report = Report(("orders", "lines", "CPU µs per line", "wall µs per line"))
    with sqlite_files() as files:
        database = Database(files.create("takeover"))
        masters = found(database)
        clock = Clock()
        for start in range(0, options.orders, options.batch):
            batch = [_order(masters, n) for n in range(start, min(start + options.batch, options.orders))]
            with clock.running():
                do(database, "order.take_over", lambda tx, batch=batch: takeover.take_over(tx, batch))  # type: ignore[misc]
        database.close()
    lines = options.orders * LINES
    cpu, wall = (ms / lines * 1000 for ms in (clock.cpu_ms, clock.wall_ms))
    report.rows.append((str(options.orders), str(lines), f"{cpu:.1f}", f"{wall:.1f}"))
    report.limit("CPU microseconds per line", cpu, CPU_MICROSECONDS_MOST)
    return report


def _order(masters: Masters, n: int) -> TakenOrder:
    on = FIRST_DAY + timedelta(days=n % 1000)
    goods = masters.products
    lines = (LineInput(goods[(n + i) % len(goods)], Decimal(i + 1)) for i in range(LINES))
    customer_id = masters.customers[n % len(masters.customers)]
    return TakenOrder(customer_id, f"OLD-{n}", on, tuple(lines), delivered_on=on + timedelta(days=2))
