"""What can be done with stock, declared once."""

from __future__ import annotations

from typing import Final

from app.views.commands import Command

RECEIVE: Final = Command(
    "stock.receive", "Receive goods", "Take goods in.", "Ctrl+R", "package-plus", needs_selection=True
)
COUNT: Final = Command(
    "stock.count", "Count", "Book what was counted.", "Ctrl+T", "clipboard-check", needs_selection=True
)
MOVE: Final = Command(
    "stock.move", "Move or put away", "Bring goods into another bin.", "Ctrl+M", "arrow-right", needs_selection=True
)
SCRAP: Final = Command("stock.scrap", "Scrap", "Throw goods away.", "Ctrl+Delete", "trash-2", needs_selection=True)
BLOCK: Final = Command("lot.block", "Block a lot", "Sell nothing of a lot.", "Ctrl+L", "ban", needs_selection=True)
RELEASE: Final = Command(
    "lot.release", "Release a lot", "Sell a blocked lot again.", "Ctrl+Shift+L", "check", needs_selection=True
)
EXPIRED: Final = Command(
    "lot.block_expired", "Block expired lots", "Block every lot whose last day is over.", "", "clock"
)
SHELF_LABEL: Final = Command(
    "product.print_shelf_label", "Print shelf label", "Print a label for its bin.", "", "barcode", needs_selection=True
)

COMMANDS: Final = (RECEIVE, COUNT, MOVE, SCRAP, BLOCK, RELEASE, EXPIRED, SHELF_LABEL)
