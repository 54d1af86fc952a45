"""The program shows its whole job by driving its own window."""

from app.tour.journey import run, take
from app.tour.summary import TourFailed

__all__ = ["TourFailed", "run", "take"]
