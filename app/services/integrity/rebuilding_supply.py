"""Computes the counts of components, work orders, transfer lines and purchase lines anew from the stock ledger."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy import Table

from app.models.purchase import purchase_line
from app.models.transfer import transfer_line
from app.models.work import work_component, work_order
from app.services.integrity.damage import read
from app.services.integrity.supply import FOLDED_COMPONENTS, FOLDED_PURCHASES, FOLDED_TRANSFERS, FOLDED_WORK
from app.services.transaction import Transaction

_COUNTS: Final[tuple[tuple[Table, str, dict[str, str]], ...]] = (
    (work_component, FOLDED_COMPONENTS, {"reserved": "reserved", "consumed": "consumed"}),
    (work_order, FOLDED_WORK, {"made": "made", "scrapped": "scrapped"}),
    (
        transfer_line,
        FOLDED_TRANSFERS,
        {"reserved": "reserved", "shipped": "shipped", "received": "received", "lost": "lost"},
    ),
    (purchase_line, FOLDED_PURCHASES, {"received": "moved"}),
)
"""What finds the rows that are wrong, and the columns with what is right."""


def rebuild(tx: Transaction) -> int:
    """Put the counts right that do not agree with the stock ledger, and say how many rows were wrong.

    What no move tells of is left to a person: a row that is gone, how much of its work a subcontractor billed,
    and which of several lines of a drop shipment was sent.
    """
    wrong = 0
    for table, statement, columns in _COUNTS:
        rows = [row for row in read(tx.connection, statement) if _can_be_found(table, row)]
        tx.update_rows(
            table, [(_uuid(row.key), {name: int(getattr(row, of)) for name, of in columns.items()}) for row in rows]
        )
        wrong += len(rows)
    return wrong


def _can_be_found(table: Table, row: Any) -> bool:
    gone = row.number.endswith(" that is gone")
    return not gone and (table is not purchase_line or (row.work_order_id is None and row.order_line_id is None))


def _uuid(stored: Any) -> UUID:
    return stored if isinstance(stored, UUID) else UUID(bytes=stored)
