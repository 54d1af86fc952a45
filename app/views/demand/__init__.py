"""Demand: what was wanted and what is expected, exceptions first."""

from app.views.demand.screen import PLACE

__all__ = ["PLACE"]
