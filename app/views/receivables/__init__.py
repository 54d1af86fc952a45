"""Receivables: what customers owe, reminders, disputes."""

from app.views.receivables.screen import PLACE

__all__ = ["PLACE"]
