"""Products, the units they are sold in and their prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Boolean, Connection, bindparam, or_, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key, new_id
from app.models.company import tax
from app.models.order import InvoicePolicy
from app.models.product import from_grains, grain_for, product, product_unit, to_grains
from app.models.stock import Tracking, stock_level
from app.services.memory import Remembered
from app.services.statements import Prepared
from app.services.text_search import begins, contains
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class NewProduct:
    """What a new product is made of; ``units`` maps a unit to the stock units it holds.

    ``over_delivery`` is the share above what was ordered that may be shipped (None: as the company says),
    ``under_delivery`` the share below it that still counts as all of it.
    """

    sku: str
    name: str
    list_price: Decimal = Decimal(0)
    unit: str = "unit"
    kind: str = "goods"
    description: str = ""
    tax_codes: str = ""
    barcode: str = ""
    category: str = ""
    bin: str = ""
    weight_g: int | None = None
    invoice_policy: str = ""
    units: dict[str, Fraction] = field(default_factory=dict)
    tracking: str = Tracking.NONE
    shelf_life_days: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    over_delivery: Decimal | None = None
    under_delivery: Decimal | None = None
    composed: bool = False  # goods that are sold with what their bill names besides: a desk with its legs
    tax_class: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """A product; ``list_price`` is in the company's currency per stock unit, ``grain`` the parts of one."""

    id: UUID
    sku: str
    name: str
    description: str
    kind: str
    unit: str
    grain: int
    list_price: Decimal
    tax_codes: str
    barcode: str
    category: str
    bin: str
    weight_g: int | None
    invoice_policy: str
    active: bool
    tracking: str = Tracking.NONE
    shelf_life_days: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    over_delivery: Decimal | None = None
    under_delivery: Decimal | None = None
    composed: bool = False
    tax_class: str = ""
    units: dict[str, Fraction] = field(default_factory=dict)

    @property
    def tracked(self) -> bool:
        """Whether its pieces are told apart by lot or serial number."""
        return self.tracking != Tracking.NONE

    def factor(self, unit: str) -> Fraction:
        """How many stock units one of ``unit`` holds.

        Raises:
            Invalid: the product is not sold in that unit.

        """
        if unit in {"", self.unit}:
            return ONE
        if unit not in self.units:
            known = ", ".join([self.unit, *self.units])
            raise Invalid("unit", f"{self.sku} is not sold in {unit}. Use one of: {known}.")
        return self.units[unit]

    def grains(self, quantity: Decimal, unit: str = "") -> int:
        """Turn a typed quantity into grains, exactly.

        Raises:
            Invalid: the unit is not the product's, or the quantity is finer than its stock is counted.

        """
        return to_grains(quantity, self.factor(unit), self.grain)

    def quantity(self, grains: int, unit: str = "") -> Fraction:
        """How many of ``unit`` (default: the stock unit) are ``grains``."""
        return from_grains(grains, self.factor(unit), self.grain)


ONE: Final = Fraction(1)
_POLICIES: Final = frozenset(InvoicePolicy) - {InvoicePolicy.BY_HAND}
_FIELDS: Final = [name for name in Product.__dataclass_fields__ if name != "units"]
_SELECT: Final = select(*(product.c[n] for n in _FIELDS))
_BY_IDS: Final = Remembered(_SELECT.where(product.c.id.in_(bindparam("ids", type_=Key, expanding=True))))
_UNITS: Final = Remembered(
    select(product_unit.c.product_id, product_unit.c.unit, product_unit.c.numerator, product_unit.c.denominator).where(
        product_unit.c.product_id.in_(bindparam("ids", type_=Key, expanding=True))
    )
)


def add(tx: Transaction, new: NewProduct) -> UUID:
    """Add a product and return its id.

    Raises:
        Invalid: SKU or name is empty, the SKU is taken, a unit or tax is wrong.

    """
    product_id = add_many(tx, [new])[0]
    tx.record("product.added", product_id, sku=new.sku)
    return product_id


def add_many(tx: Transaction, products: Sequence[NewProduct]) -> list[UUID]:
    """Add products and return their ids in order.

    Raises:
        Invalid: a SKU or name is empty, a SKU is taken, a unit or tax is wrong.

    """
    known_taxes = set(tx.execute(select(tax.c.code)).scalars())
    _refuse_taken(tx, [new.sku for new in products])
    rows, units = [], []
    for new in products:
        _check(new, known_taxes)
        row_id = new_id()
        rows.append(
            {
                "id": row_id,
                **{n: getattr(new, n) for n in _FIELDS if n not in {"id", "grain", "active"}},
                "grain": grain_for(list(new.units.values())),
                "active": True,
                "created_at": tx.at,
            }
        )
        units += [_unit_row(row_id, unit, factor) for unit, factor in new.units.items()]
    tx.insert(product, *rows)
    tx.insert(product_unit, *units)
    return [row["id"] for row in rows]


def change(tx: Transaction, product_id: UUID, values: dict[str, Any], seen: dict[str, Any]) -> None:
    """Change fields of a product; ``seen`` holds the values shown when the edit began.

    The stock unit and its grain are fixed once: stock already counted would change its meaning.

    Raises:
        Invalid: a value cannot be taken.
        Conflict: somebody changed one of the same fields meanwhile.
        NotFound: the product does not exist.
        NotAllowed: pieces in stock would get, or lose, lots or serial numbers.

    """
    for name in ("unit", "grain", "kind"):
        if name in values:
            raise Invalid(name, "The stock unit and kind of a product are fixed. Make a new product instead.")
    for name in ("sku", "name"):
        if name in values and not values[name].strip():
            raise Invalid(name, "A product needs a SKU and a name.")
    if "sku" in values and values["sku"] != seen.get("sku"):
        _refuse_taken(tx, [values["sku"]])
    _check_tolerances(values)
    _check_policy(values.get("invoice_policy", ""))
    if "tracking" in values and values["tracking"] != seen.get("tracking"):
        _change_tracking(tx, product_id, values["tracking"])
    tx.change_fields(product, product_id, values, seen)
    tx.record("product.changed", product_id, fields=", ".join(values))


def _check_tolerances(values: Mapping[str, Any]) -> None:
    for name, most in (("over_delivery", None), ("under_delivery", ONE)):
        share = values.get(name)
        if share is not None and not (0 <= share < (most or share + 1)):
            raise Invalid(name, "A tolerance is a share: not below zero, and below the order less than all of it.")


def _check_policy(policy: str) -> None:
    if policy and policy not in _POLICIES:
        raise Invalid("invoice_policy", "A product is invoiced when ordered, shipped or delivered, or as orders say.")


def _change_tracking(tx: Transaction, product_id: UUID, tracking: str) -> None:
    """Let a product's pieces have lots or serial numbers from now on, or no longer: only while there are none."""
    _check_tracking(tracking)
    if any(row.free or row.promised or row.picked or row.blocked for row in _LEVELS.all(tx.connection, id=product_id)):
        raise NotAllowed(
            "There are pieces of this product in stock. Count it to zero, change how it is tracked, and receive the "
            "pieces again with their numbers."
        )
    tx.change_projection(stock_level, _SET_TRACKED, [{"id": product_id, "tracked": tracking != Tracking.NONE}])


def _check_tracking(tracking: str) -> None:
    if tracking not in set(Tracking):
        raise Invalid("tracking", "A product's pieces have lot numbers, serial numbers, or none.")


_LEVELS: Final = Prepared(
    select(stock_level).where(stock_level.c.product_id == bindparam("id", type_=Key)).with_for_update()
)
_SET_TRACKED: Final = Prepared(
    stock_level.update()
    .where(stock_level.c.product_id == bindparam("id", type_=Key))
    .values(tracked=bindparam("tracked", type_=Boolean))
)


def add_unit(tx: Transaction, product_id: UUID, unit: str, factor: Fraction) -> UUID:
    """Let a product be sold in a further unit that holds ``factor`` stock units.

    Raises:
        Invalid: the product has the unit already, or its stock is not counted finely enough for it.

    """
    known = get(tx.connection, product_id)
    if unit == known.unit or unit in known.units:
        raise Invalid("unit", f"{known.sku} is sold in {unit} already.")
    if factor <= 0 or (factor * known.grain).denominator != 1:
        raise Invalid(
            "unit",
            f"The stock of {known.sku} is not counted finely enough for {unit}. "
            "Make a new product whose stock unit is the smaller one.",
        )
    row = _unit_row(product_id, unit, factor)
    tx.insert(product_unit, row)
    tx.record("product.unit_added", product_id, unit=unit)
    unit_id: UUID = row["id"]
    return unit_id


def get(connection: Connection, product_id: UUID) -> Product:
    """Read a product with its units.

    Raises:
        NotFound: the product does not exist.

    """
    return get_many(connection, [product_id])[product_id]


def get_many(connection: Connection, product_ids: Sequence[UUID]) -> dict[UUID, Product]:
    """Read products with their units, by id.

    Raises:
        NotFound: one of them does not exist.

    """
    wanted = sorted(set(product_ids))
    found: dict[UUID, Product] = {}
    for start in range(0, len(wanted), 500):
        ids = wanted[start : start + 500]
        units: dict[UUID, dict[str, Fraction]] = {}
        for row in _UNITS.all(connection, ids=ids):
            units.setdefault(row.product_id, {})[row.unit] = Fraction(row.numerator, row.denominator)
        found.update((row[0], Product(*(*row, units.get(row[0], {})))) for row in _BY_IDS.all(connection, ids=ids))
    missing = set(wanted) - found.keys()
    if missing:
        raise NotFound("Product", missing.pop())
    return found


def find(connection: Connection, text: str, limit: int = 20) -> list[Product]:
    """Find active products by SKU, barcode or part of the name; an exact SKU or barcode comes first."""
    dialect = connection.dialect.name
    exact = or_(product.c.sku == text, product.c.barcode == text) if text else product.c.sku == text
    rows = connection.execute(
        _SELECT.where(
            product.c.active,
            or_(contains((product.c.sku, product.c.name), text, dialect), product.c.barcode == text),
        )
        .order_by(~exact, ~begins((product.c.sku,), text, dialect), product.c.name)
        .limit(limit)
    ).all()
    known = get_many(connection, [row[0] for row in rows])
    return [known[row[0]] for row in rows]


def by_sku(connection: Connection, skus: Sequence[str]) -> dict[str, UUID]:
    """Find products by their exact SKU; unknown ones are left out."""
    found: dict[str, UUID] = {}
    for start in range(0, len(skus), 500):
        part = skus[start : start + 500]
        rows = connection.execute(select(product.c.sku, product.c.id).where(product.c.sku.in_(part)))
        found.update((row.sku, row.id) for row in rows)
    return found


def _check(new: NewProduct, known_taxes: set[str]) -> None:
    if not new.sku.strip() or not new.name.strip():
        raise Invalid("sku", "A product needs a SKU and a name.")
    if new.kind not in {"goods", "service", "kit"}:
        raise Invalid("kind", "A product is goods, a service or a kit.")
    _check_tracking(new.tracking)
    _check_policy(new.invoice_policy)
    _check_tolerances({"over_delivery": new.over_delivery, "under_delivery": new.under_delivery})
    if new.kind != "goods" and new.tracking != Tracking.NONE:
        raise Invalid("tracking", "Only goods have lots or serial numbers.")
    if any(factor <= 0 for factor in new.units.values()):
        raise Invalid("units", "A unit holds more than zero stock units.")
    unknown = [code for code in new.tax_codes.split() if code not in known_taxes]
    if unknown:
        raise Invalid("tax_codes", f"There is no tax {unknown[0]}. Add it in the settings first.")


def _unit_row(product_id: UUID, unit: str, factor: Fraction) -> dict[str, Any]:
    return {
        "id": new_id(),
        "product_id": product_id,
        "unit": unit,
        "numerator": factor.numerator,
        "denominator": factor.denominator,
    }


def _refuse_taken(tx: Transaction, skus: list[str]) -> None:
    if len(skus) != len(set(skus)):
        raise Invalid("sku", "Two of these products have the same SKU.")
    taken = by_sku(tx.connection, skus)
    if taken:
        raise Invalid("sku", f"There is a product {next(iter(taken))} already. Use another SKU.")
