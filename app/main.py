"""Starts the window: settings -> database -> tasks -> context -> places.  The only file that wires."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from app import __version__, settings
from app.errors import UserError
from app.services import companies, opening
from app.services.database import Database
from app.views import welcome
from app.views.collector import Collector
from app.views.commands import Commands
from app.views.context import Context
from app.views.day_begin import DayBegin
from app.views.main_window import MainWindow
from app.views.messages import Messages
from app.views.places import PLACES
from app.views.print_spooler import PrintSpooler
from app.views.report_saver import ReportSaver
from app.views.tasks import Tasks
from app.views.theme import Choice, Theme
from app.views.undo import UndoStack

log = logging.getLogger(__name__)

TURN_S = 0.001
"""How long a thread computes before another has its turn: what answers a key must not wait for what fills a list."""


@dataclass
class Program:
    """A running window and what it stands on."""

    database: Database
    context: Context
    window: MainWindow
    theme: Theme
    collector: Collector
    spooler: PrintSpooler

    def close(self) -> None:
        """Let running jobs end, then let go of the database."""
        self.window.close()
        self.spooler.stop()
        self.context.tasks.wait()
        self.database.close()


def run(arguments: Sequence[str]) -> int:
    """Open the window on a company (``--company``, else the one opened last, else ask) and stay until it is closed."""
    parser = argparse.ArgumentParser(prog="waybill window", description="Open the window.")
    parser.add_argument("--company", help="file or database address")
    chosen = parser.parse_args(list(arguments))
    application = make_application()
    sys.setswitchinterval(TURN_S)
    try:
        database = _choose_company(chosen.company)
    except UserError as error:
        print(str(error), file=sys.stderr)
        return 2
    if database is None:
        return 0
    program = start(application, database)
    program.context.messages.catch_uncaught()
    program.window.show()
    code = application.exec()
    program.close()
    return code


def make_application() -> QApplication:
    """Make the one QApplication, or give the one there is."""
    there = QApplication.instance()
    if isinstance(there, QApplication):
        return there
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication([settings.APPLICATION])
    application.setApplicationName(settings.APPLICATION)
    application.setApplicationVersion(__version__)
    return application


def start(
    application: QApplication,
    database: Database,
    *,
    store: QSettings | None = None,
    look: Choice | None = None,
    now: datetime | None = None,
) -> Program:
    """Wire a window onto an open company; ``now`` makes its clock stand still, for pictures and tests."""
    kept = store or QSettings(str(settings.data_folder() / "window.ini"), QSettings.Format.IniFormat)
    theme = Theme(application, look or Choice(str(kept.value("theme", Choice.SYSTEM))))
    tasks = Tasks(database, settings.person(), (lambda: now) if now else _now)
    context = Context(database, tasks, Commands(), Messages(), UndoStack(), kept)
    company = database.read(companies.get)
    window = MainWindow(context, PLACES, theme, company.name)
    window.show_place(PLACES[0].id)
    collector = Collector(window)
    DayBegin(context, window)
    ReportSaver(context, window)
    return Program(database, context, window, theme, collector, PrintSpooler(context, window))


def _choose_company(named: str | None) -> Database | None:
    if named:
        database = opening.open_company(named)
    else:
        known = settings.known_companies()
        opened, trouble = None, ""
        if known:
            try:
                opened = opening.open_company(known[0].url)
            except UserError as error:  # moved, damaged, or its server does not answer: another may be opened
                trouble = f"{known[0].name} could not be opened. {error}"
        opened = opened or welcome.ask(settings.person(), _now(), trouble)
        if opened is None:
            return None
        database = opened
    name = database.read(companies.get).name
    settings.remember_company(settings.KnownCompany(name, database.url))
    return database


def _now() -> datetime:
    return datetime.now(UTC)
