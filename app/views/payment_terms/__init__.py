"""Payment terms: what of an invoice is due when, set up by the company."""

from app.views.payment_terms.screen import PLACE

__all__ = ["PLACE"]
