"""The window: navigation, the screen on show, the palette, what is said, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget
from sqlalchemy import Connection

from app.services.database import Changes
from app.views.commands import Command
from app.views.context import Context
from app.views.key_page import KeyPage
from app.views.messages import show_crash
from app.views.navigation import Navigation
from app.views.palette import Palette
from app.views.screen import Group, Place, Screen, Target, Waiting
from app.views.tables import PagedTable
from app.views.theme import Theme
from app.views.tokens import Size
from app.views.widgets.labels import Upright
from app.views.widgets.progress_line import ProgressLine
from app.views.widgets.toast import Toast

HISTORY: Final = 100
COUNT_AFTER_MS: Final = 250
CLOSE_AFTER_MS: Final = 50

SEARCH = Command("palette.open", "Search or run", "Find a record or run any command.", "Ctrl+K", "search")
BACK = Command("window.back", "Back", "Show what was shown before.", "Alt+Left", "arrow-left")
FILTER = Command("list.filter", "Filter the list", "Type what to look for in this list.", "Ctrl+F", "list-filter")
SLASH = Command("list.find", "Filter the list", "Type what to look for in this list.", "/")
UNDO = Command("edit.undo", "Undo", "Take back the last step.", "Ctrl+Z", "undo-2")
REDO = Command("edit.redo", "Redo", "Do again what was taken back.", "Ctrl+Y", "redo-2")
KEYS = Command("keys.show", "Show the keys", "List all keys that work here.", "?", "keyboard")
MARGINS = Command(
    "margins.switch",
    "Show or hide margins",
    "Show costs and margins of quotes and orders at this desk, or hide them.",
    "Alt+M",
    "percent",
)
THEME = Command("theme.switch", "Switch light and dark", "Change between the light and the dark look.", "", "sun-moon")
RELOAD = Command("list.reload", "Read again", "Read what is on show from the database again.", "F5", "refresh-cw")


class MainWindow(QMainWindow):
    """Shows one screen at a time; screens are made when first visited and kept."""

    def __init__(self, context: Context, places: Sequence[Place], theme: Theme, company: str = "") -> None:
        super().__init__()
        self._context, self._theme = context, theme
        self._places = {place.id: place for place in places}
        self._kinds = {kind: place for place in places for kind in place.kinds}
        self._screens: dict[str, Screen] = {}
        self._history: list[tuple[str, Target]] = []
        self._key_page: KeyPage | None = None
        self.setWindowTitle(f"{company} – Waybill" if company else "Waybill")
        self.setMinimumSize(960, 600)
        self.navigation, self._stack = Navigation(company), QStackedWidget()
        self.progress, self.toast = ProgressLine(), Toast(self)
        self._lay_out()
        self._use_own_keys()
        self._add_commands(places)
        self.navigation.set_places(places, {p.id: f"Ctrl+{n}" for n, p in enumerate(self._numbered(), 1)})
        self.finder = Palette(context, places, self)
        self._connect()
        self._count_timer = QTimer(self, singleShot=True, interval=COUNT_AFTER_MS)
        self._count_timer.timeout.connect(self.count_waiting)
        self._restore()
        self.count_waiting()

    # building ----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        centre = QWidget()
        row = QHBoxLayout(centre)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.navigation)
        row.addWidget(Upright())
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        column.addWidget(self.progress)
        row.addLayout(column, 1)
        self.setCentralWidget(centre)

    def _use_own_keys(self) -> None:
        kept = self._context.settings
        kept.beginGroup("keys")
        self._context.commands.use_keys({key: str(kept.value(key)) for key in kept.childKeys()})
        kept.endGroup()

    def _numbered(self) -> list[Place]:
        return [place for place in self._places.values() if place.group is not Group.HIDDEN][:9]

    def _add_commands(self, places: Sequence[Place]) -> None:
        commands = self._context.commands
        commands.declared.connect(self._give_home)
        for bound in commands:
            self._give_home(bound.action)
        for place in places:
            for command in place.commands:
                if command.id not in commands:
                    commands.declare(command, place.id)
        undo = self._context.undo
        for command, run in (
            (SEARCH, self._open_palette),
            (BACK, self.go_back),
            (FILTER, self._search_here),
            (SLASH, self._search_here),
            (UNDO, undo.undo),
            (REDO, undo.redo),
            (KEYS, self.show_keys),
            (THEME, self._theme.toggle),
            (MARGINS, self._context.margins.switch),
            (RELOAD, self._reload),
        ):
            commands.add(command, run)
        for number, place in enumerate(self._numbered(), 1):
            go = Command(f"go.{place.id}", place.title, f"Go to {place.title}.", f"Ctrl+{number}", place.icon)
            commands.add(go, partial(self.show_place, place.id))
        self._undo_changed()

    def _give_home(self, action: QAction) -> None:
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        self.addAction(action)

    def _connect(self) -> None:
        context, messages = self._context, self._context.messages
        self.navigation.chosen.connect(self.show_place)
        self.navigation.search_wanted.connect(self._open_palette)
        self.navigation.settings_wanted.connect(self._open_settings)
        self.finder.place_wanted.connect(self.show_place)
        self.finder.record_wanted.connect(self._open_found)
        self.finder.command_wanted.connect(self._run_found)
        context.navigator.know([*self._places, *self._kinds])
        context.navigator.wanted.connect(self._open_wanted)
        context.navigator.back_wanted.connect(self.go_back)
        context.undo.changed.connect(self._undo_changed)
        self._theme.changed.connect(self._keep_theme)
        messages.said.connect(self._say)
        messages.offered.connect(self._offer)
        messages.warned.connect(self._warn)
        messages.crashed.connect(self._crash)
        tasks = context.tasks
        tasks.failed.connect(messages.error)
        tasks.changed.connect(self._changed)
        tasks.started_long.connect(self._long_started)
        tasks.stepped.connect(self._long_stepped)
        tasks.ended_long.connect(self._long_ended)
        self.progress.cancelled.connect(self._cancel_long)
        self._long_ticket = 0

    # going places ------------------------------------------------------------------------------

    def show_place(self, place_id: str) -> None:
        """Show the list of a place."""
        self._go(place_id, Target(place_id))

    def open_record(self, kind: str, record_id: UUID | None, **options: Any) -> None:
        """Show a record, or the place of that id."""
        place = self._kinds.get(kind) or self._places[kind]
        self._go(place.id, Target(kind, record_id, tuple(options.items())))

    def go_back(self) -> None:
        """Show what was shown before."""
        if len(self._history) > 1 and self._may_leave():
            self._history.pop()
            self._show(*self._history[-1])

    @property
    def screen_on_show(self) -> Screen | None:
        """The screen at the front."""
        widget = self._stack.currentWidget()
        return widget if isinstance(widget, Screen) else None

    def screen_of(self, place_id: str) -> Screen:
        """The screen of a place, made if it is not there yet."""
        screen = self._screens.get(place_id)
        if screen is None:
            screen = self._screens[place_id] = self._places[place_id].make(self._context)
            self._stack.addWidget(screen)
        return screen

    def _go(self, place_id: str, target: Target) -> None:
        if self._history and self._history[-1] == (place_id, target):
            self.screen_of(place_id).visit(target)
            return
        if self._may_leave():
            self._history.append((place_id, target))
            del self._history[:-HISTORY]
            self._show(place_id, target)

    def _may_leave(self) -> bool:
        screen = self.screen_on_show
        return screen is None or screen.may_leave()

    def _show(self, place_id: str, target: Target) -> None:
        before, screen = self.screen_on_show, self.screen_of(place_id)
        if before is not None and before is not screen:
            before.leave()
        self._stack.setCurrentWidget(screen)
        self.navigation.setVisible(not screen.fills_window)
        self.navigation.choose(place_id)
        self._context.commands.enter(place_id)
        self._context.commands.allow(BACK.id, allowed=len(self._history) > 1)
        fallen_to = QApplication.focusWidget()  # Qt moves the keyboard on when the screen before is hidden
        screen.visit(target)
        focus = QApplication.focusWidget()
        if focus is None or self.navigation.isAncestorOf(focus) or (focus is fallen_to and before is not screen):
            screen.take_keyboard()

    def _open_wanted(self, kind: str, record_id: UUID | None, options: dict[str, Any]) -> None:
        self.open_record(kind, record_id, **options)

    def _open_found(self, kind: str, record_id: UUID) -> None:
        self.open_record(kind, record_id)

    def _run_found(self, command_id: str, record_id: UUID | None) -> None:
        commands = self._context.commands
        bound = commands.bound(command_id)
        if bound.scope and bound.scope != self._history[-1][0]:
            self.show_place(bound.scope)
        if record_id is not None:
            commands.start_for(command_id, record_id)
        else:
            commands.start(command_id)

    # commands of the window --------------------------------------------------------------------

    def _open_palette(self) -> None:
        self.finder.open()

    def _open_settings(self) -> None:
        if "settings" in self._places:
            self.show_place("settings")

    def _search_here(self) -> None:
        screen = self.screen_on_show
        if screen is not None:
            screen.search()

    def _reload(self) -> None:
        self._context.tasks.changed.emit(_Everything())

    def show_keys(self) -> None:
        """List the keys that work here; they can be changed there."""
        self._key_page = KeyPage(self._context, self._history[-1][0] if self._history else "", self)
        self._key_page.open()

    def _keep_theme(self) -> None:
        self._context.settings.setValue("theme", str(self._theme.choice))

    def _undo_changed(self) -> None:
        commands, undo = self._context.commands, self._context.undo
        commands.allow(UNDO.id, allowed=bool(undo.undo_text))
        commands.allow(REDO.id, allowed=bool(undo.redo_text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Single characters nobody else wanted are commands (``/``, ``?``)."""
        if not (event.text() and self._context.commands.press(event.text())):
            super().keyPressEvent(event)

    # what is said ------------------------------------------------------------------------------

    def _say(self, text: str) -> None:
        self.toast.say(text)

    def _offer(self, text: str, button: str, act: Any) -> None:
        self.toast.say(text, button, act)

    def _warn(self, text: str) -> None:
        self.toast.say(text, warn=True)

    def _crash(self, text: str, report: str) -> None:
        show_crash(self, text, report)

    # what waits --------------------------------------------------------------------------------

    def count_waiting(self) -> None:
        """Count what waits in each place, off the GUI thread."""
        today = self._context.today()
        for place in self._places.values():
            if place.waiting is not None or place.waiting_on is not None:
                self._context.tasks.read(self, partial(_waiting, place, today), partial(self._counted, place.id))

    def _counted(self, place_id: str, waiting: Waiting) -> None:
        self.navigation.set_waiting(place_id, waiting)

    def _changed(self, changes: Changes) -> None:
        tables = {table for place in self._places.values() for table in place.tables}
        if changes.touch(*tables):
            self._count_timer.start()

    # long work ---------------------------------------------------------------------------------

    def _long_started(self, ticket: int, text: str) -> None:
        self._long_ticket = ticket
        self.progress.start(text)

    def _long_stepped(self, ticket: int, done: int, total: int, text: str) -> None:
        if ticket == self._long_ticket:
            self.progress.step(done, total, text)

    def _long_ended(self, ticket: int) -> None:
        if ticket == self._long_ticket:
            self.progress.end()

    def _cancel_long(self) -> None:
        self._context.tasks.stop(self._long_ticket)

    # the window itself -------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.navigation.set_narrow(narrow=self.width() < Size.SIDE_BAR_COLLAPSES_BELOW)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._may_leave() or self._still_saving():
            event.ignore()
            return
        self._context.settings.setValue("window/geometry", self.saveGeometry())
        for table in self.findChildren(PagedTable):
            table.close()
        super().closeEvent(event)

    def _still_saving(self) -> bool:
        """Save what was typed on the screen on show; while that is under way the window closes a moment later."""
        screen = self.screen_on_show
        if screen is None:
            return False
        screen.leave()
        if screen.is_saving():
            QTimer.singleShot(CLOSE_AFTER_MS, self.close)
            return True
        return False

    def _restore(self) -> None:
        geometry = self._context.settings.value("window/geometry")
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(1440, 900)


def _waiting(place: Place, today: date, connection: Connection) -> Waiting:
    if place.waiting_on is not None:
        return place.waiting_on(connection, today)
    return place.waiting(connection) if place.waiting is not None else Waiting(0)


class _Everything(Changes):
    """As if every table had changed: all that is on show is read again."""

    def touch(self, *tables: str) -> bool:
        return True
