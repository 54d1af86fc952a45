"""Damage of orders that leave from several warehouses or sell kits."""

from __future__ import annotations

from app.models.order import line_stock, sales_order_line
from app.services.integrity import Rule
from tests.services.integrity_cases import Case, change

SOURCED = [
    Case(
        Rule.KIT,
        change(sales_order_line, lambda ids: sales_order_line.c.id == ids["kit line"], shipped=3_600_000),
        also=(Rule.ORDER_STATES,),
    ),
    Case(
        Rule.LINE_PLACES,
        change(
            line_stock,
            lambda ids: line_stock.c.order_line_id == ids["spread line"],
            reserved=lambda ids: 7 * 3_600_000,
        ),
        key=lambda _, ids: str(ids["spread line"]),
    ),
]
