"""Saves the figures of a week or month as a paper at this desk, once it is over; how often, and where, is kept here.

A paper that could not be saved, e.g. as the folder was not there, is tried again when the window opens the next time
and on the next day; one that was saved is not made again.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer

from app.errors import UserError
from app.services import figures_report
from app.services.database import Database
from app.services.figures_report import Often
from app.services.progress import Progress
from app.views.context import Context
from app.views.format import tr

OFTEN: Final = "often"
FOLDER: Final = "folder"
SAVED: Final = "saved"
LOOK_EVERY_MS: Final = 60_000


def often(context: Context) -> Often | None:
    """Tell how often figures are saved at this desk; None: never by itself."""
    kept = _read(context, OFTEN)
    return Often(kept) if kept in {str(one) for one in Often} else None


def folder(context: Context) -> str:
    """Tell in which folder; empty where none was chosen."""
    return _read(context, FOLDER)


def keep(context: Context, wanted: Often | None, where: str) -> None:
    """Keep how often, and the folder."""
    context.settings.setValue(_key(context, OFTEN), str(wanted) if wanted else "")
    context.settings.setValue(_key(context, FOLDER), where)


def _key(context: Context, name: str) -> str:
    """Give the setting's name for the company that is open: each has its own."""
    return f"figures_report/{sha256(context.database.url.encode()).hexdigest()[:16]}/{name}"


def _read(context: Context, name: str) -> str:
    return str(context.settings.value(_key(context, name), "") or "")


class ReportSaver(QObject):
    """Looks at the clock; on a new day, and when the window opens, it saves what is due."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._day: date | None = None
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        self.look()

    def look(self) -> None:
        """Save the figures of the last week or month where that is due and was not done."""
        day, wanted, where = self._context.today(), often(self._context), folder(self._context)
        if day == self._day or wanted is None or not where:
            return
        self._day = day
        name = figures_report.name_of(wanted, day)
        if _read(self._context, SAVED) != name:
            save(self._context, self, wanted, where)


def save(context: Context, owner: QObject, wanted: Often, where: str) -> None:
    """Save the figures of the last week or month now, with progress and Cancel, and say where they are."""
    now = context.now().astimezone()
    name = figures_report.name_of(wanted, now.date())
    op = partial(_save, context.database, wanted, where, now)
    context.tasks.run_long(
        owner,
        tr("Saving the figures of {}…").format(name),
        op,
        partial(_said, context, name),
        partial(_refused, context),
    )


def _save(database: Database, wanted: Often, where: str, now: datetime, progress: Progress) -> Path:
    return figures_report.save(database, wanted, Path(where), now, progress)


def _said(context: Context, name: str, path: Path) -> None:
    context.settings.setValue(_key(context, SAVED), name)
    context.messages.say(tr("The figures of {} are saved: {}").format(name, path))


def _refused(context: Context, error: UserError) -> None:
    context.messages.error(error)
