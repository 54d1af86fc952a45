"""Work orders: what is made of which components, by whom, until when, and for whom."""

from app.views.work_orders.screen import PLACE

__all__ = ["PLACE"]
