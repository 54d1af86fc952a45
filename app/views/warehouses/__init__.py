"""Warehouses and their bins: set up, closed, labelled."""

from app.views.warehouses.screen import PLACE

__all__ = ["PLACE"]
