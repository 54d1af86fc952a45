"""How a product may be had, as people look at it: ways of supply, bills over all levels, where it is used.

Quantities are of the unit that stands beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from app.models.supply import Way, bill, bill_line, supplier, work_center
from app.services import bills, products, supply_ways
from app.services.bills import BillSheet
from app.services.products import Product
from app.services.supply_ways import SupplyWay


@dataclass(frozen=True, slots=True)
class WayRow:
    """A way with its supplier's name and currency, and the code of its own bill (empty: the active one)."""

    way: SupplyWay
    supplier: str
    currency: str
    bill_code: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A component in the tree: how deep it stands, and how much of it one stock unit of the product at the top takes.

    ``made`` is how it is had itself, as far as it has a way; ``fixed`` ones are taken once, whatever is made.
    """

    depth: int
    product_id: UUID
    sku: str
    name: str
    quantity: Fraction
    unit: str
    fixed: bool
    had: Way | None


@dataclass(frozen=True, slots=True)
class RouteRow:
    """A step of the route with the name of its work center."""

    name: str
    center: str
    step: Any


@dataclass(frozen=True, slots=True)
class Use:
    """An active bill the product is a component of: whose it is, and how much of it that takes."""

    bill_id: UUID
    product_id: UUID
    sku: str
    name: str
    code: str
    quantity: Fraction
    unit: str
    fixed: bool


@dataclass(frozen=True, slots=True)
class ProductSheet:
    """A product with its ways, the versions of its bill newest first, and the one on show as a tree with its route."""

    product: Product
    ways: tuple[WayRow, ...]
    versions: tuple[Any, ...]
    shown: BillSheet | None
    tree: tuple[Branch, ...]
    route: tuple[RouteRow, ...]
    uses: tuple[Use, ...]


def read(connection: Connection, product_id: UUID, bill_id: UUID | None = None) -> ProductSheet:
    """Read how a product may be had, with one version of its bill (default: the active one, else the newest).

    Raises:
        NotFound: the product or the bill does not exist.

    """
    known = products.get(connection, product_id)
    versions = bills.versions(connection, product_id)
    chosen = bill_id or next((row.id for row in versions if row.active), versions[0].id if versions else None)
    sheet = bills.get(connection, chosen) if chosen is not None else None
    return ProductSheet(
        product=known,
        ways=_ways(connection, product_id),
        versions=tuple(versions),
        shown=sheet,
        tree=tuple(_tree(connection, sheet)) if sheet else (),
        route=_route(connection, sheet) if sheet else (),
        uses=_uses(connection, product_id),
    )


def _ways(connection: Connection, product_id: UUID) -> tuple[WayRow, ...]:
    ways = supply_ways.of_product(connection, product_id)
    firms = connection.execute(
        select(supplier.c.id, supplier.c.name, supplier.c.currency).where(
            supplier.c.id.in_([one.supplier_id for one in ways if one.supplier_id])
        )
    )
    known = {row.id: row for row in firms}
    found = connection.execute(select(bill.c.id, bill.c.code).where(bill.c.product_id == product_id))
    codes = {row.id: row.code for row in found}
    rows = []
    for one in ways:
        firm = known.get(one.supplier_id)
        code = codes.get(one.bill_id, "") if one.bill_id else ""
        rows.append(WayRow(one, firm.name if firm else "", firm.currency if firm else "", code))
    return tuple(rows)


def _tree(connection: Connection, top: BillSheet) -> list[Branch]:
    """Lay the bill out line by line, each component followed by its own; depth first, as it is drawn."""
    found = list[Branch]()
    own = Fraction(top.head.quantity) * Fraction(top.head.numerator, top.head.denominator)
    waiting = _below(top, 0, Fraction(1) / own, {top.head.product_id})
    while waiting:
        depth, line, times, above = waiting.pop(0)
        known = products.get(connection, line.product_id)
        quantity = Fraction(line.quantity) * Fraction(line.numerator, line.denominator)
        taken = quantity if line.fixed else quantity * times
        ways = supply_ways.of_product(connection, known.id)
        had = ways[0].way if ways else None
        found.append(Branch(depth, known.id, known.sku, known.name, taken, known.unit, line.fixed, had))
        inner = bills.active(connection, known.id) if known.id not in above else None
        if inner is not None:
            made = Fraction(inner.head.quantity) * Fraction(inner.head.numerator, inner.head.denominator)
            waiting = [*_below(inner, depth + 1, taken / made, {*above, known.id}), *waiting]
    return found


def _below(
    sheet: BillSheet, depth: int, times: Fraction, above: set[UUID]
) -> list[tuple[int, Any, Fraction, set[UUID]]]:
    return [(depth, line, times, above) for line in sheet.lines]


def _route(connection: Connection, sheet: BillSheet) -> tuple[RouteRow, ...]:
    ids = {step.work_center_id for step in sheet.steps}
    rows = connection.execute(select(work_center.c.id, work_center.c.name).where(work_center.c.id.in_(ids)))
    names = {row.id: row.name for row in rows}
    return tuple(RouteRow(step.name, names[step.work_center_id], step) for step in sheet.steps)


def _uses(connection: Connection, product_id: UUID) -> tuple[Use, ...]:
    heads: Sequence[Any] = bills.used_in(connection, product_id)
    known = products.get_many(connection, [head.product_id for head in heads])
    found = []
    for head in heads:
        lines = connection.execute(
            select(bill_line).where(bill_line.c.bill_id == head.id, bill_line.c.product_id == product_id)
        )
        of = known[head.product_id]
        found += [
            Use(head.id, of.id, of.sku, of.name, head.code, Fraction(line.quantity), line.unit, line.fixed)
            for line in lines
        ]
    return tuple(sorted(found, key=lambda use: use.sku))
