"""What can be done with bank lines."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

IMPORT: Final = Command(
    "bank.import",
    "Import statement",
    "Read a bank's file (MT940, camt.053, OFX); what is here already is left out.",
    "Ctrl+N",
    "upload",
)
ACCEPT: Final = Command(
    "bank_line.book",
    "Accept",
    "Book the line as it is proposed.",
    "Ctrl+Return",
    "check",
    needs_selection=True,
)
ACCEPT_SURE: Final = Command(
    "bank_line.book_sure",
    "Accept all that is sure",
    "Book every line that names what it pays, to the cent.",
    "Ctrl+Shift+Return",
    "badge-check",
)
ASSIGN: Final = Command(
    "bank_line.assign",
    "Split or put on account",
    "Say yourself whose money it is, and which invoices it pays.",
    "Ctrl+M",
    "split",
    needs_selection=True,
)
IGNORE: Final = Command(
    "bank_line.ignore",
    "Ignore",
    "It is no payment of a customer: say why.",
    "Ctrl+Backspace",
    "ban",
    needs_selection=True,
)
REOPEN: Final = Command(
    "bank_line.reopen",
    "Open again",
    "Take back what was booked of the line, or that it was ignored.",
    "",
    "undo-2",
    needs_selection=True,
)
