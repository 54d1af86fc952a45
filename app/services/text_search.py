"""Conditions for finding text as the user typed it: case does not matter, ``%`` and ``_`` are plain characters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, or_

ESCAPE: Final = "\\"


def contains(columns: Sequence[ColumnElement[Any]], text: str, dialect: str) -> ColumnElement[bool]:
    """Tell whether any of ``columns`` holds ``text``."""
    return _matches(columns, f"%{_plain(text)}%", dialect)


def begins(columns: Sequence[ColumnElement[Any]], text: str, dialect: str) -> ColumnElement[bool]:
    """Tell whether any of ``columns`` begins with ``text``."""
    return _matches(columns, f"{_plain(text)}%", dialect)


def _plain(text: str) -> str:
    return text.replace(ESCAPE, ESCAPE * 2).replace("%", ESCAPE + "%").replace("_", ESCAPE + "_")


def _matches(columns: Sequence[ColumnElement[Any]], pattern: str, dialect: str) -> ColumnElement[bool]:
    # SQLite's LIKE ignores the case of ASCII letters only, and so does PostgreSQL in a database of collation C:
    # other letters are tried in both cases as well
    spellings = {pattern} if pattern.isascii() else {pattern, pattern.lower(), pattern.upper()}
    if dialect == "postgresql":
        return or_(*(column.ilike(one, escape=ESCAPE) for column in columns for one in sorted(spellings)))
    return or_(*(column.like(one, escape=ESCAPE) for column in columns for one in sorted(spellings)))
