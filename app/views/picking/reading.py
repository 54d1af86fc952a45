"""What the picking screen reads, and what it runs at the end of a list."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.services import pick_sheets, picking, short_picks
from app.services.pick_round import PickRound
from app.services.pick_sheets import PickSheet
from app.services.short_picks import Offer
from app.services.transaction import Transaction


def sheet(connection: Connection, pick_id: UUID) -> PickSheet:
    """Read a list."""
    return pick_sheets.read(connection, pick_id)


def owner(connection: Connection, code: str) -> tuple[str, str] | None:
    """Name the product whose code was scanned."""
    return pick_sheets.product_of_code(connection, code)


def pick_by_number(connection: Connection, number: str) -> UUID | None:
    """Find the list whose number was scanned."""
    return pick_sheets.by_number(connection, number)


def next_pick(connection: Connection, done_id: UUID) -> tuple[UUID, str, str, int] | None:
    """Find the list that is due next."""
    return pick_sheets.next_open(connection, done_id)


def missing(walk: PickRound) -> dict[UUID, int]:
    """Add up what was not found, by order line, in grains."""
    found = dict[UUID, int]()
    for stop in walk.sheet.stops:
        if left := walk.left(stop):
            found[stop.order_line_id] = found.get(stop.order_line_id, 0) + left
    return found


def given_up(walk: PickRound, instead: tuple[Offer, ...], *, all_of_it: bool) -> set[UUID]:
    """The pick lines whose missing goods are taken off the order: of all, or of those that are replaced."""
    replaced = {one.order_line_id for one in instead}
    return {
        stop.place.line_id if stop.place else stop.id
        for stop in walk.sheet.stops
        if walk.left(stop) and (all_of_it or stop.order_line_id in replaced)
    }


def offers(connection: Connection, wanted: Mapping[UUID, int], at: datetime) -> list[Offer]:
    """Find what could be sent instead."""
    return short_picks.offers(connection, wanted, at=at)


def complete(
    tx: Transaction, pick_id: UUID, picked: Mapping[UUID, int], cancel: set[UUID], instead: tuple[Offer, ...]
) -> None:
    """Complete a list, take what is given up off the order, and sell the substitutes."""
    picking.complete(tx, pick_id, picked, cancel=cancel)
    short_picks.sell_instead(tx, instead)
