"""Numbers for records that may also be given one by hand: the next of the series that nobody uses yet."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from uuid import UUID

from sqlalchemy import Column, bindparam, select

from app.services.statements import LONGEST_LIST, Prepared
from app.services.transaction import Transaction


def free_number(tx: Transaction, prefix: str, document_id: UUID, column: Column[str]) -> str:
    """Take the next number of series ``prefix`` that ``column`` does not hold; see Transaction.number."""
    return free_numbers(tx, prefix, [document_id], column)[0]


def free_numbers(tx: Transaction, prefix: str, document_ids: Sequence[UUID], column: Column[str]) -> list[str]:
    """Take one number per document, in order, leaving out those that ``column`` holds already."""
    found: list[str] = []
    while len(found) < len(document_ids):
        asked = document_ids[len(found) : len(found) + LONGEST_LIST]
        numbers = tx.numbers(prefix, asked)
        taken = set(_taken(column).values(tx.connection, numbers=numbers))
        found += [number for number in numbers if number not in taken]
    return found


@cache
def _taken(column: Column[str]) -> Prepared:
    return Prepared(select(column).where(column.in_(bindparam("numbers", expanding=True))))
