"""What can be done with print jobs, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

OPEN: Final = Command(
    "print_queue.open",
    "Print queue",
    "Show what waits, what was printed, and which printer takes which paper.",
    "Ctrl+Shift+P",
    "printer",
    opens=True,
)
RETRY: Final = Command(
    "print_job.retry", "Try again", "Print it again, now.", "Ctrl+Return", "play", needs_selection=True
)
CANCEL: Final = Command("print_job.cancel", "Cancel", "Take it off the queue.", "Delete", "x", needs_selection=True)
REPRINT: Final = Command(
    "print_job.reprint", "Print once more", "Print the same pages once more.", "Ctrl+P", "printer", needs_selection=True
)
ROUTE: Final = Command(
    "print_route.set", "Choose a printer", "Say which printer takes a kind of paper.", "Ctrl+N", "plus"
)
DROP: Final = Command("print_route.drop", "Remove", "Forget where this kind of paper goes.", "", "trash-2")

COMMANDS: Final = (OPEN, RETRY, CANCEL, REPRINT, ROUTE, DROP)
