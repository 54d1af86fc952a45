"""Transfers: what goes from one warehouse to another."""

from app.views.transfers.screen import PLACE

__all__ = ["PLACE"]
