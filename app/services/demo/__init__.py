"""The sample company: invented, believable books to try things on, made only by calling services.

``build`` makes it, ``is_sample`` tells it from a company somebody works with.
"""

from app.services.demo.build import SIZES, Built, Size, build, is_sample

__all__ = ["SIZES", "Built", "Size", "build", "is_sample"]
