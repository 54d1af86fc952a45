"""Rules for the taxes of a place, customer and product class, and a box to try them."""

from app.views.tax_rules.screen import PLACE

__all__ = ["PLACE"]
