"""Two clerks at the same moment, in an order that a test can rely on."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

from app.services.database import Database
from app.services.transaction import Transaction
from tests.desk import Desk

Step = Callable[[Transaction], Any]

LONGEST = 2.0
"""Seconds that the first clerk waits for the second to stand in line."""


def overtaken(desk: Desk, first: Step, second: Step) -> Any:
    """Let one clerk do their work, and commit it only once another waits for what it holds; give the other's answer.

    A second clerk who need not wait has read what the first has not committed yet.
    """
    worked = Event()

    def slow(tx: Transaction) -> None:
        first(tx)
        worked.set()
        _wait_for_a_queue(desk.database)

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(desk.do, "race.first", slow)
        while not worked.wait(0.02) and not running.done():
            continue
        try:
            return desk.do("race.second", second)
        finally:
            running.result()


def _wait_for_a_queue(database: Database) -> None:
    if database.dialect == "sqlite":
        return  # there the second has not even begun
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        if database.read(lambda connection: connection.exec_driver_sql(asked).scalar()):
            return
        time.sleep(0.02)
