"""Replenishment: what should be ordered now and why, and the rules that say so."""

from app.views.replenishment.rules import PLACE as RULES
from app.views.replenishment.screen import PLACE

__all__ = ["PLACE", "RULES"]
