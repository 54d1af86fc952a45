"""Orders: list, detail panel, the page of one order, and the steps it takes."""

from app.views.orders.screen import PLACE
from app.views.orders.writing import PLACE as WRITING

__all__ = ["PLACE", "WRITING"]
