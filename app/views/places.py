"""The places of the window in their order; the only module that knows all screens."""

from __future__ import annotations

from typing import Final

from app.views import (
    backorders,
    carriers,
    company,
    counts,
    customers,
    importing,
    inventory,
    invoices,
    orders,
    payments,
    picking,
    print_queue,
    printing,
    products,
    purchasing,
    quotes,
    returns,
    shipments,
    today,
    warehouses,
    waves,
    work_centers,
    work_orders,
)
from app.views.screen import Place

PLACES: Final[tuple[Place, ...]] = (
    today.PLACE,
    quotes.PLACE,
    orders.PLACE,
    customers.PLACE,
    products.PLACE,
    inventory.PLACE,
    purchasing.PLACE,
    work_orders.PLACE,
    backorders.PLACE,
    picking.PLACE,
    shipments.PLACE,
    returns.PLACE,
    invoices.PLACE,
    payments.PLACE,
    orders.WRITING,
    backorders.REBALANCE,
    picking.ROUND,
    waves.PLACE,
    invoices.WRITING,
    printing.PLACE,
    print_queue.PLACE,
    importing.PLACE,
    counts.PLACE,
    warehouses.PLACE,
    carriers.PLACE,
    work_centers.PLACE,
    company.PLACE,
)
