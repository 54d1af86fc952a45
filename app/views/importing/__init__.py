"""Bringing files in: choose them, see how they are read, match columns, see every row, import, undo."""

from __future__ import annotations

from app.views.importing.screen import OPEN, PLACE, ImportScreen

__all__ = ["OPEN", "PLACE", "ImportScreen"]
