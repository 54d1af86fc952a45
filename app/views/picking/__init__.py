"""Picking: the lists, and the full-window screen a scanner is enough for."""

from app.views.picking.round import PLACE as ROUND
from app.views.picking.screen import PLACE

__all__ = ["PLACE", "ROUND"]
