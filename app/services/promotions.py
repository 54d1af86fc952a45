"""Promotions and coupons as they are set up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, func, select

from app.errors import Conflict, Invalid, NotFound
from app.models.base import PRICE, new_id
from app.models.product import product
from app.models.promoting import Step
from app.models.promotion import (
    Benefit,
    Target,
    coupon,
    order_promotion,
    promotion,
    promotion_product,
    promotion_step,
)
from app.services import document_lines, products
from app.services.transaction import Transaction

ZERO: Final = Decimal(0)
_FIELDS: Final = (
    "code",
    "name",
    "benefit",
    "target",
    "priority",
    "exclusive",
    "unit",
    "skip_discounted",
    "with_tax",
    "repeats",
    "most",
    "needs_coupon",
    "starts_on",
    "ends_on",
    "active",
)


@dataclass(frozen=True, slots=True)
class PromotionRules:
    """A promotion as it is set up; amounts are in the company's currency, days are whole and both run.

    ``products`` count for it (none: every product does), ``excluded`` neither count nor get cheaper.  ``most`` is how
    often it may give in one order.  ``name`` is the reason that customers are shown.
    """

    code: str
    name: str
    benefit: Benefit
    target: Target
    steps: tuple[Step, ...]
    priority: int = 10
    exclusive: bool = False
    unit: str = ""
    products: tuple[UUID, ...] = ()
    excluded: tuple[UUID, ...] = ()
    skip_discounted: bool = False
    with_tax: bool = False
    repeats: bool = False
    most: int | None = None
    needs_coupon: bool = False
    starts_on: date | None = None
    ends_on: date | None = None
    active: bool = True
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewCoupon:
    """A code that opens a promotion: when, how often in all and by one customer, and for whom."""

    promotion_id: UUID
    code: str
    starts_on: date | None = None
    ends_on: date | None = None
    most_uses: int | None = None
    most_per_customer: int | None = None
    customer_id: UUID | None = None


def save(tx: Transaction, rules: PromotionRules, seen: PromotionRules | None = None) -> UUID:
    """Add a promotion, or change the one that ``rules`` name; orders keep what they were given.

    Raises:
        Invalid: a field is empty, taken or makes no sense; it names the field.
        Conflict: somebody changed it since ``seen`` was read.
        NotFound: the promotion does not exist.

    """
    _check(tx, rules)
    row = {name: getattr(rules, name) for name in _FIELDS}
    row |= {"code": rules.code.strip(), "name": rules.name.strip()}
    row |= {"benefit": str(rules.benefit), "target": str(rules.target)}
    if rules.id is None:
        promotion_id = new_id()
        tx.insert(promotion, {"id": promotion_id, **row})
    else:
        promotion_id = rules.id
        head = tx.lock(promotion, promotion_id, "Promotion")
        if seen is not None and get(tx.connection, promotion_id) != seen:
            raise Conflict(f"the promotion {head.code}")
        tx.update(promotion, promotion_id, **row)
        tx.delete_parts(promotion_step, "promotion_id", promotion_id)
        tx.delete_parts(promotion_product, "promotion_id", promotion_id)
    names = ("min_quantity", "min_amount", "figure", "quantity", "product_id", "at_list")
    steps = [{name: getattr(step, name) for name in names} for step in rules.steps]
    tx.insert(promotion_step, *({"id": new_id(), "promotion_id": promotion_id, **step} for step in steps))
    named = [(one, False) for one in rules.products] + [(one, True) for one in rules.excluded]
    columns = [{"promotion_id": promotion_id, "product_id": one, "excluded": off} for one, off in named]
    tx.insert(promotion_product, *({"id": new_id(), **values} for values in columns))
    return promotion_id


def set_active(tx: Transaction, promotion_id: UUID, *, active: bool) -> None:
    """Let a promotion run, or stop it; orders keep what they were given.

    Raises:
        NotFound: the promotion does not exist.

    """
    tx.lock(promotion, promotion_id, "Promotion")
    tx.update(promotion, promotion_id, active=active)


def add_coupon(tx: Transaction, new: NewCoupon) -> UUID:
    """Add a coupon and return its id.

    Raises:
        Invalid: the code is empty or taken, a limit is below one, or it ends before it begins.
        NotFound: the promotion does not exist.

    """
    head = tx.lock(promotion, new.promotion_id, "Promotion")
    code = written(new.code)
    if not code or len(code) > 40:
        raise Invalid("code", "Type a coupon code of at most 40 letters and figures.")
    if tx.execute(select(coupon.c.id).where(coupon.c.code == code)).first():
        raise Invalid("code", f"There is a coupon {code} already. Choose another code.")
    for name, limit in (("most_uses", new.most_uses), ("most_per_customer", new.most_per_customer)):
        if limit is not None and limit < 1:
            raise Invalid(name, "A limit is at least one. Leave it empty for no limit.")
    _check_days(new.starts_on, new.ends_on)
    coupon_id = new_id()
    values = {"promotion_id": head.id, "code": code, "starts_on": new.starts_on, "ends_on": new.ends_on}
    values |= {"most_uses": new.most_uses, "most_per_customer": new.most_per_customer, "customer_id": new.customer_id}
    tx.insert(coupon, {"id": coupon_id, **values, "uses": 0, "active": True})
    return coupon_id


def retire_coupon(tx: Transaction, coupon_id: UUID, *, active: bool = False) -> str:
    """Let a coupon open nothing any more (or open again); orders that it stands on keep it.  Return its code.

    Raises:
        NotFound: the coupon does not exist.

    """
    head = tx.lock(coupon, coupon_id, "Coupon")
    tx.update(coupon, coupon_id, active=active)
    code: str = head.code
    return code


def written(code: str) -> str:
    """Give a coupon's code as it is stored: without spaces around it, in capitals."""
    return code.strip().upper()


@dataclass(frozen=True, slots=True)
class PromotionSheet:
    """A promotion with its coupons, the SKUs of its products, and on how many orders it stands."""

    rules: PromotionRules
    coupons: tuple[Any, ...]
    skus: dict[UUID | None, str]
    orders: int


def read(connection: Connection, promotion_id: UUID | None = None) -> list[PromotionSheet]:
    """Read the promotions (or one of them), the first by priority first."""
    rows = select(promotion).order_by(promotion.c.priority, promotion.c.code)
    if promotion_id is not None:
        rows = rows.where(promotion.c.id == promotion_id)
    steps = _by_promotion(connection, promotion_step)
    named = _by_promotion(connection, promotion_product)
    coupons = _by_promotion(connection, coupon)
    ids = {row.product_id for many in (*named.values(), *steps.values()) for row in many if row.product_id}
    names = _skus(connection, ids)
    used = select(order_promotion.c.promotion_id, func.count(func.distinct(order_promotion.c.order_id)))
    orders = {row[0]: row[1] for row in connection.execute(used.group_by(order_promotion.c.promotion_id))}
    return [
        PromotionSheet(
            rules_of(row, steps.get(row.id, []), named.get(row.id, [])),
            tuple(sorted(coupons.get(row.id, []), key=lambda one: one.code)),
            names,
            orders.get(row.id, 0),
        )
        for row in connection.execute(rows)
    ]


def get(connection: Connection, promotion_id: UUID) -> PromotionRules:
    """Read how a promotion is set up.

    Raises:
        NotFound: it does not exist.

    """
    row = connection.execute(select(promotion).where(promotion.c.id == promotion_id)).one_or_none()
    if row is None:
        raise NotFound("Promotion", promotion_id)
    steps, named = (
        connection.execute(select(one).where(one.c.promotion_id == promotion_id).order_by(one.c.id)).all()
        for one in (promotion_step, promotion_product)
    )
    return rules_of(row, steps, named)


def rules_of(row: Any, steps: Sequence[Any], named: Sequence[Any]) -> PromotionRules:
    """Put a stored promotion with its steps and products as it is set up."""
    fields: dict[str, Any] = {name: getattr(row, name) for name in _FIELDS}
    fields |= {"benefit": Benefit(row.benefit), "target": Target(row.target)}
    return PromotionRules(
        **fields,
        steps=tuple(
            Step(one.min_quantity, one.min_amount, one.figure, one.quantity, one.product_id, one.at_list)
            for one in sorted(steps, key=lambda one: (one.min_amount, one.min_quantity))
        ),
        products=tuple(one.product_id for one in named if not one.excluded),
        excluded=tuple(one.product_id for one in named if one.excluded),
        id=row.id,
    )


def _by_promotion(connection: Connection, parts: Any) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for row in connection.execute(select(parts).order_by(parts.c.id)):
        found.setdefault(row.promotion_id, []).append(row)
    return found


def by_skus(connection: Connection, typed: str, name: str) -> tuple[UUID, ...]:
    """Find the products of SKUs that were typed with blanks or commas between them.

    Raises:
        Invalid: there is no such product; ``name`` is the field it was typed in.

    """
    skus = list(dict.fromkeys(typed.replace(",", " ").split()))
    found = products.by_sku(connection, skus)
    for sku in skus:
        if sku not in found:
            raise Invalid(name, f"There is no product {sku}. Look at its SKU again.")
    return tuple(found[sku] for sku in skus)


def _skus(connection: Connection, ids: set[UUID]) -> dict[UUID | None, str]:
    rows = select(product.c.id, product.c.sku).where(product.c.id.in_(ids))
    return {row.id: row.sku for row in connection.execute(rows)} if ids else {}


def _check(tx: Transaction, rules: PromotionRules) -> None:
    if not rules.code.strip() or len(rules.code.strip()) > 24:
        raise Invalid("code", "Type a short code, of at most 24 letters.")
    if not rules.name.strip():
        raise Invalid("name", "Type the name that customers are shown, such as: Spring offer.")
    taken = tx.execute(select(promotion.c.id).where(promotion.c.code == rules.code.strip())).scalar_one_or_none()
    if taken not in {None, rules.id}:
        raise Invalid("code", f"There is a promotion {rules.code.strip()} already. Choose another code.")
    if rules.most is not None and rules.most < 1:
        raise Invalid("most", "A limit is at least one. Leave it empty for no limit.")
    if set(rules.products) & set(rules.excluded):
        raise Invalid("excluded", "A product either counts or is excluded. Take it out of one of the lists.")
    _check_days(rules.starts_on, rules.ends_on)
    if not rules.steps:
        raise Invalid("steps", "Say what the promotion gives.")
    if len({(step.min_quantity, step.min_amount) for step in rules.steps}) != len(rules.steps):
        raise Invalid("steps", "Two steps begin at the same quantity and amount. Keep one of them.")
    for step in rules.steps:
        _check_step(rules, step)


def _check_step(rules: PromotionRules, step: Step) -> None:
    for value in (step.min_quantity, step.min_amount, step.figure, step.quantity):
        document_lines.check_number("steps", value)
        if value < 0:
            raise Invalid("steps", "Figures of a promotion are not below zero.")
    if rules.benefit is Benefit.PERCENT and not 0 < step.figure <= 100:
        raise Invalid("steps", "A percentage is above 0 and at most 100.")
    if rules.benefit is Benefit.AMOUNT and not step.figure:
        raise Invalid("steps", "Type the amount that is taken off.")
    if rules.benefit is Benefit.GOODS and (step.product_id is None or not step.quantity):
        raise Invalid("steps", "Choose the product that is given, and how many of it.")
    if rules.target is Target.CHEAPEST and (not step.quantity or step.quantity != int(step.quantity)):
        raise Invalid("steps", "Say how many whole pieces, the cheapest ones, get cheaper.")
    if rules.repeats and not step.min_quantity and not step.min_amount:
        raise Invalid("repeats", "What repeats needs a quantity or an amount from which on it is given.")
    if 10**PRICE % step.min_amount.as_integer_ratio()[1]:
        raise Invalid("steps", "An amount has too many decimal places.")


def _check_days(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise Invalid("ends_on", "It ends before it begins. Correct one of the days.")
