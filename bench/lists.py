"""A list of a million orders in the window: open, jump, sort, search, beside a bare table of Qt's own."""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter, thread_time
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QEventLoop, QModelIndex, QPersistentModelIndex, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication, QTableView

from app.services.database import Database, sqlite_url
from app.views.commands import Commands
from app.views.context import Context
from app.views.list_page import ListPage
from app.views.main_window import MainWindow
from app.views.messages import Messages
from app.views.stall_meter import StallMeter
from app.views.tasks import Tasks
from app.views.theme import Choice, Theme
from app.views.undo import UndoStack
from bench.results import Report
from tests.views import demo

TITLE: Final = "Lists: a million orders in the window; processor time of the GUI thread, against a bare table's repaint"
REPAINT_MOST: Final = 2.0
STRETCH_MOST: Final = 5.0
"""Repaints of a bare table that the GUI thread may be busy for at a stretch."""
PATIENCE_S: Final = 60
WORDS: Final = ("7", "79", "791", "7919")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of this benchmark."""
    parser.add_argument("--orders", type=int, default=1_000_000)


def run(options: argparse.Namespace) -> Report:
    """Fill a database, open the window on it and do what users do."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    gc.disable()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        database = Database(sqlite_url(Path(folder) / "lists.db"))
        with database.engine.begin() as connection:
            demo.fill_many(connection, options.orders)
        kept = QSettings(str(Path(folder) / "window.ini"), QSettings.Format.IniFormat)
        tasks = Tasks(database, "bench", _now)
        context = Context(database, tasks, Commands(), Messages(), UndoStack(), kept)
        window = MainWindow(context, demo.PLACES, Theme(application, Choice.LIGHT), "Bench")
        window.resize(1440, 900)
        window.show()
        report = _measure(window, options.orders)
        window.close()
        tasks.wait()
        database.close()
    return report


def _measure(window: MainWindow, orders: int) -> Report:
    report = Report(("step", "to first rows ms", "longest gap ms", "busiest stretch CPU ms", "bare repaints"))
    window.show_place("demo_orders")
    page = window.screen_of("demo_orders").page  # type: ignore[attr-defined]
    page.choose_tab("all")
    _until(lambda: page.table.rowCount() >= orders and bool(page._sum.text()))  # noqa: SLF001
    bare = _bare_repaint_ms(page)
    own = _repaint_ms(page.view)
    report.limit("repaint of the list, in repaints of a bare table", own / bare, REPAINT_MOST)
    bar, meter = page.view.verticalScrollBar(), StallMeter()
    steps: list[tuple[str, Callable[[], Any]]] = [
        ("jump to the middle", lambda: bar.setValue(bar.maximum() // 2)),
        ("jump to the end", lambda: bar.setValue(bar.maximum())),
        ("sort by total", lambda: page.filters.set_order("-total")),
        ("sort by number", lambda: page.filters.set_order("-number")),
        *((f"type “{word}”", lambda word=word: page.filters.search.setText(word)) for word in WORDS),
    ]
    worst = 0.0
    for words, act in steps:
        meter.start()
        begun, generation = perf_counter(), page.table._generation  # noqa: SLF001
        act()
        _until(lambda asked=generation: _first_rows(page, asked))  # type: ignore[misc]
        shown = (perf_counter() - begun) * 1000
        _wait(150)
        gap, busiest = meter.stop(), meter.busiest_ms
        worst = max(worst, busiest / bare)
        report.rows.append((words, f"{shown:.0f}", f"{gap:.1f}", f"{busiest:.1f}", f"{busiest / bare:.1f}"))
    report.limit("busiest stretch of the GUI thread, in repaints of a bare table", worst, STRETCH_MOST)
    report.notes.append(f"{orders:,} orders, 20,000 customers; a bare table repaints in {bare:.1f} CPU ms.")
    return report


def _first_rows(page: ListPage[Any], _asked: int) -> bool:
    table, top = page.table, max(page.view.rowAt(2), 0)
    return not table._dim_timer.isActive() and not table.stale and (not table.rowCount() or table.row(top) is not None)  # noqa: SLF001


class _Bare(QAbstractTableModel):
    """As little as a table can show."""

    def rowCount(self, _parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        return 1_000_000

    def columnCount(self, _parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802
        return 7

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return f"row {index.row()} {index.column()}" if role == Qt.ItemDataRole.DisplayRole else None


def _bare_repaint_ms(page: ListPage[Any]) -> float:
    view, model = QTableView(), _Bare()
    view.setModel(model)
    view.verticalHeader().setDefaultSectionSize(page.view.verticalHeader().defaultSectionSize())
    view.resize(page.view.size())
    view.show()
    _wait(100)
    found = _repaint_ms(view)
    view.hide()
    return found


def _repaint_ms(view: QTableView) -> float:
    times = []
    for _ in range(20):
        begun = thread_time()
        view.viewport().repaint()
        times.append((thread_time() - begun) * 1000)
    return statistics.median(times)


def _until(reached: Callable[[], bool]) -> None:
    end = perf_counter() + PATIENCE_S
    while not reached() and perf_counter() < end:
        _wait(2)


def _wait(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _now() -> datetime:
    return datetime(2026, 11, 23, 12, tzinfo=UTC)
