"""Shipments: what is to pack, what is packed, what is on its way."""

from app.views.shipments.screen import PLACE

__all__ = ["PLACE"]
