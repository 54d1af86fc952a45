"""Charts and dashboards: a redraw against a bare plot's, opening a dashboard against plain SQL over all lines."""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from time import perf_counter, process_time, thread_time
from typing import Any, Final

import pyqtgraph as pg
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget
from sqlalchemy import Connection, text

from app.models.figures import Dimension
from app.services import demo, migration
from app.services.analytics import inventory_figures, operations_figures, receivable_figures, sales_figures, sales_sums
from app.services.analytics.spans import Choice, span
from app.services.database import Database, sqlite_url
from app.services.opening import address
from app.services.progress import Quiet
from app.views.picture import Picture, Series
from app.views.theme import Choice as Look
from app.views.theme import Theme
from app.views.widgets.chart import LIBRARY, Chart
from bench.results import Report

TITLE: Final = (
    "Charts: redraw of 100,000 points and of 50 small ones, and opening a dashboard, in milliseconds (median)"
)
POINTS: Final = 100_000
SMALL: Final = 50
FRAME_MS: Final = 16.0
REDRAW_MOST: Final = 1.5
"""Redraws of a bare pyqtgraph plot of the same points that ours may take."""
OPEN_MOST_MS: Final = 300.0
TIMES: Final = 5
RAW: Final = text(
    "SELECT l.product_id, sum(l.net) FROM sales_order_line l JOIN sales_order o ON o.id = l.order_id "
    "WHERE o.state <> 'cancelled' AND o.ordered_on BETWEEN :first AND :last GROUP BY l.product_id"
)
"""One of the sums of the sales dashboard, read from every line that was sold."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of this benchmark."""
    parser.add_argument("--company", help="file or address of a company (default: the sample company, made for it)")
    parser.add_argument("--size", choices=("S", "M", "L"), default="S", help="of the sample company")


def run(options: argparse.Namespace) -> Report:
    """Draw, then open the dashboards."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    Theme(application, Look.LIGHT)
    report = Report(("what", "ours ms", "beside it ms", "ratio"))
    _draw(report)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        url = _sample(Path(folder), options.size) if not options.company else address(options.company)
        database = Database(url)
        _open(report, database)
        database.close()
    return report


def _sample(folder: Path, size: str) -> str:
    url = sqlite_url(folder / "sample.waybill")
    migration.upgrade(url)
    database = Database(url)
    demo.build(database, size, today=datetime.now(UTC).date(), by="bench", progress=Quiet())
    database.close()
    return url


# drawing ---------------------------------------------------------------------------------------------


def _draw(report: Report) -> None:
    LIBRARY.now()
    chance = random.Random(7)
    many = [Decimal(chance.randint(0, 10_000)) for _ in range(POINTS)]
    few = [[Decimal(chance.randint(0, 100)) for _ in range(60)] for _ in range(SMALL)]
    chart = Chart()
    chart.show_picture(_picture(many))
    ours = _shown([chart], (1200, 500))
    bare = _shown([_bare(many)], (1200, 500))
    _compare(report, f"redraw of {POINTS:,} points", ours, bare)
    small = [Chart(bare=True) for _ in few]
    for one, values in zip(small, few, strict=True):
        one.show_picture(_picture(values))
    ours = _shown(small, (1200, 800))
    bare = _shown([_bare(values) for values in few], (1200, 800))
    _compare(report, f"redraw of {SMALL} small charts", ours, bare)


def _picture(values: Sequence[Decimal]) -> Picture:
    return Picture("Bench", range(len(values)), (Series("Figure", values),))


def _bare(values: Sequence[Decimal]) -> QWidget:
    """Make a plain plot as its library's own examples do for many points."""
    plot: Any = pg.PlotWidget()
    plot.setDownsampling(auto=True, mode="peak")
    plot.setClipToView(True)
    plot.plot([float(value) for value in values])
    made: QWidget = plot
    return made


def _shown(widgets: Sequence[QWidget], size: tuple[int, int]) -> float:
    """Give the CPU milliseconds of painting widgets once more, all together."""
    window = QWidget()
    grid = QGridLayout(window)
    for number, one in enumerate(widgets):
        grid.addWidget(one, number // 10, number % 10)
    window.resize(*size)
    window.show()
    QApplication.processEvents()
    window.grab()
    times = []
    for _ in range(TIMES):
        begun = thread_time()
        for one in widgets:
            _viewport(one).repaint()
        times.append((thread_time() - begun) * 1000)
    window.hide()
    window.deleteLater()
    return statistics.median(times)


def _viewport(widget: QWidget) -> QWidget:
    view: Any = widget._canvas.view if isinstance(widget, Chart) and widget._canvas else widget  # noqa: SLF001
    found: QWidget = view.viewport()
    return found


def _compare(report: Report, what: str, ours: float, bare: float) -> None:
    report.rows.append((what, f"{ours:.1f}", f"{bare:.1f}", f"{ours / bare:.2f}"))
    report.limit(f"{what}, ms of a frame", ours, FRAME_MS)
    report.limit(f"{what}, in redraws of a bare plot", ours / bare, REDRAW_MOST)


# opening ---------------------------------------------------------------------------------------------


def _open(report: Report, database: Database) -> None:
    now = datetime.now(UTC)
    begun = perf_counter()
    sales_sums.keep_up(database, Quiet())
    kept = perf_counter() - begun
    asked = span(Choice.TWELVE_MONTHS, now.date())
    raw = _cpu_ms(database, lambda connection: _raw(connection, asked.now.first, asked.now.last))
    boards: tuple[tuple[str, Callable[[Connection], Any]], ...] = (
        ("sales by customer", lambda c: sales_figures.read(c, asked, Dimension.CUSTOMER)),
        ("sales by product", lambda c: sales_figures.read(c, asked, Dimension.PRODUCT)),
        ("operations", lambda c: operations_figures.read(c, asked, now)),
        ("receivables", lambda c: receivable_figures.read(c, now.date())),
        ("inventory", lambda c: inventory_figures.read(c, now)),
    )
    for name, read in boards:
        ours = _cpu_ms(database, read)
        report.rows.append((f"open {name}", f"{ours:.0f}", f"{raw:.0f}", f"{ours / raw:.2f}"))
        report.limit(f"open {name}, CPU ms", ours, OPEN_MOST_MS)
    lines = database.read(lambda c: c.execute(text("SELECT count(*) FROM sales_order_line")).scalar_one())
    report.notes.append(
        f"{lines:,} order lines, {database.dialect}; beside it: one sum of a year from all its lines. "
        f"Added up for the first time, or since the last time, in {kept:.1f} s."
    )


def _raw(connection: Connection, first: date, last: date) -> int:
    return len(connection.execute(RAW, {"first": first.isoformat(), "last": last.isoformat()}).all())


def _cpu_ms(database: Database, read: Callable[[Connection], Any]) -> float:
    """Give the CPU milliseconds of a read (median), after one that fills the caches."""
    database.read(read)
    times = []
    for _ in range(TIMES):
        begun = process_time()
        database.read(read)
        times.append((process_time() - begun) * 1000)
    return statistics.median(times)
