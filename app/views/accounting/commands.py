"""What can be done with the books, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

OPEN: Final = Command(
    "accounting.open", "Accounting", "Read the journal, the balances and the taxes.", "", "file-spreadsheet", opens=True
)
BOOK: Final = Command("accounting.book", "Book by hand", "Book an entry without a document.", "Ctrl+N", "plus")
TAKE_BACK: Final = Command(
    "accounting.take_back",
    "Take back",
    "Book the opposite of the highlighted entry made by hand.",
    "Ctrl+Shift+Del",
    "undo-2",
    needs_selection=True,
)
SAVE: Final = Command(
    "accounting.save", "Save", "Save what is on show as XLSX, CSV or PDF.", "Ctrl+Shift+S", "download"
)
HAND_OVER: Final = Command(
    "accounting.hand_over",
    "For the accountant",
    "Save the journal of these days as DATEV batch, beancount ledger or table.",
    "Ctrl+Shift+E",
    "file-spreadsheet",
)
CLOSE: Final = Command(
    "accounting.close",
    "Close the month",
    "Let nothing more be booked in it.",
    "Ctrl+Return",
    "lock",
    needs_selection=True,
)
REOPEN: Final = Command(
    "accounting.reopen",
    "Open again",
    "Open the month again, with the reason.",
    "Ctrl+O",
    "undo-2",
    needs_selection=True,
)
ADD: Final = Command("accounting.add_account", "New account", "Add an account to the chart.", "Ctrl+Shift+N", "plus")
CHANGE: Final = Command(
    "accounting.change_account",
    "Change",
    "Rename the account, or say what it is for.",
    "F2",
    "pencil",
    needs_selection=True,
)
REMOVE: Final = Command(
    "accounting.remove_account",
    "Remove",
    "Take an account that nothing is booked on out of the chart.",
    "",
    "trash-2",
    needs_selection=True,
)
RULE: Final = Command(
    "accounting.rule",
    "Send sales to it",
    "Send sales of a product category or a tax to the account.",
    "Ctrl+R",
    "list-filter",
    needs_selection=True,
)
DROP_RULE: Final = Command(
    "accounting.remove_rule",
    "No longer send sales",
    "Take a rule away that sends sales to the account.",
    "Ctrl+Shift+R",
    "x",
    needs_selection=True,
)

COMMANDS: Final = (OPEN, BOOK, TAKE_BACK, SAVE, HAND_OVER, CLOSE, REOPEN, ADD, CHANGE, REMOVE, RULE, DROP_RULE)
