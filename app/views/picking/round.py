"""The picking screen: bin, item and quantity readable at three metres; a scanner is all one needs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from app.errors import UserError
from app.models.shelving import Spot
from app.models.shipment import PickState
from app.services import pick_round
from app.services.pick_round import Answer, Kind, PickRound
from app.services.pick_sheets import PickSheet, Stop
from app.views.context import Context
from app.views.picking import commands, reading, words
from app.views.picking.end import EndPage
from app.views.picking.parts import Band, Mood, ProgressBar, two_lines
from app.views.picking.shelf import ShelfWork, at_shelves, unpicked
from app.views.picking.stop import StopPage
from app.views.picking.words import Words
from app.views.scanner import ScannerInput, ScannerSettings
from app.views.screen import Group, Place, Screen, Target
from app.views.sounds import Sound, Sounds
from app.views.theme import Type
from app.views.tokens import Space, Tone
from app.views.widgets.buttons import Button
from app.views.widgets.labels import Label

HEAD: Final = 84
KEPT: Final = "picking"
"""Under this name in the settings of the desk the progress of lists that are not finished is kept."""


class PickingRound(Screen):
    """One pick list from its first bin to its completion; leaving keeps what was counted."""

    fills_window = True

    def __init__(self, context: Context) -> None:
        super().__init__(context, "pick_round")
        self.walk: PickRound | None = None
        self._pick_id: UUID | None = None
        self._scanner: ScannerInput | None = None
        self._next: UUID | None = None
        self._zone = ""
        self._instead: tuple[Stop, Spot] | None = None
        self.shelf = ShelfWork(context, self, self._not_noted)
        self.sounds = Sounds(self)
        self.bind_all(
            (commands.LEAVE, self.leave_round),
            (commands.ALL, self.take_all),
            (commands.SHORT, self.short),
            (commands.SKIP, self.skip),
            (commands.INSTEAD, self.take_instead),
            (commands.UNDO_SCAN, self.undo),
            (commands.FULL_SCREEN, self.toggle_full_screen),
        )
        self._lay_out()
        context.tasks.changed.connect(self._changed)

    def visit(self, target: Target) -> None:
        """Go on with the list named, where it was left."""
        if target.record_id is not None and (target.record_id != self._pick_id or self.walk is None):
            self._open(target.record_id, wave=target.kind == "wave", zone=str(target.option("zone", "")))
        else:
            self.stop.start()

    def showEvent(self, event: QShowEvent) -> None:
        """From now on scans are for this list."""
        super().showEvent(event)
        self._listen()

    def hideEvent(self, event: QHideEvent) -> None:
        """Let go of the scanner; the progress is kept."""
        super().hideEvent(event)
        self._stop_listening()

    # what a picker does ------------------------------------------------------------------------

    def scan(self, code: str) -> None:
        """Take a code from the scanner."""
        action = pick_round.control(code)
        if action:
            self._actions()[action]()
        elif self.walk is None or self.walk.current is None:
            self._scan_list(code)
        else:
            self._show_answer(self.walk.scan(code))

    def take(self, grains: int) -> None:
        """Count what was typed or pressed; below zero gives back."""
        if self.walk is not None:
            self._show_answer(self.walk.take(grains))

    def take_all(self) -> None:
        """Take all that is left here; at the end complete the list, then begin the next one."""
        if self.walk is None:
            self.pick_next()
        elif self.walk.current is None:
            self.finish()
        else:
            self._show_answer(self.walk.take_all())

    def short(self) -> None:
        """No more is found here."""
        if self.walk is not None and self.walk.current is not None:
            self._show_answer(self.walk.short())

    def skip(self) -> None:
        """Come back here at the end."""
        if self.walk is not None and self.walk.current is not None:
            self._show_answer(self.walk.skip())

    def undo(self) -> None:
        """Take the last step back."""
        if self.walk is not None:
            self._show_answer(self.walk.undo())

    def leave_round(self) -> None:
        """Settle a wrong scan, or keep the progress and go back."""
        if self.walk is not None and self.walk.blocked:
            self._show_answer(self.walk.release())
            return
        if self.window().isFullScreen():
            self.window().showNormal()
        if self.walk is not None and at_shelves(self.walk.sheet):
            self._note(self.walk.current)
            self.shelf.leave(self.walk.sheet)
        self.context.open("picking")

    def take_instead(self) -> None:
        """The other lot, number or bin that was scanned is taken instead of the one asked for."""
        walk, instead = self.walk, self._instead
        if walk is None or instead is None or walk.current != instead[0]:
            return
        stop, spot = instead
        self._instead = None
        self._note(stop)
        self.shelf.take_instead(stop, walk.left(stop), spot)
        walk.release()
        self._say(Words(Mood.NOTE, self.tr("Taken instead"), self.tr("The books ask for that one now.")))

    def finish(self) -> None:
        """Complete the list with what was taken."""
        walk = self.walk
        if walk is None or walk.current is not None:
            return
        pick_id, picked, instead = walk.sheet.id, walk.result(), self.end.instead()
        given_up = reading.given_up(walk, instead, all_of_it=self.end.cancel_rest())
        self.end.set_busy(busy=True)
        if at_shelves(walk.sheet):
            self.shelf.finish(walk.sheet, given_up, self._finished_at_shelves, instead)
            return
        op = partial(reading.complete, pick_id=pick_id, picked=picked, cancel=given_up, instead=instead)
        self.context.run(self, "pick.complete", op, done=self._finished, failed=self._refused)

    def pick_next(self) -> None:
        """Begin the list that is due next."""
        if self._next is not None:
            self.context.open("pick", self._next)

    def toggle_full_screen(self) -> None:
        """Use the whole screen, or go back to a window."""
        window = self.window()
        if window.isFullScreen():
            window.showNormal()
        else:
            window.showFullScreen()

    # building ----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        self.progress, self.band = ProgressBar(), Band()
        column.addWidget(self.progress)
        column.addWidget(self.band)
        self.stop, self.end = StopPage(), EndPage()
        self.stop.all.clicked.connect(self.take_all)
        self.stop.typed.connect(self._typed)
        self.stop.pressed.connect(self.take)
        self.end.finish_wanted.connect(self.finish)
        self.end.next_wanted.connect(self.pick_next)
        self.end.back_wanted.connect(self.undo)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.stop)
        self._stack.addWidget(self.end)
        column.addWidget(self._stack, 1)

    def _head(self) -> QWidget:
        head = QWidget()
        head.setFixedHeight(HEAD)
        row = QHBoxLayout(head)
        row.setContentsMargins(Space.HUGE, 0, Space.HUGE, 0)
        row.setSpacing(Space.LARGE)
        leave = Button(self.tr("Leave"), "arrow-left", touch=True)
        leave.setToolTip(self.tr("Keep the progress and go back (Esc)"))
        leave.clicked.connect(self.leave_round)
        row.addWidget(leave)
        self.title, self.about = Label("", Type.TOUCH_STRONG), Label("", Type.TOUCH, Tone.SOFT)
        row.addLayout(two_lines(self.title, self.about))
        row.addStretch(1)
        self.place, self.done = Label("", Type.TOUCH_STRONG), Label("", Type.TOUCH, Tone.SOFT)
        for label in (self.place, self.done):
            label.setAlignment(Qt.AlignmentFlag.AlignRight)
        row.addLayout(two_lines(self.place, self.done))
        self._round_buttons = []
        for text, icon, key, run in (
            (self.tr("Short"), "package-x", "F8", self.short),
            (self.tr("Skip"), "skip-forward", "F9", self.skip),
        ):
            button = Button(text, icon, touch=True)
            button.setToolTip(f"{text} ({key})")
            button.clicked.connect(run)
            row.addWidget(button)
            self._round_buttons.append(button)
        return head

    # scanner -----------------------------------------------------------------------------------

    def _listen(self) -> None:
        if self._scanner is None:
            prefix = str(self.context.settings.value("scanner/prefix", ""))
            self._scanner = ScannerInput(ScannerSettings(prefix=prefix), self)
            self._scanner.scanned.connect(self.scan)

    def _stop_listening(self) -> None:
        scanner, self._scanner = self._scanner, None
        application = QApplication.instance()
        if scanner is not None and application is not None:
            application.removeEventFilter(scanner)
            scanner.deleteLater()

    def _actions(self) -> dict[str, Callable[[], None]]:
        return {
            "undo": self.undo,
            "all": self.take_all,
            "short": self.short,
            "skip": self.skip,
            "done": self._finish_by_scan,
            "leave": self.leave_round,
            "other": self.take_instead,
        }

    def _finish_by_scan(self) -> None:
        if self.walk is None or self.walk.current is None:
            self.take_all()
        else:
            self._say(Words(Mood.WRONG, self.tr("Not finished yet"), self.tr("Pick, skip or short what is left.")))

    def _scan_list(self, code: str) -> None:
        """Nothing is under way: the number of another list begins it."""
        self.context.tasks.read(self, partial(reading.pick_by_number, number=code), partial(self._list_found, code))

    def _list_found(self, code: str, found: UUID | None) -> None:
        if found is not None and self.walk is None:
            self.context.open("pick", found)
            return
        detail = self.tr("Finish this list first.") if self.walk is not None else self.tr("Scan a pick list's number.")
        self._say(Words(Mood.WRONG, self.tr("Nothing was counted: {}").format(code), detail, "", Sound.WRONG))

    # reading -----------------------------------------------------------------------------------

    def _open(self, pick_id: UUID, *, wave: bool = False, zone: str = "") -> None:
        self._pick_id, self.walk, self._next, self._zone = pick_id, None, None, zone
        self.shelf.look(pick_id, wave=wave, done=self._begin)

    def _begin(self, shelved: bool) -> None:
        if self._pick_id is None:
            return
        if shelved:
            self.shelf.begin(self._pick_id, self._begun, self._not_begun, self._zone)
        else:
            self.context.tasks.read(self, partial(reading.sheet, pick_id=self._pick_id), self._show_sheet)

    def _begun(self, who: tuple[str, int]) -> None:
        self.shelf.picker = who[0]
        self._read_again()

    def _not_begun(self, _: UserError) -> None:
        """The list is done or called off: it is shown as it is."""
        self._read_again()

    def _read_again(self) -> None:
        if self._pick_id is not None:
            self.shelf.read(self._pick_id, self._show_sheet)

    def _show_sheet(self, sheet: PickSheet, *, greet: bool = True) -> None:
        if sheet.id != self._pick_id:
            return  # another list was asked for meanwhile
        self.title.setText(f"{sheet.number} · {sheet.customer_name}")
        order = self.tr("Order {}").format(sheet.order_number) if sheet.order_number else self.tr("Wave")
        self.about.setText(self.tr("{} · {} stops").format(order, len(sheet.stops)))
        if sheet.state != PickState.OPEN:
            self._show_closed(sheet)
            return
        before = self.walk
        self.walk = PickRound(sheet)
        kept = before.to_text() if before is not None else self.context.settings.value(_key(sheet.id), "")
        going_on = self.walk.resume(str(kept))
        if before is None and greet:
            self._greet(going_on=going_on)
        self._refresh()

    def _greet(self, *, going_on: bool) -> None:
        assert self.walk is not None, "only a list that is open is begun"
        stop = self.walk.current
        title = self.tr("Go to {}").format(stop.bin or stop.sku) if stop else self.tr("All is picked")
        detail = self.tr("Going on where you left.") if going_on else self.tr("Scan the bin or the item.")
        self._say(Words(Mood.IDLE, title, detail, self.tr("F11: full screen")))

    def _show_closed(self, sheet: PickSheet) -> None:
        """The list is done or cancelled: say so, offer the next one."""
        self.walk = None
        self.context.settings.remove(_key(sheet.id))
        done = sheet.state == PickState.DONE
        self.progress.show_share(int(done), 1)
        self.place.setText(self.tr("Done") if done else self.tr("Cancelled"))
        self.done.setText("")
        title = (
            self.tr("{} is complete").format(sheet.number) if done else self.tr("{} is called off").format(sheet.number)
        )
        self._say(
            Words(Mood.RIGHT if done else Mood.NOTE, title, self.tr("Scan the next list's number, or Ctrl+Enter."))
        )
        self.end.show_closed(sheet)
        self._show_page(self.end)
        self.context.tasks.read(self, partial(reading.next_pick, done_id=sheet.id), self._offer_next)

    def _offer_next(self, found: tuple[UUID, str, str, int] | None) -> None:
        self._next = found[0] if found else None
        self.end.offer_next(found)

    def _changed(self, changes: Any) -> None:
        """Somebody changed the order meanwhile: what was counted stays where it still fits."""
        if self.walk is None or not self.isVisible() or not changes.touch("pick", "pick_line", "pick_take"):
            return
        if at_shelves(self.walk.sheet):
            self.shelf.read(self.walk.sheet.id, self._compare)
        else:
            self.context.tasks.read(self, partial(reading.sheet, pick_id=self.walk.sheet.id), self._compare)

    def _compare(self, sheet: PickSheet) -> None:
        known = self.walk.sheet if self.walk is not None else None
        if known is not None and sheet.id == known.id and unpicked(sheet) != unpicked(known):
            self._show_sheet(sheet)

    # answering ---------------------------------------------------------------------------------

    def _typed(self, text: str, grains: int | None) -> None:
        if grains is not None:
            self.take(grains)
        else:
            self.scan(text)

    def _show_answer(self, found: Answer) -> None:
        assert self.walk is not None, "only a list under way answers"
        clock = f"{self.context.now().astimezone():%H:%M:%S}"
        self._say(words.answer(found, self.walk, clock))
        if found.stop is not None and found.stop.place is not None:
            self._answer_at_shelf(found, found.stop)
        if found.kind is Kind.WRONG_ITEM and found.other is None:
            code = found.code
            self.context.tasks.read(self, partial(reading.owner, code=code), partial(self._name_wrong, found))
        if not at_shelves(self.walk.sheet):
            self.context.settings.setValue(_key(self.walk.sheet.id), self.walk.to_text())
        self._refresh()

    def _answer_at_shelf(self, found: Answer, stop: Stop) -> None:
        """Write a settled stop down, and find out whether a wrong scan is another lot or bin of the same item."""
        assert self.walk is not None, "only a list under way answers"
        self._instead = None
        if found.kind in {Kind.STOP_DONE, Kind.ALL_DONE, Kind.UNDONE}:
            self._note(stop)
        elif found.kind is Kind.SHORT:
            self.shelf.short(stop, self.walk.taken(stop))
        elif found.kind in {Kind.OTHER_LOT, Kind.WRONG_ITEM, Kind.WRONG_BIN} and found.other is None:
            self.shelf.find_instead(stop, found.code, partial(self._offer_instead, stop))

    def _offer_instead(self, stop: Stop, spot: Spot | None) -> None:
        if spot is not None and self.walk is not None and self.walk.current == stop:
            self._instead = (stop, spot)
            self.band.say(self.band.mood, self.band.title, self.band.detail, self.tr(words.INSTEAD))

    def _note(self, stop: Stop | None) -> None:
        """Write down what was taken at a stop so far."""
        if self.walk is not None and stop is not None and stop.place is not None:
            self.shelf.take(stop, self.walk.taken(stop))

    def _not_noted(self, error: UserError) -> None:
        """Somebody else changed what this stop asks for: say so, and show what is asked for now."""
        self.end.set_busy(busy=False)
        self._say(Words(Mood.WRONG, self.tr("Nothing was written down"), str(error), "", Sound.WRONG))
        self.walk = None
        if self._pick_id is not None:  # what was said stays until the next scan: a greeting would wipe it out
            self.shelf.read(self._pick_id, partial(self._show_sheet, greet=False))

    def _finished_at_shelves(self, result: tuple[list[UUID], list[UUID]]) -> None:
        done, waiting = result
        self._finished(None)
        if waiting and not done:
            others = self.tr("Others still pick part of it. It is finished when they are.")
            self._say(Words(Mood.NOTE, self.tr("Your part is done"), others, "", Sound.DONE))

    def _name_wrong(self, found: Answer, owner: tuple[str, str] | None) -> None:
        if self.band.mood is Mood.WRONG and found.code in self.band.detail:
            self.band.say(Mood.WRONG, self.band.title, words.named(found, owner), self.band.hint)

    def _say(self, said: Words) -> None:
        self.band.say(said.mood, said.title, said.detail, said.hint)
        if said.sound is not None:
            self.sounds.play(said.sound)

    def _refresh(self) -> None:
        walk = self.walk
        assert walk is not None, "there is a list to show"
        self.progress.show_share(walk.settled, walk.count)
        self.done.setText(self.tr("{} of {} stops done").format(walk.settled, walk.count))
        if walk.current is None:
            self.place.setText(self.tr("All stops"))
            self.end.show_round(walk)
            if short := reading.missing(walk):
                look = partial(reading.offers, wanted=short, at=self.context.now())
                self.context.tasks.read(self, look, self.end.offer_instead)
            self._show_page(self.end)
            return
        self.place.setText(self.tr("Stop {} of {}").format(walk.place, walk.count))
        self.stop.show_stop(walk, self.context.today())
        self._show_page(self.stop)

    def _show_page(self, page: StopPage | EndPage) -> None:
        for button in self._round_buttons:
            button.setEnabled(page is self.stop)
        if self._stack.currentWidget() is not page or not self._has_keyboard(page):
            self._stack.setCurrentWidget(page)
            page.start()

    def _has_keyboard(self, page: QWidget) -> bool:
        focused = QApplication.focusWidget()
        return focused is not None and page.isAncestorOf(focused)

    def _finished(self, _: None) -> None:
        self.sounds.play(Sound.DONE)
        self.end.set_busy(busy=False)
        if self._pick_id is not None:
            self._open(self._pick_id, wave=self.shelf.wave, zone=self._zone)

    def _refused(self, error: UserError) -> None:
        self.end.set_busy(busy=False)
        self._say(Words(Mood.WRONG, self.tr("The list is not completed"), str(error), "", Sound.WRONG))


def is_begun(context: Context, pick_id: UUID) -> bool:
    """Tell whether a list was left half picked at this desk."""
    return bool(context.settings.value(_key(pick_id), ""))


def _key(pick_id: UUID) -> str:
    return f"{KEPT}/{pick_id.hex}"


PLACE: Final = Place(
    "pick_round",
    "Pick",
    "scan-barcode",
    Group.HIDDEN,
    PickingRound,
    kinds=("pick", "wave"),
    commands=commands.ROUND_COMMANDS,
)
