"""Setting price lists up: for whom they are and what their rules say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, bindparam, func, select

from app.errors import Invalid, NotAllowed, NotFound
from app.models.base import Key, new_id
from app.models.party import customer
from app.models.price_list import HIGHEST_PRIORITY, price_list, price_list_buyer, price_rule
from app.models.pricing import Base, Formula
from app.models.product import product, product_unit
from app.services import companies, document_lines
from app.services.statements import Prepared
from app.services.transaction import Transaction

ZERO: Final = Decimal(0)
FIELDS: Final = ("name", "priority", "shows_discount", "starts_on", "ends_on", "active")
"""What of a list's head can be changed; its currency is that of its prices and stays."""
LIST_PRICE: Final = Formula()
"""The list price as it is."""
_FIGURES: Final = ("fixed", "percent", "amount", "step", "surcharge", "min_margin", "max_margin")
_RULE: Final = ("product_id", "category", "unit", "min_quantity", "max_quantity", "starts_on", "ends_on")


@dataclass(frozen=True, slots=True)
class For:
    """For whom a list is: what is filled in must all be so; nothing filled in means everybody."""

    customer_id: UUID | None = None
    group: str = ""
    channel: str = ""
    campaign: str = ""


@dataclass(frozen=True, slots=True)
class NewRule:
    """A rule as it is set up; see :class:`app.models.pricing.PriceRule`.  ``id`` keeps a stored rule's identity."""

    formula: Formula = LIST_PRICE
    product_id: UUID | None = None
    category: str = ""
    unit: str = ""
    min_quantity: Decimal = ZERO
    max_quantity: Decimal | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    base_list_id: UUID | None = None
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class NewPriceList:
    """A list as it is set up; ``rules`` in the order in which they are asked.  No currency: the company's."""

    name: str
    currency: str = ""
    buyers: tuple[For, ...] = (For(),)
    rules: tuple[NewRule, ...] = ()
    priority: int | None = None
    shows_discount: bool = False
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class StoredList:
    """A list as it is stored."""

    id: UUID
    name: str
    currency: str
    priority: int | None
    shows_discount: bool
    starts_on: date | None
    ends_on: date | None
    active: bool
    buyers: tuple[For, ...] = ()
    rules: tuple[NewRule, ...] = field(default=())


def add(tx: Transaction, new: NewPriceList) -> UUID:
    """Add a price list and return its id.

    Raises:
        Invalid: the name is empty or taken, the currency is unknown, or a rule cannot be taken.
        NotFound: a product, customer or list that is named does not exist.

    """
    currency = new.currency or companies.own_currency(tx.connection)
    companies.decimals(tx.connection, currency)
    values = {name: getattr(new, name) for name in FIELDS if name != "active"} | {"name": new.name.strip()}
    _check_head(tx, values)
    list_id = new_id()
    tx.insert(price_list, {"id": list_id, "currency": currency, "active": True, "created_at": tx.at, **values})
    set_buyers(tx, list_id, new.buyers)
    set_rules(tx, list_id, new.rules)
    tx.record("price_list.added", list_id, name=values["name"])
    return list_id


def change(tx: Transaction, list_id: UUID, values: dict[str, Any], seen: dict[str, Any]) -> None:
    """Change the head of a list; ``seen`` holds the values shown when the edit began.

    Raises:
        Invalid: a value cannot be taken.
        NotAllowed: a field cannot be changed, or another list in use is based on one that is put away.
        Conflict: somebody changed one of the same fields meanwhile.
        NotFound: the list does not exist.

    """
    fixed = sorted(set(values) - set(FIELDS))
    if fixed:
        raise NotAllowed(f"The {fixed[0]} of a price list cannot be changed. Write another list.")
    if "name" in values:
        values = {**values, "name": values["name"].strip()}
    if values.get("active") is False and (user := _BASED_ON.first(tx.connection, base=list_id)):
        raise NotAllowed(f"{user.name} is based on this list. Base it on another one first.")
    head = get(tx.connection, list_id)
    _check_head(tx, {**{name: getattr(head, name) for name in FIELDS}, **values}, list_id)
    tx.change_fields(price_list, list_id, values, seen)
    tx.record("price_list.changed", list_id, fields=", ".join(values))


def set_buyers(tx: Transaction, list_id: UUID, buyers: Sequence[For]) -> None:
    """Say for whom a list is, in place of what was said before; nobody at all: only other lists use it.

    Raises:
        NotFound: a customer or the list does not exist.

    """
    tx.lock(price_list, list_id, "Price list")
    for one in buyers:
        if one.customer_id is not None and _CUSTOMER.first(tx.connection, row_id=one.customer_id) is None:
            raise NotFound("Customer", one.customer_id)
    tx.delete(price_list_buyer, [row.id for row in _BUYERS.all(tx.connection, list_id=list_id)])
    tx.insert(
        price_list_buyer,
        *(
            {
                "id": new_id(),
                "price_list_id": list_id,
                "customer_id": one.customer_id,
                "customer_group": one.group.strip(),
                "channel": one.channel.strip(),
                "campaign": one.campaign.strip(),
            }
            for one in dict.fromkeys(buyers)
        ),
    )


def set_rules(tx: Transaction, list_id: UUID, rules: Sequence[NewRule]) -> None:
    """Give a list these rules in this order; a rule with an ``id`` stays the rule it was.

    Raises:
        Invalid: a rule cannot be taken; the text says which.
        NotFound: a product or a list that is named does not exist.

    """
    head = tx.lock(price_list, list_id, "Price list")
    for position, rule in enumerate(rules, 1):
        try:
            _check_rule(tx, list_id, rule)
        except Invalid as error:
            raise Invalid(error.field, f"Rule {position}: {error}") from error
    rows = {
        rule.id or new_id(): {"price_list_id": list_id, "position": position, **rule_columns(rule)}
        for position, rule in enumerate(rules, 1)
    }
    stored = {row.id: row._asdict() for row in _RULES.all(tx.connection, list_id=list_id)}
    tx.delete(price_rule, [row_id for row_id in stored if row_id not in rows])
    changed = []
    for row_id, row in rows.items():
        values = {name: value for name, value in row.items() if row_id in stored and stored[row_id][name] != value}
        if values:
            changed.append((row_id, row))
    tx.update_rows(price_rule, changed)
    tx.insert(price_rule, *({"id": row_id, **row} for row_id, row in rows.items() if row_id not in stored))
    tx.record("price_list.rules_changed", list_id, name=head.name, rules=len(rules))


def rule_columns(rule: NewRule) -> dict[str, Any]:
    """Give the columns a rule is stored in, but for its list and position."""
    return {
        **{name: getattr(rule, name) for name in _RULE},
        "category": rule.category.strip(),
        "base": str(rule.formula.base),
        "base_list_id": rule.base_list_id if rule.formula.base is Base.OTHER else None,
        **{name: getattr(rule.formula, name) for name in _FIGURES},
    }


def get(connection: Connection, list_id: UUID) -> StoredList:
    """Read a list with its buyers and rules.

    Raises:
        NotFound: the list does not exist.

    """
    row = _HEAD.first(connection, list_id=list_id)
    if row is None:
        raise NotFound("Price list", list_id)
    return StoredList(
        row.id,
        row.name,
        row.currency,
        row.priority,
        row.shows_discount,
        row.starts_on,
        row.ends_on,
        row.active,
        tuple(
            For(one.customer_id, one.customer_group, one.channel, one.campaign)
            for one in _BUYERS.all(connection, list_id=list_id)
        ),
        tuple(_rule(one) for one in _RULES.all(connection, list_id=list_id)),
    )


def find(connection: Connection, *, active: bool = True) -> list[tuple[UUID, str, str, int]]:
    """Give the lists by name: id, name, currency and how many rules they have; those put away where not ``active``."""
    rows = connection.execute(
        select(price_list.c.id, price_list.c.name, price_list.c.currency, func.count(price_rule.c.id))
        .select_from(price_list.outerjoin(price_rule, price_rule.c.price_list_id == price_list.c.id))
        .where(price_list.c.active == active)
        .group_by(price_list.c.id, price_list.c.name, price_list.c.currency)
        .order_by(price_list.c.name)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]


def _rule(row: Any) -> NewRule:
    formula = Formula(Base(row.base), *(getattr(row, name) for name in _FIGURES))
    subject = {name: getattr(row, name) for name in _RULE}
    return NewRule(formula, **subject, base_list_id=row.base_list_id, id=row.id)


def _check_head(tx: Transaction, values: dict[str, Any], list_id: UUID | None = None) -> None:
    name, priority = values["name"], values["priority"]
    if not name or len(name) > 80:
        raise Invalid("name", "Give the list a name of at most 80 letters, e.g. Retail 2027.")
    known = _BY_NAME.first(tx.connection, name=name)
    if known is not None and known.id != list_id:
        raise Invalid("name", f"There is a price list {name} already. Choose another name.")
    if priority is not None and not 0 <= priority <= HIGHEST_PRIORITY:
        raise Invalid("priority", f"A priority is a whole number from 0 to {HIGHEST_PRIORITY}; the greater goes first.")
    _check_days(values["starts_on"], values["ends_on"])


def _check_days(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        raise Invalid("ends_on", "The last day lies before the first.")


def _check_rule(tx: Transaction, list_id: UUID, rule: NewRule) -> None:
    formula = rule.formula
    for name in (*_FIGURES, "min_quantity", "max_quantity"):
        figure = getattr(formula, name) if name in _FIGURES else getattr(rule, name)
        if figure is not None:
            document_lines.check_number(name, figure)
    if formula.base is Base.FIXED and (formula.fixed is None or formula.fixed < 0):
        raise Invalid("fixed", "Type the price; it is not below zero.")
    if formula.percent > 100:
        raise Invalid("percent", "A discount of more than the price cannot be given.")
    if formula.step < 0:
        raise Invalid("step", "Prices are rounded to a multiple of more than zero.")
    if formula.min_margin is not None and formula.max_margin is not None and formula.max_margin < formula.min_margin:
        raise Invalid("max_margin", "The greatest margin is less than the least.")
    if rule.min_quantity < 0 or (rule.max_quantity is not None and rule.max_quantity < rule.min_quantity):
        raise Invalid("max_quantity", "Quantities begin at zero, and the most is not less than the least.")
    _check_days(rule.starts_on, rule.ends_on)
    _check_subject(tx.connection, rule)
    if formula.base is Base.OTHER:
        _refuse_circle(tx.connection, list_id, rule.base_list_id)


def _check_subject(connection: Connection, rule: NewRule) -> None:
    if rule.product_id is None:
        return
    if rule.category:
        raise Invalid("category", "A rule is for a product or for a category, not for both.")
    found = _PRODUCT.first(connection, row_id=rule.product_id)
    if found is None:
        raise NotFound("Product", rule.product_id)
    if rule.unit not in {"", found.unit, *_UNITS.values(connection, row_id=rule.product_id)}:
        raise Invalid("unit", f"{found.sku} is not sold in {rule.unit}.")


def _refuse_circle(connection: Connection, list_id: UUID, base_id: UUID | None) -> None:
    if base_id is None:
        raise Invalid("base_list_id", "Choose the list this rule starts from.")
    ahead, seen = {base_id}, {list_id}
    while ahead:
        if ahead & {list_id}:
            raise Invalid("base_list_id", "That list is based on this one. Choose another.")
        each = ahead.pop()
        seen.add(each)
        if _HEAD.first(connection, list_id=each) is None:
            raise NotFound("Price list", each)
        ahead |= {row.base_list_id for row in _RULES.all(connection, list_id=each) if row.base_list_id} - (
            seen - {list_id}
        )


_LIST_ID: Final = bindparam("list_id", type_=Key)
_ROW_ID: Final = bindparam("row_id", type_=Key)
_HEAD: Final = Prepared(select(price_list).where(price_list.c.id == _LIST_ID))
_BY_NAME: Final = Prepared(select(price_list.c.id).where(price_list.c.name == bindparam("name")))
_BUYERS: Final = Prepared(
    select(price_list_buyer).where(price_list_buyer.c.price_list_id == _LIST_ID).order_by(price_list_buyer.c.id)
)
_RULES: Final = Prepared(
    select(price_rule).where(price_rule.c.price_list_id == _LIST_ID).order_by(price_rule.c.position)
)
_BASED_ON: Final = Prepared(
    select(price_list.c.name)
    .join(price_rule, price_rule.c.price_list_id == price_list.c.id)
    .where(price_rule.c.base_list_id == bindparam("base", type_=Key), price_list.c.active)
    .limit(1)
)
_CUSTOMER: Final = Prepared(select(customer.c.id).where(customer.c.id == _ROW_ID))
_PRODUCT: Final = Prepared(select(product.c.sku, product.c.unit).where(product.c.id == _ROW_ID))
_UNITS: Final = Prepared(select(product_unit.c.unit).where(product_unit.c.product_id == _ROW_ID))
