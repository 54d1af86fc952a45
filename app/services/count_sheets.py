"""Count lists as people work with them: found, walked blind, made by zone and class, printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select

from app.errors import Invalid, NotFound
from app.models.base import Key
from app.models.counting import CountState, stock_count, stock_count_line
from app.models.product import product, product_unit
from app.models.stock import location, lot, storage_bin
from app.services import counting, scanning
from app.services.counting import Shelf
from app.services.statements import LONGEST_LIST, Prepared
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One line as the counter sees it: where, what, and what they wrote; never what the books say."""

    id: UUID
    product_id: UUID
    sku: str
    name: str
    unit: str
    grain: int
    tracking: str
    bin_id: UUID | None
    bin: str
    lot: str
    counted: Fraction | None  # in the stock unit; None: not counted yet
    recount: bool
    counted_by: str
    codes: tuple[tuple[str, Fraction], ...]  # what a scanner may read of it, and how many stock units each says

    @property
    def left(self) -> bool:
        """Whether it is still to be counted, or once more."""
        return self.counted is None or self.recount

    def says(self, keys: Sequence[str]) -> Fraction | None:
        """How many stock units a scanned code counts, where it is of this line."""
        known = dict(self.codes)
        return next((known[key.casefold()] for key in keys if key.casefold() in known), None)


@dataclass(frozen=True, slots=True)
class CountSheet:
    """A count list with its lines in walking order."""

    id: UUID
    number: str
    state: str
    location_id: UUID
    warehouse: str
    note: str
    created_at: datetime
    booked_at: datetime | None
    lines: tuple[SheetLine, ...]

    @property
    def is_open(self) -> bool:
        """Whether it can be counted."""
        return self.state == CountState.OPEN

    @property
    def left(self) -> int:
        """How many lines are still to be counted."""
        return sum(one.left for one in self.lines)


def read(connection: Connection, count_id: UUID) -> CountSheet:
    """Read a count list.

    Raises:
        NotFound: there is no such list.

    """
    head = _HEAD.first(connection, count=count_id)
    if head is None:
        raise NotFound("Count list", count_id)
    rows = _LINES.all(connection, count=count_id)
    codes = _codes(connection, sorted({row.product_id for row in rows}))
    lines = tuple(_line(row, codes.get(row.product_id, [])) for row in rows)
    return CountSheet(
        head.id,
        head.number,
        head.state,
        head.location_id,
        head.warehouse,
        head.note,
        head.created_at,
        head.booked_at,
        lines,
    )


def find_line(sheet: CountSheet, code: str, near: int) -> tuple[int, Fraction]:
    """Find the line a scanned code is of, and how many stock units it counts; a bin counts nothing.

    ``near`` is the line the counter stands at: of several lines the nearest from there on is meant.

    Raises:
        Invalid: the code is damaged, or nothing on the list has it.

    """
    scan = scanning.read(code)
    order = [*range(near, len(sheet.lines)), *range(near)] if sheet.lines else []
    for place in order:
        if sheet.lines[place].bin and sheet.lines[place].bin.casefold() == scan.code.casefold():
            return place, Fraction(0)
    named = {scan.lot.casefold(), scan.serial.casefold()} - {""}
    for place in order:
        line = sheet.lines[place]
        if line.lot and line.lot.casefold() in {scan.code.casefold(), *named}:
            return place, Fraction(scan.count or 1)
    for place in order:
        says = sheet.lines[place].says(scan.keys)
        if says is not None and not (named and sheet.lines[place].lot):
            return place, says * (scan.count or 1)
    raise Invalid("scan", f"{scan.code} is not on this list. Nothing was counted; note it as found if it lies here.")


@dataclass(frozen=True, slots=True)
class Choice:
    """What to count next: of which warehouse, zone (None: all) and classes (empty: all), not counted since when."""

    location_id: UUID
    zone: str | None = None
    only: str = ""
    before: datetime | None = None
    most: int = 40


def due(connection: Connection, chosen: Choice, at: datetime) -> list[Shelf]:
    """Find what a choice would put on a list; ``at`` is now, UTC."""
    classes = counting.classes_of(connection, at) if chosen.only else None
    return counting.due(
        connection,
        chosen.location_id,
        zone=chosen.zone,
        classes=classes,
        only=chosen.only,
        before=chosen.before,
        most=chosen.most,
    )


def open_chosen(tx: Transaction, chosen: Choice, note: str = "") -> UUID:
    """Make a count list of what a choice finds, and return its id.

    Raises:
        NotAllowed: it finds nothing.

    """
    found = due(tx.connection, chosen, tx.at)
    return counting.open_list(tx, chosen.location_id, [(one.product_id, one.spot) for one in found], note=note)


def count_open(connection: Connection) -> int:
    """Count the lists that are open."""
    statement = select(func.count()).select_from(stock_count).where(stock_count.c.state == CountState.OPEN)
    return int(connection.execute(statement).scalar_one())


def _line(row: Any, codes: Sequence[tuple[str, Fraction]]) -> SheetLine:
    return SheetLine(
        row.id,
        row.product_id,
        row.sku,
        row.name,
        row.unit,
        row.grain,
        row.tracking,
        row.bin_id,
        row.bin or "",
        row.lot or "",
        Fraction(row.counted, row.grain) if row.counted is not None else None,
        bool(row.recount),
        row.counted_by,
        ((row.sku.casefold(), Fraction(1)), *([(row.barcode.casefold(), Fraction(1))] if row.barcode else []), *codes),
    )


def _codes(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, list[tuple[str, Fraction]]]:
    """Read the barcodes of packs: how many stock units each holds."""
    found: dict[UUID, list[tuple[str, Fraction]]] = {}
    for start in range(0, len(ids), LONGEST_LIST):
        for row in _PACKS.all(connection, ids=ids[start : start + LONGEST_LIST]):
            found.setdefault(row.product_id, []).append(
                (row.barcode.casefold(), Fraction(row.numerator, row.denominator))
            )
    return found


_COUNT: Final = bindparam("count", type_=Key)
_HEAD: Final = Prepared(
    select(stock_count, location.c.name.label("warehouse"))
    .join(location, location.c.id == stock_count.c.location_id)
    .where(stock_count.c.id == _COUNT)
)
_LINE: Final = stock_count_line.c
_LINES: Final = Prepared(
    select(
        _LINE.id,
        _LINE.product_id,
        _LINE.bin_id,
        _LINE.counted,
        _LINE.recount,
        _LINE.counted_by,
        product.c.sku,
        product.c.name,
        product.c.unit,
        product.c.grain,
        product.c.tracking,
        product.c.barcode,
        storage_bin.c.code.label("bin"),
        lot.c.code.label("lot"),
    )
    .join(product, product.c.id == _LINE.product_id)
    .outerjoin(storage_bin, storage_bin.c.id == _LINE.bin_id)
    .outerjoin(lot, lot.c.id == _LINE.lot_id)
    .where(_LINE.count_id == _COUNT)
    .order_by(_LINE.position)
)
_PACKS: Final = Prepared(
    select(
        product_unit.c.product_id, product_unit.c.barcode, product_unit.c.numerator, product_unit.c.denominator
    ).where(product_unit.c.product_id.in_(bindparam("ids", type_=Key, expanding=True)), product_unit.c.barcode != "")
)
