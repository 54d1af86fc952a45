"""Three years of orders taken over from the system the sample company had before, in batches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from app.models.base import new_id
from app.services import takeover
from app.services.demo import lines
from app.services.demo.demand import Sale
from app.services.demo.desk import Desk, Stocked
from app.services.takeover import TakenOrder
from app.services.transaction import Transaction

BATCH: Final = 1_000
"""Orders in one command."""


def take_over(desk: Desk, stocked: Stocked, sales: Sequence[Sale], last_delivery: date, *, by: str) -> None:
    """Take sales over as delivered orders with the next numbers of the series; none is delivered later than given."""

    def op(tx: Transaction) -> None:
        numbers = tx.numbers("SO", [new_id() for _ in sales])
        taken = [_taken(sale, number, stocked, last_delivery) for sale, number in zip(sales, numbers, strict=True)]
        takeover.take_over(tx, taken)

    desk.run("order.take_over", op, by=by)


def _taken(sale: Sale, number: str, stocked: Stocked, last_delivery: date) -> TakenOrder:
    return TakenOrder(
        stocked.customer_ids[sale.customer],
        number,
        sale.ordered_on,
        lines.of_sale(sale, stocked.items, stocked.item_ids, stocked.profiles[sale.customer]),
        delivered_on=max(sale.ordered_on, min(sale.delivered_on, last_delivery)),
        requested_on=sale.requested_on,
        customer_po=sale.po,
        channel=sale.channel,
    )
