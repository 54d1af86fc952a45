"""Price lists as people read and write them: with names and numbers for ids, and why a line has its price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, func, or_, select

from app.errors import Conflict, Invalid
from app.models.party import customer
from app.models.price_list import price_list, price_list_buyer, price_rule
from app.models.product import product
from app.services import price_lists, pricing
from app.services.price_lists import FIELDS, For, NewRule, StoredList
from app.services.pricing import Buyer, Explanation
from app.services.products import Product
from app.services.statements import LONGEST_LIST
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class ListRow:
    """A price list at a glance; ``customers`` gives the names of those among its ``buyers``."""

    id: UUID
    name: str
    currency: str
    priority: int | None
    starts_on: date | None
    ends_on: date | None
    active: bool
    rules: int
    buyers: tuple[For, ...]
    customers: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is needed to write a list: as it is stored (None: a new one), and what its ids mean.

    ``skus`` are those of its products, ``numbers`` those of its customers, ``names`` those of all other lists.
    """

    list: StoredList | None
    skus: Mapping[UUID, str]
    numbers: Mapping[UUID, str]
    names: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line has its price; ``names`` are those of all lists, for rules that are based on one."""

    told: Explanation
    names: Mapping[UUID, str]


def read(connection: Connection) -> list[ListRow]:
    """Read all lists, those in use first, then by name."""
    counts = {row[0]: row[1] for row in connection.execute(_COUNTS)}
    buyers: dict[UUID, list[For]] = {}
    names: dict[UUID, dict[UUID, str]] = {}
    for row in connection.execute(_ALL_BUYERS):
        buyers.setdefault(row.price_list_id, []).append(
            For(row.customer_id, row.customer_group, row.channel, row.campaign)
        )
        if row.customer_id is not None:
            names.setdefault(row.price_list_id, {})[row.customer_id] = row.customer_name
    return [
        ListRow(
            row.id,
            row.name,
            row.currency,
            row.priority,
            row.starts_on,
            row.ends_on,
            row.active,
            counts.get(row.id, 0),
            tuple(buyers.get(row.id, ())),
            names.get(row.id, {}),
        )
        for row in connection.execute(select(price_list).order_by(price_list.c.active.desc(), price_list.c.name))
    ]


def sheet(connection: Connection, list_id: UUID | None) -> Sheet:
    """Read what is needed to write a list; None for a new one.

    Raises:
        NotFound: the list does not exist.

    """
    names = _names(connection)
    if list_id is None:
        return Sheet(None, {}, {}, names)
    stored = price_lists.get(connection, list_id)
    del names[list_id]
    skus = _texts(connection, product.c.id, product.c.sku, (one.product_id for one in stored.rules))
    numbers = _texts(connection, customer.c.id, customer.c.number, (one.customer_id for one in stored.buyers))
    return Sheet(stored, skus, numbers, names)


def save(tx: Transaction, before: StoredList, after: StoredList) -> None:
    """Change of a list what differs between the one that was shown and the one that is wanted.

    Raises:
        Invalid: something cannot be taken.
        Conflict: somebody changed the same of it meanwhile.
        NotFound: the list, or what it names, does not exist.

    """
    tx.lock(price_list, before.id, "Price list")  # before it is read: another clerk's rules are seen, not lost
    stored = price_lists.get(tx.connection, before.id)
    values = {name: getattr(after, name) for name in FIELDS if getattr(after, name) != getattr(before, name)}
    if values:
        price_lists.change(tx, before.id, values, {name: getattr(before, name) for name in values})
    if set(after.buyers) != set(before.buyers):
        if set(stored.buyers) != set(before.buyers):
            raise Conflict(f"for whom {stored.name} is")
        price_lists.set_buyers(tx, before.id, after.buyers)
    if after.rules != before.rules:
        if _bare(stored.rules) != _bare(before.rules):
            raise Conflict(f"the rules of {stored.name}")
        price_lists.set_rules(tx, before.id, after.rules)


def customers_of(connection: Connection, typed: Iterable[str]) -> dict[str, UUID]:
    """Find customers by the number or the very name that was typed.

    Raises:
        Invalid: there is none, or there are several of that name.

    """
    wanted = list(dict.fromkeys(typed))
    found: dict[str, set[UUID]] = {}
    for start in range(0, len(wanted), LONGEST_LIST):
        part = wanted[start : start + LONGEST_LIST]
        rows = connection.execute(
            select(customer.c.id, customer.c.number, customer.c.name).where(
                or_(customer.c.number.in_(part), customer.c.name.in_(part))
            )
        )
        for row in rows:
            found.setdefault(row.number, set()).add(row.id)
            if row.name != row.number:
                found.setdefault(row.name, set()).add(row.id)
    for text in wanted:
        if len(found.get(text, ())) != 1:
            reason = f"There are several customers {text}." if text in found else f"There is no customer {text}."
            raise Invalid("buyers", f"{reason} Type the customer's number.")
    return {text: next(iter(found[text])) for text in wanted}


def reason(
    connection: Connection, buyer: Buyer, currency: str, product: Product, quantity: Decimal, unit: str
) -> Reason:
    """Tell how the price of a line comes about as the buyer's lists are now.

    Raises:
        Invalid: the product is not sold in the unit, a currency has no rate, or lists form a circle.

    """
    book = pricing.open_book(connection, buyer, currency, [product.id])
    told = (book or pricing.list_price_only(connection, buyer, currency)).explain(product, quantity, unit)
    return Reason(told, _names(connection))


def _bare(rules: tuple[NewRule, ...]) -> tuple[NewRule, ...]:
    """What rules say: one that was deleted and written again has another id and says the same."""
    return tuple(replace(one, id=None) for one in rules)


def _names(connection: Connection) -> dict[UUID, str]:
    return {row[0]: row[1] for row in connection.execute(_NAMES)}


def _texts(connection: Connection, key: Any, text: Any, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    wanted = list(dict.fromkeys(one for one in ids if one is not None))
    found: dict[UUID, str] = {}
    for start in range(0, len(wanted), LONGEST_LIST):
        rows = connection.execute(select(key, text).where(key.in_(wanted[start : start + LONGEST_LIST])))
        found.update((row[0], row[1]) for row in rows)
    return found


_NAMES: Final = select(price_list.c.id, price_list.c.name).order_by(price_list.c.name)
_COUNTS: Final = select(price_rule.c.price_list_id, func.count()).group_by(price_rule.c.price_list_id)
_ALL_BUYERS: Final = (
    select(price_list_buyer, customer.c.name.label("customer_name"))
    .select_from(price_list_buyer.outerjoin(customer, customer.c.id == price_list_buyer.c.customer_id))
    .order_by(price_list_buyer.c.id)
)
