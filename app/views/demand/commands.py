"""What can be done with forecasts of demand, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

RUN: Final = Command(
    "forecast.run", "Forecast", "Forecast the demand of all products from their orders.", "Ctrl+R", "play", opens=True
)
OVERRIDE: Final = Command(
    "forecast.override",
    "Expect something else",
    "Say what you expect in a week, and why; the statistics stay beside it.",
    "Ctrl+E",
    "pencil",
    needs_selection=True,
)
WISHES: Final = Command(
    "demand.wishes",
    "Order lines",
    "See the order lines behind the demand, and leave out what says nothing about the future.",
    "Ctrl+L",
    "list-filter",
    needs_selection=True,
)
PLAN: Final = Command(
    "demand.plan",
    "New or ending",
    "Say which product a new one sells like, or on which day one ends.",
    "Ctrl+Shift+P",
    "calendar",
    needs_selection=True,
)
EVENT: Final = Command(
    "demand.event", "Event", "Say what will change demand for some days: a promotion, a fair.", "Ctrl+Shift+E", "plus"
)
ACCURACY: Final = Command(
    "forecast.accuracy",
    "Accuracy",
    "How far off forecasts were, by group, beside the naive forecast.",
    "Ctrl+Shift+A",
    "percent",
)

COMMANDS: Final = (RUN, OVERRIDE, WISHES, PLAN, EVENT, ACCURACY)
