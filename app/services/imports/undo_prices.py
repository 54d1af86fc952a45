"""Taking imported price agreements back: what is new goes, what was changed says again what it said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, select

from app.models.company import external_key
from app.models.log import event
from app.models.price_list import price_list, price_rule
from app.services import price_lists
from app.services.imports import prices
from app.services.statements import LONGEST_LIST
from app.services.transaction import Transaction

ADDED: Final = "price_list.added"


def changed_since(connection: Connection, added: Mapping[UUID, str]) -> Iterator[tuple[str, str]]:
    """Say of prices that an import added, ids with their numbers, which say something else now; gone ones do not."""
    digests: dict[UUID, str] = {}
    for part in _parts(list(added)):
        key = external_key.c
        digests.update(
            (row[0], row[1]) for row in connection.execute(select(key.row_id, key.row_hash).where(key.row_id.in_(part)))
        )
    for list_id in _lists_of(connection, list(added)):
        for rule in price_lists.get(connection, list_id).rules:
            if rule.id is not None and rule.id in added and prices.digest_of(rule) != digests.get(rule.id):
                yield added[rule.id], "It was changed since."


def take_back(tx: Transaction, command_id: UUID, added: Iterable[UUID], changed: Mapping[UUID, dict[str, Any]]) -> None:
    """Take the rules ``added`` away and let those ``changed`` say what they said; lists left empty are put away.

    Only a list that the import ``command_id`` added is put away; its name becomes free.
    """
    gone = set(added)
    for list_id in _lists_of(tx.connection, [*gone, *changed]):
        tx.lock(price_list, list_id, "Price list")
        stored = price_lists.get(tx.connection, list_id)
        kept = [rule for rule in stored.rules if rule.id not in gone]
        rules = [prices.saying(rule, changed[rule.id]) if rule.id and rule.id in changed else rule for rule in kept]
        price_lists.set_rules(tx, list_id, rules)
        if not rules and stored.active and _was_added(tx.connection, command_id, list_id):
            wanted = {"name": _free_name(tx.connection, stored.name), "active": False}
            price_lists.change(tx, list_id, wanted, {"name": stored.name, "active": True})


def _was_added(connection: Connection, command_id: UUID, list_id: UUID) -> bool:
    mine = select(event.c.id).where(event.c.subject_id == list_id, event.c.name == ADDED)
    return connection.execute(mine.where(event.c.command_id == command_id)).first() is not None


def _free_name(connection: Connection, name: str) -> str:
    taken = set(connection.execute(select(price_list.c.name)).scalars())
    count, free = 1, f"{name[:66]} (undone)"
    while free in taken:
        count += 1
        free = f"{name[:66]} (undone {count})"
    return free


def _lists_of(connection: Connection, rule_ids: Sequence[UUID]) -> list[UUID]:
    found: set[UUID] = set()
    for part in _parts(rule_ids):
        rows = connection.execute(select(price_rule.c.price_list_id).distinct().where(price_rule.c.id.in_(part)))
        found.update(rows.scalars())
    return sorted(found)


def _parts(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for start in range(0, len(ids), LONGEST_LIST):
        yield ids[start : start + LONGEST_LIST]
