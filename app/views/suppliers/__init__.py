"""Suppliers: whom we buy from, how long they take, what they ask."""

from app.views.suppliers.screen import PLACE

__all__ = ["PLACE"]
