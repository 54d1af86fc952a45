"""Inventory: stock by product, place and lot, projected, and what is done with it."""

from app.views.inventory.screen import PLACE

__all__ = ["PLACE"]
