"""The print queue of each workstation: which printer takes which paper, and every job with how it ended."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, String, Text, UniqueConstraint

from app.models.base import DataClass, Key, Moment, key, table


class JobState(StrEnum):
    """Where a print job stands."""

    WAITING = "waiting"
    PRINTING = "printing"
    PRINTED = "printed"
    FAILED = "failed"  # a jam, no paper, no answer; it may be tried again
    CANCELLED = "cancelled"


JOB_NEXT: Final[dict[JobState, frozenset[JobState]]] = {
    JobState.WAITING: frozenset({JobState.PRINTING, JobState.CANCELLED}),
    JobState.PRINTING: frozenset({JobState.PRINTED, JobState.FAILED}),
    JobState.FAILED: frozenset({JobState.WAITING, JobState.CANCELLED}),
    JobState.PRINTED: frozenset(),
    JobState.CANCELLED: frozenset(),
}

print_route = table(
    "print_route",
    DataClass.LOCAL,
    key(),
    Column("workstation", String(80), nullable=False),
    Column("kind", String(24), nullable=False),  # of paper, see services.papers.KINDS
    Column("printer", String(200), nullable=False),  # the system's name of it, or tcp://HOST:PORT of a label printer
    Column("tray", String(80), nullable=False),
    Column("resolution", Integer, nullable=False),  # dots per inch of a label printer; 0: the paper is a PDF
    Column("copies", Integer, nullable=False),
    UniqueConstraint("workstation", "kind"),
    CheckConstraint("copies > 0", name="copies"),
)

print_job = table(
    "print_job",
    DataClass.LOCAL,
    key(),
    Column("workstation", String(80), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("document_id", Key, nullable=False, index=True),
    Column("title", String(200), nullable=False),
    Column("format", String(4), nullable=False),  # pdf | zpl
    Column("content", LargeBinary, nullable=False),
    Column("printer", String(200), nullable=False),
    Column("tray", String(80), nullable=False),
    Column("copies", Integer, nullable=False),
    Column("state", String(12), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("trouble", Text, nullable=False),  # why it failed last
    Column("reprint_of", Key),
    Column("created_at", Moment, nullable=False),
    Column("created_by", String(80), nullable=False),
    Column("started_at", Moment),
    Column("printed_at", Moment),
    Index("ix_print_job_queue", "workstation", "state", "id"),
)
