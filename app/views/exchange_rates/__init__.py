"""Exchange rates: what one unit of the company's currency is worth, day by day."""

from app.views.exchange_rates.screen import PLACE

__all__ = ["PLACE"]
