"""What can be done with transfers, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

NEW: Final = Command(
    "transfer.new", "New transfer", "Bring goods from one warehouse to another.", "Ctrl+N", "plus", opens=True
)
NEXT: Final = Command(
    "transfer.next", "Next step", "Send it, or book what arrived.", "Ctrl+Return", "play", needs_selection=True
)
SHIP: Final = Command(
    "transfer.ship", "Send", "Send what is promised to it, in part or all.", "Ctrl+Shift+S", "truck",
    needs_selection=True,
)  # fmt: skip
RECEIVE: Final = Command(
    "transfer.receive", "Receive", "Book what arrived, in part or all.", "Ctrl+R", "package-check", needs_selection=True
)
LOSE: Final = Command(
    "transfer.lose", "Lost on the way", "Say what will never arrive.", "Ctrl+M", "package-x", needs_selection=True
)
CANCEL: Final = Command(
    "transfer.cancel",
    "Cancel",
    "Call off what has not left; what is on its way still arrives.",
    "Ctrl+Shift+Del",
    "ban",
    needs_selection=True,
)

COMMANDS: Final = (NEW, NEXT, SHIP, RECEIVE, LOSE, CANCEL)
