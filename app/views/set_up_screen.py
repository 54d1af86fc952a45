"""The frame of a screen where things are set up once and changed seldom: cards side by side, read as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Generic, TypeVar

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.services.database import Changes
from app.views.commands import Command
from app.views.context import Context
from app.views.screen import Screen, Target
from app.views.tokens import Space
from app.views.widgets.buttons import ActionButton, Kind
from app.views.widgets.empty_state import EmptyState
from app.views.widgets.labels import Hairline, Row
from app.views.widgets.page_header import PageHeader

F = TypeVar("F")
"""All that the screen shows, as it was read."""


class SetUpScreen(Screen, Generic[F]):
    """Cards in columns under a header; read when shown, and again when one of ``tables`` changes.

    In its ``__init__`` a screen calls ``bind_all``, ``set_title`` and ``set_columns``, in this order: buttons
    are made from commands that are bound.
    """

    tables: ClassVar[tuple[str, ...]]

    def __init__(self, context: Context, place_id: str) -> None:
        super().__init__(context, place_id)
        context.tasks.changed.connect(self._changed)

    def set_title(self, title: str, *buttons: tuple[Command, str]) -> None:
        """Head the screen; of its buttons (command, icon) the last is the primary one."""
        self.header = PageHeader(title)
        known, last = self.context.commands, buttons[-1][0]
        for command, icon in buttons:
            kind = Kind.PRIMARY if command is last else Kind.SECONDARY
            self.header.add(ActionButton(known[command.id], icon, kind))

    def set_columns(self, *columns: tuple[int, tuple[QWidget, ...]]) -> None:
        """Lay cards, or rows of them, out: each column with its share of the width, its cards under each other."""
        self._inner = inner = QWidget()
        self._columns = row = QHBoxLayout(inner)
        row.setContentsMargins(Space.PAGE, Space.LARGE, Space.PAGE, Space.LARGE)
        row.setSpacing(Space.LARGE)
        for share, cards in columns:
            column = QVBoxLayout()
            column.setSpacing(Space.LARGE)
            for card in cards:
                column.addWidget(card, 1)
            row.addLayout(column, share)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.header)
        outer.addWidget(Hairline())
        self._pages = QStackedWidget()
        self._pages.addWidget(inner)
        outer.addWidget(self._pages, 1)

    def set_share(self, column: int, share: int) -> None:
        """Give a column another share of the width; 0 for one that shows nothing now."""
        self._columns.setStretch(column, share)

    def set_empty(self, empty: EmptyState) -> None:
        """Say what stands in place of the columns where nothing is yet; see :meth:`show_empty`."""
        self.nothing = empty
        self._pages.addWidget(empty)

    def show_empty(self, *, empty: bool) -> None:
        """Show what stands where nothing is yet, or the columns; until it was read, the columns stand."""
        self._pages.setCurrentWidget(self.nothing if empty else self._inner)

    def button_row(self, *buttons: tuple[Command, str]) -> Row:
        """Buttons (command, icon) for the foot of a card."""
        known = self.context.commands
        return Row(*[ActionButton(known[command.id], icon) for command, icon in buttons], None)

    def visit(self, target: Target) -> None:
        """Read everything anew."""
        self.reload()

    def reload(self) -> None:
        """Read everything off the GUI thread, then show it."""
        self.context.tasks.read(self, self.reading(), self.show_found)

    def reading(self) -> Callable[[Connection], F]:
        """What reads it: a function that holds plain values only."""
        raise NotImplementedError

    def show_found(self, found: F) -> None:
        """Fill the cards."""
        raise NotImplementedError

    def _changed(self, changes: Changes) -> None:
        if self.isVisible() and changes.touch(*self.tables):
            self.reload()
