"""How the program speaks to its user: a toast for what happened, one dialog for its own mistakes."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from app.errors import UserError

log = logging.getLogger(__name__)

MISTAKE: Final = (
    "Waybill made a mistake and stopped what it was doing. Everything you saved before is safe; "
    "the last step was not saved. Try it again, and if it happens again send the report."
)


class Messages(QObject):
    """Views and tasks report here; the main window shows it, tests read it."""

    said = Signal(str)
    offered = Signal(str, str, object)  # text, button, what the button does
    warned = Signal(str)
    crashed = Signal(str, str)  # text, report for the developers

    def say(self, text: str) -> None:
        """Tell what happened, in passing."""
        self.said.emit(text)

    def offer(self, text: str, button: str, act: Callable[[], None]) -> None:
        """Tell what happened and offer one step, usually Undo."""
        self.offered.emit(text, button, act)

    def error(self, error: BaseException) -> None:
        """Show a UserError as it is written; anything else is a bug and says so."""
        if isinstance(error, UserError):
            self.warned.emit(str(error))
            return
        report = "".join(traceback.format_exception(error))
        log.error(report)
        self.crashed.emit(MISTAKE, report)

    def catch_uncaught(self) -> None:
        """Report every exception nobody caught, in a slot or on a thread; main calls this once."""
        sys.excepthook = self._uncaught
        threading.excepthook = self._uncaught_on_thread

    def _uncaught(self, _kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            sys.__excepthook__(KeyboardInterrupt, error, None)
        else:
            self.error(error)

    def _uncaught_on_thread(self, hook: threading.ExceptHookArgs) -> None:
        if hook.exc_value is not None:
            self.error(hook.exc_value)


def show_crash(parent: QWidget | None, text: str, report: str) -> QMessageBox:
    """Open the crash report: what is safe in plain words, the technical part folded away."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setWindowTitle(parent.tr("Something went wrong") if parent else "Something went wrong")
    box.setText(text)
    box.setDetailedText(report)
    box.setStandardButtons(QMessageBox.StandardButton.Close)
    box.open()
    return box


def confirm(parent: QWidget, text: str, detail: str, button: str, act: Callable[[], None]) -> QMessageBox:
    """Ask before something leaves the house (send, pay, post); everything else is undone instead."""
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.NoIcon)
    box.setText(text)
    box.setInformativeText(detail)
    go = box.addButton(button, QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(go)
    box.accepted.connect(act)
    box.open()
    return box
