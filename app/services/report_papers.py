"""A report of the window as PDF, with the company above it; what draws it is loaded with the first one."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from sqlalchemy import Connection

from app.services import companies


def build(
    connection: Connection,
    title: str,
    facts: Sequence[tuple[str, str]],
    columns: Sequence[tuple[str, bool, bool]],
    rows: Sequence[Sequence[str]],
) -> bytes:
    """Draw a table; ``columns`` are heading, whether it holds figures, and whether it takes the room that is left."""
    ours = companies.get(connection)
    place = " ".join(part for part in (ours.postal_code, ours.city) if part)
    address = tuple(line for line in (*ours.street.split("\n"), place, ours.country) if line.strip())
    paper: Any = import_module("app.services.documents.report")
    pdf: bytes = paper.build(
        paper.Report(
            title,
            paper.Company(name=ours.name, address=address),
            tuple(facts),
            tuple(paper.ReportColumn(*one) for one in columns),
            rows,
            ours.language,
        )
    )
    return pdf
