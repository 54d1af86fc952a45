"""Stock value: what goods were worth on a day, in layers, and how that is begun and said anew."""

from app.views.stock_value.screen import PLACE

__all__ = ["PLACE"]
