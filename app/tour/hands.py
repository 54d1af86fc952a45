"""Hands and eyes: drives one window as a person would, and saves what it shows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Final, TypeVar

from PySide6.QtCore import QEvent, QEventLoop, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget
from sqlalchemy import Connection

from app import main
from app.tour.summary import Summary, TourFailed
from app.views.tables import PagedTable

T = TypeVar("T")
PATIENCE_S: Final = 60.0
SOON_MS: Final = 1_000
"""A timer up to this long waits for the hands to stop, e.g. before a draft is saved: the window is not at rest then."""
KEY_MS: Final = 5
TURN_MS: Final = 20
QUIET_TURNS: Final = 3
"""So many turns in a row at rest: what one answer starts is seen before the next turn is over."""


class Hands:
    """Drives one window: keys, clicks, and waiting until something is there."""

    def __init__(self, program: main.Program, out: Path, summary: Summary | None = None) -> None:
        self.program, self.out = program, out
        self.window = program.window
        self.summary = summary or Summary()
        self.trouble: list[str] = []
        program.context.tasks.failed.connect(self._failed)
        program.context.messages.warned.connect(self.trouble.append)

    def note(self, step: str) -> None:
        """Say what was done."""
        self.summary.steps.append(step)

    def _failed(self, error: Exception) -> None:
        self.trouble.append(str(error))

    def read(self, op: Callable[[Connection], T]) -> T:
        """Read from the books."""
        return self.program.database.read(op)

    def screen(self, kind: type[T]) -> T:
        """Give the screen on show.

        Raises:
            TourFailed: another one is on show.

        """
        screen = self.window.screen_on_show
        if not isinstance(screen, kind):
            raise TourFailed(f"{kind.__name__} is not on show")
        return screen

    def dialog(self, kind: type[T]) -> T:
        """Wait for a dialog of a kind.

        Raises:
            TourFailed: none opened.

        """
        found: list[T] = []

        def there() -> bool:
            found[:] = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
            return bool(found)

        self.until(there, f"no {kind.__name__} opened")
        return found[0]

    def agree(self) -> None:
        """Press the default button of the question that is asked.

        Raises:
            TourFailed: nothing is asked.

        """
        found: list[QPushButton] = []

        def there() -> bool:
            asked = [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]
            buttons = [button for one in asked for button in one.findChildren(QPushButton) if button.isDefault()]
            found[:] = buttons
            return bool(found)

        self.until(there, "nothing was asked")
        found[0].click()

    def until(self, true: Callable[[], bool], otherwise: str, *, must: bool = True) -> None:
        """Wait until something is ``true``.

        Raises:
            TourFailed: it did not become so; ``otherwise`` says what that means.

        """
        limit = monotonic() + (PATIENCE_S if must else 3.0)
        while not true():
            if monotonic() > limit:
                if must:
                    raise TourFailed(f"{otherwise}. {' '.join(self.trouble[-2:])}".strip())
                return
            _turn(TURN_MS)

    def settle(self) -> None:
        """Let the window work until nothing is asked, read or about to be.

        Raises:
            TourFailed: it does not come to rest.

        """
        limit, quiet = monotonic() + PATIENCE_S, 0
        while quiet < QUIET_TURNS:
            _turn(TURN_MS)
            quiet = quiet + 1 if self._at_rest() else 0
            if monotonic() > limit:
                raise TourFailed("the window does not come to rest")

    def _at_rest(self) -> bool:
        if self.program.context.tasks.waiting:
            return False
        for widget in filter(QWidget.isVisible, QApplication.topLevelWidgets()):
            if any(table.stale for table in widget.findChildren(PagedTable)):
                return False
            if any(_soon(timer) for timer in widget.findChildren(QTimer)):
                return False
        return True

    def picture(self, name: str, widget: QWidget | None = None) -> None:
        """Save what the window, or a ``widget``, shows; the first of a name is kept."""
        if name in self.summary.pictures:
            return
        (widget or self.window).grab().save(str(self.out / f"{name}.png"))
        self.summary.pictures.append(name)

    def type(self, text: str, into: QWidget | None = None) -> None:
        """Type a text."""
        for letter in text:
            self._send(Qt.Key.Key_unknown, letter, into)

    def key(self, key: Qt.Key, into: QWidget | None = None) -> None:
        """Press a key."""
        texts = {Qt.Key.Key_Return: "\r", Qt.Key.Key_Tab: "\t"}
        self._send(key, texts.get(key, ""), into)

    def _send(self, key: Qt.Key, text: str, into: QWidget | None) -> None:
        target = into or QApplication.focusWidget() or self.window.focusWidget()
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.postEvent(target, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text))
        _turn(KEY_MS)

    def draw(self, pad: QWidget) -> None:
        """Sign with the mouse."""
        points = [QPoint(30 + 9 * step, 70 - (step * 37) % 41) for step in range(28)]
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        moves = [(QEvent.Type.MouseButtonPress, points[0], left, left)]
        moves += [(QEvent.Type.MouseMove, point, none, left) for point in points[1:]]
        moves.append((QEvent.Type.MouseButtonRelease, points[-1], left, none))
        for kind, point, button, buttons in moves:
            where = QPointF(point)
            event = QMouseEvent(kind, where, pad.mapToGlobal(where), button, buttons, Qt.KeyboardModifier.NoModifier)
            QApplication.sendEvent(pad, event)


def _turn(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _soon(timer: QTimer) -> bool:
    return timer.isActive() and timer.isSingleShot() and timer.interval() <= SOON_MS
