"""What stands against taking one imported record back, and taking it back: customers, products, stock, orders.

A record that was new is put out of sight under another number, so that its own is free for the next try;
nothing that other sites may know is deleted.  A record that was here gets back the values that stood there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Column, Connection, Table, func, literal, select

from app.models.base import metadata
from app.models.log import command_log, event, field_version
from app.models.order import OrderState, sales_order, sales_order_line
from app.models.party import address, contact, customer
from app.models.product import product
from app.models.stock import INSIDE, location, stock_level, stock_move
from app.services import orders, parties, products, stock, stock_ledger, takeover
from app.services.imports import references, undo_prices
from app.services.imports.checking import QUIET
from app.services.imports.fields import Kind
from app.services.imports.plan import Part
from app.services.progress import Progress
from app.services.transaction import Transaction

COMMAND: Final = "import.undo"
_CHUNK: Final = 500
_TELL_EVERY: Final = 100
_IMPORTS: Final = (*(f"{kind.value}.import" for kind in Kind), COMMAND)
"""Commands that neither change nor use a record that an earlier import still holds: they were undone, or undid."""


@dataclass(frozen=True, slots=True)
class Written:
    """A record that an import wrote: its number there, its id, whether it was new, else what was written over."""

    number: str
    row_id: UUID
    is_new: bool
    parts: Sequence[Part] = ()


# ------------------------------------------------------------------------------------- what stands against it


def obstacles(connection: Connection, kind: Kind, command_id: UUID, written: Sequence[Written]) -> dict[str, str]:
    """Say by number why a record that ``command_id`` wrote cannot be taken back; those that can are left out."""
    return dict(_OBSTACLES[kind](connection, command_id, written))


def _of_customers(connection: Connection, _command_id: UUID, written: Sequence[Written]) -> Iterator[tuple[str, str]]:
    new = [one for one in written if one.is_new]
    ids = [one.row_id for one in new]
    owner = {row_id: row_id for row_id in ids}
    for table in (address, contact):
        for part in _parts(ids):
            rows = connection.execute(select(table.c.id, table.c.customer_id).where(table.c.customer_id.in_(part)))
            owner.update((row[0], row[1]) for row in rows)
    changed = _changed(connection, owner) | _heard_of(connection, ids, "customer.")
    yield from _of_new(new, changed, references.users(connection, customer, ids))
    yield from _of_changed(connection, written)


def _of_products(connection: Connection, _command_id: UUID, written: Sequence[Written]) -> Iterator[tuple[str, str]]:
    new = [one for one in written if one.is_new]
    ids = [one.row_id for one in new]
    changed = _changed(connection, {row_id: row_id for row_id in ids})
    used = _moved(connection, ids) | references.users(connection, product, ids)
    yield from _of_new(new, changed | _heard_of(connection, ids, "product."), used)
    yield from _of_changed(connection, written)


def _of_new(new: Iterable[Written], changed: dict[UUID, str], used: dict[UUID, str]) -> Iterator[tuple[str, str]]:
    for one in new:
        if one.row_id in used:
            yield one.number, f"It is in use: {used[one.row_id]}."
        elif one.row_id in changed:
            yield one.number, f"It was changed since: {changed[one.row_id]}."


def _of_changed(connection: Connection, written: Iterable[Written]) -> Iterator[tuple[str, str]]:
    for one in written:
        for name, row_id, _, after in one.parts:
            here = _now(connection, metadata.tables[name], _part_id(connection, one, name, row_id, after), after)
            other = [field.replace("_", " ") for field, value in after.items() if here.get(field) != value]
            if other:
                yield one.number, f"It was changed since: {', '.join(other)}."
                break


def _of_stock(connection: Connection, command_id: UUID, written: Sequence[Written]) -> Iterator[tuple[str, str]]:
    moves = _counted(connection, command_id, written)
    for one in written:
        if one.number not in moves:
            continue
        place, difference, last = moves[one.number]
        level, where = stock_level.c, (one.row_id, place)
        row = connection.execute(
            select(*(level[name] for name in INSIDE)).where(level.product_id == where[0], level.location_id == where[1])
        ).one()
        move = stock_move.c
        since = connection.execute(
            select(move.id)
            .join(command_log, command_log.c.id == move.command_id)
            .where(
                move.product_id == where[0],
                move.location_id == where[1],
                move.id > last,
                command_log.c.command.not_in(_IMPORTS),
                move.source.in_(INSIDE) != move.target.in_(INSIDE),
            )
        ).first()
        if since is not None:
            yield one.number, "Goods came in or went out since. Count it instead."
        elif row.free < difference:
            yield one.number, "Some of it is promised or picked for orders. Cancel those or count it instead."
        elif _as_typed(connection, one.row_id, sum(row) - difference) is None:
            yield one.number, "What was there is no decimal number of its unit. Count it instead."


def _of_orders(connection: Connection, _command_id: UUID, written: Sequence[Written]) -> Iterator[tuple[str, str]]:
    ids = [one.row_id for one in written]
    heard = _heard_of(connection, ids, "")
    heads = _by_id(connection, select(sales_order).where, sales_order.c.id, ids)
    used = references.users(connection, sales_order, [i for i in ids if i in heads and heads[i].taken_over])
    line = sales_order_line.c
    begun: set[UUID] = set()
    for part in _parts(ids):
        query = select(line.order_id).where(
            line.order_id.in_(part), (line.picked != 0) | (line.shipped != 0) | (line.invoiced != 0)
        )
        begun.update(connection.execute(query).scalars())
    for one in written:
        head = heads[one.row_id]
        if one.row_id in heard:
            yield one.number, f"Somebody worked on it since: {heard[one.row_id]}."
        elif one.row_id in used:
            yield one.number, f"It is in use: {used[one.row_id]}."
        elif head.taken_over and (head.state != OrderState.CLOSED or head.revision):
            yield one.number, "It was changed since."
        elif not head.taken_over and (head.state != OrderState.CONFIRMED or one.row_id in begun):
            yield one.number, "It was picked, shipped, invoiced or finished since."


def _of_prices(connection: Connection, _command_id: UUID, written: Sequence[Written]) -> Iterator[tuple[str, str]]:
    yield from undo_prices.changed_since(connection, {one.row_id: one.number for one in written if one.is_new})
    yield from _of_changed(connection, written)


_OBSTACLES: Final[dict[Kind, Callable[[Connection, UUID, Sequence[Written]], Iterator[tuple[str, str]]]]] = {
    Kind.CUSTOMERS: _of_customers,
    Kind.PRODUCTS: _of_products,
    Kind.STOCK: _of_stock,
    Kind.PRICES: _of_prices,
    Kind.ORDERS: _of_orders,
}


# ------------------------------------------------------------------------------------------------ taking back


def take_back(
    tx: Transaction, kind: Kind, command_id: UUID, written: Sequence[Written], progress: Progress = QUIET
) -> None:
    """Take records back that nothing stands against (see :func:`obstacles`); a stop keeps nothing.

    Raises:
        NotAllowed: a step of an order or the shelf forbids it after all; nothing is kept.
        Conflict: somebody changed the same field at the same moment.

    """
    if kind is Kind.PRICES:
        changed = {one.row_id: one.parts[0][2] for one in written if one.parts}
        undo_prices.take_back(tx, command_id, [one.row_id for one in written if one.is_new], changed)
        return
    counted = _counted(tx.connection, command_id, written) if kind is Kind.STOCK else {}
    for count, one in enumerate(written):
        if count % _TELL_EVERY == 0:
            progress.step(count, len(written), f"Taking back {kind.value}")
        if kind is Kind.ORDERS:
            _take_order_back(tx, one)
        elif kind is Kind.STOCK:
            if one.number in counted:
                _recount(tx, one, *counted[one.number][:2])
        elif one.is_new:
            _put_out_of_sight(tx, kind, one.row_id)
        else:
            _restore(tx, one)


def _put_out_of_sight(tx: Transaction, kind: Kind, row_id: UUID) -> None:
    """Free the number of a customer or product and show it no more; a scanner does not find it either."""
    if kind is Kind.CUSTOMERS:
        number = _free_number(tx.connection, customer.c.number, row_id)
        seen = {"number": _value(tx.connection, customer.c.number, row_id), "active": True}
        parties.change(tx, row_id, {"number": number, "active": False}, seen)
    else:
        sku = _free_number(tx.connection, product.c.sku, row_id)
        here = products.get(tx.connection, row_id)
        seen = {"sku": here.sku, "active": here.active, "barcode": here.barcode}
        products.change(tx, row_id, {"sku": sku, "active": False, "barcode": ""}, seen)


def _take_order_back(tx: Transaction, one: Written) -> None:
    head = orders.get(tx.connection, one.row_id)
    number = _free_number(tx.connection, sales_order.c.number, one.row_id)
    if head.taken_over:
        takeover.take_back(tx, one.row_id, number)
    else:
        orders.cancel(tx, one.row_id)
        tx.update(sales_order, one.row_id, number=number)
        for table in metadata.sorted_tables:  # its cancelled papers name it
            if {"order_id", "order_number"} <= {column.name for column in table.c}:
                mine = tx.execute(select(table.c.id).where(table.c.order_id == one.row_id)).scalars().all()
                tx.update_rows(table, [(row_id, {"order_number": number}) for row_id in mine])
    tx.record(references.TAKEN_BACK, one.row_id, number=head.number)


def _restore(tx: Transaction, one: Written) -> None:
    for name, row_id, before, after in one.parts:
        if row_id is None:
            found = _part_id(tx.connection, one, name, row_id, after)
            assert found is not None, "nothing stood against it"
            tx.change_fields(metadata.tables[name], found, {"active": False}, {"active": True})
        else:
            tx.change_fields(metadata.tables[name], row_id, before, after)
    if one.parts:
        tx.record(
            f"{one.parts[0][0] if one.parts[0][0] == 'product' else 'customer'}.changed",
            one.row_id,
            fields=", ".join(dict.fromkeys(field for part in one.parts for field in part[3])),
        )


def _recount(tx: Transaction, one: Written, place: UUID, difference: int) -> None:
    level = stock_level.c
    here = tx.execute(
        select(*(level[name] for name in INSIDE)).where(level.product_id == one.row_id, level.location_id == place)
    ).one()
    quantity = _as_typed(tx.connection, one.row_id, sum(here) - difference)
    assert quantity is not None, "nothing stood against it"
    stock.count(tx, one.row_id, quantity, location_id=place)


# --------------------------------------------------------------------------------------------------- reading


def _parts(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]


def _changed(connection: Connection, owner: dict[UUID, UUID]) -> dict[UUID, str]:
    """Find records with fields that somebody changed; ``owner`` gives the record of each of its rows."""
    found: dict[UUID, list[str]] = {}
    version = field_version.c
    for part in _parts(list(owner)):
        rows = connection.execute(
            select(version.row_id, version.field)
            .join(command_log, command_log.c.id == version.command_id)
            .where(version.row_id.in_(part), command_log.c.command.not_in(_IMPORTS))
            .order_by(version.id)
        )
        for row_id, field in rows:
            found.setdefault(owner[row_id], []).append(field.replace("_", " "))
    return {row_id: ", ".join(dict.fromkeys(names)) for row_id, names in found.items()}


def _heard_of(connection: Connection, ids: Sequence[UUID], prefix: str) -> dict[UUID, str]:
    """Find records that something happened to since, with the first of it in words."""
    found: dict[UUID, str] = {}
    for part in _parts(ids):
        rows = connection.execute(
            select(event.c.subject_id, event.c.name, event.c.by, event.c.at)
            .join(command_log, command_log.c.id == event.c.command_id)
            .where(event.c.subject_id.in_(part), command_log.c.command.not_in(_IMPORTS))
            .order_by(event.c.id)
        )
        for row in rows:
            if row.name.startswith(prefix):
                words = row.name.replace(".", " ").replace("_", " ")
                found.setdefault(row.subject_id, f"{words} by {row.by} on {row.at.date().isoformat()}")
    return found


def _moved(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Find products with stock on hand, or that other commands than imports have moved."""
    found: dict[UUID, str] = {}
    level = stock_level.c
    on_hand = func.sum(sum((level[name] for name in INSIDE), literal(0)))
    for part in _parts(ids):
        moved = (
            select(stock_move.c.product_id)
            .distinct()
            .join(command_log, command_log.c.id == stock_move.c.command_id)
            .where(stock_move.c.product_id.in_(part), command_log.c.command.not_in(_IMPORTS))
        )
        found.update(dict.fromkeys(connection.execute(moved).scalars(), "stock moves"))
        there = select(level.product_id).where(level.product_id.in_(part)).group_by(level.product_id)
        found.update(dict.fromkeys(connection.execute(there.having(on_hand != 0)).scalars(), "stock on hand"))
    return found


def _counted(connection: Connection, command_id: UUID, written: Sequence[Written]) -> dict[str, tuple[UUID, int, UUID]]:
    """Find what a command's counts changed: number to location, difference in grains, and the last move of it."""
    codes = {row.id: row.code for row in connection.execute(select(location.c.id, location.c.code))}
    main = stock_ledger.main_location(connection)
    moves: dict[tuple[UUID, UUID], list[Any]] = {}
    move = stock_move.c
    for part in _parts(sorted({one.row_id for one in written})):
        rows = connection.execute(
            select(move.product_id, move.location_id, move.source, move.target, move.quantity, move.id)
            .where(move.product_id.in_(part), move.command_id == command_id)
            .order_by(move.id)
        )
        for row in rows:
            moves.setdefault((row.product_id, row.location_id), []).append(row)
    found: dict[str, tuple[UUID, int, UUID]] = {}
    for one in written:
        code = one.number.rpartition("|")[2]
        for (product_id, place), booked in moves.items():
            if product_id == one.row_id and (codes[place] == code or (not code and place == main)):
                inside = sum(
                    (row.target in INSIDE) * row.quantity - (row.source in INSIDE) * row.quantity for row in booked
                )
                found[one.number] = place, inside, booked[-1].id
    return found


def _as_typed(connection: Connection, product_id: UUID, grains: int) -> Decimal | None:
    """Write grains as a decimal of the stock unit with six places at most; None where that is not exact."""
    exact = products.get(connection, product_id).quantity(grains)
    with localcontext(prec=60):
        typed = Decimal(exact.numerator * 1_000_000 // exact.denominator).scaleb(-6)
    return typed if exact == typed else None


def _part_id(
    connection: Connection, one: Written, name: str, row_id: UUID | None, after: dict[str, Any]
) -> UUID | None:
    """Give the id of a row that was written over, or find the one that was added."""
    if row_id is not None:
        return row_id
    table = metadata.tables[name]
    query = select(table.c.id).where(table.c.customer_id == one.row_id, table.c.active)
    query = query.where(*(table.c[field] == value for field, value in after.items()))
    return connection.execute(query.order_by(table.c.id.desc()).limit(1)).scalar()


def _now(connection: Connection, table: Table, row_id: UUID | None, fields: Iterable[str]) -> dict[str, Any]:
    query = select(*(table.c[field] for field in fields)).where(table.c.id == row_id)
    row = connection.execute(query).one_or_none()
    return {} if row is None else row._asdict()


def _by_id(
    connection: Connection, where: Callable[..., Any], column: Column[UUID], ids: Sequence[UUID]
) -> dict[UUID, Any]:
    return {row.id: row for part in _parts(ids) for row in connection.execute(where(column.in_(part)))}


def _value(connection: Connection, column: Column[str], row_id: UUID) -> str:
    return str(connection.execute(select(column).where(column.table.c.id == row_id)).scalar_one())


def _free_number(connection: Connection, column: Column[str], row_id: UUID) -> str:
    """Make the number that a record has once it is undone: its own, marked, and no other record's."""
    width: int = getattr(column.type, "length", 0) or 0
    base = _value(connection, column, row_id)[: width - len(" (undone 9999)")]
    count, number = 1, f"{base} (undone)"
    while connection.execute(select(column).where(column == number)).first():
        count += 1
        number = f"{base} (undone {count})"
    return number
