"""What the picking screen writes down at once where goods lie in bins or have lots: every stop as it is settled."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import QObject
from sqlalchemy import Connection

from app.errors import UserError
from app.models.shelving import Spot
from app.models.stock import Tracking
from app.services import allocation, pick_stops, short_picks, takes, waves
from app.services.pick_sheets import PickSheet, Stop
from app.services.short_picks import Offer
from app.services.transaction import Transaction
from app.views.context import Context

Done = Callable[[Any], None]


class ShelfWork:
    """The commands of one round at shelves, run one after the other while the picker goes on."""

    def __init__(self, context: Context, owner: QObject, refused: Callable[[UserError], None]) -> None:
        self._context, self._owner, self._refused = context, owner, refused
        self.picker = ""
        self.wave = False

    def look(self, record_id: UUID, *, wave: bool, done: Done) -> None:
        """Find out whether the list has anything to do with bins or lots; ``done`` gets the answer."""
        self.wave, self.picker = wave, ""
        self._context.tasks.read(self._owner, partial(_is_shelved, record_id=record_id, wave=wave), done)

    def begin(self, record_id: UUID, done: Done, failed: Callable[[UserError], None], zone: str = "") -> None:
        """Take the stops over that nobody works on; ``done`` gets who we are and how many there are."""
        op = partial(_begin_wave if self.wave else _begin_list, record_id=record_id, zone=zone)
        self._context.run(self._owner, "pick.begin", op, done=done, failed=failed)

    def take(self, stop: Stop, grains: int) -> None:
        """Write down how much was taken at a stop."""
        self._run("pick.take", partial(_take, take_id=stop.id, grains=grains))

    def short(self, stop: Stop, grains: int) -> None:
        """Write down that only so much is there; the rest is asked for elsewhere."""
        self._run("pick.short", partial(_short, take_id=stop.id, grains=grains))

    def find_instead(self, stop: Stop, code: str, done: Done) -> None:
        """Find which bin or lot a code names that could be taken from instead."""
        self._context.tasks.read(self._owner, partial(_instead, stop=stop, code=code), done)

    def take_instead(self, stop: Stop, grains: int, spot: Spot) -> None:
        """Ask for what is left at a stop at another spot; a serial number that was scanned is taken with it."""
        scanned = stop.place is not None and stop.place.tracking == Tracking.SERIAL
        self._run("pick.relocate", partial(_take_instead, take_id=stop.id, grains=grains, spot=spot, scanned=scanned))

    def leave(self, sheet: PickSheet) -> None:
        """Let others have the stops that were not begun."""
        self._run("pick.leave", partial(_leave, pick_ids=lists_of(sheet)))

    def finish(self, sheet: PickSheet, cancel: Collection[UUID], done: Done, instead: Sequence[Offer] = ()) -> None:
        """Finish what is picked; ``done`` gets the lists finished, and those others still work on.

        ``instead`` are substitutes to sell for pick lines in ``cancel``, for the lists that are finished.
        """
        lists = {stop.order_line_id: stop.place.pick_id for stop in sheet.stops if stop.place}
        sold = tuple((lists[one.order_line_id], one) for one in instead)
        op = partial(_finish_wave, wave_id=sheet.id, cancel=frozenset(cancel), sold=sold)
        if not self.wave:
            op = partial(_finish_list, pick_id=sheet.id, cancel=frozenset(cancel), sold=sold)
        self._context.run(self._owner, "pick.finish", op, done=done, failed=self._refused)

    def read(self, record_id: UUID, done: Done) -> None:
        """Read the stops of this picker."""
        op = partial(_read, record_id=record_id, wave=self.wave, picker=self.picker)
        self._context.tasks.read(self._owner, op, done)

    def _run(self, command: str, op: Callable[[Transaction], Any]) -> None:
        self._context.run(self._owner, command, op, failed=self._refused)


def at_shelves(sheet: PickSheet) -> bool:
    """Tell whether the stops of a sheet are written down one by one."""
    return any(stop.place for stop in sheet.stops)


def lists_of(sheet: PickSheet) -> tuple[UUID, ...]:
    """The pick lists the stops of a sheet belong to."""
    return tuple(sorted({stop.place.pick_id for stop in sheet.stops if stop.place}))


def unpicked(sheet: PickSheet) -> PickSheet:
    """A sheet without what was taken: what it asks for, to tell whether that was changed."""
    stops = [
        replace(stop, picked=0, place=replace(stop.place, short=0) if stop.place else None) for stop in sheet.stops
    ]
    return replace(sheet, stops=tuple(stops))


def _is_shelved(connection: Connection, record_id: UUID, *, wave: bool) -> bool:
    return wave or pick_stops.is_shelved(connection, record_id)


def _read(connection: Connection, record_id: UUID, picker: str, *, wave: bool) -> PickSheet:
    return (pick_stops.of_wave if wave else pick_stops.of_list)(connection, record_id, picker)


def _instead(connection: Connection, stop: Stop, code: str) -> Spot | None:
    return pick_stops.elsewhere(connection, stop, code)


def _begin_list(tx: Transaction, record_id: UUID, zone: str) -> tuple[str, int]:
    return tx.by, takes.begin(tx, [record_id], tx.by, zone=zone)


def _begin_wave(tx: Transaction, record_id: UUID, zone: str) -> tuple[str, int]:
    return tx.by, waves.begin(tx, record_id, tx.by, zone=zone)


def _take(tx: Transaction, take_id: UUID, grains: int) -> None:
    takes.take(tx, take_id, tx.by, grains)


def _short(tx: Transaction, take_id: UUID, grains: int) -> None:
    takes.short(tx, take_id, tx.by, grains)


def _take_instead(tx: Transaction, take_id: UUID, grains: int, spot: Spot, *, scanned: bool) -> None:
    new_id = takes.take_elsewhere(tx, take_id, tx.by, grains, spot)
    if not scanned:
        takes.take(tx, new_id, tx.by, 0)


def _leave(tx: Transaction, pick_ids: tuple[UUID, ...]) -> None:
    takes.leave(tx, pick_ids, tx.by)


Sold = tuple[tuple[UUID, Offer], ...]
"""Substitutes with the pick list each is for."""


def _finish_list(tx: Transaction, pick_id: UUID, cancel: frozenset[UUID], sold: Sold) -> tuple[list[UUID], list[UUID]]:
    done = takes.finish(tx, [pick_id], tx.by, cancel=cancel)
    _sell(tx, sold, done[0])
    wave_id = allocation.lock_list(tx, pick_id).wave_id
    if wave_id is not None:
        waves.finish_when_done(tx, wave_id)
    return done


def _finish_wave(tx: Transaction, wave_id: UUID, cancel: frozenset[UUID], sold: Sold) -> tuple[list[UUID], list[UUID]]:
    done = waves.finish(tx, wave_id, tx.by, cancel=cancel)
    _sell(tx, sold, done[0])
    return done


def _sell(tx: Transaction, sold: Sold, finished: Collection[UUID]) -> None:
    short_picks.sell_instead(tx, [one for pick_id, one in sold if pick_id in finished])
