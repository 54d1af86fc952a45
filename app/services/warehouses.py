"""Warehouses and the bins in them: where goods come to, lie and leave from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Table, bindparam, func, or_, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key, new_id
from app.models.order import OrderState, sales_order
from app.models.purchase import PurchaseState, purchase_order
from app.models.shelving import KINDS
from app.models.stock import NOWHERE, location, shelf_stock, stock_level, storage_bin
from app.models.transfer import TransferState, transfer
from app.models.work import WorkState, work_order
from app.services import stock_ledger
from app.services.statements import LONGEST_LIST, Prepared
from app.services.text_search import begins
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class NewWarehouse:
    """A warehouse to add; goods leave first from the one of the lowest ``rank``, which is the main one.

    ``transfer_days`` are working days from here to another warehouse of ours; ``kind`` is warehouse or subcontractor.
    """

    code: str
    name: str
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""
    rank: int | None = None  # None: after all others
    transfer_days: int = 1
    kind: str = "warehouse"
    supplier_id: UUID | None = None  # whose yard it is, for a subcontractor


@dataclass(frozen=True, slots=True)
class Warehouse:
    """A warehouse as it is kept."""

    id: UUID
    code: str
    name: str
    street: str
    postal_code: str
    city: str
    country: str
    rank: int
    transfer_days: int
    kind: str
    active: bool


def add(tx: Transaction, new: NewWarehouse) -> UUID:
    """Add a warehouse under a code of its own and return its id.

    Raises:
        Invalid: code or name is empty, the code is taken, or the days are below zero.

    """
    if not new.code.strip() or not new.name.strip():
        raise Invalid("code", "A warehouse needs a short code and a name.")
    if tx.execute(select(location.c.id).where(location.c.code == new.code)).first():
        raise Invalid("code", f"There is a warehouse {new.code} already. Use another code.")
    if new.transfer_days < 0:
        raise Invalid("transfer_days", "The days to another warehouse cannot be below zero.")
    main = stock_ledger.find_main(tx.connection)
    last = tx.execute(select(func.max(location.c.rank))).scalar_one()
    location_id = new_id()
    row = {name: getattr(new, name) for name in NewWarehouse.__dataclass_fields__}
    row["rank"] = (last or 0) + 1 if new.rank is None else new.rank
    tx.insert(location, {"id": location_id, "owner": tx.site, "active": True, **row})
    _keep_open_orders(tx, main)
    tx.record("warehouse.added", location_id, code=new.code, name=new.name)
    return location_id


def change(tx: Transaction, location_id: UUID, values: Mapping[str, Any]) -> None:
    """Change a warehouse's name, address, rank or days, by column name.

    Raises:
        Invalid: a field is none that can be changed, or the name is empty.
        NotFound: the warehouse does not exist.

    """
    fixed = set(values) - _CHANGEABLE
    if fixed:
        raise Invalid(fixed.pop(), "A warehouse's code and kind are fixed. Add another warehouse instead.")
    if not str(values.get("name", "x")).strip():
        raise Invalid("name", "A warehouse needs a name.")
    tx.lock(location, location_id, "Warehouse")
    main = stock_ledger.find_main(tx.connection)
    tx.update(location, location_id, **values)
    _keep_open_orders(tx, main)
    tx.record("warehouse.changed", location_id, fields=", ".join(values))


def deactivate(tx: Transaction, location_id: UUID) -> None:
    """Close a warehouse: nothing comes to it or leaves from it any more.

    Raises:
        NotAllowed: goods lie in it, open documents name it, or it is the last one.
        NotFound: the warehouse does not exist.

    """
    head = tx.lock(location, location_id, "Warehouse")
    level = stock_level.c
    there = select(level.product_id).where(
        level.location_id == location_id, level.free + level.promised + level.picked + level.blocked > 0
    )
    if tx.execute(there.limit(1)).first():
        raise NotAllowed(f"Goods lie in {head.name}. Transfer or count them out first, then close it.")
    for table, places, open_states, words in _USERS:
        used = or_(*(table.c[name] == location_id for name in places))
        number = tx.execute(select(table.c.number).where(used, table.c.state.in_(open_states)).limit(1)).scalar()
        if number is not None:
            raise NotAllowed(f"{words} {number} still names {head.name}. Finish or cancel it first, then close it.")
    others = select(location.c.id).where(location.c.active, location.c.id != location_id)
    if not tx.execute(others.where(location.c.kind == "warehouse").limit(1)).first():
        raise NotAllowed(f"{head.name} is the last warehouse. Add another one before you close it.")
    tx.update(location, location_id, active=False)
    tx.record("warehouse.closed", location_id, code=head.code)


def reopen(tx: Transaction, location_id: UUID) -> None:
    """Use a closed warehouse again.

    Raises:
        NotFound: the warehouse does not exist.

    """
    head = tx.lock(location, location_id, "Warehouse")
    main = stock_ledger.find_main(tx.connection)
    tx.update(location, location_id, active=True)
    _keep_open_orders(tx, main)
    tx.record("warehouse.reopened", location_id, code=head.code)


def make_main(tx: Transaction, location_id: UUID) -> UUID:
    """Let goods come to a warehouse, and leave from it, first; give the one that was the main one before.

    Orders that are open leave from where they were promised.

    Raises:
        NotAllowed: it is closed, or a subcontractor's yard.
        NotFound: the warehouse does not exist.

    """
    head = tx.lock(location, location_id, "Warehouse")
    if not head.active or head.kind != "warehouse":
        raise NotAllowed(f"{head.name} is closed or not ours. Choose another warehouse as the main one.")
    known = all_of(tx.connection, closed=True)
    before = next(one.id for one in known if one.active and one.kind == "warehouse")
    for place, one in enumerate(sorted(known, key=lambda one: one.id != location_id), 1):
        if one.rank != place:
            tx.update(location, one.id, rank=place)
    _keep_open_orders(tx, before)
    tx.record("warehouse.made_main", location_id, code=head.code)
    return before


def all_of(connection: Connection, *, closed: bool = False) -> list[Warehouse]:
    """Read the warehouses by rank, with ``closed`` also those no longer used."""
    statement = select(*(location.c[name] for name in Warehouse.__dataclass_fields__))
    if not closed:
        statement = statement.where(location.c.active)
    return [Warehouse(*row) for row in connection.execute(statement.order_by(location.c.rank, location.c.id))]


def ours(connection: Connection) -> list[Warehouse]:
    """Read the warehouses in use that are our own, by rank: no subcontractor's yard."""
    return [one for one in all_of(connection) if one.kind == "warehouse"]


def _keep_open_orders(tx: Transaction, before: UUID | None) -> None:
    """Where another warehouse became the main one, let orders that were promised goods go on leaving from the old."""
    if before is None or stock_ledger.find_main(tx.connection) == before:
        return
    order = sales_order.c
    promised = order.location_id.is_(None) & ((order.state == OrderState.CONFIRMED) | order.spread)
    ids = tx.execute(select(order.id).where(promised).order_by(order.id)).scalars().all()
    tx.update_rows(sales_order, [(order_id, {"location_id": before}) for order_id in ids])


# bins ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewBin:
    """A bin to add: aisle, bay and level say where it stands, counted from one; 0 is not said.

    ``kind``: ``pick_face`` (picked first), ``shelf``, ``bulk`` (pallets above), ``staging`` (goods under way).
    """

    code: str
    zone: str = ""
    aisle: int = 0
    bay: int = 0
    level: int = 0
    kind: str = "shelf"


@dataclass(frozen=True, slots=True)
class Bin:
    """A bin as it is kept."""

    id: UUID
    location_id: UUID
    code: str
    zone: str
    aisle: int
    bay: int
    level: int
    kind: str
    active: bool


def add_bin(tx: Transaction, location_id: UUID, new: NewBin) -> UUID:
    """Add a bin to a warehouse and return its id.

    Raises:
        Invalid: the code is empty or taken, or a figure is below zero.
        NotFound: the warehouse does not exist.

    """
    bin_id = add_bins(tx, location_id, [new])[0]
    tx.record("bin.added", bin_id, code=new.code)
    return bin_id


def add_bins(tx: Transaction, location_id: UUID, new: Sequence[NewBin]) -> list[UUID]:
    """Add bins to a warehouse and return their ids in order.

    Raises:
        Invalid: a code is empty or taken, or a figure is below zero.
        NotFound: the warehouse does not exist.

    """
    tx.lock(location, location_id, "Warehouse")
    codes = [one.code for one in new]
    if len(set(codes)) < len(codes):
        raise Invalid("code", "Two of these bins have the same code.")
    taken = bins_by_code(tx.connection, location_id, codes)
    if taken:
        raise Invalid("code", f"There is a bin {next(iter(taken))} already. Use another code.")
    for one in new:
        _check_bin(one)
    rows: list[dict[str, Any]] = [
        {"id": new_id(), "location_id": location_id, "active": True}
        | {name: getattr(one, name) for name in NewBin.__dataclass_fields__}
        for one in new
    ]
    tx.insert(storage_bin, *rows)
    return [row["id"] for row in rows]


def bring_bins(tx: Transaction, location_id: UUID, wanted: Sequence[NewBin]) -> tuple[int, int]:
    """Take over a list of bins, e.g. from a file: new codes are added, known ones changed; give how many of each.

    Raises:
        Invalid: a code is empty or twice in the list, or a figure is below zero.
        NotFound: the warehouse does not exist.

    """
    known = bins_by_code(tx.connection, location_id, [one.code for one in wanted])
    fresh = [one for one in wanted if one.code not in known]
    if fresh:
        add_bins(tx, location_id, fresh)
    changed = []
    for one in wanted:
        kept = known.get(one.code)
        if kept is None:
            continue
        _check_bin(one)
        if any(getattr(kept, name) != getattr(one, name) for name in NewBin.__dataclass_fields__):
            changed.append((kept.id, {name: getattr(one, name) for name in NewBin.__dataclass_fields__}))
    tx.update_rows(storage_bin, changed)
    tx.record("bins.brought", location_id, added=len(fresh), changed=len(changed))
    return len(fresh), len(changed)


def change_bin(tx: Transaction, bin_id: UUID, values: Mapping[str, Any]) -> None:
    """Change where a bin stands, its code or its kind, by column name.

    Raises:
        Invalid: the code is empty or taken, a figure is below zero, or a field is none of a bin's.
        NotFound: the bin does not exist.

    """
    row = tx.lock(storage_bin, bin_id, "Bin")
    unknown = set(values) - NewBin.__dataclass_fields__.keys()
    if unknown:
        raise Invalid(unknown.pop(), "A bin stays in its warehouse. Add another bin instead.")
    _check_bin(NewBin(**{name: values.get(name, getattr(row, name)) for name in NewBin.__dataclass_fields__}))
    if values.get("code", row.code) != row.code and bins_by_code(tx.connection, row.location_id, [values["code"]]):
        raise Invalid("code", f"There is a bin {values['code']} already. Use another code.")
    tx.update(storage_bin, bin_id, **values)
    tx.record("bin.changed", bin_id, fields=", ".join(values))


def deactivate_bin(tx: Transaction, bin_id: UUID) -> None:
    """Take a bin out of use.

    Raises:
        NotAllowed: goods lie in it.
        NotFound: the bin does not exist.

    """
    row = tx.lock(storage_bin, bin_id, "Bin")
    if _FILLED.first(tx.connection, bin=bin_id):
        raise NotAllowed(f"Goods lie in bin {row.code}. Move them to another bin first.")
    tx.update(storage_bin, bin_id, active=False)
    tx.record("bin.closed", bin_id, code=row.code)


def reopen_bin(tx: Transaction, bin_id: UUID) -> None:
    """Use a bin again.

    Raises:
        NotFound: the bin does not exist.

    """
    row = tx.lock(storage_bin, bin_id, "Bin")
    tx.update(storage_bin, bin_id, active=True)
    tx.record("bin.reopened", bin_id, code=row.code)


def bins(connection: Connection, location_id: UUID, *, closed: bool = False) -> list[Bin]:
    """Read a warehouse's bins in walking order, with ``closed`` also those out of use."""
    of = storage_bin.c
    statement = select(*(of[name] for name in Bin.__dataclass_fields__)).where(of.location_id == location_id)
    if not closed:
        statement = statement.where(of.active)
    return [Bin(*row) for row in connection.execute(statement.order_by(of.zone, of.aisle, of.bay, of.level, of.code))]


def bins_by_code(connection: Connection, location_id: UUID, codes: Sequence[str]) -> dict[str, Bin]:
    """Find bins of a warehouse by their exact codes, also those out of use; unknown ones are left out."""
    found: dict[str, Bin] = {}
    for start in range(0, len(codes), LONGEST_LIST):
        part = list(codes[start : start + LONGEST_LIST])
        if part:
            rows = _BY_CODE.all(connection, place=location_id, codes=part)
            found.update((row.code, Bin(*row)) for row in rows)
    return found


def filled(connection: Connection, location_id: UUID) -> dict[UUID, int]:
    """Count how many kinds of goods lie in each bin of a warehouse; empty ones are left out."""
    of = shelf_stock.c
    rows = connection.execute(
        select(of.bin_id, func.count())
        .where(of.location_id == location_id, of.quantity > 0, of.bin_id != NOWHERE)
        .group_by(of.bin_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def zones(connection: Connection, location_id: UUID) -> list[str]:
    """Read the zones of a warehouse by name."""
    of = storage_bin.c
    statement = select(of.zone).where(of.location_id == location_id, of.active, of.zone != "").distinct()
    return list(connection.execute(statement.order_by(of.zone)).scalars())


def find_bins(connection: Connection, location_id: UUID, typed: str, limit: int = 12) -> list[Bin]:
    """Find bins in use of a warehouse whose code or zone begins with what was typed, by code."""
    of = storage_bin.c
    like = begins((of.code, of.zone), typed.strip(), connection.dialect.name)
    rows = connection.execute(
        _BINS.where(of.location_id == location_id, of.active, like).order_by(of.code).limit(limit)
    )
    return [Bin(*row) for row in rows]


def get_bin(connection: Connection, bin_id: UUID) -> Bin:
    """Read a bin.

    Raises:
        NotFound: the bin does not exist.

    """
    row = _BIN.first(connection, bin=bin_id)
    if row is None:
        raise NotFound("Bin", bin_id)
    return Bin(*row)


def has_bins(connection: Connection, location_id: UUID) -> bool:
    """Tell whether a warehouse keeps its goods in bins."""
    return _ANY_BIN.first(connection, place=location_id) is not None


def _check_bin(new: NewBin) -> None:
    if not new.code.strip() or new.code != new.code.strip():
        raise Invalid("code", "A bin needs a code without spaces around it, e.g. A-04-2.")
    if new.kind not in KINDS:
        raise Invalid("kind", f"A bin is one of: {', '.join(KINDS)}.")
    if min(new.aisle, new.bay, new.level) < 0:
        raise Invalid("aisle", "Aisle, bay and level are counted from one.")


_CHANGEABLE: Final = {"name", "street", "postal_code", "city", "country", "rank", "transfer_days", "supplier_id"}
_USERS: Final[tuple[tuple[Table, tuple[str, ...], tuple[str, ...], str], ...]] = (
    (sales_order, ("location_id",), (OrderState.CONFIRMED,), "Order"),
    (
        purchase_order,
        ("location_id",),
        (PurchaseState.DRAFT, PurchaseState.SENT, PurchaseState.CONFIRMED),
        "Purchase order",
    ),
    (work_order, ("location_id", "parts_location_id"), (WorkState.PLANNED, WorkState.RELEASED), "Work order"),
    (transfer, ("from_location_id", "to_location_id"), (TransferState.PLANNED, TransferState.SHIPPED), "Transfer"),
)
"""What may still bring goods to a warehouse or take them from it: table, columns, open states, its name."""
_BINS: Final = select(*(storage_bin.c[name] for name in Bin.__dataclass_fields__))
_BIN: Final = Prepared(_BINS.where(storage_bin.c.id == bindparam("bin", type_=Key)))
_BY_CODE: Final = Prepared(
    _BINS.where(
        storage_bin.c.location_id == bindparam("place", type_=Key),
        storage_bin.c.code.in_(bindparam("codes", expanding=True)),
    )
)
_ANY_BIN: Final = Prepared(
    select(storage_bin.c.id).where(storage_bin.c.location_id == bindparam("place", type_=Key)).limit(1)
)
_FILLED: Final = Prepared(
    select(shelf_stock.c.product_id)
    .where(shelf_stock.c.bin_id == bindparam("bin", type_=Key), shelf_stock.c.quantity > 0)
    .limit(1)
)
