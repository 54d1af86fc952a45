"""Waves: pick lists chosen and walked together."""

from app.views.waves.screen import PLACE

__all__ = ["PLACE"]
