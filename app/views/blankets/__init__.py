"""Blanket orders: what is agreed with customers for a time, and what is left of it."""

from app.views.blankets.screen import PLACE

__all__ = ["PLACE"]
