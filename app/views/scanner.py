"""Recognises a barcode scanner among the keys, whatever has the focus.

A scanner types like a person, only faster, and ends with Enter.  Every key that could begin a scan is
held back for a moment: if another follows at a scanner's speed, all of them are the scan's and reach
neither field nor shortcut; if not, they are passed on to where they were meant for, in order.  A scan
ends with its terminator, never by a pause alone, so none is cut; speed is taken from the time the keys
were pressed, not from when a busy window got round to them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication

SCANNER_GAP_MS: Final = 35
"""Keys of one scan follow each other at most so far apart; nobody types four in a row like that."""
SHORTEST: Final = 4
GIVE_UP_MS: Final = 500
"""After a prefix, or in the middle of a scan, the terminator is awaited for so long."""
_PLAIN: Final = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


@dataclass(frozen=True)
class ScannerSettings:
    """How the scanners of this desk are set up; ``prefix`` may be empty."""

    prefix: str = ""
    terminators: frozenset[Qt.Key] = field(
        default_factory=lambda: frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab})
    )
    gap_ms: int = SCANNER_GAP_MS


class ScannerInput(QObject):
    """Installed on the application; ``scanned`` gives each barcode's text."""

    scanned = Signal(str)
    enabled = True

    def __init__(self, settings: ScannerSettings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings or ScannerSettings()
        self._held: list[QKeyEvent] = []
        self._last_ms, self._replaying, self._handed_on = 0, False, False
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._give_up)
        application = QCoreApplication.instance()
        assert application is not None
        application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if (
            self._replaying
            or not self.enabled
            or kind not in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride)
        ):
            return False
        assert isinstance(event, QKeyEvent)
        if kind == QEvent.Type.ShortcutOverride:
            return self._override(event)
        if kind == QEvent.Type.KeyRelease:
            return bool(self._held)
        if not self._is_new(watched, event):
            return False
        return self._press(event)

    def _is_new(self, watched: QObject, event: QKeyEvent) -> bool:
        """Tell a key's first sight from the same key handed on: window, focused widget, then its parents."""
        if isinstance(watched, QWindow):
            self._handed_on = True
            return True
        first, self._handed_on = not self._handed_on, False
        return first and watched == QApplication.focusWidget()

    def _override(self, event: QKeyEvent) -> bool:
        """While a scan is under way, and for a key that may begin one, no shortcut is looked up."""
        if not self._in_scan(event) and not self._may_begin(event):
            return False
        event.accept()
        return True

    def _press(self, event: QKeyEvent) -> bool:
        if self._in_scan(event):
            if Qt.Key(event.key()) in self._settings.terminators:
                return self._end()
            self._hold(event)
            return True
        self._release()
        if not self._may_begin(event):
            return False
        self._hold(event)
        return True

    def _in_scan(self, event: QKeyEvent) -> bool:
        if not self._held:
            return False
        return self._prefixed() or self._time(event) - self._last_ms <= self._settings.gap_ms

    def _prefixed(self) -> bool:
        return bool(self._settings.prefix) and self._held[0].text() == self._settings.prefix

    def _may_begin(self, event: QKeyEvent) -> bool:
        text = event.text()
        if event.isAutoRepeat() or not text:
            return False
        if self._settings.prefix and text == self._settings.prefix:
            return True
        plain = not event.modifiers() & ~_PLAIN
        return plain and text.isprintable()

    def _hold(self, event: QKeyEvent) -> None:
        self._held.append(event.clone())
        self._last_ms = self._time(event)
        waits = self._prefixed() or len(self._held) > 2
        self._timer.start(GIVE_UP_MS if waits else self._settings.gap_ms)

    def _end(self) -> bool:
        texts = [event.text() for event in self._held]
        if self._prefixed():
            texts = texts[1:]
        code = "".join(texts)
        if len(code) < SHORTEST:
            self._release()
            return False
        self._timer.stop()
        self._held.clear()
        self.scanned.emit(code)
        return True

    def _give_up(self) -> None:
        self._release()

    def _release(self) -> None:
        """Pass the held keys on to where a person meant them."""
        self._timer.stop()
        held, self._held = self._held, []
        self._replaying = True
        for event in held:
            target = QApplication.focusWidget() or QApplication.activeWindow()
            if target is not None:
                QCoreApplication.sendEvent(target, event)
        self._replaying = False

    def _time(self, event: QKeyEvent) -> int:
        """Milliseconds at which the key was pressed; some event sources give no time."""
        return event.timestamp() or int(monotonic() * 1000)
