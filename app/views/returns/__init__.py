"""Returns: goods that come back, from the permission to what the customer gets for them."""

from app.views.returns.screen import PLACE

__all__ = ["PLACE"]
