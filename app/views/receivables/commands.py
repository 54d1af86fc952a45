"""What can be done with what customers owe, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

STATEMENT: Final = Command(
    "receivables.statement",
    "Statement of account",
    "Show what came and went with the highlighted customer.",
    "Ctrl+P",
    "printer",
    needs_selection=True,
)
EXPORT: Final = Command("receivables.export", "Save as CSV", "Save the ageing report as CSV.", "Ctrl+E", "download")
DISPUTE: Final = Command(
    "dispute.open", "New dispute", "Write down what a customer does not want to pay.", "Ctrl+N", "plus"
)
REJECT: Final = Command(
    "dispute.reject", "Reject", "The amount of the highlighted dispute is owed after all.", "Ctrl+Backspace", "x"
)
CREDITED: Final = Command(
    "dispute.credit",
    "Credited",
    "The highlighted dispute is solved by a credit note for its invoice.",
    "Ctrl+Shift+C",
    "check",
)
PAID: Final = Command(
    "dispute.paid", "Paid", "The customer paid what the highlighted dispute is about.", "Ctrl+Shift+P", "hand-coins"
)
LEVELS: Final = Command(
    "dunning.levels", "Levels", "Say when customers are reminded, and what it costs them.", "F2", "sliders-horizontal"
)
BLOCK: Final = Command(
    "dunning.block", "Do not remind", "Keep the highlighted invoice out of reminders.", "Ctrl+Shift+B", "circle-pause"
)
UNBLOCK: Final = Command(
    "dunning.unblock",
    "Remind again",
    "Lift what keeps the highlighted invoice out of reminders.",
    "Ctrl+Shift+G",
    "play",
)
UNDO_RUN: Final = Command(
    "dunning.undo", "Take back the last run", "Undo the last reminders: claims are where they were.", "", "undo-2"
)
DRAFT: Final = Command(
    "dunning.draft", "Draft reminders", "Write the letters of today; nothing is sent yet.", "Ctrl+Return", "file-text"
)
SEND: Final = Command(
    "dunning.send", "Send reminders", "Number the drafted letters and print them.", "Ctrl+Shift+Return", "mail"
)

COMMANDS: Final = (STATEMENT, EXPORT, DISPUTE, REJECT, CREDITED, PAID, LEVELS, BLOCK, UNBLOCK, UNDO_RUN, DRAFT, SEND)
