"""Counts: lists counted blind, compared with the books, and booked."""

from app.views.counts.screen import PLACE

__all__ = ["PLACE"]
