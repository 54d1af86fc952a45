"""What happened, in order: the timeline of an order, a customer or any other document."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from app.models.log import event
from app.services.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Happening:
    """One fact of a timeline: ``name`` is noun.past, ``facts`` what its sentence needs; ``at`` is UTC."""

    name: str
    at: datetime
    by: str
    facts: dict[str, Any]
    document_id: UUID | None


def timeline(connection: Connection, subject_id: UUID, limit: int = 200) -> list[Happening]:
    """Read what happened to a document or customer, newest first."""
    rows = connection.execute(
        select(event.c.name, event.c.at, event.c.by, event.c.facts, event.c.document_id)
        .where(event.c.subject_id == subject_id)
        .order_by(event.c.at.desc(), event.c.id.desc())
        .limit(limit)
    )
    return [Happening(row.name, row.at, row.by, json.loads(row.facts), row.document_id) for row in rows]


def add_note(tx: Transaction, subject_id: UUID, text: str) -> None:
    """Write an internal note on a timeline; it is never printed."""
    tx.record("note.written", subject_id, text=text)
