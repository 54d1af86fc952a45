"""Lines that wait for stock, and short stock shared out anew."""

from app.views.backorders.rebalance import PLACE as REBALANCE
from app.views.backorders.screen import PLACE

__all__ = ["PLACE", "REBALANCE"]
