"""Purchasing: what is proposed, sent, confirmed, late and received."""

from app.views.purchasing.screen import PLACE

__all__ = ["PLACE"]
