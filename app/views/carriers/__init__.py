"""Carriers, their services and rates, the rules for choosing one, and the freight customers are charged."""

from app.views.carriers.screen import PLACE

__all__ = ["PLACE"]
