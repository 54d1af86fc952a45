"""Undo and redo across the whole program: every step knows how to take itself back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QObject, Signal

DEPTH: Final = 200


@dataclass(frozen=True)
class Step:
    """What was done, in the user's words, and the two ways to go.

    ``undo`` and ``redo`` start the work (usually ``tasks.run`` of the inverse command) and return at
    once; posted documents are taken back by a booked counter-document, never by deletion.  A ``typed``
    step belongs to what is being written on one page and means nothing once another document is there.
    """

    text: str
    undo: Callable[[], None]
    redo: Callable[[], None]
    typed: bool = False


class UndoStack(QObject):
    """The steps that can be taken back, newest last."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._held = False
        self._asked: list[Callable[[], None]] = []

    def push(self, step: Step) -> None:
        """Note that ``step`` has been done; what was undone before can no longer be redone."""
        self._done.append(step)
        del self._done[:-DEPTH]
        self._undone.clear()
        self.changed.emit()

    def hold(self, under_way: bool) -> None:
        """Let what is asked for wait while a command is under way: it is the newest step, and not known yet."""
        self._held = under_way
        while self._asked and not self._held:
            self._asked.pop(0)()

    def undo(self) -> None:
        """Take back the newest step, if there is one; that of a command under way once it is done."""
        if self._held and not (self._done and self._done[-1].typed):
            self._asked.append(self.undo)
        elif self._done:
            step = self._done.pop()
            self._undone.append(step)
            step.undo()
            self.changed.emit()

    def take_back(self, step: Step) -> None:
        """Take back one step, also when others were done since; nothing if it is taken back already."""
        if step in self._done:
            self._done.remove(step)
            self._undone.append(step)
            step.undo()
            self.changed.emit()

    def redo(self) -> None:
        """Do again what was taken back last."""
        if self._held and not (self._undone and self._undone[-1].typed):
            self._asked.append(self.redo)
        elif self._undone:
            step = self._undone.pop()
            self._done.append(step)
            step.redo()
            self.changed.emit()

    def drop(self, step: Step) -> None:
        """Forget one step that turned out not to be possible any more."""
        for steps in (self._done, self._undone):
            if step in steps:
                steps.remove(step)
        self.changed.emit()

    @property
    def undo_text(self) -> str:
        """What undo would take back; empty if nothing."""
        return self._done[-1].text if self._done else ""

    @property
    def redo_text(self) -> str:
        """What redo would do again; empty if nothing."""
        return self._undone[-1].text if self._undone else ""

    def forget_typed(self) -> None:
        """Drop the steps of a page that shows another document now; commands can still be taken back."""
        for steps in (self._done, self._undone):
            steps[:] = [step for step in steps if not step.typed]
        self.changed.emit()

    def forget(self) -> None:
        """Drop all steps, e.g. when another company is opened."""
        self._asked.clear()
        self._done.clear()
        self._undone.clear()
        self.changed.emit()
