"""Gift cards and store credit: sold, given, what is left of them."""

from app.views.gift_cards.screen import PLACE

__all__ = ["PLACE"]
