"""The frames of a screen that works off a list: commands, list, panel, and one record by target.

:class:`ListScreen` is what they share.  :class:`SheetScreen` reads all of the current record before a step is
taken (purchasing, invoices); :class:`PageScreen` has a page of its own for one record (orders, products).
A screen's ``__init__`` calls ``bind_all``, ``show_list``, ``add_buttons`` and ``set_empty``, in this order:
buttons and the bulk bar are made from commands that are bound.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar, Final, Generic, TypeVar
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget
from sqlalchemy import Connection

from app.services.transaction import Transaction
from app.views.commands import Command
from app.views.context import Context, Inverse
from app.views.list_page import ListPage
from app.views.list_spec import ListSpec, Option
from app.views.row_panel import RowPanel
from app.views.screen import Screen, Target
from app.views.widgets.buttons import ActionButton, Kind
from app.views.widgets.empty_state import EmptyState

R = TypeVar("R")
"""A row of the list; it has an ``id``."""
S = TypeVar("S")
"""All of one record, read for a step; its ``head`` has ``id``, ``number`` and ``state``."""
P = TypeVar("P", bound=QWidget)
"""The page of one record; its ``header`` is a ``PageHeader`` with a way back."""


ASKED: Final = "asked"
"""The option of a filter that another screen has set."""


class ListScreen(Screen, Generic[R]):
    """A list with its detail panel; ``kind`` is the record's name for ``context.open``."""

    kind: ClassVar[str]
    list: ListPage[R]

    # building ----------------------------------------------------------------------------------

    def show_list(self, title: str, spec: ListSpec[R], panel: RowPanel[R, Any] | None = None) -> None:
        """Fill the screen with the list and, beside it, the panel of the current row."""
        self.list = ListPage(self.context, title, spec, scope=self.place_id)
        if panel is not None:
            self.list.set_panel(panel)
            self.list.picked.connect(panel.show_row)
        self.list.opened.connect(self.open_row)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.list)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def add_buttons(self, *buttons: tuple[Command, str], new: Command | None = None) -> None:
        """Give the list's header its buttons (command, icon); ``new`` is the primary one, at the end."""
        known = self.context.commands
        made = [ActionButton(known[command.id], icon) for command, icon in buttons]
        if new is not None:
            made.append(ActionButton(known[new.id], "plus", Kind.PRIMARY))
        self.list.header.add(*made)

    def set_empty(self, icon: str, title: str, text: str, new: Command | None = None) -> None:
        """What stands there without any record: why, and the command that makes the first."""
        known = self.context.commands
        buttons = [] if new is None else [ActionButton(known[new.id], "plus", Kind.PRIMARY)]
        self.list.set_empty(EmptyState(icon, title, text, *buttons))

    # what the window asks ----------------------------------------------------------------------

    def visit(self, target: Target) -> None:
        """Show what is asked for: here always the list."""
        self.show_asked(target)

    def show_asked(self, target: Target) -> None:
        """Show the list as it is asked for: in one of its tabs, narrowed to what a figure is made of.

        The option ``narrow`` holds (filter, words, value) for each filter that is set; the list's spec names them.
        """
        narrow = target.option("narrow", ())
        for name, words, value in narrow:
            known = self.list.filter(name)
            if known is not None:
                self.list.offer(replace(known, options=(Option(ASKED, words, value),)))
        if target.option("tab"):
            self.list.show_query(tab=target.option("tab"), filters={name: ASKED for name, _, _ in narrow})

    def search(self) -> None:
        """Put the keyboard into the filter."""
        self.list.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def open_row(self, row: R) -> None:
        """Enter or a double click on a row shows the record."""
        record: Any = row
        self.open_record(record.id)

    def open_record(self, record_id: UUID) -> None:
        """Show a record of this screen's kind, e.g. the one that a dialog has just made."""
        self.context.open(self.kind, record_id)

    # for the steps -----------------------------------------------------------------------------

    def with_row(self, act: Callable[[R], None]) -> None:
        """Call ``act`` with the current row, if there is one."""
        row = self.list.current()
        if row is not None:
            act(row)

    def run_for(
        self,
        record_id: UUID,
        command: str,
        op: Callable[[Transaction, UUID], Any],
        said: str,
        *,
        back: tuple[str, Callable[[Transaction, UUID], Any]] | None = None,
    ) -> None:
        """Run a command for one record and say what happened; ``back`` (name, op) takes it back again."""
        inverse = None
        if back is not None:
            name, undo = back
            inverse = Inverse(name, lambda tx, _: undo(tx, record_id))
        self.context.run(self, command, lambda tx: op(tx, record_id), said=said, inverse=inverse)

    def run_current(
        self,
        command: str,
        op: Callable[[Transaction, UUID], Any],
        said: str,
        *,
        back: tuple[str, Callable[[Transaction, UUID], Any]] | None = None,
    ) -> None:
        """``run_for`` the record of the current row."""
        row: Any = self.list.current()
        if row is not None:
            self.run_for(row.id, command, op, said, back=back)


class SheetScreen(ListScreen[R], Generic[R, S]):
    """A list worked off from the top: a row is always current, and a step is taken on all of its record."""

    def __init__(self, context: Context, place_id: str, read: Callable[[Connection, UUID], S]) -> None:
        super().__init__(context, place_id)
        self._read = read

    def show_list(self, title: str, spec: ListSpec[R], panel: RowPanel[R, Any] | None = None) -> None:
        """Fill the screen with the list and the panel; the first row is current from the beginning."""
        super().show_list(title, spec, panel)
        self.list.always_pick()

    def visit(self, target: Target) -> None:
        """Show the list, or one record in it."""
        if target.record_id is None:
            self.show_asked(target)
        else:
            self.read_sheet(target.record_id, self.show_record)

    def with_sheet(self, act: Callable[[S], None]) -> None:
        """Read the current row's record off the GUI thread, then call ``act`` with it."""
        row: Any = self.list.current()
        if row is not None:
            self.read_sheet(row.id, act)

    def read_sheet(self, record_id: UUID, act: Callable[[S], None]) -> None:
        """Read a record off the GUI thread, then call ``act`` with it."""
        self.context.tasks.read(self, partial(_read, self._read, record_id), act)

    def refuse(self, sheet: S, states: Container[Any], words: str) -> bool:
        """Say why a step cannot be taken from the state a record is in; the books would refuse it as well.

        ``words`` has a place for the number and one for the state.
        """
        head = self.head_of(sheet)
        if head.state in states:
            return False
        self.context.messages.say(words.format(head.number, head.state))
        return True

    def head_of(self, sheet: S) -> Any:
        """What names a record: its id, number and state."""
        read: Any = sheet
        return read.head

    def show_record(self, sheet: S) -> None:
        """Highlight a record in the list."""
        head = self.head_of(sheet)
        self.list.show_record(head.id, head.number)


class PageScreen(ListScreen[R], Generic[R, P]):
    """A list, and in its place the page of one record; ``set_page`` comes after ``show_list``."""

    page: P

    def set_page(self, page: P) -> None:
        """Put the page of one record behind the list; its header leads back."""
        self.page = page
        made: Any = page
        made.header.back_wanted.connect(self.context.navigator.back)
        self._stack.addWidget(page)

    def visit(self, target: Target) -> None:
        """Show the list, or one record's page."""
        self._stack.setCurrentWidget(self.list if target.record_id is None else self.page)
        if target.record_id is None:
            self.show_asked(target)
        else:
            self.show_page(target.record_id, target)

    def show_page(self, record_id: UUID, target: Target) -> None:
        """Fill the page with a record."""
        raise NotImplementedError

    def search(self) -> None:
        """Put the keyboard into the list's filter."""
        self._stack.setCurrentWidget(self.list)
        super().search()

    def on_page(self) -> bool:
        """Whether one record's page is on show."""
        return self._stack.currentWidget() is self.page


def _read(read: Callable[[Connection, UUID], S], record_id: UUID, connection: Connection) -> S:
    return read(connection, record_id)
