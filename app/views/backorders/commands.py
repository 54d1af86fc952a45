"""What can be done about backorders, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

REBALANCE: Final = Command(
    "backorder.rebalance",
    "Share out short stock",
    "Share short stock out anew over the open orders; every moved piece is shown first.",
    "Ctrl+Return",
    "arrow-up-down",
    opens=True,
)
ORDER: Final = Command(
    "backorder.order",
    "Show the order",
    "Show the order of the highlighted line.",
    "",
    "file-text",
    needs_selection=True,
)
AGAIN: Final = Command(
    "backorder.reserve",
    "Serve from stock",
    "Promise the order what lies free by now, and look for sources again.",
    "",
    "package-check",
    needs_selection=True,
)
COMMANDS: Final = (REBALANCE, ORDER, AGAIN)

SHOW: Final = Command(
    "rebalance.show", "Show what moves", "Work out which pieces would move, and why.", "Ctrl+R", "refresh-cw"
)
ACCEPT: Final = Command(
    "rebalance.accept",
    "Move them all",
    "Move every piece as shown, or nothing where orders have changed since.",
    "Ctrl+Return",
    "check",
)
RUN_COMMANDS: Final = (SHOW, ACCEPT)
