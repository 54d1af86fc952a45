"""The rules by which products are ordered again: made by hand or from history, for a product at a warehouse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, select

from app.errors import Invalid, NotFound
from app.models.base import Key, new_id
from app.models.replenishment import Policy, Rule, replenishment_rule
from app.services import products, supply_ways, warehouses
from app.services.products import Product
from app.services.statements import LONGEST_LIST, Prepared
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class NewRule:
    """A rule for a product at a warehouse; quantities are grains, ``weekly`` what is expected to be wanted in a week.

    ``amount`` is the order quantity or the target, see :class:`~app.models.replenishment.Policy`.  With
    ``from_location_id`` it is brought from there, else had by ``supply_id`` or by the preferred way.
    """

    product_id: UUID
    location_id: UUID
    policy: Policy
    order_point: int
    amount: int
    safety_stock: int = 0
    weekly: int = 0
    most: int | None = None
    review_days: int = 0
    supply_id: UUID | None = None
    from_location_id: UUID | None = None
    service_level: Decimal | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule as it stands, with who chose it and when (UTC)."""

    id: UUID
    product_id: UUID
    location_id: UUID
    policy: Policy
    order_point: int
    safety_stock: int
    amount: int
    weekly: int
    most: int | None
    review_days: int
    reviewed_on: date | None
    supply_id: UUID | None
    from_location_id: UUID | None
    service_level: Decimal | None
    reason: str
    chosen_by: str
    chosen_at: datetime

    @property
    def rule(self) -> Rule:
        """The arithmetic of it."""
        return Rule(self.policy, self.order_point, self.amount, self.most)

    def due(self, today: date) -> bool:
        """Whether it is looked at on a day: always, or once its review period is over."""
        return not self.review_days or self.reviewed_on is None or (today - self.reviewed_on).days >= self.review_days


def put(tx: Transaction, rules: Sequence[NewRule]) -> list[UUID]:
    """Make rules, each in the place of the one its product has at its warehouse, and return their ids.

    Raises:
        Invalid: a value cannot be taken, or the product is not kept in stock.
        NotFound: a product, way or warehouse does not exist.

    """
    goods = products.get_many(tx.connection, [one.product_id for one in rules])
    places = {place.id for place in warehouses.ours(tx.connection)}
    for one in rules:
        if one.product_id not in goods:
            raise NotFound("Product", one.product_id)
        _check(tx.connection, one, goods[one.product_id], places)
    known = {(one.product_id, one.location_id): one.id for one in of(tx.connection, [r.product_id for r in rules])}
    ids = list[UUID]()
    for one in rules:
        row = {name: getattr(one, name) for name in NewRule.__dataclass_fields__}
        row.update(policy=str(one.policy), chosen_by=tx.by, chosen_at=tx.at)
        rule_id = known.get((one.product_id, one.location_id))
        if rule_id is None:
            rule_id = new_id()
            tx.insert(replenishment_rule, {"id": rule_id, "reviewed_on": None, **row})
        else:
            tx.update(replenishment_rule, rule_id, **row)
        tx.record("product.replenishment_set", one.product_id, policy=str(one.policy))
        ids.append(rule_id)
    return ids


def restore(tx: Transaction, before: Sequence[StoredRule], shelves: Iterable[tuple[UUID, UUID]]) -> None:
    """Bring the rules of (product, warehouse) back to how they stood ``before``; those that were not there go."""
    stood = {(one.product_id, one.location_id) for one in before}
    put(tx, [NewRule(**{name: getattr(one, name) for name in NewRule.__dataclass_fields__}) for one in before])
    gone = {shelf for shelf in shelves if shelf not in stood}
    now = of(tx.connection, {product_id for product_id, _ in gone})
    remove(tx, [one.id for one in now if (one.product_id, one.location_id) in gone])


def remove(tx: Transaction, rule_ids: Sequence[UUID]) -> None:
    """Take rules away: from then on only what is promised and not there is ordered."""
    tx.delete(replenishment_rule, rule_ids)


def reviewed(tx: Transaction, rule_ids: Sequence[UUID]) -> list[tuple[UUID, date | None]]:
    """Note that it was ordered today by those of these rules that are looked at by the calendar; give when before."""
    known = [row for row in _rows(tx.connection, rule_ids) if row.review_days]
    tx.update_rows(replenishment_rule, [(row.id, {"reviewed_on": tx.at.date()}) for row in known])
    return [(row.id, row.reviewed_on) for row in known]


def not_reviewed(tx: Transaction, before: Sequence[tuple[UUID, date | None]]) -> None:
    """Take :func:`reviewed` back, for the rules that are still there."""
    there = {row.id for row in _rows(tx.connection, [rule_id for rule_id, _ in before])}
    tx.update_rows(replenishment_rule, [(key, {"reviewed_on": on}) for key, on in before if key in there])


def of(connection: Connection, product_ids: Iterable[UUID]) -> list[StoredRule]:
    """Read the rules of products at all warehouses."""
    ids = sorted(set(product_ids))
    parts = [ids[start : start + LONGEST_LIST] for start in range(0, len(ids), LONGEST_LIST)]
    return [_stored(row) for part in parts for row in _OF.all(connection, ids=part)]


def all_of(connection: Connection) -> list[StoredRule]:
    """Read all rules."""
    return [_stored(row) for row in connection.execute(select(*_COLUMNS))]


def _rows(connection: Connection, rule_ids: Iterable[UUID]) -> list[Any]:
    ids = sorted(set(rule_ids))
    parts = [ids[start : start + LONGEST_LIST] for start in range(0, len(ids), LONGEST_LIST)]
    return [row for part in parts for row in _BY_ID.all(connection, ids=part)]


def _stored(row: Any) -> StoredRule:
    values = {name: getattr(row, name) for name in StoredRule.__dataclass_fields__}
    return StoredRule(**{**values, "policy": Policy(row.policy)})


def _check(connection: Connection, one: NewRule, known: Product, places: set[UUID]) -> None:
    if known.kind != "goods":
        raise Invalid("product", f"{known.sku} is not kept in stock. Choose a product that is.")
    if one.policy == Policy.QUANTITY and one.amount <= 0:
        raise Invalid("amount", "Say how much is ordered at once: more than zero.")
    if one.policy != Policy.QUANTITY and one.amount < one.order_point:
        raise Invalid("amount", "The target lies below the order point. Raise it, or lower the order point.")
    if one.review_days < 0 or (one.policy == Policy.PERIODIC and not one.review_days):
        raise Invalid("review_days", "Say after how many days it is looked at again: one or more.")
    if one.service_level is not None and not 0 < one.service_level < 1:
        raise Invalid("service_level", "A service level lies between 0 and 100 %.")
    if one.from_location_id == one.location_id:
        raise Invalid("from_location", "Goods cannot be brought from the warehouse they come to. Choose another one.")
    if {one.location_id, one.from_location_id or one.location_id} - places:
        raise Invalid("location", "This warehouse is closed or not ours. Choose another one.")
    if one.supply_id is not None and supply_ways.get(connection, one.supply_id).product_id != one.product_id:
        raise Invalid("way", "This way of supply is of another product. Choose one of this product.")


_COLUMNS: Final = [replenishment_rule.c[name] for name in StoredRule.__dataclass_fields__]
_OF: Final = Prepared(
    select(*_COLUMNS).where(replenishment_rule.c.product_id.in_(bindparam("ids", type_=Key, expanding=True)))
)
_BY_ID: Final = Prepared(
    select(*_COLUMNS).where(replenishment_rule.c.id.in_(bindparam("ids", type_=Key, expanding=True)))
)
