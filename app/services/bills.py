"""Bills of materials: what goes into a product or a kit, and by which steps it is made.  The active one is used."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotFound
from app.models.base import Key, new_id
from app.models.bill import Bill, BillCycle, BillLine, levels
from app.models.product import product
from app.models.supply import bill, bill_line, bill_step
from app.services import calendars, products
from app.services.statements import LONGEST_LIST, Prepared
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Component:
    """A line of a bill; a ``fixed`` quantity is needed once, however many are made."""

    product_id: UUID
    quantity: Decimal
    unit: str = ""
    fixed: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the route: minutes to set up, and for one stock unit of what is made."""

    name: str
    work_center_id: UUID
    setup_minutes: Decimal = Decimal(0)
    unit_minutes: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class NewBill:
    """What makes ``quantity`` of ``unit`` of a product; ``lead_days`` are working days besides the steps."""

    product_id: UUID
    components: tuple[Component, ...]
    steps: tuple[Step, ...] = ()
    quantity: Decimal = Decimal(1)
    unit: str = ""
    code: str = ""
    lead_days: int = 0


@dataclass(frozen=True, slots=True)
class BillSheet:
    """A stored bill: its head, its lines and its steps in their order."""

    head: Any
    lines: tuple[Any, ...]
    steps: tuple[Any, ...]


def add(tx: Transaction, new: NewBill) -> UUID:
    """Add a bill as the active one of its product and return its id; the one before stays, out of use.

    Raises:
        BillCycle: the product would be a component of itself, over any number of levels.
        Invalid: a quantity, unit or step cannot be taken.
        NotFound: a product or work center does not exist.

    """
    tx.lock(product, new.product_id, "Product")  # two clerks must not make two active ones
    bill_id = new_id()
    _store(tx, bill_id, new)
    for other in _ACTIVE.values(tx.connection, product=new.product_id):
        if other != bill_id:
            tx.update(bill, other, active=False)
    _refuse_cycle(tx.connection, new.product_id)
    tx.record("bill.added", new.product_id, bill_id, code=new.code)
    return bill_id


def change(tx: Transaction, bill_id: UUID, new: NewBill) -> UUID:
    """Write a new version of a bill, make it the active one and return its id; work that is planned keeps the old.

    Raises:
        BillCycle: the product would be a component of itself, over any number of levels.
        Invalid: a quantity, unit or step cannot be taken, or it is for another product.
        NotFound: the bill, a product or a work center does not exist.

    """
    head = tx.lock(bill, bill_id, "Bill")
    if head.product_id != new.product_id:
        raise Invalid("product", "A bill stays with its product. Add a bill to the other product.")
    return add(tx, new)


def activate(tx: Transaction, bill_id: UUID) -> None:
    """Make a bill the active one of its product.

    Raises:
        BillCycle: the product would be a component of itself, over any number of levels.
        NotFound: the bill does not exist.

    """
    head = tx.lock(bill, bill_id, "Bill")
    tx.lock(product, head.product_id, "Product")
    for other in _ACTIVE.values(tx.connection, product=head.product_id):
        tx.update(bill, other, active=False)
    tx.update(bill, bill_id, active=True)
    _refuse_cycle(tx.connection, head.product_id)
    tx.record("bill.activated", head.product_id, bill_id, code=head.code)


def deactivate(tx: Transaction, bill_id: UUID) -> None:
    """Take a bill out of use.

    Raises:
        NotFound: the bill does not exist.

    """
    head = tx.lock(bill, bill_id, "Bill")
    tx.update(bill, bill_id, active=False)
    tx.record("bill.deactivated", head.product_id, bill_id, code=head.code)


def get(connection: Connection, bill_id: UUID) -> BillSheet:
    """Read a bill.

    Raises:
        NotFound: the bill does not exist.

    """
    head = _BY_ID.first(connection, bill=bill_id)
    if head is None:
        raise NotFound("Bill", bill_id)
    lines, steps = _LINES.all(connection, bill=bill_id), _STEPS.all(connection, bill=bill_id)
    return BillSheet(head, tuple(lines), tuple(steps))


def active(connection: Connection, product_id: UUID) -> BillSheet | None:
    """Read the active bill of a product, or None where it has none."""
    found = _ACTIVE.value(connection, product=product_id)
    return None if found is None else get(connection, found)


def versions(connection: Connection, product_id: UUID) -> list[Any]:
    """Read the heads of all bills of a product, newest first."""
    return _OF_PRODUCT.all(connection, product=product_id)


def used_in(connection: Connection, product_id: UUID) -> list[Any]:
    """Read the active bills that a product is a component of: their heads."""
    return _USED_IN.all(connection, product=product_id)


def needs(connection: Connection, sheet: BillSheet, grains: int) -> list[int]:
    """Work out the grains of each line that ``grains`` of the product need, in the order of the lines.

    One level only.  What is no whole number of a component's grains is raised to the next.
    """
    made = _made(connection, sheet, grains)
    known = products.get_many(connection, [line.product_id for line in sheet.lines])
    found = []
    for line in sheet.lines:
        each = Fraction(line.quantity) * Fraction(line.numerator, line.denominator) * known[line.product_id].grain
        exact = each if line.fixed else each * made
        found.append(-(-exact.numerator // exact.denominator) if grains else 0)
    return found


def _made(connection: Connection, sheet: BillSheet, grains: int) -> Fraction:
    """How many times the bill's own quantity are ``grains`` of its product."""
    grain = products.get(connection, sheet.head.product_id).grain
    own = Fraction(sheet.head.quantity) * Fraction(sheet.head.numerator, sheet.head.denominator)
    return Fraction(grains, grain) / own


@dataclass(frozen=True, slots=True)
class Level:
    """An active bill as a value for :mod:`app.models.bill`, and which of its components are kits."""

    bill: Bill
    components: frozenset[UUID]
    kits: frozenset[UUID]


def read_level(connection: Connection, product_ids: Iterable[UUID]) -> dict[UUID, Level]:
    """Read the active bills of products as values; products without one are left out.

    Products are named by the hexadecimal text of their key; quantities are stock units.
    """
    rows: dict[UUID, list[Any]] = {}
    ids = sorted(set(product_ids))
    for start in range(0, len(ids), LONGEST_LIST):
        for row in _LEVEL.all(connection, ids=ids[start : start + LONGEST_LIST]):
            if row.made_id not in rows or rows[row.made_id][0].bill_id == row.bill_id:
                rows.setdefault(row.made_id, []).append(row)
    return {made_id: _level(made_id, found) for made_id, found in rows.items()}


def tree(connection: Connection, product_id: UUID) -> dict[str, Bill]:
    """Read the active bills of a product and of all below it as values, by the hexadecimal text of its key."""
    found: dict[str, Bill] = {}
    waiting = {product_id}
    while waiting:
        level = read_level(connection, waiting)
        found |= {made_id.hex: one.bill for made_id, one in level.items()}
        waiting = {part for one in level.values() for part in one.components if part.hex not in found}
    return found


def path_to(connection: Connection, component_id: UUID, product_id: UUID) -> list[str]:
    """Give the SKUs by which a product would be made of itself if ``component_id`` went into it; empty: it would not.

    Said while a bill is typed, before it is stored.
    """
    known = tree(connection, component_id)
    known[product_id.hex] = Bill(product_id.hex, (BillLine(component_id.hex, Fraction(1)),))
    try:
        levels(known, product_id.hex)
    except BillCycle as cycle:
        return _skus(connection, cycle)
    return []


def _level(made_id: UUID, rows: Sequence[Any]) -> Level:
    made = Fraction(rows[0].made) * Fraction(rows[0].made_numerator, rows[0].made_denominator)
    lines = tuple(
        BillLine(row.product_id.hex, Fraction(row.quantity) * Fraction(row.numerator, row.denominator), row.fixed)
        for row in rows
    )
    kits = frozenset(row.product_id for row in rows if row.kind == KIT)
    return Level(Bill(made_id.hex, lines, made), frozenset(row.product_id for row in rows), kits)


def _refuse_cycle(connection: Connection, product_id: UUID) -> None:
    """Refuse a product that is made of itself, and say by which path in the words of people.

    Raises:
        BillCycle: it is.

    """
    try:
        levels(tree(connection, product_id), product_id.hex)
    except BillCycle as cycle:
        raise BillCycle(_skus(connection, cycle)) from cycle


def _skus(connection: Connection, cycle: BillCycle) -> list[str]:
    known = products.get_many(connection, [UUID(hex=name) for name in cycle.path])
    return [known[UUID(hex=name)].sku for name in cycle.path]


def _store(tx: Transaction, bill_id: UUID, new: NewBill) -> None:
    made = products.get(tx.connection, new.product_id)
    if made.kind not in {GOODS, KIT}:
        raise Invalid("product", f"{made.sku} is a service: only goods and kits have a bill.")
    if made.kind == KIT and new.steps:
        raise Invalid("steps", f"{made.sku} is a kit: it is not made, its components are shipped. Leave the steps out.")
    if new.quantity <= 0 or new.lead_days < 0:
        raise Invalid("quantity", "Say how much the bill makes, and a lead time that is not below zero.")
    factor = made.factor(new.unit)
    tx.insert(
        bill,
        {
            "id": bill_id,
            "product_id": new.product_id,
            "code": new.code,
            "quantity": new.quantity,
            "unit": new.unit or made.unit,
            "numerator": factor.numerator,
            "denominator": factor.denominator,
            "lead_days": new.lead_days,
            "active": True,
        },
    )
    tx.insert(bill_line, *_component_rows(tx, bill_id, new.components, kit=made.kind == KIT))
    tx.insert(bill_step, *_step_rows(tx, bill_id, new.steps))


def _component_rows(
    tx: Transaction, bill_id: UUID, components: Sequence[Component], *, kit: bool
) -> list[dict[str, Any]]:
    if not components:
        raise Invalid("component", "A bill needs at least one component.")
    known = products.get_many(tx.connection, [one.product_id for one in components])
    rows = []
    for position, one in enumerate(components, 1):
        part = known[one.product_id]
        if part.kind == KIT and not kit:
            raise Invalid("component", f"{part.sku} is a kit: it goes into other kits alone. Take its components.")
        if part.kind not in {GOODS, KIT}:
            raise Invalid("component", f"{part.sku} is a service. Add its work as a step of the route.")
        if one.quantity <= 0:
            raise Invalid("quantity", f"Say how much of {part.sku} is needed: more than zero.")
        part.grains(one.quantity, one.unit)
        factor = part.factor(one.unit)
        rows.append(
            {
                "id": new_id(),
                "bill_id": bill_id,
                "position": position,
                "product_id": one.product_id,
                "quantity": one.quantity,
                "unit": one.unit or part.unit,
                "numerator": factor.numerator,
                "denominator": factor.denominator,
                "fixed": one.fixed,
            }
        )
    return rows


def _step_rows(tx: Transaction, bill_id: UUID, steps: Sequence[Step]) -> list[dict[str, Any]]:
    calendars.capacity(tx.connection, [one.work_center_id for one in steps], tx.at.date())
    rows = []
    for position, one in enumerate(steps, 1):
        if one.setup_minutes < 0 or one.unit_minutes < 0:
            raise Invalid("minutes", f"Step {one.name} cannot take less than no time.")
        row = {name: getattr(one, name) for name in Step.__dataclass_fields__}
        rows.append({"id": new_id(), "bill_id": bill_id, "position": position, **row})
    return rows


GOODS: Final = "goods"
KIT: Final = "kit"
_BY_ID: Final = Prepared(select(bill).where(bill.c.id == bindparam("bill", type_=Key)))
_LINES: Final = Prepared(
    select(bill_line).where(bill_line.c.bill_id == bindparam("bill", type_=Key)).order_by(bill_line.c.position)
)
_STEPS: Final = Prepared(
    select(bill_step).where(bill_step.c.bill_id == bindparam("bill", type_=Key)).order_by(bill_step.c.position)
)
_ACTIVE: Final = Prepared(
    select(bill.c.id)
    .where(bill.c.product_id == bindparam("product", type_=Key), bill.c.active)
    .order_by(bill.c.id.desc())
)
_OF_PRODUCT: Final = Prepared(
    select(bill).where(bill.c.product_id == bindparam("product", type_=Key)).order_by(bill.c.id.desc())
)
_USED_IN: Final = Prepared(
    select(bill)
    .where(
        bill.c.active,
        bill.c.id.in_(select(bill_line.c.bill_id).where(bill_line.c.product_id == bindparam("product", type_=Key))),
    )
    .order_by(bill.c.id)
)
_LEVEL: Final = Prepared(
    select(
        bill.c.product_id.label("made_id"),
        bill.c.id.label("bill_id"),
        bill.c.quantity.label("made"),
        bill.c.numerator.label("made_numerator"),
        bill.c.denominator.label("made_denominator"),
        bill_line.c.product_id,
        bill_line.c.quantity,
        bill_line.c.numerator,
        bill_line.c.denominator,
        bill_line.c.fixed,
        product.c.kind,
    )
    .select_from(
        bill.join(bill_line, bill_line.c.bill_id == bill.c.id).join(product, product.c.id == bill_line.c.product_id)
    )
    .where(bill.c.product_id.in_(bindparam("ids", type_=Key, expanding=True)), bill.c.active)
    .order_by(bill.c.product_id, bill.c.id.desc(), bill_line.c.position)
)
