"""What can be done with quotes, declared once."""

from __future__ import annotations

from app.views.commands import Command

NEW = Command(
    "quote.new",
    "New quote",
    "Write a new quote.",
    "Ctrl+N",
    "plus",
    record="customer",
    record_text="New quote for {}",
    opens=True,
)
SEND = Command(
    "quote.send", "Send", "Freeze this version and show it for printing or mailing.", "", "mail", needs_selection=True
)
ACCEPT = Command(
    "quote.accept", "Accept", "The customer said yes: make the order.", "", "handshake", needs_selection=True
)
NEXT = Command(
    "quote.next",
    "Next step",
    "Send the quote, or accept it when it was sent.",
    "Ctrl+Return",
    "play",
    needs_selection=True,
)
REVISE = Command(
    "quote.revise", "Revise", "Take it back to change it and send another version.", "", "pencil", needs_selection=True
)
DECLINE = Command("quote.decline", "Decline", "The customer said no.", "", "x", needs_selection=True)
CANCEL = Command("quote.cancel", "Withdraw", "Withdraw the quote.", "Ctrl+Shift+Del", "ban", needs_selection=True)
DUPLICATE = Command(
    "quote.duplicate", "Duplicate", "Write a new quote with the same lines.", "", "copy", needs_selection=True
)
PRINT = Command("quote.print", "Print", "Show the quote as it prints.", "Ctrl+P", "printer", needs_selection=True)

COMMANDS = (NEW, NEXT, SEND, ACCEPT, REVISE, DECLINE, CANCEL, DUPLICATE, PRINT)
