"""Invoices: the list, and the page an invoice without an order is written on."""

from app.views.invoices.screen import PLACE
from app.views.invoices.writing import PLACE as WRITING

__all__ = ["PLACE", "WRITING"]
