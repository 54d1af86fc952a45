"""Accounting: the journal and what is read from it, months that close, the chart of accounts."""

from app.views.accounting.screen import PLACE

__all__ = ["PLACE"]
