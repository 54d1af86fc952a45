"""Fixtures for the window's tests: the theme, a context, and a collector that stays on this thread."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
import shiboken6

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before Qt is asked anything

from PySide6.QtCore import QLocale, QSettings

from app.services.database import Database
from app.views.commands import Commands
from app.views.context import Context
from app.views.list_page import ListPage
from app.views.main_window import MainWindow
from app.views.messages import Messages
from app.views.screen import Place
from app.views.tasks import Tasks
from app.views.theme import Choice, Theme
from app.views.undo import UndoStack
from tests.views import demo

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="session", autouse=True)
def _leave_out_what_is_there() -> None:
    """Keep what earlier tests left behind out of the collection after each test of a window."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _collect_on_this_thread() -> Iterator[None]:
    """As app.views.collector: no test may lose a widget on a worker's thread."""
    gc.disable()
    yield
    gc.collect()


@pytest.fixture(autouse=True)
def _english() -> None:
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedKingdom))


@pytest.fixture
def theme(qapp) -> Theme:
    return Theme(qapp, Choice.LIGHT)


@pytest.fixture
def settings(tmp_path) -> QSettings:
    return QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)


def make_context(database: Database | Any, settings: QSettings) -> Context:
    """A context as app.main makes it, with a clock that stands still."""
    tasks = Tasks(database, "ann", lambda: NOON)
    return Context(database, tasks, Commands(), Messages(), UndoStack(), settings)


@pytest.fixture
def context(qapp, theme, database, settings) -> Iterator[Context]:
    """Needs a ``database`` fixture of the test's own (or of tests/conftest.py)."""
    made = make_context(database, settings)
    yield made
    made.tasks.wait()


@pytest.fixture
def database(sqlite_database: Database) -> Database:
    """A window does not care which database it stands on: one kind is enough here."""
    return sqlite_database


@pytest.fixture
def open_window(qtbot, context, theme) -> Iterator[Callable[..., MainWindow]]:
    """Opens windows as app.main does; they are destroyed on this thread before anything else of the test goes."""
    made: list[MainWindow] = []

    def make(places: Sequence[Place], *, size: tuple[int, int] = (1440, 900), desk: Context = context) -> MainWindow:
        window = MainWindow(desk, places, theme, "Delta Trading")
        made.append(window)
        window.resize(*size)
        with qtbot.waitActive(window):
            window.show()
        return window

    yield make
    for window in made:
        destroy(window)


def destroy(window: MainWindow) -> None:
    """Close a window and delete it at once, with all its screens."""
    window.close()
    shiboken6.delete(window)


def page_of(window: MainWindow) -> ListPage[Any]:
    """The demo's orders list."""
    screen = window.screen_of("demo_orders")
    assert isinstance(screen, demo.OrdersScreen)
    return screen.page


@pytest.fixture
def window(qtbot, open_window, database) -> MainWindow:
    """The demo company's window, with its orders on show and read."""
    with database.engine.begin() as connection:
        demo.fill(connection)
    made = open_window(demo.PLACES)
    made.show_place("demo_orders")
    qtbot.waitUntil(lambda: page_of(made)._sum.text() == "·  412,806.90 EUR")
    return made


@pytest.fixture
def page(window) -> ListPage[Any]:
    """Its orders list."""
    return page_of(window)
