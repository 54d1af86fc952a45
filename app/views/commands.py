"""Every action a user can take, declared once: button, menu, shortcut, palette, key page and manual.

A command belongs to a *scope*: a screen's id, or :data:`EVERYWHERE`.  Only the commands of the screen
on show and those from everywhere are enabled, so two screens may both call Ctrl+N their own.  The same
id twice, or the same key twice in one scope, stops the program at its start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence

from app.views.icons import icon

EVERYWHERE: Final = ""


@dataclass(frozen=True)
class Command:
    """An action's fixed part.

    ``id`` is ``noun.verb``, the service function's own name.  ``key`` is written as Qt writes it
    (``Ctrl+Return``); a single character such as ``/`` works while no field has the focus.
    ``record`` names a kind of record (``customer``) the command can start from: the palette then offers
    ``record_text`` (``New order for {}``).  ``opens`` lets the palette offer it from any screen.
    """

    id: str
    text: str
    help: str
    key: str = ""
    icon: str = ""
    needs_selection: bool = False
    record: str = ""
    record_text: str = ""
    opens: bool = False


@dataclass
class Bound:
    """A command in the program: its action, its scope and what it does."""

    command: Command
    scope: str
    action: QAction
    key: str
    run: Callable[[], None] | None = None
    run_for: Callable[[UUID], None] | None = None
    allowed: bool = True
    selected: bool = field(default=False)


class Commands(QObject):
    """The one register of commands; ``user_keys`` holds the user's own keys by command id."""

    declared = Signal(QAction)  # the window gives its shortcut a home
    changed = Signal()

    def __init__(self, user_keys: Mapping[str, str] | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._user_keys = dict(user_keys or {})
        self._bound: dict[str, Bound] = {}
        self._scope = EVERYWHERE

    def declare(self, command: Command, scope: str = EVERYWHERE) -> QAction:
        """Make the command's action before anything is there to run it."""
        assert command.id not in self._bound, f"two commands are called {command.id}"
        key = self._free_key(command, scope)
        action = QAction(command.text, self)
        action.setObjectName(command.id)
        action.setData(command.id)
        if len(key) > 1:  # single characters are given by the window, so that they never eat what is typed
            action.setShortcut(QKeySequence(key))
        hint = f"{command.help} ({_readable(key)})" if key else command.help
        action.setStatusTip(command.help)
        action.setToolTip(hint)
        if command.icon:
            action.setIcon(icon(command.icon))
        bound = Bound(command, scope, action, key)
        self._bound[command.id] = bound
        self._refresh(bound)
        action.triggered.connect(self._triggered)
        self.declared.emit(action)
        return action

    def bind(self, command_id: str, run: Callable[[], None], run_for: Callable[[UUID], None] | None = None) -> QAction:
        """Say what a declared command does; ``run_for`` is called when it starts from a record."""
        bound = self._bound[command_id]
        bound.run, bound.run_for = run, run_for
        self._refresh(bound)
        return bound.action

    def add(
        self,
        command: Command,
        run: Callable[[], None],
        scope: str = EVERYWHERE,
        run_for: Callable[[UUID], None] | None = None,
    ) -> QAction:
        """Declare and bind in one step; a command declared before by its place is only bound."""
        if command.id not in self._bound:
            self.declare(command, scope)
        return self.bind(command.id, run, run_for)

    def enter(self, scope: str) -> None:
        """Enable the commands of the screen that comes to the front, and only them."""
        self._scope = scope
        for bound in self._bound.values():
            self._refresh(bound)
        self.changed.emit()

    def select(self, scope: str, *, selected: bool) -> None:
        """Tell whether something is selected on a screen, for the commands that need it."""
        for bound in self._bound.values():
            if bound.scope == scope:
                bound.selected = selected
                self._refresh(bound)

    def allow(self, command_id: str, *, allowed: bool) -> None:
        """Grey out a command the record on show does not permit, or permit it again."""
        bound = self._bound[command_id]
        bound.allowed = allowed
        self._refresh(bound)

    def press(self, character: str) -> bool:
        """Run the command whose key is a single ``character``; tell whether there was one."""
        for bound in self._bound.values():
            if bound.key == character and bound.action.isEnabled():
                bound.action.trigger()
                return True
        return False

    def start(self, command_id: str) -> None:
        """Run a command if it may run now."""
        self._bound[command_id].action.trigger()

    def start_for(self, command_id: str, record_id: UUID) -> None:
        """Run a command on a record found elsewhere, e.g. in the palette."""
        run_for = self._bound[command_id].run_for
        assert run_for is not None, f"{command_id} cannot start from a record"
        run_for(record_id)

    def __iter__(self) -> Iterator[Bound]:
        """For the palette, the key page and the manual."""
        return iter(self._bound.values())

    def __contains__(self, command_id: object) -> bool:
        return command_id in self._bound

    def __getitem__(self, command_id: str) -> QAction:
        return self._bound[command_id].action

    def bound(self, command_id: str) -> Bound:
        """All that is known of a command."""
        return self._bound[command_id]

    def keys(self) -> dict[str, str]:
        """Key by command id, as it is in force; for the key page and for saving."""
        return {bound.command.id: bound.key for bound in self._bound.values() if bound.key}

    def set_key(self, command_id: str, key: str) -> str:
        """Give a command another key; if that is taken, change nothing and give the other command's words."""
        bound = self._bound[command_id]
        taken = self._taken(command_id, key, bound.scope)
        if taken is not None:
            return taken.command.text.replace("&", "")
        bound.key = key
        bound.action.setShortcut(QKeySequence(key if len(key) > 1 else ""))
        bound.action.setToolTip(f"{bound.command.help} ({_readable(key)})" if key else bound.command.help)
        self.changed.emit()
        return ""

    def use_keys(self, user_keys: Mapping[str, str]) -> None:
        """Take the user's own keys (by command id); they hold for commands declared from now on."""
        self._user_keys.update(user_keys)

    def _free_key(self, command: Command, scope: str) -> str:
        """The user's key, or else the command's own; two commands with the same own key stop the program."""
        own = self._user_keys.get(command.id)
        if own is not None and self._taken(command.id, own, scope) is None:
            return own
        taken = self._taken(command.id, command.key, scope)
        if taken is not None and taken.key != taken.command.key:
            return ""  # the user gave this key to the other command
        assert taken is None, f"{command.key} is used by {taken.command.id} and {command.id}"
        return command.key

    def _taken(self, command_id: str, key: str, scope: str) -> Bound | None:
        """The other command that has ``key`` where ``scope`` is on show."""
        wanted = QKeySequence(key)
        for other in self._bound.values():
            meets = other.scope == scope or EVERYWHERE in (scope, other.scope)
            if key and other.key and other.command.id != command_id and meets and QKeySequence(other.key) == wanted:
                return other
        return None

    def _refresh(self, bound: Bound) -> None:
        here = bound.scope in (EVERYWHERE, self._scope)
        ready = bound.run is not None and bound.allowed and (bound.selected or not bound.command.needs_selection)
        bound.action.setEnabled(here and ready)

    def _triggered(self) -> None:
        action = self.sender()
        bound = self._bound[action.objectName()]
        if bound.run is not None:
            bound.run()


def _readable(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) if len(key) > 1 else key
