"""Quotes: the list, and the page a quote is written on."""

from app.views.quotes.screen import PLACE

__all__ = ["PLACE"]
