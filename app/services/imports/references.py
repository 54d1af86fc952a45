"""Which records of the books are in use: what in other tables points at them, whatever tables there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Connection, Table, select

from app.models.base import metadata
from app.models.lines import document_tax
from app.models.log import event
from app.models.order import sales_order, sales_order_line
from app.models.party import address, contact
from app.models.product import product_unit

TAKEN_BACK: Final = "order.taken_back"
"""Event of an order whose import was undone; what belongs to such an order uses nothing any more."""

_OWN_PARTS: Final = frozenset(table.name for table in (address, contact, product_unit, sales_order_line, document_tax))
_CHUNK: Final = 500


def users(connection: Connection, target: Table, ids: Sequence[UUID]) -> dict[UUID, str]:
    """Find what uses rows of ``target``: id to the words for one of the tables that point at it.

    Parts of the record itself do not count, stock moves are for the caller to judge, and what belongs to
    an order that was taken back does not count either.
    """
    found: dict[UUID, str] = {}
    for table in metadata.sorted_tables:
        for column in table.c:
            if _points_at(column, target) and not _is_part(table, target):
                for row_id in _pointed_at(connection, column, ids):
                    found.setdefault(row_id, table.name.replace("_", " "))
    return found


def taken_back(connection: Connection, order_ids: Iterable[UUID]) -> set[UUID]:
    """Find the orders whose import was undone."""
    found: set[UUID] = set()
    listed = list(order_ids)
    for start in range(0, len(listed), _CHUNK):
        part = listed[start : start + _CHUNK]
        query = select(event.c.subject_id).where(event.c.subject_id.in_(part), event.c.name == TAKEN_BACK)
        found.update(connection.execute(query).scalars())
    return found


def _points_at(column: Column[UUID], target: Table) -> bool:
    return any(key.column.table is target for key in column.foreign_keys)


def _is_part(table: Table, target: Table) -> bool:
    """Tell whether rows of ``table`` are the record's own parts; a line is a part of its order, not of its product."""
    if "command_id" in table.c:  # moves of goods
        return True
    return table.name in _OWN_PARTS and not (table is sales_order_line and target is not sales_order)


def _pointed_at(connection: Connection, column: Column[UUID], ids: Sequence[UUID]) -> set[UUID]:
    """Give those of ``ids`` that live rows of the column's table point at."""
    path = _order_of(column.table)
    found: set[UUID] = set()
    for start in range(0, len(ids), _CHUNK):
        part = ids[start : start + _CHUNK]
        if path is None:
            found.update(connection.execute(select(column).distinct().where(column.in_(part))).scalars())
            continue
        order_column, link = path
        query = select(column, order_column).distinct().where(column.in_(part))
        if link is not None:
            query = query.select_from(column.table).join(order_column.table, link)
        pairs = [(row[0], row[1]) for row in connection.execute(query)]
        gone = taken_back(connection, {order_id for _, order_id in pairs})
        found.update(row_id for row_id, order_id in pairs if order_id not in gone)
    return found


def _order_of(table: Table) -> tuple[Column[UUID], ColumnElement[bool] | None] | None:
    """Find the column that names the order a row of ``table`` belongs to: its own, or its document's with the link."""
    if table is sales_order:
        return sales_order.c.id, None
    if "order_id" in table.c:
        return table.c.order_id, None
    for column in table.c:
        for key in column.foreign_keys:
            parent = key.column.table
            if parent is not table and "order_id" in parent.c:
                return parent.c.order_id, column == key.column
    return None
