"""A place in the navigation and the screen that fills it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTableView, QWidget
from sqlalchemy import Connection

from app.views.commands import Command
from app.views.context import Context


class Group(StrEnum):
    """The groups of the navigation, in their order."""

    TOP = ""
    SELL = "Sell"
    FULFIL = "Fulfil"
    BILL = "Bill"
    PLAN = "Plan"
    HIDDEN = "hidden"  # reached by a command only, e.g. settings and import


@dataclass(frozen=True)
class Target:
    """What a screen is asked to show: a record of ``kind``, or with ``record_id`` None its list."""

    kind: str
    record_id: UUID | None = None
    options: tuple[tuple[str, Any], ...] = ()

    def option(self, name: str, otherwise: Any = None) -> Any:
        """One of the extra wishes, e.g. a tab or a filter."""
        return dict(self.options).get(name, otherwise)


@dataclass(frozen=True)
class Waiting:
    """How many things wait in a place, and how many of them are late; with any the number has trouble's colour."""

    count: int
    late: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A record the palette found; ``detail`` stands faint beside its title."""

    id: UUID
    title: str
    detail: str = ""
    code: bool = False


@dataclass(frozen=True)
class Finder:
    """How the palette finds records of one kind; ``find(connection, text, limit)`` gives the best first."""

    kind: str
    title: str
    icon: str
    find: Callable[[Connection, str, int], Sequence[Found]]


@dataclass(frozen=True)
class Place:
    """One entry of the navigation.

    ``kinds`` are the records it can show (``context.open("order", id)``).  ``waiting``, or
    ``waiting_on`` a day where what is late depends on it, is read off the GUI thread, again after each
    change of ``tables``.  ``commands`` are the screen's own: they are known
    to the palette before the screen is built.
    """

    id: str
    title: str
    icon: str
    group: Group
    make: Callable[[Context], Screen]
    kinds: tuple[str, ...] = ()
    waiting: Callable[[Connection], Waiting] | None = None
    waiting_on: Callable[[Connection, date], Waiting] | None = None
    tables: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ()
    finders: tuple[Finder, ...] = ()


class Screen(QWidget):
    """What fills the window right of the navigation; made when first visited, kept from then on."""

    fills_window = False  # True: the navigation gives way, e.g. to the picking screen in the warehouse

    def __init__(self, context: Context, place_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context, self.place_id = context, place_id
        self.setObjectName("page")

    def visit(self, target: Target) -> None:
        """Show ``target``; called each time the screen comes to the front."""

    def may_leave(self) -> bool:
        """Tell whether the user may go away; ask or save drafts here."""
        return True

    def leave(self) -> None:
        """Another screen comes to the front, or the window closes: save what was typed."""

    def is_saving(self) -> bool:
        """Whether something typed is still on its way into the books; the window waits for it before it closes."""
        return False

    def take_keyboard(self) -> None:
        """Put the keyboard where work begins: into the first table on show, so that arrows move at once."""
        shown: list[QWidget] = [view for view in self.findChildren(QTableView) if view.isVisible()]
        (shown[0] if shown else self).setFocus(Qt.FocusReason.OtherFocusReason)

    def search(self) -> None:
        """Put the keyboard into the screen's filter field (Ctrl+F and ``/``)."""

    def bind(self, command: Command, run: Callable[[], None], run_for: Callable[[UUID], None] | None = None) -> None:
        """Tie one of the place's commands to what it does here."""
        self.context.commands.add(command, run, self.place_id, run_for)

    def bind_all(self, *bound: tuple[Command, Callable[[], None]]) -> None:
        """Tie the place's commands to what they do here."""
        for command, run in bound:
            self.bind(command, run)
