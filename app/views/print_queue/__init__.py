"""The print queue of this workstation, and which printer takes which paper."""

from app.views.print_queue.screen import PLACE

__all__ = ["PLACE"]
