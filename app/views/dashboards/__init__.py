"""Dashboards: sales, operations, receivables and inventory in figures, each with its documents behind it."""

from app.views.dashboards.screen import PLACE

__all__ = ["PLACE"]
