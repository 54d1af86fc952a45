"""Today: what the day asks for."""

from app.views.today.screen import PLACE

__all__ = ["PLACE"]
