"""How a shipment is laid out in packages before it is packed: proposed or by hand, changed, and checked by scans.

Nothing is stored before the shipment is packed; :meth:`PackingPlan.to_text` keeps what is under way.  Quantities are
grains, weights grams, sizes millimetres.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid
from app.models.base import Key
from app.models.order import sales_order_line
from app.models.product import product
from app.models.shipment import PALLET, PARCEL
from app.models.stock import Tracking, lot
from app.services import fulfilment, lots, packing_proposals, pick_sheets
from app.services.packaging import NewPackage
from app.services.packing_proposals import Proposal
from app.services.statements import Prepared


@dataclass(frozen=True, slots=True)
class Goods:
    """What there is to pack of an order line: ``quantity``, what may be scanned for it, its lots, what a unit weighs.

    ``grain`` are the grains of a stock unit, of which ``weight_g`` and ``size`` are; None where they are not known.
    ``codes`` pairs what may be scanned with its grains; ``lots`` are those picked for it, id and number with grains.
    """

    line_id: UUID
    sku: str
    name: str
    unit: str
    grains_per_unit: Fraction
    quantity: int
    grain: int
    weight_g: int | None = None
    size: tuple[int, int, int] | None = None
    tracking: str = Tracking.NONE
    codes: tuple[tuple[str, int], ...] = ()
    lots: tuple[tuple[UUID, str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class CartonKind:
    """A kind of carton or pallet in use."""

    id: UUID
    code: str
    name: str
    kind: str
    size: tuple[int, int, int]
    tare_g: int
    most_g: int


@dataclass(frozen=True, slots=True)
class PackingSheet:
    """What the packer begins with."""

    shipment_id: UUID
    number: str
    goods: tuple[Goods, ...]
    kinds: tuple[CartonKind, ...]


@dataclass(slots=True)
class Unit:
    """A package being filled; ``key`` names it while it is; ``on`` is the key of the pallet it stands on.

    ``scanned`` is how much of the contents was scanned, ``lots`` of which lots that is.  What a proposal put into a
    carton is held to it; what lies in a package made by hand follows the scan.
    """

    key: int
    kind: str = PARCEL
    carton: CartonKind | None = None
    contents: dict[UUID, int] = field(default_factory=dict)
    scanned: dict[UUID, int] = field(default_factory=dict)
    lots: dict[UUID, dict[UUID, int]] = field(default_factory=dict)
    on: int | None = None
    weighed_g: int = 0
    size: tuple[int, int, int] = (0, 0, 0)
    is_proposed: bool = False


class PackingPlan:
    """The packages of one shipment as they are planned; begins with one that holds everything."""

    def __init__(self, sheet: PackingSheet) -> None:
        self.sheet = sheet
        self.goods = {one.line_id: one for one in sheet.goods}
        self.units: list[Unit] = []
        self._next = 1
        first = self.add()
        first.contents = {one.line_id: one.quantity for one in sheet.goods}

    # what is where ----------------------------------------------------------------------------

    def unit(self, key: int) -> Unit:
        """Give a package by its key."""
        return next(one for one in self.units if one.key == key)

    def number(self, unit: Unit) -> int:
        """Which package that is, counted from one as they will be numbered."""
        floor = [one for one in self.units if one.on is None]
        inside = [one for pallet in floor for one in self.standing_on(pallet)]
        return [one.key for one in [*floor, *inside]].index(unit.key) + 1

    def in_order(self) -> list[Unit]:
        """The packages, each pallet followed by what stands on it."""
        return [part for one in self.units if one.on is None for part in (one, *self.standing_on(one))]

    def standing_on(self, pallet: Unit) -> list[Unit]:
        """The packages that stand on a pallet."""
        return [one for one in self.units if one.on == pallet.key]

    def left(self, line_id: UUID) -> int:
        """How much of a line is in no package."""
        return self.goods[line_id].quantity - sum(one.contents.get(line_id, 0) for one in self.units)

    def unscanned(self) -> dict[UUID, int]:
        """What lies in packages and was not scanned, by line."""
        found: dict[UUID, int] = {}
        for one in self.units:
            for line_id, quantity in one.contents.items():
                missing = quantity - one.scanned.get(line_id, 0)
                if missing:
                    found[line_id] = found.get(line_id, 0) + missing
        return found

    @property
    def is_scanned(self) -> bool:
        """Whether anything was scanned at all: who has not begun to may leave it out."""
        return any(one.scanned for one in self.units)

    def weight_g(self, unit: Unit) -> int:
        """What a package weighs: as weighed, else what it is made of and what is in it, as far as that is known."""
        if unit.weighed_g:
            return unit.weighed_g
        exact = Fraction(unit.carton.tare_g if unit.carton else 0)
        for line_id, quantity in unit.contents.items():
            one = self.goods[line_id]
            exact += Fraction(quantity, one.grain) * (one.weight_g or 0)
        return ceil(exact) + sum(self.weight_g(one) for one in self.standing_on(unit))

    def knows_weight(self, unit: Unit) -> bool:
        """Whether the weight of all that is in a package is known."""
        known = all(self.goods[line_id].weight_g is not None for line_id in unit.contents)
        return bool(unit.weighed_g) or (known and all(self.knows_weight(one) for one in self.standing_on(unit)))

    def fill(self, unit: Unit) -> Fraction | None:
        """Which share of its room a package fills; None where its size or that of its contents is not known."""
        if unit.carton is None or not all(self.goods[line_id].size for line_id in unit.contents):
            return None
        room = _volume(unit.carton.size)
        taken = Fraction(0)
        for line_id, quantity in unit.contents.items():
            one = self.goods[line_id]
            taken += Fraction(quantity, one.grain) * _volume(one.size or (0, 0, 0))
        for inner in self.standing_on(unit):
            taken += _volume(self.size_of(inner))
        return taken / room

    def size_of(self, unit: Unit) -> tuple[int, int, int]:
        """The outer size as typed, else that of its carton; zeros where it is not known."""
        if any(unit.size):
            return unit.size
        return unit.carton.size if unit.carton and unit.kind == PARCEL else (0, 0, 0)

    def troubles(self, unit: Unit) -> list[str]:
        """Say which limits of its carton or pallet a package breaks."""
        if unit.carton is None:
            return []
        found = []
        if self.weight_g(unit) > unit.carton.most_g:
            found.append("too heavy")
        filled = self.fill(unit)
        if filled is not None and filled > 1:
            found.append("too full")
        return found

    # changing it ------------------------------------------------------------------------------

    def add(self, carton: CartonKind | None = None, *, kind: str = PARCEL) -> Unit:
        """Begin another package, or a pallet."""
        one = Unit(self._next, carton.kind if carton else kind, carton)
        self._next += 1
        self.units.append(one)
        return one

    def remove(self, key: int) -> None:
        """Take a package away; its contents are in no package, what stood on it stands on the floor."""
        gone = self.unit(key)
        for one in self.standing_on(gone):
            one.on = None
        self.units.remove(gone)

    def put(self, key: int, line_id: UUID, quantity: int) -> None:
        """Make a package hold so much of a line: taken from what is in no package, then from the others.

        What was scanned elsewhere and comes here is to be scanned again.

        Raises:
            Invalid: there is not so much of it, or it is less than nothing.

        """
        if not 0 <= quantity <= self.goods[line_id].quantity:
            raise Invalid("quantity", f"{self.goods[line_id].sku}: there is not so much of it to pack.")
        here = self.unit(key)
        missing = quantity - here.contents.get(line_id, 0) - max(0, self.left(line_id))
        for other in reversed(self.units):
            taken = min(max(0, missing), other.contents.get(line_id, 0)) if other is not here else 0
            if taken:
                _hold(other, line_id, other.contents[line_id] - taken)
                missing -= taken
        _hold(here, line_id, quantity)

    def stand(self, key: int, pallet: int | None) -> None:
        """Stand a package on a pallet, or on the floor.

        Raises:
            Invalid: what it is to stand on is no pallet, or it is one itself.

        """
        one = self.unit(key)
        if pallet is not None and (one.kind == PALLET or self.unit(pallet).kind != PALLET):
            raise Invalid("on", "Packages stand on the floor, or on a pallet.")
        one.on = pallet

    def take(self, proposal: Proposal) -> None:
        """Lay everything out as proposed; what was scanned before is to be scanned again."""
        kinds = {one.id: one for one in self.sheet.kinds}
        self.units = []
        stacked = proposal.stacked()
        made = [self.add(kinds.get(one.carton_id) if one.carton_id else None, kind=one.kind) for one in stacked]
        for unit, one in zip(made, stacked, strict=True):
            unit.contents = {line_id: n for line_id, n in one.contents.items() if n}
            unit.on = made[one.on].key if one.on is not None else None
            unit.is_proposed = unit.carton is not None
            if unit.carton is None or unit.kind == PALLET:
                unit.size = (one.length_mm, one.width_mm, one.height_mm)

    def packages(self) -> list[NewPackage]:
        """Give the packages as they are packed; empty ones are left out.

        Raises:
            Invalid: nothing is in any package.

        """
        units = [one for one in self.units if any(one.contents.values()) or self.standing_on(one)]
        filled = [one for one in units if any(one.contents.values()) or any(p.contents for p in self.standing_on(one))]
        if not filled:
            raise Invalid("quantity", "Put something into a package first.")
        places = {one.key: n for n, one in enumerate(filled)}
        named = self._lots(filled)
        return [
            NewPackage(
                dict(one.contents),
                self.weight_g(one) if one.weighed_g or one.carton or one.kind == PALLET else 0,
                *self.size_of(one),
                lots=named.get(one.key, {}),
                carton_id=one.carton.id if one.carton else None,
                kind=one.kind,
                on=places[one.on] if one.on is not None else None,
            )
            for one in filled
        ]

    def _lots(self, units: Sequence[Unit]) -> dict[int, dict[UUID, dict[UUID, int]]]:
        """Of which lots the contents are: those scanned, and the others in the order they were picked."""
        found: dict[int, dict[UUID, dict[UUID, int]]] = {}
        for line_id, one in self.goods.items():
            if not any(unit.lots.get(line_id) for unit in units):
                continue
            pool = {lot_id: quantity for lot_id, _, quantity in one.lots}
            for unit in units:
                for lot_id, quantity in unit.lots.get(line_id, {}).items():
                    pool[lot_id] -= quantity
            for unit in units:
                held = unit.contents.get(line_id, 0)
                parts = dict(unit.lots.get(line_id, {}))
                for lot_id, quantity in lots.split(pool, held - sum(parts.values())):
                    pool[lot_id] -= quantity
                    parts[lot_id] = parts.get(lot_id, 0) + quantity
                if held:
                    found.setdefault(unit.key, {})[line_id] = parts
        return found

    # keeping it -------------------------------------------------------------------------------

    def to_text(self) -> str:
        """Write down what is under way."""
        return json.dumps([_row(one) for one in self.units])

    def resume(self, text: str) -> bool:
        """Go on with what was written down, if it is of the goods there are now; tell whether it is."""
        try:
            units = [_unit(row, self.sheet.kinds) for row in json.loads(text)] if text else []
        except (ValueError, KeyError, TypeError, AttributeError):
            return False  # written by another version of the program
        sums: dict[UUID, int] = {}
        for one in units:
            for line_id, quantity in one.contents.items():
                sums[line_id] = sums.get(line_id, 0) + quantity
        fits = all(line_id in self.goods and n <= self.goods[line_id].quantity for line_id, n in sums.items())
        if not units or not fits or not self._lots_fit(units):
            return False
        self.units, self._next = units, max(one.key for one in units) + 1
        return True

    def _lots_fit(self, units: Iterable[Unit]) -> bool:
        known = {(line_id, lot_id): n for line_id, one in self.goods.items() for lot_id, _, n in one.lots}
        for one in units:
            for line_id, parts in one.lots.items():
                for lot_id, quantity in parts.items():
                    known[line_id, lot_id] = known.get((line_id, lot_id), 0) - quantity
        return all(n >= 0 for n in known.values())


def read(connection: Connection, shipment_id: UUID) -> PackingSheet:
    """Read what is to be packed for a shipment, and the cartons there are.

    Raises:
        NotFound: the shipment does not exist.

    """
    sheet = fulfilment.shipment_sheet(connection, shipment_id)
    rows = {row.id: row for row in _LINES.all(connection, order=sheet.head.order_id)}
    wanted = [one for one in sheet.to_pack if one.order_line_id in rows]
    tracked = [one.order_line_id for one in wanted if rows[one.order_line_id].tracking != Tracking.NONE]
    pools = lots.pools(connection, tracked)
    numbers = _numbers(connection, pools)
    units = pick_sheets.unit_codes(connection, [rows[one.order_line_id].product_id for one in wanted])
    goods = tuple(
        _goods(one, rows[one.order_line_id], units.get(rows[one.order_line_id].product_id, ()), pools, numbers)
        for one in wanted
    )
    kinds = tuple(_kind(row) for row in packing_proposals.kinds_of(connection))
    return PackingSheet(shipment_id, sheet.head.number, goods, kinds)


def propose(connection: Connection, shipment_id: UUID, *, on_pallets: bool = False) -> Proposal:
    """Propose packages for what is picked for a shipment and in no package.

    Raises:
        NotFound: the shipment does not exist.

    """
    quantities = {one.line_id: one.quantity for one in read(connection, shipment_id).goods}
    return packing_proposals.propose(connection, shipment_id, on_pallets=on_pallets, quantities=quantities)


def _goods(content: Any, row: Any, units: Iterable[Any], pools: lots.Pool, numbers: Mapping[UUID, str]) -> Goods:
    grains = int(content.quantity * content.grains_per_unit)
    sizes = (row.length_mm, row.width_mm, row.height_mm)
    return Goods(
        content.order_line_id,
        content.sku,
        content.name,
        content.unit,
        content.grains_per_unit,
        grains,
        row.grain,
        row.weight_g,
        sizes if all(sizes) else None,
        row.tracking,
        pick_sheets.codes_of(content.sku, row.barcode, content.grains_per_unit, row.grain, units),
        tuple((lot_id, numbers[lot_id], n) for lot_id, n in pools.get(content.order_line_id, {}).items() if n > 0),
    )


def _numbers(connection: Connection, pools: lots.Pool) -> dict[UUID, str]:
    ids = sorted({lot_id for parts in pools.values() for lot_id in parts})
    if not ids:
        return {}
    return {row.id: row.code for row in connection.execute(select(lot.c.id, lot.c.code).where(lot.c.id.in_(ids)))}


def _kind(row: Any) -> CartonKind:
    size = (row.length_mm, row.width_mm, row.height_mm)
    return CartonKind(row.id, row.code, row.name, row.kind, size, row.tare_g, row.most_g)


def _hold(unit: Unit, line_id: UUID, quantity: int) -> None:
    """Change what a package holds; what was scanned stays scanned only while it is all still there."""
    unit.contents[line_id] = quantity
    if not quantity:
        del unit.contents[line_id]
    if unit.scanned.get(line_id, 0) > quantity:
        del unit.scanned[line_id]
        unit.lots.pop(line_id, None)


def _volume(size: tuple[int, int, int]) -> int:
    return size[0] * size[1] * size[2]


def _row(unit: Unit) -> dict[str, Any]:
    return {
        "key": unit.key,
        "kind": unit.kind,
        "carton": unit.carton.id.hex if unit.carton else "",
        "contents": {line_id.hex: n for line_id, n in unit.contents.items()},
        "scanned": {line_id.hex: n for line_id, n in unit.scanned.items()},
        "lots": {line_id.hex: {key.hex: n for key, n in parts.items()} for line_id, parts in unit.lots.items()},
        "on": unit.on,
        "weighed_g": unit.weighed_g,
        "size": list(unit.size),
        "is_proposed": unit.is_proposed,
    }


def _unit(row: dict[str, Any], kinds: Sequence[CartonKind]) -> Unit:
    length, width, height = row["size"]
    return Unit(
        int(row["key"]),
        row["kind"],
        next((one for one in kinds if one.id.hex == row["carton"]), None),
        {UUID(line): int(n) for line, n in row["contents"].items()},
        {UUID(line): int(n) for line, n in row["scanned"].items()},
        {UUID(line): {UUID(key): int(n) for key, n in parts.items()} for line, parts in row["lots"].items()},
        row["on"],
        int(row["weighed_g"]),
        (int(length), int(width), int(height)),
        bool(row["is_proposed"]),
    )


_LINES: Final = Prepared(
    select(
        sales_order_line.c.id,
        sales_order_line.c.product_id,
        product.c.barcode,
        product.c.grain,
        product.c.weight_g,
        product.c.length_mm,
        product.c.width_mm,
        product.c.height_mm,
        product.c.tracking,
    )
    .join(product, product.c.id == sales_order_line.c.product_id)
    .where(sales_order_line.c.order_id == bindparam("order", type_=Key))
)
