"""Bank statements: imported, matched with what is open, booked, and taken back."""

from app.views.bank_lines.screen import PLACE

__all__ = ["PLACE"]
