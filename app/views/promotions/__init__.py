"""Promotions and their coupons, set up by the company."""

from app.views.promotions.screen import PLACE

__all__ = ["PLACE"]
