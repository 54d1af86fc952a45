"""What can be done with promotions, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

OPEN: Final = Command(
    "promotions.open", "Promotions", "Say what orders get by a rule or with a coupon.", "", "percent", opens=True
)
NEW: Final = Command("promotions.new", "New promotion", "Give something by a rule.", "Ctrl+N", "plus")
CHANGE: Final = Command(
    "promotions.change", "Change", "Change the highlighted promotion.", "F2", "pencil", needs_selection=True
)
COUPON: Final = Command(
    "promotions.coupon",
    "New coupon",
    "Make a code that opens the highlighted promotion.",
    "Ctrl+Shift+N",
    "tag",
    needs_selection=True,
)
STOP: Final = Command(
    "promotions.stop",
    "Stop or start",
    "Let the highlighted promotion give nothing more, or give again; orders keep what they have.",
    "Ctrl+Shift+Del",
    "ban",
    needs_selection=True,
)
STOP_COUPON: Final = Command(
    "promotions.stop_coupon",
    "Stop a coupon",
    "Let a coupon of the highlighted promotion open nothing more, or open it again; orders keep what they have.",
    "Ctrl+Shift+K",
    "tag",
    needs_selection=True,
)

COMMANDS: Final = (OPEN, NEW, CHANGE, COUPON, STOP, STOP_COUPON)
