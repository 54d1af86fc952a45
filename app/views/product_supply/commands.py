"""What can be done with the ways of supply and the bills of a product, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

ADD_WAY: Final = Command(
    "supply.add", "Add a way", "Say how the product may be had.", "Ctrl+W", "plus", needs_selection=True
)
CHANGE_WAY: Final = Command(
    "supply.change", "Change the way", "Lead time, minimum, prices.", "Ctrl+Return", "pencil", needs_selection=True
)
EARLIER: Final = Command(
    "supply.earlier", "Prefer it", "Take it before the one above it.", "Alt+Up", "arrow-up", needs_selection=True
)
LATER: Final = Command(
    "supply.later", "Prefer it less", "Take it after the one below it.", "Alt+Down", "arrow-down", needs_selection=True
)
DROP_WAY: Final = Command(
    "supply.drop", "Out of use", "Do not have it this way any more.", "Ctrl+Shift+Del", "ban", needs_selection=True
)
WRITE_BILL: Final = Command(
    "bill.write",
    "Write a bill",
    "Write the bill of materials and the route, as a new version.",
    "Ctrl+B",
    "file-pen-line",
    needs_selection=True,
)
USE_BILL: Final = Command(
    "bill.use", "Use this version", "Make the version on show the one in use.", "Ctrl+Shift+B", "check",
    needs_selection=True,
)  # fmt: skip

COMMANDS: Final = (ADD_WAY, CHANGE_WAY, EARLIER, LATER, DROP_WAY, WRITE_BILL, USE_BILL)
