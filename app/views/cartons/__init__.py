"""The kinds of cartons and pallets that shipments are packed in."""

from app.views.cartons.screen import PLACE

__all__ = ["PLACE"]
