"""Printable papers: a snapshot in, PDF bytes out; no database, no Qt, no clock.

Each paper is one module with its snapshot, a frozen dataclass, and ``build(snapshot) -> bytes``; what several papers
show (company, party, lines, totals, signature) stands in ``snapshots``.  ``PAPERS`` has the builders by name.  The
same snapshot gives the same bytes, in every process.

On the way from a snapshot to its pages::

    printable -> writing_direction, line_breaking, typefaces -> shaping -> typesetting    texts become lines
    blocks -> columns, line_table, totals_block, closing -> pagination                    lines become pages
    letterhead, letter -> sheet -> embedding                                              pages become a PDF
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.services.documents.registry import PAPERS

__all__ = ["PAPERS"]


def __getattr__(name: str) -> object:
    """Load the papers, and with them ReportLab and HarfBuzz, when they are first asked for."""
    if name == "PAPERS":
        return import_module("app.services.documents.registry").PAPERS
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
