"""A demo company of its own, as in the design's pictures: an orders list with its panel and an order page.

Nothing of the real schema is used; it shows how a screen is put together and is what the window's own
tests drive.
"""

from tests.views.demo.books import COUNT, SUM, TODAY, customer, fill, fill_many, order
from tests.views.demo.orders import SPEC, OrdersScreen
from tests.views.demo.places import PLACES

__all__ = ["COUNT", "PLACES", "SPEC", "SUM", "TODAY", "OrdersScreen", "customer", "fill", "fill_many", "order"]
