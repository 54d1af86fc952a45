"""A walk through the bins of one pick list: what each scan means.  Nothing is stored before the list is completed.

A scan is right (counted), wrong (nothing changes, and counting stops until the right thing is scanned or the
picker says so), or one of the control codes printed on the card at the trolley.  Quantities are grains.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.errors import Invalid
from app.models.stock import Tracking
from app.services import scanning
from app.services.pick_sheets import PickSheet, Stop
from app.services.scanning import Scan, ScanKind

CONTROL: Final = {
    "WB-UNDO": "undo",
    "WB-ALL": "all",
    "WB-SHORT": "short",
    "WB-SKIP": "skip",
    "WB-DONE": "done",
    "WB-LEAVE": "leave",
    "WB-OTHER": "other",
}
"""Codes for the card at the trolley: all that can be done without touching the screen."""


class Kind(StrEnum):
    """What came of a scan or a key."""

    COUNTED = "counted"  # right item, more to take
    STOP_DONE = "stop_done"  # right item, this bin is finished
    ALL_DONE = "all_done"  # nothing is left to pick
    BIN = "bin"  # the right bin
    WRONG_ITEM = "wrong_item"
    WRONG_BIN = "wrong_bin"
    TOO_MANY = "too_many"
    SHORT = "short"  # less was found; the rest stays on the order
    SKIPPED = "skipped"  # comes again at the end
    UNDONE = "undone"
    NOTHING = "nothing"  # nothing to take back
    LOT = "lot"  # the right lot: now its pieces
    NEEDS_LOT = "needs_lot"  # right item; its lot or serial number is to be scanned as well
    OTHER_LOT = "other_lot"  # right item of another lot: put it back, or say that it is taken instead
    TOTE = "tote"  # the right tote
    WRONG_TOTE = "wrong_tote"
    BLOCKED = "blocked"  # a wrong scan must be settled first
    RELEASED = "released"  # the wrong scan is settled


WRONG: Final = frozenset(
    {Kind.WRONG_ITEM, Kind.WRONG_BIN, Kind.TOO_MANY, Kind.OTHER_LOT, Kind.WRONG_TOTE, Kind.BLOCKED}
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it: the stop it is about, how many grains were counted, what was scanned."""

    kind: Kind
    stop: Stop | None = None
    grains: int = 0
    code: str = ""
    other: Stop | None = None  # the stop the wrong code belongs to, if it is on this list


@dataclass(frozen=True, slots=True)
class _Step:
    """One counted step, so that it can be taken back."""

    stop_id: UUID
    grains: int
    short: bool = False


class PickRound:
    """Counts what is taken at each stop of a list, in walking order, until every stop is settled."""

    def __init__(self, sheet: PickSheet) -> None:
        """Begin at the first stop with nothing taken."""
        self.sheet = sheet
        self._by_id = {stop.id: stop for stop in sheet.stops}
        self._taken: dict[UUID, int] = {stop.id: stop.picked if stop.place else 0 for stop in sheet.stops}
        self._short: set[UUID] = {stop.id for stop in sheet.stops if stop.place and stop.place.short}
        self._lot_seen: set[UUID] = set()
        self._skipped: list[UUID] = []
        self._steps: list[_Step] = []
        self._current: UUID | None = None
        self.blocked = False
        self._advance()

    # what is on show ---------------------------------------------------------------------------

    @property
    def current(self) -> Stop | None:
        """The stop the picker is at; None when every stop is settled."""
        return self._by_id[self._current] if self._current is not None else None

    @property
    def place(self) -> int:
        """Which stop of the list that is, counted from one."""
        return next((n for n, stop in enumerate(self.sheet.stops, 1) if stop.id == self._current), self.count)

    @property
    def count(self) -> int:
        """How many stops the list has."""
        return len(self.sheet.stops)

    @property
    def settled(self) -> int:
        """How many stops are picked in full or short."""
        return sum(self._settled(stop) for stop in self.sheet.stops)

    def taken(self, stop: Stop) -> int:
        """What was taken at a stop so far."""
        return self._taken[stop.id]

    def left(self, stop: Stop) -> int:
        """What is still to take at a stop."""
        return stop.wanted - self._taken[stop.id]

    def is_short(self, stop: Stop) -> bool:
        """Tell whether less was found at a stop."""
        return stop.id in self._short

    def upcoming(self) -> list[Stop]:
        """The stops after this one, in the order they come."""
        return [self._by_id[stop_id] for stop_id in self._queue() if stop_id != self._current]

    def result(self) -> dict[UUID, int]:
        """What was taken, by pick line: what completes the list."""
        return dict(self._taken)

    # what can happen ---------------------------------------------------------------------------

    def scan(self, code: str) -> Answer:
        """Say what a scanned code means here, and count it if it is right."""
        code = code.strip()
        stop = self.current
        if stop is None:
            return Answer(Kind.ALL_DONE, code=code)
        said = _scan_of(code)
        found = _grains(stop, said)
        if stop.place is not None:
            answer = self._at_shelf(stop, said, found)
            if answer is not None:
                return answer
        if found is None and not _is_bin(stop, code):
            return self._wrong(stop, code)
        if found is None:
            self.blocked = False
            return Answer(Kind.BIN, stop, code=code)
        if found > self.left(stop):
            self.blocked = True
            return Answer(Kind.TOO_MANY, stop, found, code)
        self.blocked = False
        return self._count(stop, found, code)

    def take(self, grains: int) -> Answer:
        """Count what was typed or pressed; below zero gives back."""
        stop = self.current
        if stop is None:
            return Answer(Kind.ALL_DONE)
        if self.blocked:
            return Answer(Kind.BLOCKED, stop)
        grains = max(grains, -self.taken(stop))
        if not grains:
            return Answer(Kind.NOTHING, stop)
        if grains > self.left(stop):
            return Answer(Kind.TOO_MANY, stop, grains)
        return self._count(stop, grains, "")

    def take_all(self) -> Answer:
        """Count all that is left at this stop."""
        stop = self.current
        return self.take(self.left(stop)) if stop is not None else Answer(Kind.ALL_DONE)

    def short(self) -> Answer:
        """No more is found here: go on with what was taken."""
        stop = self.current
        if stop is None:
            return Answer(Kind.ALL_DONE)
        self.blocked = False
        self._short.add(stop.id)
        self._steps.append(_Step(stop.id, 0, short=True))
        missing = self.left(stop)
        self._advance()
        return Answer(Kind.SHORT, stop, missing)

    def skip(self) -> Answer:
        """Come back to this stop at the end."""
        stop = self.current
        if stop is None:
            return Answer(Kind.ALL_DONE)
        self.blocked = False
        if stop.id in self._skipped:
            self._skipped.remove(stop.id)
        self._skipped.append(stop.id)
        self._advance()
        return Answer(Kind.SKIPPED, stop)

    def undo(self) -> Answer:
        """Take the last counted step back, also at a stop that was finished."""
        self.blocked = False
        if not self._steps:
            return Answer(Kind.NOTHING, self.current)
        step = self._steps.pop()
        stop = self._by_id[step.stop_id]
        self._taken[stop.id] -= step.grains
        if step.short:
            self._short.discard(stop.id)
        self._current = stop.id
        return Answer(Kind.UNDONE, stop, step.grains)

    def release(self) -> Answer:
        """The wrong item is back in its place: counting goes on."""
        self.blocked = False
        return Answer(Kind.RELEASED, self.current)

    # leaving and coming back -------------------------------------------------------------------

    def to_text(self) -> str:
        """Write the progress down, to go on later."""
        parts = [f"{stop.id.hex}:{self._taken[stop.id]}:{int(stop.id in self._short)}" for stop in self.sheet.stops]
        return " ".join([*parts, *(f"skip:{stop_id.hex}" for stop_id in self._skipped)])

    def resume(self, text: str) -> bool:
        """Take up a progress written down before; what no longer fits the list is left out.  Tell whether any fit."""
        marks: dict[str, tuple[int, bool]] = {}
        skipped: list[str] = []
        for part in text.split():
            pieces = part.split(":")
            if len(pieces) == 2:
                skipped.append(pieces[1])
            elif len(pieces) == 3 and pieces[1].isdecimal():
                marks[pieces[0]] = (int(pieces[1]), pieces[2] == "1")
        for stop in self.sheet.stops:
            taken, short = marks.get(stop.id.hex, (0, False))
            if taken <= stop.wanted:
                self._taken[stop.id] = taken
                self._short |= {stop.id} if short else set()
        self._skipped = [stop.id for name in skipped for stop in self.sheet.stops if stop.id.hex == name]
        self._advance()
        return any(self._taken.values()) or bool(self._short) or bool(self._skipped)

    def _at_shelf(self, stop: Stop, said: Scan, found: int | None) -> Answer | None:
        """What a scan means for the lot and the tote of a stop; None where it says nothing of them."""
        place, code = stop.place, said.code
        assert place is not None, "asked of stops at shelves"
        if place.tote and found is None and code.casefold() in _totes(self.sheet):
            right = code.casefold() == place.tote.casefold()
            self.blocked = not right
            return Answer(Kind.TOTE if right else Kind.WRONG_TOTE, stop, code=code)
        return self._lot_of(stop, said, found) if place.lot else None

    def _lot_of(self, stop: Stop, said: Scan, found: int | None) -> Answer | None:
        """What a scan means for the lot a stop asks for; None where it is the item's and its lot is right."""
        place, code, named = stop.place, said.code, said.serial or said.lot
        assert place is not None, "asked of stops at shelves"
        if found is None and code.casefold() == place.lot.casefold():
            return self._right_lot(stop, code)
        if found is None:
            return None
        if named and named.casefold() != place.lot.casefold():
            self.blocked = True
            return Answer(Kind.OTHER_LOT, stop, code=named)
        if named:
            self._lot_seen.add(stop.id)
        unseen = stop.id not in self._lot_seen
        return Answer(Kind.NEEDS_LOT, stop, code=code) if unseen else None

    def _right_lot(self, stop: Stop, code: str) -> Answer:
        """The number on the label alone: a serial number is the piece, a lot number says whose pieces come next."""
        assert stop.place is not None, "asked of stops at shelves"
        self.blocked = False
        self._lot_seen.add(stop.id)
        if stop.place.tracking == Tracking.SERIAL:
            return self._count(stop, self.left(stop), code)
        return Answer(Kind.LOT, stop, code=code)

    # inner -------------------------------------------------------------------------------------

    def _count(self, stop: Stop, grains: int, code: str) -> Answer:
        self._taken[stop.id] += grains
        self._steps.append(_Step(stop.id, grains))
        if self.left(stop):
            return Answer(Kind.COUNTED, stop, grains, code)
        self._advance()
        kind = Kind.STOP_DONE if self._current is not None else Kind.ALL_DONE
        return Answer(kind, stop, grains, code)

    def _wrong(self, stop: Stop, code: str) -> Answer:
        """Tell the wrong item from the wrong bin; another line of the same bin is right too."""
        said = _scan_of(code)
        owner = next((one for one in self.sheet.stops if _grains(one, said) is not None), None)
        same_bin = owner is not None and bool(stop.bin) and owner.bin == stop.bin
        if owner is not None and same_bin and not self._settled(owner):
            self._current = owner.id
            return self.scan(code)
        self.blocked = True
        if owner is not None:
            return Answer(Kind.WRONG_ITEM, stop, code=code, other=owner)
        place = next((one for one in self.sheet.stops if _is_bin(one, code)), None)
        return Answer(Kind.WRONG_BIN if place else Kind.WRONG_ITEM, stop, code=code, other=place)

    def _settled(self, stop: Stop) -> bool:
        return stop.id in self._short or self._taken[stop.id] >= stop.wanted

    def _queue(self) -> list[UUID]:
        """Stops not settled: in walking order from the first, those skipped at the end."""
        open_ids = [stop.id for stop in self.sheet.stops if not self._settled(stop)]
        later = [stop_id for stop_id in self._skipped if stop_id in open_ids]
        return [stop_id for stop_id in open_ids if stop_id not in later] + later

    def _advance(self) -> None:
        queue = self._queue()
        self._current = queue[0] if queue else None


def control(code: str) -> str:
    """Give the action a control code stands for; empty for every other code."""
    return CONTROL.get(code.strip().upper(), "")


def _scan_of(code: str) -> Scan:
    """Take a scanned text apart; one that is no sound GS1 code is taken as it is written."""
    try:
        return scanning.read(code)
    except Invalid:
        return Scan(ScanKind.CODE, code)


def _grains(stop: Stop, said: Scan) -> int | None:
    """How many grains one scan stands for at this stop; None if it is another thing's code."""
    return scanning.grains_of(stop.codes, said)


def _totes(sheet: PickSheet) -> set[str]:
    return {stop.place.tote.casefold() for stop in sheet.stops if stop.place and stop.place.tote}


def _is_bin(stop: Stop, code: str) -> bool:
    return bool(stop.bin) and stop.bin.casefold() == code.casefold()
