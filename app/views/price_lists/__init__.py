"""Price lists, set up by the company."""

from app.views.price_lists.screen import PLACE

__all__ = ["PLACE"]
