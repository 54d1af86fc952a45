"""What can be done about replenishment, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

ORDER: Final = Command(
    "replenishment.order",
    "Order what is ticked",
    "Turn the ticked proposals into purchase orders, work orders and transfers, all at once.",
    "Ctrl+Return",
    "shopping-cart",
)
AGAIN: Final = Command(
    "replenishment.again",
    "Work out anew",
    "Read stock and orders again; quantities typed here are forgotten.",
    "Ctrl+R",
    "refresh-cw",
)
RULES: Final = Command(
    "replenishment.rules",
    "Order points",
    "Work out from history when products should be ordered, and see what that would have done.",
    "Ctrl+Shift+R",
    "chart-line",
    opens=True,
)
PRODUCT: Final = Command(
    "replenishment.product", "Show the product", "Show the highlighted product.", "", "package", needs_selection=True
)
COMMANDS: Final = (ORDER, AGAIN, RULES, PRODUCT)

STUDY: Final = Command(
    "replenishment.study",
    "Work them out",
    "Try every rule on the last year and choose the one that needs the least stock.",
    "Ctrl+R",
    "refresh-cw",
)
SET: Final = Command(
    "replenishment.set",
    "Use what is ticked",
    "Order by the ticked order points from now on.",
    "Ctrl+Return",
    "check",
)
RULE_COMMANDS: Final = (STUDY, SET)
