"""What people call the ways to have a product, and the icon of each."""

from __future__ import annotations

from typing import Final

from app.models.supply import Way

WAY_NAMES: Final = {
    Way.STOCK: ("From stock", "package-check"),
    Way.TRANSFER: ("From another warehouse", "warehouse"),
    Way.BUY: ("Bought", "shopping-cart"),
    Way.MAKE: ("Made here", "hammer"),
    Way.ASSEMBLE: ("Assembled", "boxes"),
    Way.OUTSOURCE: ("Outsourced", "factory"),
    Way.DROP_SHIP: ("Drop-shipped", "truck"),
    Way.KIT: ("Kit", "package"),
}
