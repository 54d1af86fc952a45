"""How long work tells what it has done and hears that it should stop; knows no window."""

from __future__ import annotations

from threading import Event
from typing import Protocol


class Cancelled(Exception):
    """The user stopped the work; whatever transaction it was in is rolled back."""


class Progress(Protocol):
    """Given to long work.  ``total`` is in whatever unit the work counts, e.g. rows; 0 is unknown."""

    def step(self, done: int, total: int, text: str = "") -> None:
        """Tell how far the work is.

        Raises:
            Cancelled: the user wants it to stop; let it pass, so that nothing half done stays.

        """


class Quiet:
    """Progress nobody looks at: for scripts and tests.  ``stop()`` makes the next step raise."""

    def __init__(self) -> None:
        self._stopped = Event()

    def stop(self) -> None:
        """Ask the work to end at its next step."""
        self._stopped.set()

    def step(self, done: int, total: int, text: str = "") -> None:
        """Raise :class:`Cancelled` if asked to stop."""
        if self._stopped.is_set():
            raise Cancelled
