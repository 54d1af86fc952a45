"""Work centers with what they can do on a day, and the calendars they work by."""

from app.views.work_centers.screen import PLACE

__all__ = ["PLACE"]
