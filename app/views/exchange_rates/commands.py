"""What can be done with exchange rates, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

OPEN: Final = Command(
    "rates.open", "Exchange rates", "See, import and type the rates of currencies.", "", "coins", opens=True
)
TYPE: Final = Command("rates.type", "Type a rate", "Store a currency's rate of a day by hand.", "Ctrl+N", "plus")
IMPORT: Final = Command(
    "rates.import", "Import file", "Bring in the European Central Bank's file of rates.", "Ctrl+O", "upload"
)
FETCH: Final = Command(
    "rates.fetch", "Fetch rates", "Fetch the rates from the company's address.", "Ctrl+Return", "download"
)
SOURCE: Final = Command(
    "rates.source", "Address and day", "Say where rates come from and which day counts.", "F2", "settings"
)
CORRECT: Final = Command(
    "rates.correct", "Correct a rate", "Put the rate of the highlighted day right.", "Ctrl+E", "pencil"
)
REMOVE: Final = Command(
    "rates.remove", "Delete a rate", "Delete the rate of the highlighted day.", "Ctrl+Shift+Del", "trash-2"
)

COMMANDS: Final = (OPEN, TYPE, CORRECT, REMOVE, IMPORT, FETCH, SOURCE)
