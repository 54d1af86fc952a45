"""Computes what is derived anew from the ledgers: levels, counts of order lines, open amounts, states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, bindparam, text

from app.models.base import AMOUNT, Key
from app.models.invoice import InvoiceState, invoice
from app.models.order import line_stock, sales_order_line
from app.models.rounding import scaled
from app.models.stock import INSIDE, NOWHERE, shelf_stock, stock_level
from app.services import instalments, order_book, planning, stock_ledger
from app.services.database import Database
from app.services.integrity import orders, rebuilding_supply, rebuilding_values
from app.services.integrity.damage import Rule, Steps, read
from app.services.integrity.goods import FOLDED_LEVELS, FOLDED_LINES
from app.services.integrity.instalments import INSTALMENTS
from app.services.integrity.money import OPEN_AMOUNTS
from app.services.integrity.places import FOLDED_PARTS
from app.services.integrity.returning import FOLDED_REPLACED
from app.services.integrity.shelving import FOLDED_ASKED, FOLDED_SHELVED, FOLDED_SHELVES
from app.services.progress import Quiet
from app.services.statements import Prepared
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many rows were put right."""

    levels: int
    lines: int
    invoices: int
    orders: int
    supply: int
    values: int


def rebuild(database: Database, by: str, at: datetime) -> Rebuilt:
    """Put every derived figure right that does not agree with its ledger; sound rows are left alone.

    Raises:
        Unavailable: the database cannot be reached or written.

    """
    return Rebuilt(*database.run("books.rebuild", _rebuild, by=by, at=at).value)


def _rebuild(tx: Transaction) -> tuple[int, ...]:
    supply = rebuilding_supply.rebuild(tx)
    levels = _rebuild_levels(tx) + _rebuild_shelves(tx)
    values = rebuilding_values.rebuild(tx)
    lines = _rebuild_lines(tx) + _rebuild_parts(tx)
    invoices = _rebuild_invoices(tx)
    steps = Steps(Quiet(), 0, 0, "")
    wrong = [one for one in orders.states(tx.connection, steps) if one.rule in {Rule.ORDER_STATES, Rule.ORDER_MONEY}]
    ids = sorted({UUID(one.key) for one in wrong})
    for order_id in ids:
        planning.derive_anew(tx, order_book.load(tx, order_id))
    return levels, lines, invoices, len(ids), supply, values


def _rebuild_levels(tx: Transaction) -> int:
    rows = list(read(tx.connection, FOLDED_LEVELS))
    for row in rows:
        product_id, location_id = _uuid(row.product_id), _uuid(row.location_id)
        stock_ledger.lock_levels(tx, location_id, [product_id])
        values = {"product": product_id, "place": location_id}
        values |= {f"new_{name}": getattr(row, f"moved_{name}") for name in INSIDE}
        tx.change_projection(stock_level, _SET_LEVEL, [values])
    return len(rows)


def _rebuild_shelves(tx: Transaction) -> int:
    """Make the stock of bins what their moves add up to, and what is set aside what open lists ask for."""
    spots = [(row, {"quantity": row.found}) for row in tx.execute(FOLDED_SHELVES).all()]
    for row, values in spots:
        tx.change_projection(shelf_stock, _ADD_SPOT, [_spot(row)])
        tx.change_projection(shelf_stock, _SET_ALLOCATED, [_spot(row) | {"allocated": 0}])  # found again below
        tx.change_projection(shelf_stock, _SET_SPOT, [_spot(row) | values])
    asked = tx.execute(FOLDED_ASKED).all()
    for row in asked:
        if (row.bin_id, row.lot_id) == (NOWHERE, NOWHERE):
            values = {"product": row.product_id, "place": row.location_id, "asked": row.found}
            tx.change_projection(stock_level, _SET_ASKED, [values])
        else:
            tx.change_projection(shelf_stock, _SET_ALLOCATED, [_spot(row) | {"allocated": row.found}])
    shelved = list(read(tx.connection, FOLDED_SHELVED))
    for row in shelved:
        values = {"product": _uuid(row.product_id), "place": _uuid(row.location_id), "shelved": row.found}
        tx.change_projection(stock_level, _SET_SHELVED, [values])
    return len({(row.product_id, row.location_id) for row, _ in spots} | {(r.product_id, r.location_id) for r in asked})


def _spot(row: Any) -> dict[str, Any]:
    return {"product": row.product_id, "place": row.location_id, "bin": row.bin_id, "lot": row.lot_id}


def _rebuild_lines(tx: Transaction) -> int:
    changes: dict[UUID, dict[str, int]] = {}
    for row in list(read(tx.connection, FOLDED_LINES)):
        names = ("reserved", "picked", "shipped", "returned")
        changes[_uuid(row.id)] = {name: getattr(row, name) for name in names}
    for row in list(read(tx.connection, orders.FOLDED_INVOICED)):
        changes.setdefault(_uuid(row.id), {})["invoiced"] = row.posted
    for row in list(read(tx.connection, FOLDED_REPLACED)):
        changes.setdefault(_uuid(row.id), {}).update(
            returned_open=row.replaced, advanced=row.advanced, exchanged=row.exchanged
        )
    for line_id, values in changes.items():
        tx.update(sales_order_line, line_id, **values)
    return len(changes)


def _rebuild_parts(tx: Transaction) -> int:
    rows = list(read(tx.connection, FOLDED_PARTS))
    values = [
        {"line": _uuid(row.line_id), "place": _uuid(row.location_id), "reserved": row.reserved, "picked": row.picked}
        for row in rows
    ]
    if values:
        tx.change_projection(line_stock, order_book.SET_PART, values)
    return len(rows)


def _rebuild_invoices(tx: Transaction) -> int:
    rows = list(read(tx.connection, OPEN_AMOUNTS))
    for row in rows:
        posted = row.state in {InvoiceState.POSTED, InvoiceState.PAID}
        state = row.state if not posted else str(InvoiceState.POSTED if row.rest else InvoiceState.PAID)
        rest = row.rest if posted else 0
        tx.update(invoice, _uuid(row.key), open_amount=scaled(rest, AMOUNT), state=state)
    return len(rows) + _rebuild_instalments(tx)


def _rebuild_instalments(tx: Transaction) -> int:
    """Settle instalments anew where they come to their invoice."""
    done = 0
    for row in list(read(tx.connection, INSTALMENTS)):
        head = tx.lock(invoice, _uuid(row.key), "Invoice")
        if head.instalments == row.n and row.amount == row.total:
            tx.update(invoice, head.id, **instalments.follow(tx, head, head.open_amount))
            done += 1
    return done


def _uuid(stored: Any) -> UUID:
    return stored if isinstance(stored, UUID) else UUID(bytes=stored)


_OF_LEVEL: Final = (
    stock_level.c.product_id == bindparam("product", type_=Key),
    stock_level.c.location_id == bindparam("place", type_=Key),
)
_OF_SPOT: Final = (
    shelf_stock.c.product_id == bindparam("product", type_=Key),
    shelf_stock.c.location_id == bindparam("place", type_=Key),
    shelf_stock.c.bin_id == bindparam("bin", type_=Key),
    shelf_stock.c.lot_id == bindparam("lot", type_=Key),
)
_ADD_SPOT: Final = Prepared(
    text(
        "INSERT INTO shelf_stock (product_id, location_id, bin_id, lot_id, quantity, allocated) "
        "VALUES (:product, :place, :bin, :lot, 0, 0) ON CONFLICT DO NOTHING"
    ).bindparams(*(bindparam(name, type_=Key) for name in ("product", "place", "bin", "lot")))
)
_SET_SPOT: Final = Prepared(
    shelf_stock.update().where(*_OF_SPOT).values(quantity=bindparam("quantity", type_=BigInteger))
)
_SET_ALLOCATED: Final = Prepared(
    shelf_stock.update().where(*_OF_SPOT).values(allocated=bindparam("allocated", type_=BigInteger))
)
_SET_ASKED: Final = Prepared(stock_level.update().where(*_OF_LEVEL).values(asked=bindparam("asked", type_=BigInteger)))
_SET_SHELVED: Final = Prepared(
    stock_level.update().where(*_OF_LEVEL).values(shelved=bindparam("shelved", type_=BigInteger))
)
_SET_LEVEL: Final = Prepared(
    stock_level.update()
    .where(
        stock_level.c.product_id == bindparam("product", type_=Key),
        stock_level.c.location_id == bindparam("place", type_=Key),
    )
    .values({name: bindparam(f"new_{name}", type_=BigInteger) for name in INSIDE})
)
