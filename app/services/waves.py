"""Waves: open pick lists picked together, one after the other, in one walk with totes, or zone by zone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, exists, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key, new_id
from app.models.carrier import carrier_service
from app.models.company import carrier
from app.models.order import sales_order
from app.models.party import customer
from app.models.shipment import PickState, WaveState, pick, pick_line, pick_take, pick_wave, shipment
from app.models.stock import shelf_stock, storage_bin
from app.services import allocation, takes
from app.services.statements import Prepared
from app.services.transaction import Transaction


class Method(StrEnum):
    """How the lists of a wave are walked."""

    ORDER = "order"  # one list after the other
    BATCH = "batch"  # all in one walk, each order into its own tote
    ZONE = "zone"  # all in one walk, each picker in one zone


@dataclass(frozen=True, slots=True)
class Candidate:
    """An open list that can go into a wave; ``cut_off`` is when its carrier comes (HH:MM, empty: not known)."""

    pick_id: UUID
    number: str
    order_number: str
    customer: str
    priority: str
    due: date | None
    carrier: str
    cut_off: str
    lines: int


def candidates(
    connection: Connection,
    location_id: UUID,
    *,
    carrier_name: str = "",
    zone: str = "",
    due_by: date | None = None,
    priority: str = "",
    most: int = 500,
) -> list[Candidate]:
    """Find open lists of a warehouse that are in no wave: the first cut-off first, then by due day and priority.

    ``zone``: with goods that lie in it; ``due_by``: promised by that day; ``priority``: of customers of that class.
    """
    service = carrier_service
    statement = (
        select(
            pick.c.id,
            pick.c.number,
            pick.c.order_number,
            pick.c.customer_name,
            customer.c.priority,
            sales_order.c.promised_on,
            shipment.c.carrier,
            service.c.cut_off,
            pick.c.lines,
        )
        .select_from(
            pick.join(sales_order, sales_order.c.id == pick.c.order_id)
            .join(customer, customer.c.id == sales_order.c.customer_id)
            .join(shipment, shipment.c.id == pick.c.shipment_id)
            .outerjoin(carrier, carrier.c.name == shipment.c.carrier)
            .outerjoin(service, (service.c.carrier_id == carrier.c.id) & (service.c.name == shipment.c.service))
        )
        .where(pick.c.state == PickState.OPEN, pick.c.location_id == location_id, pick.c.wave_id.is_(None))
    )
    if carrier_name:
        statement = statement.where(shipment.c.carrier == carrier_name)
    if due_by is not None:
        statement = statement.where(sales_order.c.promised_on <= due_by)
    if priority:
        statement = statement.where(customer.c.priority == priority)
    if zone:
        statement = statement.where(_lies_in(zone))
    found = [Candidate(*row[:7], row.cut_off or "", row.lines) for row in connection.execute(statement)]
    found.sort(
        key=lambda one: (one.cut_off or "99", one.due or date.max, one.priority or "Z", one.number),
    )
    return found[:most]


def _lies_in(zone: str) -> Any:
    """Lists with goods that lie in bins of a zone."""
    return exists(
        select(pick_line.c.id)
        .join(shelf_stock, shelf_stock.c.product_id == pick_line.c.product_id)
        .join(storage_bin, storage_bin.c.id == shelf_stock.c.bin_id)
        .where(
            pick_line.c.pick_id == pick.c.id,
            pick_line.c.wanted > 0,
            shelf_stock.c.location_id == pick.c.location_id,
            shelf_stock.c.quantity > 0,
            storage_bin.c.zone == zone,
        )
    )


def open_wave(
    tx: Transaction,
    pick_ids: Sequence[UUID],
    method: Method,
    *,
    totes: Sequence[str] = (),
    cut_off: datetime | None = None,
    note: str = "",
) -> UUID:
    """Put open lists of one warehouse into a wave, give them bins and lots, and return the wave's id.

    ``totes`` are the codes of the totes, one for each list, for a batch; without them they are counted T1, T2, ….

    Raises:
        NotAllowed: no list is chosen, one is not open or in another wave, or they are of different warehouses.
        Invalid: there are fewer totes than lists, or one twice.
        NotFound: a list does not exist.

    """
    wanted = list(dict.fromkeys(pick_ids))
    if not wanted:
        raise NotAllowed("Choose at least one open pick list for the wave.")
    heads = [_lock_free(tx, pick_id) for pick_id in sorted(wanted)]
    if len({head.location_id for head in heads}) > 1:
        raise NotAllowed("These lists are of different warehouses. Make a wave for each.")
    codes = list(totes) or [f"T{n}" for n in range(1, len(wanted) + 1)]
    if method is Method.BATCH and (len(codes) < len(wanted) or len(set(codes)) < len(codes)):
        raise Invalid("totes", "Each order of a batch needs a tote of its own. Scan one more tote.")
    wave_id = new_id()
    number = tx.number("WV", wave_id)
    tx.insert(
        pick_wave,
        {
            "id": wave_id,
            "number": number,
            "state": str(WaveState.OPEN),
            "method": str(method),
            "location_id": heads[0].location_id,
            "cut_off": cut_off,
            "note": note,
        },
    )
    for head in heads:
        allocation.allot_list(tx, head)
        tote = codes[wanted.index(head.id)] if method is Method.BATCH else ""
        tx.update(pick, head.id, wave_id=wave_id, tote=tote)
    if method is not Method.ORDER:
        allocation.put_in_order(tx, wanted)
    tx.record("wave.opened", wave_id, number=number, lists=len(wanted), method=str(method))
    return wave_id


def remove(tx: Transaction, pick_id: UUID) -> None:
    """Take a list out of its wave; it stays open, with what was taken for it.

    Raises:
        NotAllowed: it is in no wave, or done.
        NotFound: it does not exist.

    """
    head = allocation.lock_list(tx, pick_id)
    if head.wave_id is None or head.state != PickState.OPEN:
        raise NotAllowed(f"Pick list {head.number} is in no open wave.")
    tx.update(pick, pick_id, wave_id=None, tote="")
    finish_when_done(tx, head.wave_id)


def cancel(tx: Transaction, wave_id: UUID) -> None:
    """Give a wave up: its open lists stay open, in no wave.

    Raises:
        NotAllowed: it is done or cancelled.
        NotFound: it does not exist.

    """
    known = [row.id for row in lists(tx.connection, wave_id) if row.state == PickState.OPEN]
    for pick_id in sorted(known):
        allocation.lock_list(tx, pick_id)
    head = _lock_wave(tx, wave_id)
    for pick_id in known:
        tx.update(pick, pick_id, wave_id=None, tote="")
    tx.update(pick_wave, wave_id, state=str(WaveState.CANCELLED))
    tx.record("wave.cancelled", wave_id, number=head.number)


def begin(tx: Transaction, wave_id: UUID, picker: str, *, zone: str = "") -> int:
    """Begin or go on with a wave, in one ``zone`` where it is picked so; give how many stops are this picker's.

    Raises:
        NotAllowed: the wave is done or cancelled.
        NotFound: it does not exist.

    """
    head = get(tx.connection, wave_id)
    if head.state != WaveState.OPEN:
        raise NotAllowed(f"Wave {head.number} is {head.state}. Choose another one.")
    open_lists = [row.id for row in lists(tx.connection, wave_id) if row.state == PickState.OPEN]
    found = takes.begin(tx, open_lists, picker, zone=zone)
    if head.method != Method.ORDER:
        allocation.put_in_order(tx, open_lists)
    return found


def finish(
    tx: Transaction, wave_id: UUID, picker: str, *, cancel: Iterable[UUID] = ()
) -> tuple[list[UUID], list[UUID]]:
    """Finish the lists of a wave that are picked; give those finished, and those other pickers still work on.

    A wave whose lists were all finished or called off by themselves is done.

    Raises:
        NotAllowed: a stop of this picker is not settled, or nothing at all was taken.
        NotFound: the wave does not exist.

    """
    open_lists = [row.id for row in lists(tx.connection, wave_id) if row.state == PickState.OPEN]
    done = takes.finish(tx, open_lists, picker, cancel=set(cancel)) if open_lists else ([], [])
    finish_when_done(tx, wave_id)
    return done


def finish_when_done(tx: Transaction, wave_id: UUID) -> None:
    """Mark a wave done when none of its lists is open any more."""
    if all(row.state != PickState.OPEN for row in lists(tx.connection, wave_id)):
        head = _lock_wave(tx, wave_id)
        tx.update(pick_wave, wave_id, state=str(WaveState.DONE))
        tx.record("wave.done", wave_id, number=head.number)


def get(connection: Connection, wave_id: UUID) -> Any:
    """Read a wave's head.

    Raises:
        NotFound: it does not exist.

    """
    row = _WAVE.first(connection, wave=wave_id)
    if row is None:
        raise NotFound("Wave", wave_id)
    return row


def lists(connection: Connection, wave_id: UUID) -> list[Any]:
    """Read the lists of a wave: id, number, state, tote, order and customer."""
    return _LISTS.all(connection, wave=wave_id)


def open_waves(connection: Connection) -> list[Any]:
    """Read the open waves, the first cut-off first."""
    rows = connection.execute(select(pick_wave).where(pick_wave.c.state == WaveState.OPEN)).all()
    return sorted(rows, key=lambda row: (row.cut_off is None, row.cut_off or row.created_at, row.id))


def by_number(connection: Connection, number: str) -> UUID | None:
    """Find the wave whose number was scanned."""
    found: UUID | None = connection.execute(
        select(pick_wave.c.id).where(pick_wave.c.number == number)
    ).scalar_one_or_none()
    return found


def zones(connection: Connection, wave_id: UUID) -> list[tuple[str, int]]:
    """Read the zones of a wave's stops that nobody works on, with how many there are in each."""
    rows = connection.execute(
        select(storage_bin.c.zone)
        .select_from(
            pick_take.join(pick_line, pick_line.c.id == pick_take.c.pick_line_id)
            .join(pick, pick.c.id == pick_line.c.pick_id)
            .outerjoin(storage_bin, storage_bin.c.id == pick_take.c.bin_id)
        )
        .where(
            pick.c.wave_id == wave_id,
            pick.c.state == PickState.OPEN,
            pick_take.c.picker == "",
            pick_take.c.wanted > pick_take.c.taken + pick_take.c.short,
        )
    ).scalars()
    found: dict[str, int] = {}
    for zone in rows:
        found[zone or ""] = found.get(zone or "", 0) + 1
    return sorted(found.items())


def _lock_free(tx: Transaction, pick_id: UUID) -> Any:
    head = allocation.lock_list(tx, pick_id)
    if head.state != PickState.OPEN:
        raise NotAllowed(f"Pick list {head.number} is {head.state}. Leave it out of the wave.")
    if head.wave_id is not None:
        raise NotAllowed(f"Pick list {head.number} is in another wave. Leave it out, or take it out there first.")
    return head


def _lock_wave(tx: Transaction, wave_id: UUID) -> Any:
    head = tx.lock(pick_wave, wave_id, "Wave")
    if head.state != WaveState.OPEN:
        raise NotAllowed(f"Wave {head.number} is {head.state} already.")
    return head


_OF_WAVE: Final = bindparam("wave", type_=Key)
_WAVE: Final = Prepared(select(pick_wave).where(pick_wave.c.id == _OF_WAVE))
_LISTS: Final = Prepared(
    select(pick.c.id, pick.c.number, pick.c.state, pick.c.tote, pick.c.order_number, pick.c.customer_name)
    .where(pick.c.wave_id == _OF_WAVE)
    .order_by(pick.c.tote, pick.c.id)
)
