"""Bringing in customers, products, orders, stock and price agreements from files of other programs.

The way of a file: :mod:`reading` opens it, :mod:`detection` finds out how it is written, :mod:`mapping`
proposes which column is which, :mod:`checking` turns each cell into a value or a problem and applies
the :mod:`rules`, :mod:`plan` and :mod:`runs` compare it with the books and write it as one command.
:mod:`rejected` gives back what was not taken, :mod:`profiles` keep mapping and rules for next time, and
:mod:`undo` takes a whole import back.
"""

from __future__ import annotations

from app.services.imports.command import list_imports, run_command, undo_import

__all__ = ["list_imports", "run_command", "undo_import"]
