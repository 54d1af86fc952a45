"""Orders: list, detail panel, the page of one order, and the steps it takes."""

from app.views.orders.screen import PLACE

__all__ = ["PLACE"]
