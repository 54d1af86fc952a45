"""A finished paper."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Paper:
    """What is shown, printed, saved and mailed: a title for people, a file name, and the PDF."""

    title: str
    file_name: str
    pdf: bytes


@dataclass(frozen=True, slots=True)
class Wanted:
    """A paper somebody asks for: its kind (see ``KINDS``) and the id of the document it is about."""

    kind: str
    document_id: UUID
